"""Searches over hypothetical projects: which question next, what it would take, what would change the choice.

All run on the reference chainer and the selection alone; nothing here touches the facts in force.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, islice
from math import prod

import msgspec

from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Question
from assistant.reasoning.cases import Cases
from assistant.reasoning.changes import DEFINING, Edit, apply, edits, option_fact, union
from assistant.reasoning.duel import Duel
from assistant.reasoning.forecast import Forecast, Leads, Step
from assistant.reasoning.model import Asked, Conclusion
from assistant.reasoning.pairs import Pairs
from assistant.reasoning.programs import NEED, QUESTION
from assistant.reasoning.reasoner import Reasoner

BATCH = 2
"""Questions that are weighed against each other at once."""

_PROMISING, _TRIED = 25, 40
"""Changes that are paired, and pairs that are tried, where not all are."""

CHUNK = 4_000
"""Pairs of changes that are looked at together."""

LIKELY = 2
"""Answers that a question is weighed by: the likeliest ones."""

ASSUMED = 3.0
"""How much likelier the answer that is assumed is than all others together: an assumption is drawn from what was said."""


class Outcome(msgspec.Struct, frozen=True):
    """What changing the facts by `edits` makes the first choice of `role`."""

    edits: tuple[Edit, ...]
    role: str
    before: str | None
    after: str | None

    @property
    def turned(self) -> bool:
        """Whether another tool comes first. A role that is no longer needed has no first choice to speak of."""
        return self.after is not None and self.after != self.before


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
    assumed = {(f.slot, f.value) for f in conclusion.facts if f.origin == "default" and isinstance(f.value, str)}
    for start in range(0, len(waiting), BATCH):
        best: Asked | None = None
        for question in waiting[start : start + BATCH]:
            asked = _weighed(forecast, facts, question, assumed) if forecast else None
            if asked and asked.changes_stack and (best is None or asked.swing > best.swing):
                best = asked
        if best is not None:
            return best
    return None


def _weighed(
    forecast: Forecast, facts: tuple[Fact, ...], question: Question, assumed: Container[tuple[str, str]]
) -> Asked:
    slot = forecast.knowledge.slots[question.slot]
    everyone = sum(option.share for option in question.options)
    shares = {
        option: option.share + ASSUMED * everyone * ((question.slot, option.value) in assumed)
        for option in question.options
    }
    likely = sorted(shares, key=lambda option: -shares[option])[:LIKELY]
    total = sum(shares[option] for option in likely)
    swing, changes = 0.0, False
    for option in likely:
        leads = forecast.leads((*facts, option_fact(question, option.value, slot.unit, slot.kind)))
        moved = movement(forecast.base, leads)
        swing += moved * shares[option] / total
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


def smallest_changes(
    reasoner: Reasoner, facts: tuple[Fact, ...], role: str, tool: str, *, most: int = 3, every: bool = True
) -> tuple[Outcome, ...]:
    """The smallest changes of facts under which `tool` comes first in `role`: single changes, else pairs.

    Most plausible first. Of pairs every one is tried, or without `every` those alone that promise most, which is quick.
    """
    if role not in reasoner.knowledge.tools[tool].roles:
        return ()
    search = Search(reasoner, facts, role)
    found: list[Outcome] = search.singles_for(tool)
    if not found:
        found = [o for o in search.pairs() if o.after == tool] if every else search.pairs_for(tool)
    return search.plausible(found)[:most]


def changes_of_mind(
    reasoner: Reasoner, facts: tuple[Fact, ...], role: str, *, pairs: bool = False
) -> tuple[Outcome, ...]:
    """All minimal changes that give `role` another first choice: single facts, then pairs of which neither does alone.

    Most plausible first.
    """
    search = Search(reasoner, facts, role)
    found = search.plausible(o for o in search.singles if o.turned)
    alone = {o.edits[0] for o in found}
    return found + search.plausible(o for o in search.pairs(alone) if o.turned) if pairs else found


class Search:
    """What single changes and pairs of them make the first choice of one role. Exact: every one is tried."""

    def __init__(self, reasoner: Reasoner, facts: tuple[Fact, ...], role: str) -> None:
        self._reasoner, self._facts, self._role = reasoner, facts, role
        self._forecast = reasoner.forecast(facts, role)
        self._tried = tuple(edits(reasoner, facts, role))
        self._changed = [apply(reasoner, facts, (edit,)) for edit in self._tried]
        self._cases = Cases(self._forecast, self._changed)
        base = self._forecast.base.get(role)
        self._before = base.tool if base else None

    @cached_property
    def singles(self) -> tuple[Outcome, ...]:
        """What each single change gives."""
        return tuple(self._single(number, step) for number, step in enumerate(self._steps))

    def singles_for(self, tool: str) -> list[Outcome]:
        """The single changes that bring `tool` to the top."""
        duel = self._duel(tool)
        tried = (self._single(n, self._cases.step(n)) for n in range(len(self._tried)) if duel.may_win(n))
        return [outcome for outcome in tried if outcome.after == tool]

    def pairs_for(self, tool: str) -> list[Outcome]:
        """Pairs of likely changes that bring `tool` to the top, of those pairs that bring it nearest one by one."""
        duel = self._duel(tool)
        ranked = [(duel.promise(n), -n) for n, edit in enumerate(self._tried) if edit.likely]
        best = [(worth, self._tried[-n]) for worth, n in sorted(ranked, reverse=True)[:_PROMISING]]
        both = [
            (one + other, (edit, beside))
            for (one, edit), (other, beside) in combinations(best, 2)
            if self._makes_sense(edit, beside)
        ]
        tried = [pair for _, pair in sorted(both, key=lambda found: -found[0])[:_TRIED]]
        outcomes = (self._outcome(pair, first or None) for pair, first in zip(tried, self._run(tried), strict=True))
        return [outcome for outcome in outcomes if outcome.after == tool]

    def _duel(self, tool: str) -> Duel:
        return Duel(self._forecast, self._reasoner.knowledge.roles[self._role], tool, self._before, self._cases)

    def pairs(self, without: Container[Edit] = ()) -> Iterator[Outcome]:
        """What each pair of likely changes gives; `without` those that are of no interest in a pair."""
        kept = [number for number, edit in enumerate(self._tried) if edit.likely and edit not in without]
        tried = [self._tried[number] for number in kept]
        sums = Pairs(
            self._forecast,
            self._reasoner.knowledge.roles[self._role],
            [self._changed[number] for number in kept],
            steps=[self._steps[number] for number in kept],
        )
        both = (
            (one, other)
            for one, other in combinations(range(len(tried)), 2)
            if self._makes_sense(tried[one], tried[other])
        )
        while chunk := list(islice(both, CHUNK)):
            firsts = [None if tried[one].slot == tried[other].slot else sums.added(one, other) for one, other in chunk]
            untold = [
                (tried[one], tried[other]) for (one, other), first in zip(chunk, firsts, strict=True) if first is None
            ]
            run = iter(self._run(untold))
            for (one, other), first in zip(chunk, firsts, strict=True):
                yield self._outcome((tried[one], tried[other]), (next(run) if first is None else first) or None)

    def _makes_sense(self, one: Edit, other: Edit) -> bool:
        """Whether two changes go together: neither undoes the other, and both make one project."""
        kind = self._reasoner.knowledge.slots[one.slot].kind
        both_add = one.remove is None and other.remove is None
        return one.slot != other.slot or not (kind in ("single", "quantity") or both_add)

    def _run(self, pairs: Sequence[tuple[Edit, ...]]) -> Iterator[str]:
        """The first choice under each of `pairs` ("" for none), by running them all through the rules at once."""
        changes = [apply(self._reasoner, self._facts, pair) for pair in pairs]
        steps = Cases(self._forecast, changes).steps() if pairs else []
        role = self._reasoner.knowledge.roles[self._role]
        still = self._forecast.step(self._facts)
        sums = Pairs(self._forecast, role, [self._facts, *changes], steps=[still, *steps])
        for place, (facts, step) in enumerate(zip(changes, steps, strict=True), 1):
            first = sums.after(0, place)
            yield first if first is not None else self._lead(facts, step) or ""

    def joined(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """Single changes, neighbouring classes of amounts that do the same as one, where that does the same as well."""
        kept: list[Outcome] = []
        amounts: dict[tuple[str, str | None], list[Outcome]] = {}
        for outcome in outcomes:
            fact = outcome.edits[0].add
            if fact is not None and isinstance(fact.value, Quantity):
                amounts.setdefault((fact.slot, outcome.after), []).append(outcome)
            else:
                kept.append(outcome)
        for own in amounts.values():
            own.sort(key=lambda outcome: _amount(outcome).interval())
            last = own[0]
            for outcome in own[1:]:
                both = union(_amount(last), _amount(outcome))
                edit = (
                    Edit(add=Fact(outcome.edits[0].slot, both), share=last.edits[0].share + outcome.edits[0].share)
                    if both
                    else None
                )
                if edit and self._lead(apply(self._reasoner, self._facts, (edit,))) == outcome.after:
                    last = self._outcome((edit,), outcome.after)
                else:
                    kept.append(last)
                    last = outcome
            kept.append(last)
        return kept

    def plausible(self, outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """The outcomes, likeliest first; ties keep their order."""
        found = tuple(outcomes)
        odds = {edit: plausibility(self._facts, edit) for edit in dict.fromkeys(e for o in found for e in o.edits)}
        return tuple(sorted(found, key=lambda o: (len(o.edits), -prod(odds[edit] for edit in o.edits))))

    @cached_property
    def _steps(self) -> list[Step]:
        return self._cases.steps()

    def _single(self, number: int, step: Step) -> Outcome:
        return self._outcome((self._tried[number],), self._lead(self._changed[number], step))

    def _lead(self, facts: tuple[Fact, ...], step: Step | None = None) -> str | None:
        lead = self._forecast.leads(facts, step).get(self._role)
        return lead.tool if lead else None

    def _outcome(self, edits: tuple[Edit, ...], after: str | None) -> Outcome:
        return Outcome(edits, self._role, self._before, after)


def plausibility(facts: tuple[Fact, ...], edit: Edit) -> float:
    """How likely a person is to make the change, between 0 and 1, as far as that can be told.

    Whoever has not answered a question answers it in one of its ways, by the curated shares. What was only wished for
    is given up sooner than a must, an assumption sooner than either; another task is another project.
    """
    held = [fact for fact in facts if fact.slot == edit.slot]
    firmness = 1.0
    if held:
        firmness = 0.1 if any(fact.strength == "hard" and fact.origin == "stated" for fact in held) else 0.4
    if edit.slot in DEFINING:
        firmness *= 0.1
    return firmness * edit.share


def _amount(outcome: Outcome) -> Quantity:
    fact = outcome.edits[0].add
    assert fact is not None and isinstance(fact.value, Quantity)
    return fact.value
