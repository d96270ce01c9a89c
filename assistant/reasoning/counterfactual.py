"""Searches over hypothetical projects: which question next, what it would take, what would change the choice.

All run on the reference chainer and the selection alone; nothing here touches the facts in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

import msgspec

from assistant.knowledge.conditions import bounds
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Question
from assistant.reasoning.model import Asked, Choice, Conclusion
from assistant.reasoning.programs import QUESTION
from assistant.reasoning.reasoner import Reasoner

Stack = tuple[Choice, ...]


class Edit(msgspec.Struct, frozen=True):
    """A change of facts: what is added (it replaces what a single-valued slot held) or what is taken away."""

    add: Fact | None = None
    remove: Fact | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What changing the facts by `edits` makes the first choice of `role`."""

    edits: tuple[Edit, ...]
    role: str
    before: str | None
    after: str | None


def option_fact(question: Question, value: str, unit: str, kind: str) -> Fact:
    """The fact that choosing an option states."""
    if kind != "quantity":
        return Fact(question.slot, value)
    tests = bounds(value, unit)
    if len(tests) == 2:
        return Fact(question.slot, Quantity(tests[0][1], "in", tests[1][1]))
    op, bound = tests[0]
    return Fact(question.slot, Quantity(bound, op))


def apply(reasoner: Reasoner, facts: Iterable[Fact], edits: Iterable[Edit]) -> tuple[Fact, ...]:
    """The facts after the edits; a single value or an amount replaces what its slot held."""
    now = list(facts)
    for edit in edits:
        if edit.remove is not None:
            now = [f for f in now if f.key() != edit.remove.key()]
        if edit.add is not None:
            slot = reasoner.knowledge.slots.get(edit.add.slot)
            if slot is not None and slot.kind in ("single", "quantity"):
                now = [f for f in now if f.slot != edit.add.slot]
            opposite = (*edit.add.key()[:2], not edit.add.negated)
            now = [f for f in now if f.key() not in (edit.add.key(), opposite)]
            now.append(edit.add)
    return tuple(now)


def next_question(
    reasoner: Reasoner, facts: tuple[Fact, ...], conclusion: Conclusion, skipped: Iterable[str] = ()
) -> Asked | None:
    """The open question whose answers move the ranking most, on average; ties by the question's order.

    None when there is nothing left to ask or no answer would move anything.
    """
    best: Asked | None = None
    for question in open_questions(reasoner, facts, conclusion, skipped):
        moves = [movement(conclusion.stack, stack) for _, stack in answers(reasoner, facts, question)]
        swing = round(sum(moves) / len(moves), 4) if moves else 0.0
        if swing > 0 and (best is None or swing > best.swing):
            best = Asked(question.slot, swing, max(moves) >= 1.0)
    return best


def open_questions(
    reasoner: Reasoner, facts: Iterable[Fact], conclusion: Conclusion, skipped: Iterable[str] = ()
) -> Iterator[Question]:
    """Questions that apply, were not skipped, and whose slot nothing is known about yet, in their order."""
    known = {f.slot for f in conclusion.facts if f.origin != "default" and not f.negated} | set(skipped)
    applying = {firing.head[1] for firing in conclusion.firings if firing.head[0] == QUESTION}
    for question in reasoner.knowledge.questions:
        if question.slot not in known and (question.when is None or question.slot in applying):
            yield question


def answers(reasoner: Reasoner, facts: tuple[Fact, ...], question: Question) -> Iterator[tuple[Fact, Stack]]:
    """The stack that each answer to a question would give."""
    slot = reasoner.knowledge.slots[question.slot]
    for option in question.options:
        fact = option_fact(question, option.value, slot.unit, slot.kind)
        yield fact, reasoner.hypothetical((*facts, fact))[0]


def movement(before: Stack, after: Stack) -> float:
    """How far two stacks are apart: 1 for a role with another first choice, 1/2 for one that comes or goes, and up
    to 1/4 for how much the margin of a first choice that stays has changed."""
    old, new = {c.role: c for c in before}, {c.role: c for c in after}
    total = 0.0
    for role in old.keys() | new.keys():
        if role not in old or role not in new:
            total += 0.5
        elif old[role].ranking[0].tool != new[role].ranking[0].tool:
            total += 1.0
        else:
            shift = abs(_margin(old[role]) - _margin(new[role]))
            total += 0.25 * shift / (1.0 + shift)
    return round(total, 6)


def _margin(choice: Choice) -> float:
    return choice.ranking[0].score - choice.ranking[1].score if len(choice.ranking) > 1 else choice.ranking[0].score


def edits(reasoner: Reasoner, facts: Iterable[Fact]) -> Iterator[Edit]:
    """All single changes worth trying: drop a stated fact, or answer any question in one of its ways."""
    stated = tuple(f for f in facts if f.origin in ("stated", "assumed"))
    keys = {f.key() for f in stated}
    for fact in stated:
        yield Edit(remove=fact)
    for question in reasoner.knowledge.questions:
        slot = reasoner.knowledge.slots[question.slot]
        for option in question.options:
            fact = option_fact(question, option.value, slot.unit, slot.kind)
            if fact.key() not in keys:
                yield Edit(add=fact)


def smallest_changes(
    reasoner: Reasoner, facts: tuple[Fact, ...], role: str, tool: str, *, most: int = 3, pairs: bool = True
) -> tuple[Outcome, ...]:
    """The smallest changes of facts under which `tool` comes first in `role`: single changes, else pairs."""
    before = _first(reasoner.hypothetical(facts)[0], role)
    tried = tuple(edits(reasoner, facts))
    found = [o for o in _outcomes(reasoner, facts, role, before, ((e,) for e in tried)) if o.after == tool]
    if not found and pairs:
        found = [o for o in _outcomes(reasoner, facts, role, before, _pairs(tried)) if o.after == tool]
    return tuple(found[:most])


def changes_of_mind(
    reasoner: Reasoner, facts: tuple[Fact, ...], role: str, *, pairs: bool = False
) -> tuple[Outcome, ...]:
    """All minimal changes that give `role` another first choice: single facts, then pairs of which neither does alone."""
    before = _first(reasoner.hypothetical(facts)[0], role)
    singles = list(_outcomes(reasoner, facts, role, before, ((e,) for e in edits(reasoner, facts))))
    found = [o for o in singles if o.after is not None and o.after != before]
    if pairs:
        alone = {o.edits[0] for o in found}
        rest = [e for e in edits(reasoner, facts) if e not in alone]
        found += [
            o
            for o in _outcomes(reasoner, facts, role, before, _pairs(rest))
            if o.after is not None and o.after != before
        ]
    return tuple(found)


def _pairs(tried: Iterable[Edit]) -> Iterator[tuple[Edit, Edit]]:
    for one, other in combinations(tried, 2):
        slots = [e.add.slot if e.add else e.remove.slot if e.remove else "" for e in (one, other)]
        if slots[0] != slots[1] or one.remove is not None or other.remove is not None:
            yield one, other


def _outcomes(
    reasoner: Reasoner, facts: tuple[Fact, ...], role: str, before: str | None, tried: Iterable[tuple[Edit, ...]]
) -> Iterator[Outcome]:
    for change in tried:
        stack = reasoner.hypothetical(apply(reasoner, facts, change))[0]
        yield Outcome(change, role, before, _first(stack, role))


def _first(stack: Stack, role: str) -> str | None:
    return next((c.ranking[0].tool for c in stack if c.role == role), None)
