"""Facts, quantities and where they come from: the currency that every layer above trades in."""

from __future__ import annotations

from typing import Literal

import msgspec

Strength = Literal["hard", "soft"]
Operator = Literal["=", "<", "<=", ">", ">=", "in"]
Origin = Literal["stated", "assumed", "inferred", "default", "implied"]

INFINITY = float("inf")


class Quantity(msgspec.Struct, frozen=True):
    """An amount in the base unit of its slot (rows, bytes, seconds, parameters, requests/s, people, days).

    `op` says how the number bounds the amount: `=` exactly or about, `<`/`<=` at most, `>`/`>=` at least,
    `in` between `value` and `high` (both included). `about` marks "roughly", "a few".
    """

    value: float
    op: Operator = "="
    high: float | None = None
    about: bool = False

    def interval(self) -> tuple[float, float]:
        """The closed interval of amounts that the words allow."""
        if self.op == "=":
            return (self.value, self.value)
        if self.op in ("<", "<="):
            return (0.0, self.value)
        if self.op in (">", ">="):
            return (self.value, INFINITY)
        return (self.value, self.value if self.high is None else self.high)


class Words(msgspec.Struct, frozen=True):
    """The person's own words: `text[start:end]` of message number `turn` (0-based)."""

    turn: int
    start: int
    end: int
    text: str


class Fact(msgspec.Struct, frozen=True):
    """One thing that holds about the project. Immutable; a change is a new fact that supersedes.

    `value` is a vocabulary value, a tool id, free words, or a Quantity, as the slot's kind demands.
    A negated fact ("not on Kubernetes") is a fact of its own, not the absence of one.
    `rule` names what made it when `origin` is not the person's words: a rule id, a question id or a tool id.
    """

    slot: str
    value: str | Quantity
    negated: bool = False
    strength: Strength = "hard"
    origin: Origin = "stated"
    words: Words | None = None
    rule: str | None = None

    def key(self) -> tuple[str, str, bool]:
        """What the fact says, whatever its origin: two facts with one key say the same thing."""
        value = self.value if isinstance(self.value, str) else f"{self.value.op}{self.value.value:g}..{self.value.high}"
        return (self.slot, value, self.negated)
