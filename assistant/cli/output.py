"""The only writer of standard output. Whatever was typed, stored or written in a knowledge file leaves here harmless."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from assistant.cli.harmless import harmless, harmless_json, send

_WIDEST = 110
_TABLE = re.compile(r"\S {2,}\S")


def write(text: str) -> None:
    """`text`, ended by one newline at least."""
    send(text if text.endswith("\n") else text + "\n", sys.stdout)


def write_reply(text: str) -> None:
    """A reply as plain text; on a terminal its long lines are wrapped under their own beginning."""
    if sys.stdout.isatty():
        import shutil

        width = min(shutil.get_terminal_size().columns, _WIDEST)
        text = "\n".join(folded for line in text.split("\n") for folded in _folded(line, width))
    write(text)


def write_rows(rows: Sequence[Sequence[str]]) -> None:
    """Rows of text in columns; the last column is as long as it likes."""
    cells = [[harmless(cell.replace("\n", " ")) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))] if cells else []
    for row in cells:
        write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def write_json(value: Any, *, indent: int = 2) -> None:
    """Anything msgspec can encode, as UTF-8 whatever the locale."""
    import msgspec

    write_encoded(msgspec.json.format(msgspec.json.encode(value), indent=indent))


def write_encoded(document: bytes) -> None:
    """A JSON document that is encoded already."""
    sys.stdout.flush()
    sys.stdout.buffer.write(harmless_json(document) + b"\n")
    sys.stdout.buffer.flush()


def _folded(line: str, width: int) -> list[str]:
    if len(line) <= width or _TABLE.search(line.strip()):
        return [line]
    indent = len(line) - len(line.lstrip())
    hang = " " * (indent + 2 if line.lstrip().startswith(("- ", "+ ", "~ ")) else indent)
    from textwrap import wrap

    return wrap(line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
