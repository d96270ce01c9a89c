#!/usr/bin/env python3
"""Run the tests from a fresh checkout: `python3 scripts/test.py [arguments of pytest]`; all of them on all cores."""

import os
import sys

import _environment as environment


def main():
    try:
        python = environment.prepare(["dev"])
    except environment.NotPrepared as problem:
        environment.leave(problem)
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(environment.ROOT)
    environment.start(python, ["-m", "pytest", "-q"] + (sys.argv[1:] or ["-n", "auto"]))


if __name__ == "__main__":
    main()
