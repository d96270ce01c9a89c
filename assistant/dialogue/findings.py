"""Blocks of answers that were looked for: which facts clash, and what giving them up would bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from assistant.dialogue.outline import Block, Citation, Line, Outline


class WayOut(msgspec.Struct, frozen=True):
    """What giving up facts (as claims, such as `fact/deployment/browser`) would bring: a tool in a role, if it is one."""

    text: str
    gives_up: tuple[str, ...]
    role: str = ""
    tool: str = ""
    ref: str = ""


class ClashItem(msgspec.Struct, frozen=True):
    """Facts that cannot all be met, in the person's words, and why.

    `rule`: a rule says so. `empty`: no tool is left for `about`, a role. `unserved`: none of those left for it serves what
    was asked for. `named`: the facts rule out `about`, a tool that the person uses or considers.
    """

    kind: Literal["rule", "empty", "unserved", "named"]
    about: str
    text: str
    facts: tuple[Line, ...]
    ways: tuple[WayOut, ...]
    ref: str
    sources: tuple[Citation, ...] = ()


class Conflicts(Block, frozen=True, kw_only=True, tag="conflicts"):
    """What cannot all be met, each with the fewest facts that clash and the ways out."""

    items: tuple[ClashItem, ...]
    more: int = 0  # how many are left out

    def outline(self) -> Iterator[Outline]:
        yield Outline("These cannot all be met", "heading")
        for item in self.items:
            said = " and ".join(line.text for line in item.facts)
            yield Outline(item.text, "item", strong=said, sources=item.sources)
            for way in item.ways:
                yield Outline(way.text, "item", level=1)
        if self.more:
            yield Outline(f"{self.more} more; ask for “conflicts” to see all")
