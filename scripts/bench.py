#!/usr/bin/env python3
"""Measures what a person waits for, against a yardstick measured in the same run.

    python3 scripts/bench.py [--quick] [what ...]

start     from the process's start to the first whole picture of the terminal app, and its memory, beside an app
          that is as small as Textual allows
commands  `assistant --version`, `--help` and `ask` as whole processes, beside a Python that does nothing
turns     understanding a message, and whole turns, over the questions that the language is tested with
length    turns of one session, by how many came before
batch     turns a second of `assistant batch`, by workers, and its memory
echo      from a key to its letter on the terminal, beside the same smallest app
append    one more message, and a switch of the theme, in conversations of up to 10,000 messages
store     sessions in SQLite: adding a turn, lists, searches, going on
peers     the conversation engine beside other kinds of it
scale     one inference with 500 to 20,000 rules, beside other engines on the same work
growth    what a turn is made of, with the shipped knowledge and 3, 10 and 30 times as much

Without names all of it runs, in about a quarter of an hour, and each part writes its own section of docs/performance.md
with its plot; with names only those do. `--quick` runs each thing once or twice and leaves the page alone. Things that are
compared run in turns, so that a slow moment of the machine hits all of them. Take figures on a machine that does nothing
else. `start`, `echo` and `append` need a pseudo-terminal, which POSIX systems have.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = False  # an installed program may keep its bytecode

import _bench_report as report  # noqa: E402 - found once the path is set

ALL = {
    "start": "terminal",
    "commands": "processes",
    "batch": "processes",
    "turns": "turns",
    "length": "turns",
    "echo": "terminal",
    "append": "terminal",
    "store": "store",
    "peers": "peers",
    "growth": "growth",
    "scale": "scale",
}
"""Each part with the module that has it; imported when it runs, so that the memory of processes started here is their own."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="what", help=f"some of: {', '.join(ALL)} (all when left out)")
    parser.add_argument("--quick", action="store_true", help="each thing once or twice; the page stays as it is")
    arguments = parser.parse_args()
    wrong = [name for name in arguments.what if name not in ALL]
    if wrong:
        parser.error(f"there is no {wrong[0]!r}; choose from {', '.join(ALL)}")
    for name in arguments.what or ALL:
        started, busy = time.perf_counter(), report.busy()
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ASSISTANT_HOME"] = folder  # what is compiled here is kept out of the person's own cache
            section: Callable[[bool], str] = getattr(import_module(f"_bench_{ALL[name]}"), name)
            text = section(arguments.quick)
        print(f"== {name} ({time.perf_counter() - started:.0f} s)\n{text}\n", flush=True)
        if not arguments.quick:
            report.write(name, f"Measured on {report.machine(busy)}.\n\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
