"""The only writer of standard error."""

from __future__ import annotations

import sys

from assistant.cli.harmless import send


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


def _say(text: str) -> None:
    send(f"{text}\n", sys.stderr)
    sys.stderr.flush()
