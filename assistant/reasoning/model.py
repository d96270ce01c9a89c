"""Atoms, firings, arguments and conclusions: what inference works on and what it yields."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import SHIPPED

# An atom is what an engine sees: (predicate, value), both plain strings.
# `("deployment", "android")` a fact in force; `("!deployment", "cloud")` a negated one; `("must:licence", "..")` a
# hard requirement; `("data_rows", ">=10000")` a threshold that the words satisfy; `("known:labels", "yes")`.
Atom = tuple[str, str]


class Premise(msgspec.Struct, frozen=True):
    """An atom that was present (`holds`) or checked to be absent when its stratum ran."""

    atom: Atom
    holds: bool = True


class Clause(msgspec.Struct, frozen=True, gc=False):
    """One conjunctive branch of a rule: all `present`, none of `absent` -> `head`."""

    rule: str
    branch: int  # which of the rule's clauses it is
    present: tuple[Atom, ...]
    absent: tuple[Atom, ...]
    head: Atom
    stratum: int = 0

    @property
    def id(self) -> str:
        return f"{self.rule}#{self.branch}"


class Firing(msgspec.Struct, frozen=True):
    """A clause that fired, with the premises that made it."""

    clause: str
    rule: str
    premises: tuple[Premise, ...]
    head: Atom


class Engine(Protocol):
    """Derive everything that follows. Firings come in a canonical order: by stratum, then by clause order."""

    name: str

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, every derivation kept."""
        ...

    def close(self) -> None: ...


class Argument(msgspec.Struct, frozen=True):
    """For (points > 0) or against (points < 0) a tool in a role. `worth` is points times the pillar's weight."""

    id: str
    tool: str
    role: str
    pillar: str
    points: float
    worth: float
    text: str
    source: str
    verified: str
    firing: Firing
    layer: str = SHIPPED


class Ranked(msgspec.Struct, frozen=True):
    tool: str
    score: float
    arguments: tuple[Argument, ...]
    fit: Firing  # why it is a candidate at all

    def by_pillar(self) -> dict[str, float]:
        sums: dict[str, float] = {}
        for argument in self.arguments:
            sums[argument.pillar] = round(sums.get(argument.pillar, 0.0) + argument.worth, 4)
        return sums


class Choice(msgspec.Struct, frozen=True):
    """One role of the stack: its candidates, best first, and why the project needs the role."""

    role: str
    ranking: tuple[Ranked, ...]
    needed: tuple[Firing, ...]


class Exclusion(msgspec.Struct, frozen=True):
    tool: str
    roles: tuple[str, ...]  # empty: in every role
    rule: str
    text: str
    source: str
    verified: str
    firing: Firing
    layer: str = SHIPPED


class Advice(msgspec.Struct, frozen=True):
    """A caveat, plan step or conflict that holds here."""

    id: str
    kind: Literal["caveat", "step", "conflict"]
    text: str
    source: str
    verified: str
    firing: Firing
    severity: str = "note"
    advice: str = ""
    tools: tuple[str, ...] = ()
    phase: str = ""
    measure: str = ""
    falsified_if: str = ""
    layer: str = SHIPPED


class Asked(msgspec.Struct, frozen=True):
    """The open question whose answer matters most. `swing` is the expected change of the ranking over its answers."""

    slot: str
    swing: float
    changes_stack: bool  # some answer would change a first choice or the roles that are needed


class Conclusion(msgspec.Struct, frozen=True):
    facts: tuple[Fact, ...]  # stated and inferred, all in force
    stack: tuple[Choice, ...]
    excluded: tuple[Exclusion, ...]
    caveats: tuple[Advice, ...]
    plan: tuple[Advice, ...]
    conflicts: tuple[Advice, ...]
    firings: tuple[Firing, ...]
    question: Asked | None = None
    engine: str = ""

    def choice(self, role: str) -> Choice | None:
        return next((c for c in self.stack if c.role == role), None)

    def first(self, role: str) -> str | None:
        choice = self.choice(role)
        return choice.ranking[0].tool if choice and choice.ranking else None
