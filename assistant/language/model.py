"""What understanding a message yields: acts, facts, tools and leftovers, each with its span."""

from __future__ import annotations

from typing import Literal

import msgspec

from assistant.knowledge.facts import Quantity, Strength

ToolRole = Literal["considering", "existing_stack", "migrating_from", "avoid", "answer_candidate", "asked_about"]


AGAIN = "again"
"""Argument of an act that repeats the one before for another tool ("and X?")."""


class Stated(msgspec.Struct, frozen=True):
    """A fact as it stands in the message: `text[start:end]` says it.

    `assumed` tells what was read into the words when they were repaired ("pytroch" read as "pytorch").
    `closed` marks "only": the values given are all that is allowed.
    """

    slot: str
    value: str | Quantity
    start: int
    end: int
    negated: bool = False
    strength: Strength = "hard"
    closed: bool = False
    assumed: str | None = None


class Mention(msgspec.Struct, frozen=True):
    tool: str
    role: ToolRole
    start: int
    end: int
    assumed: str | None = None


class Act(msgspec.Struct, frozen=True):
    """A dialogue act of the vocabulary with its arguments.

    `tools` are tool ids, `facts` the facts the act is about (what_if, correct, retract), `slots` slots named
    as such ("forget the licence"), `argument` free words (an export format, a capability asked for).
    `because` quotes the words that gave it away.
    """

    act: str
    confidence: float = 1.0
    tools: tuple[str, ...] = ()
    facts: tuple[Stated, ...] = ()
    slots: tuple[str, ...] = ()
    argument: str = ""
    because: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """A tool-like name that no record has, with the nearest known tools (ids)."""

    text: str
    start: int
    end: int
    nearest: tuple[str, ...] = ()


class Contradiction(msgspec.Struct, frozen=True):
    """Two facts of one message that cannot both hold."""

    first: Stated
    second: Stated


class Utterance(msgspec.Struct, frozen=True):
    text: str
    acts: tuple[Act, ...] = ()
    facts: tuple[Stated, ...] = ()
    mentions: tuple[Mention, ...] = ()
    not_understood: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    readings: tuple[Act, ...] = ()  # the likeliest acts when none is certain, best first
    likely: tuple[str, ...] = ()  # the likeliest tasks when a project is described and neither is sure, best first
    unread: tuple[int, int] | None = None  # the middle of a long text, from where to where

    def has(self, act: str) -> bool:
        return any(a.act == act for a in self.acts)


class Recent(msgspec.Struct, frozen=True):
    """An amount that was told: its slot, and the unit it was told in by its worth in the slot's own unit."""

    slot: str
    factor: float


class Context(msgspec.Struct, frozen=True):
    """What the conversation has in focus, for answers and ellipses."""

    question: str | None = None  # slot of the open question
    options: tuple[tuple[str, str], ...] = ()  # its options in order: (value, label)
    tools: tuple[str, ...] = ()  # tools in focus, latest first
    listed: tuple[str, ...] = ()  # ids of the last list shown, in order ("the second one")
    act: str | None = None  # last act, for "what about jax?"
    amount: Recent | None = None  # the amount told last, for "make that 5000"
