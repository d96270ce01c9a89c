"""The only writer of standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.cli.harmless import send

_WIDTH = 30  # of a bar


def error(text: str) -> None:
    """Why the command ends without having done what was asked."""
    _say(f"Error: {text}")


def warn(text: str) -> None:
    """Something that did not work; the command goes on."""
    _say(f"Warning: {text}")


def note(text: str) -> None:
    """Something to know besides, such as how a command is used."""
    _say(text)


def hint(text: str) -> None:
    """How to go on, for a person who sits there; nothing in a pipe."""
    if sys.stderr.isatty():
        _say(text)


def progress(text: str) -> None:
    """How far a long command is, on one line of the terminal; nothing in a pipe. '' clears the line."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        send(text, sys.stderr)
        sys.stderr.flush()


@contextmanager
def progress_bar(total: int | None, unit: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on the terminal, nothing in a pipe. Tell it how many things of `unit` are done, and the position in `total`
    (None: not known now). Without a total it only counts."""
    if not sys.stderr.isatty():
        yield lambda done, position: None
        return
    if total is None:
        yield lambda done, position: progress(f"{done:,} {unit}")
        progress("")
        return
    import click

    def told(done: int | None) -> str:
        return f"{done or 0:,} {unit}"

    with click.progressbar(length=max(total, 1), file=sys.stderr, item_show_func=told) as bar:

        def show(done: int, position: int | None) -> None:
            if position is not None:
                bar.update(position - bar.pos, done)

        yield show


def phases() -> Callable[[str, int, int | None], None]:
    """A line with a bar for work in phases, for a terminal: what is being done, how much of it is done, and of how much."""
    import time

    began: dict[str, tuple[float, int]] = {}

    def show(title: str, done: int, total: int | None) -> None:
        start, first = began.setdefault(title, (time.monotonic(), done))
        if not total:
            progress(f"{title}: {done:,}")
            return
        filled = _WIDTH * done // total
        pace = (time.monotonic() - start) / (done - first) if done > first else 0.0
        left = f", {round(pace * (total - done))} s left" if pace else ""
        progress(f"{title}: {'█' * filled}{'░' * (_WIDTH - filled)} {100 * done // total} %{left}")

    return show


def _say(text: str) -> None:
    send(f"{text}\n", sys.stderr)
    sys.stderr.flush()
