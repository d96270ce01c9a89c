"""The desktop's clipboard, and a file where there is none."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

MOST = 1000  # names tried


def put(text: str) -> bool:
    """Put `text` on the desktop's clipboard. False where there is none, or no program that reaches it. May take a moment."""
    try:
        import pyperclip

        pyperclip.copy(text)
    except (ImportError, OSError, RuntimeError, ValueError):  # its own errors are RuntimeErrors
        return False
    return True


def save(text: str, folders: Iterable[Path]) -> Path:
    """Write `text` to a new file, `copied.txt` or the next free name, in the first folder that takes it.

    Raises OSError if none does.
    """
    refused: OSError = FileNotFoundError("there is no folder to write to")
    for folder in folders:
        try:
            return _save(text, folder)
        except OSError as error:
            refused = error
    raise refused


def _save(text: str, folder: Path) -> Path:
    for number in range(1, MOST):
        path = folder / ("copied.txt" if number == 1 else f"copied-{number}.txt")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with open(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        return path
    raise FileExistsError(f"there are {MOST} files of that name")
