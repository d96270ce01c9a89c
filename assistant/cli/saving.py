"""Writing a file that a person named: whole or not at all, and never over another one unasked."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.cli.exits import Refused


def save(text: str, target: Path, *, force: bool) -> None:
    """Write `text` to `target`. Refused if it is there already (unless `force`) or cannot be written."""
    try:
        if force and target.is_file():
            _replace(text, target)
        else:
            with target.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except FileExistsError as error:
        raise Refused(f"{target} exists already. Give --force to replace it.") from error
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from error


def _replace(text: str, target: Path) -> None:
    """The old file stays until the new one is complete."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
