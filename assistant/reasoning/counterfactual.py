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
from assistant.reasoning.forecast import Forecast, Leads
from assistant.reasoning.model import Asked, Conclusion
from assistant.reasoning.programs import NEED, QUESTION
from assistant.reasoning.reasoner import Reasoner

BATCH = 2
"""Questions that are weighed against each other at once."""

LIKELY = 2
"""Answers that a question is weighed by: the likeliest ones."""


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
    """The open question whose answers move the ranking most, weighted by how likely each answer is.

    Only an answer that could change a first choice, or the roles that are needed, is worth a question. Questions are
    weighed in batches in their curated order, so that a turn stays quick whatever the knowledge holds: the first batch
    with a question that is worth it decides; ties go to the earlier question. None when no answer could change
    anything that matters.
    """
    waiting = list(open_questions(reasoner, facts, conclusion, skipped))
    forecast = reasoner.forecast(facts) if waiting else None
    for start in range(0, len(waiting), BATCH):
        best: Asked | None = None
        for question in waiting[start : start + BATCH]:
            asked = _weighed(forecast, facts, question) if forecast else None
            if asked and asked.changes_stack and (best is None or asked.swing > best.swing):
                best = asked
        if best is not None:
            return best
    return None


def _weighed(forecast: Forecast, facts: tuple[Fact, ...], question: Question) -> Asked:
    slot = forecast.knowledge.slots[question.slot]
    likely = sorted(question.options, key=lambda option: -option.share)[:LIKELY]
    total = sum(option.share for option in likely)
    swing, changes = 0.0, False
    for option in likely:
        leads = forecast.leads((*facts, option_fact(question, option.value, slot.unit, slot.kind)))
        moved = movement(forecast.base, leads)
        swing += moved * option.share / total
        changes = changes or {r: lead.tool for r, lead in leads.items()} != {
            r: b.tool for r, b in forecast.base.items()
        }
    return Asked(question.slot, round(swing, 4), changes)


def open_questions(
    reasoner: Reasoner, facts: Iterable[Fact], conclusion: Conclusion, skipped: Iterable[str] = ()
) -> Iterator[Question]:
    """Questions that apply, were not skipped, and whose slot nothing is known about yet, in their order."""
    known = {f.slot for f in conclusion.facts if f.origin != "default" and not f.negated} | set(skipped)
    applying = {firing.head[1] for firing in conclusion.firings if firing.head[0] == QUESTION}
    for question in reasoner.knowledge.questions:
        if question.slot not in known and (question.when is None or question.slot in applying):
            yield question


def answers(reasoner: Reasoner, facts: tuple[Fact, ...], question: Question) -> Iterator[tuple[Fact, Leads]]:
    """The first choices that each answer to a question would give."""
    slot = reasoner.knowledge.slots[question.slot]
    forecast = reasoner.forecast(facts)
    for option in question.options:
        fact = option_fact(question, option.value, slot.unit, slot.kind)
        yield fact, forecast.leads((*facts, fact))


def movement(before: Leads, after: Leads) -> float:
    """How far two stacks are apart: 1 for a role with another first choice, 1/2 for one that comes or goes, and up
    to 1/4 for how much the margin of a first choice that stays has changed."""
    total = 0.0
    for role in dict.fromkeys((*before, *after)):
        if role not in before or role not in after:
            total += 0.5
        elif before[role].tool != after[role].tool:
            total += 1.0
        else:
            shift = abs(before[role].margin - after[role].margin)
            total += 0.25 * shift / (1.0 + shift)
    return round(total, 6)


def unfilled(conclusion: Conclusion) -> tuple[str, ...]:
    """Roles that the project needs and for which no candidate is left."""
    needed = dict.fromkeys(f.head[1] for f in conclusion.firings if f.head[0] == NEED)
    filled = {choice.role for choice in conclusion.stack}
    return tuple(role for role in needed if role not in filled)


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
    forecast = reasoner.forecast(facts)
    tried = tuple(edits(reasoner, facts))
    found = [o for o in _outcomes(reasoner, forecast, facts, role, ((e,) for e in tried)) if o.after == tool]
    if not found and pairs:
        found = [o for o in _outcomes(reasoner, forecast, facts, role, _pairs(tried)) if o.after == tool]
    return tuple(found[:most])


def changes_of_mind(
    reasoner: Reasoner, facts: tuple[Fact, ...], role: str, *, pairs: bool = False
) -> tuple[Outcome, ...]:
    """All minimal changes that give `role` another first choice: single facts, then pairs of which neither does alone."""
    forecast = reasoner.forecast(facts)
    tried = tuple(edits(reasoner, facts))
    found = [o for o in _outcomes(reasoner, forecast, facts, role, ((e,) for e in tried)) if _turned(o)]
    if pairs:
        alone = {o.edits[0] for o in found}
        rest = [e for e in tried if e not in alone]
        found += [o for o in _outcomes(reasoner, forecast, facts, role, _pairs(rest)) if _turned(o)]
    return tuple(found)


def _turned(outcome: Outcome) -> bool:
    return outcome.after is not None and outcome.after != outcome.before


def _pairs(tried: Iterable[Edit]) -> Iterator[tuple[Edit, Edit]]:
    for one, other in combinations(tried, 2):
        slots = [e.add.slot if e.add else e.remove.slot if e.remove else "" for e in (one, other)]
        if slots[0] != slots[1] or one.remove is not None or other.remove is not None:
            yield one, other


def _outcomes(
    reasoner: Reasoner,
    forecast: Forecast,
    facts: tuple[Fact, ...],
    role: str,
    tried: Iterable[tuple[Edit, ...]],
) -> Iterator[Outcome]:
    before = forecast.base.get(role)
    for change in tried:
        after = forecast.leads(apply(reasoner, facts, change)).get(role)
        yield Outcome(change, role, before.tool if before else None, after.tool if after else None)
