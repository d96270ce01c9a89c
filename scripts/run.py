#!/usr/bin/env python3
"""Start the assistant from a fresh checkout: `python3 scripts/run.py [arguments of assistant]`.

Needs Python 3.11 or newer and, for the C rule engine, a C compiler. The first start makes `.venv`; later ones are quick.
"""

import sys

import _environment as environment


def main():
    try:
        python = environment.prepare(["web"] if sys.argv[1:2] == ["serve"] else [])
    except environment.NotPrepared as problem:
        environment.leave(problem)
    except KeyboardInterrupt:
        sys.exit(130)
    # -P: a folder called `assistant` where the person happens to stand is not the program.
    environment.start(python, ["-P", "-m", "assistant"] + sys.argv[1:])


if __name__ == "__main__":
    main()
