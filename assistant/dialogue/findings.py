"""Blocks of answers with fields of their own: what clashes, and what a record says of one thing."""

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


class Field(msgspec.Struct, frozen=True):
    label: str
    text: str
    sources: tuple[Citation, ...] = ()


class Card(Block, frozen=True, kw_only=True, tag="card"):
    """A tool's record."""

    tool: str
    name: str
    summary: str
    fields: tuple[Field, ...]
    strengths: tuple[Line, ...]
    weaknesses: tuple[Line, ...]
    sources: tuple[Citation, ...] = ()

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.name, "heading")
        yield Outline(self.summary, sources=self.sources)
        for field in self.fields:
            yield Outline(field.text, "item", strong=field.label, sources=field.sources)
        for title, lines in (("Speaks for it", self.strengths), ("Speaks against it", self.weaknesses)):
            if lines:
                yield Outline(title, "heading")
            for line in lines:
                yield Outline(line.text, "item", sources=line.sources)


class Finding(msgspec.Struct, frozen=True):
    """What the record of a tool says of one thing asked: a value of a slot, or (`slot` is `works_with`) another tool."""

    slot: str
    value: str
    answer: Literal["yes", "no", "unknown"]
    text: str
    sources: tuple[Citation, ...] = ()
    ref: str = ""
    offers: tuple[str, ...] = ()  # what the record lists instead


class Capability(Block, frozen=True, kw_only=True, tag="capability"):
    """Whether a tool supports what was asked; `claims` are sentences of its record about that."""

    tool: str
    title: str
    lines: tuple[Finding, ...]
    claims: tuple[Line, ...] = ()

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.title, "heading")
        for line in self.lines:
            yield Outline(line.text, "item", sources=line.sources)
        for claim in self.claims:
            yield Outline(claim.text, "item", sources=claim.sources)


class Status(Block, frozen=True, kw_only=True, tag="status"):
    """Whether a tool is alive; `version` and `released` are empty where no release is on record."""

    tool: str
    state: str
    evidence: str
    text: str
    version: str = ""
    released: str = ""
    successors: tuple[str, ...] = ()
    ref: str = ""
    sources: tuple[Citation, ...] = ()

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.text, sources=self.sources)


class Licence(Block, frozen=True, kw_only=True, tag="licence"):
    """The licence of a tool: `kind` is `permissive`, `network_copyleft` and the like, `meaning` what it comes to."""

    tool: str
    spdx: str
    kind: str
    meaning: str
    text: str
    ref: str = ""
    sources: tuple[Citation, ...] = ()

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.text, sources=self.sources)
