#!/usr/bin/env python3
"""Run the tests on the newest versions of everything: `python3 scripts/check_fresh.py [arguments of pytest]`.

A new environment is made for it, aside from `.venv`, so that nothing installed before is kept; it is removed afterwards.
What was resolved is printed first, so that a red run says which versions it was red with.
"""

import os
import subprocess
import sys
import tempfile

import _environment as environment


def main():
    with tempfile.TemporaryDirectory(prefix="assistant-fresh-") as folder:
        environment.use(os.path.join(folder, "environment"))
        try:
            python = environment.prepare(["dev"])
        except environment.NotPrepared as problem:
            environment.leave(problem)
        os.chdir(environment.ROOT)
        subprocess.check_call([python, "-m", "pip", "list", "--format", "freeze"])
        code = subprocess.call([python, "-m", "pytest", "-q", *sys.argv[1:]])
    sys.exit(code)


if __name__ == "__main__":
    main()
