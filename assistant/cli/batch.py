"""`batch`: JSON lines in, JSON lines out."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from assistant.cli import diagnostics
from assistant.cli.harmless import harmless_json
from assistant.cli.settings import Settings, pass_settings

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_AHEAD = 8  # lines that each worker may be ahead of what is written

_worker: Callable[[bytes], bytes] | None = None


@click.command(
    epilog="""
\b
Each line in is a conversation of its own, which is not stored:
  {"id": "a", "text": "churn prediction on 80k rows"}
  {"id": "b", "turns": ["detect defects in photos", "it must run on Android"]}
Each line out answers one line, in the same order. A line that cannot be read is answered
with "error" set, and the others go on.

\b
Examples:
  assistant batch briefs.jsonl -o advice.jsonl
  assistant batch --workers 4 briefs.jsonl | jq -c '[.id, .stack.framework[0].tool]'
"""
)
@click.argument(
    "source", metavar="[FILE|-]", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Where to write; else to standard output.",
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes to share the work."
)
@pass_settings
def batch(settings: Settings, source: str, target: str | None, workers: int) -> None:
    """Many conversations: JSON lines in, JSON lines out, in order."""
    if source == "-" and sys.stdin.isatty():
        raise click.UsageError("Which conversations? Name a file of JSON lines, or pipe them in.")
    if target and source != "-" and os.path.exists(target) and os.path.samefile(source, target):
        raise click.UsageError("The answers would overwrite the questions; write them to another file.")
    advisor = settings.advisor(strict=True)  # broken knowledge ends it here: nobody may be there to see a warning
    with _reader(source) as lines, _writer(target) as write:
        if workers == 1:
            from assistant.batch import answer

            answers: Iterable[bytes] = map(partial(answer, advisor), lines)
        else:
            answers = _shared(lines, workers, settings.knowledge, advisor.knowledge.version)
        for number, answered in enumerate(answers, 1):
            write(harmless_json(answered) + b"\n")
            if number % 10 == 0:
                diagnostics.progress(f"{number} conversations")
    diagnostics.progress("")


@contextmanager
def _reader(source: str) -> Iterator[Iterator[bytes]]:
    if source == "-":
        yield _lines(sys.stdin.buffer)
        return
    with open(source, "rb") as file:
        yield _lines(file)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines that are not blank. Of one that is too long only so much is kept that it is seen to be too long."""
    from assistant.batch import MAX_BYTES

    while line := file.readline(MAX_BYTES + 2):
        rest = line
        while len(rest) == MAX_BYTES + 2 and not rest.endswith(b"\n"):
            rest = file.readline(MAX_BYTES + 2)
        line = line.rstrip(b"\r\n")
        if line.strip():
            yield line


@contextmanager
def _writer(target: str | None) -> Iterator[Callable[[bytes], object]]:
    if target is None:
        sys.stdout.flush()

        def write(line: bytes) -> None:
            # Each answer is there as soon as it is known: somebody may be reading along.
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

        yield write
        return
    with open(target, "wb") as file:
        yield file.write


def _shared(lines: Iterator[bytes], workers: int, knowledge: tuple[Path, ...], version: str) -> Iterator[bytes]:
    """Answers in the order of the lines; only a window of lines is in memory.

    A line that kills its worker is answered with an error; what was waiting is given to new workers.
    """
    from concurrent.futures.process import BrokenProcessPool

    from assistant.batch import failure

    pool = _pool(workers, knowledge)
    window: deque[tuple[bytes, Future[bytes]]] = deque()
    try:
        while True:
            while len(window) < workers * _AHEAD and (line := next(lines, None)) is not None:
                window.append((line, pool.submit(_work, line)))
            if not window:
                return
            line, future = window.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                yield _alone(line, knowledge) or failure(version, None, "the program failed on this line")
                pool = _pool(workers, knowledge)
                window = deque((waiting, pool.submit(_work, waiting)) for waiting, _ in window)
    finally:
        # Another ctrl-c must not cut the tidying short: the workers would wait for work for ever.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        pool.shutdown(wait=True, cancel_futures=True)
        signal.signal(signal.SIGINT, before)


def _alone(line: bytes, knowledge: tuple[Path, ...]) -> bytes | None:
    """The answer of a worker that does nothing else; None if the line kills it. Tells who broke a pool."""
    from concurrent.futures.process import BrokenProcessPool

    with _pool(1, knowledge) as pool:
        try:
            return pool.submit(_work, line).result()
        except BrokenProcessPool:
            return None


def _pool(workers: int, knowledge: tuple[Path, ...]) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Not forked: each worker has its own engine, and threads do not survive a fork.
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepare, initargs=(knowledge,))


def _prepare(knowledge: tuple[Path, ...]) -> None:
    from assistant.batch import answer

    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-c is for the process that hands out the work
    _worker = partial(answer, Settings(knowledge).advisor())


def _work(line: bytes) -> bytes:
    if _worker is None:
        raise RuntimeError("the worker was not prepared")
    return _worker(line)
