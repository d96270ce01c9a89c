"""`batch`: JSON lines in, JSON lines out."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import click

from assistant.cli import diagnostics
from assistant.cli.harmless import harmless_json
from assistant.cli.settings import Settings, pass_settings
from assistant.cli.sharing import crew_options, crew_problems
from assistant.distribution import Crew, in_order

if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor

_TOGETHER = 16  # lines that travel together to a worker


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
  assistant batch --scheduler tcp://10.0.0.1:8786 briefs.jsonl -o advice.jsonl
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
@crew_options
@pass_settings
def batch(settings: Settings, source: str, target: str | None, crew: Crew) -> None:
    """Many conversations: JSON lines in, JSON lines out, in order."""
    if source == "-" and sys.stdin.isatty():
        raise click.UsageError("Which conversations? Name a file of JSON lines, or pipe them in.")
    if target and source != "-" and os.path.exists(target) and os.path.samefile(source, target):
        raise click.UsageError("The answers would overwrite the questions; write them to another file.")
    advisor = settings.advisor(strict=True)  # broken knowledge ends it here: nobody may be there to see a warning
    before = advisor.reasoner.notice
    with (
        _opened(source) as file,
        _writer(target) as write,
        crew_problems(),
        diagnostics.progress_bar(_size(file), "conversations") as show,
    ):
        for number, answered in enumerate(_answers(advisor, _lines(file), crew), 1):
            write(harmless_json(answered) + b"\n")
            show(number, _position(file) if number % 10 == 0 else None)
    if advisor.reasoner.notice and advisor.reasoner.notice != before:
        diagnostics.warn(advisor.reasoner.notice)


def _answers(advisor: Advisor, lines: Iterator[bytes], crew: Crew) -> Iterable[bytes]:
    from assistant.batch import answer, failure, ready

    if crew == Crew():  # each answer is there before the next line is read
        return map(partial(answer, advisor), lines)
    import msgspec

    failed = failure(advisor.knowledge.version, None, "the program failed on this line")
    payload = msgspec.msgpack.encode(advisor.knowledge)
    return in_order(ready, payload, lines, crew, chunk=_TOGETHER, lost=lambda line: failed)


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    with open(source, "rb") as file:
        yield file


def _size(file: BinaryIO) -> int | None:
    """The bytes to be read; None where nobody knows, as in a pipe."""
    try:
        about = os.fstat(file.fileno())
    except OSError:  # no file of the system
        return None
    return about.st_size if stat.S_ISREG(about.st_mode) else None


def _position(file: BinaryIO) -> int | None:
    return file.tell() if file.seekable() else None


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
