"""What all blocks are made of: lines that plain text and Markdown share, sentences with their sources, citations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from assistant.knowledge.model import SHIPPED


class Outline(msgspec.Struct, frozen=True):
    """One line of a block's linear form. `level` indents; `sources` are printed behind the text."""

    text: str
    kind: Literal["heading", "para", "item", "quote", "row"] = "para"
    level: int = 0
    strong: str = ""  # a lead-in set off from `text`
    cells: tuple[str, ...] = ()  # of a table row; the first row of a run is its header
    sources: tuple[Citation, ...] = ()


def scored(value: float) -> str:
    """`1 point`, `7.5 points`."""
    return f"{value:g} point{'' if abs(value) == 1 else 's'}"


UNOPENED = "page not opened"
"""Stands for the day of a claim that nobody compared with its source."""


class Citation(msgspec.Struct, frozen=True):
    """Who says so, where (empty for our own judgement), and the day on which the claim was last gone over, or `UNOPENED`.

    `layer` is the folder of knowledge that says it.
    """

    id: str
    title: str
    url: str
    verified: str
    layer: str = SHIPPED


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all blocks."""

    def outline(self) -> Iterator[Outline]:
        raise NotImplementedError(type(self).__name__)  # abstract: every kind of block has its own


class Line(msgspec.Struct, frozen=True):
    """A sentence that can be asked about, with its sources."""

    text: str
    ref: str = ""
    sources: tuple[Citation, ...] = ()
