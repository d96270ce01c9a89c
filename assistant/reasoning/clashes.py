"""Which facts cannot all be met: the smallest sets of them that clash, and what giving up would bring.

Facts clash over a role that the project needs if they leave no tool for it (`empty`), or none that serves what the
person asked for in their own words (`unserved`: a language that no remaining tool is used from); and over a tool that
the person uses or considers if they rule it out (`named`). Whether they do is asked of forecasts, so what counts is
what the rules and the records say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import combinations
from typing import Literal, NamedTuple

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Match, Role, Tool
from assistant.reasoning.changes import DEFINING
from assistant.reasoning.counterfactual import unfilled
from assistant.reasoning.forecast import Forecast
from assistant.reasoning.model import Conclusion
from assistant.reasoning.reasoner import Reasoner

Facts = tuple[Fact, ...]
Clashing = Callable[[Facts], bool]
"""Whether a set of facts clashes."""

_TRIED = 40
"""Sets of facts that are given up, at most; people state few that clash in many ways at once."""

_SMALL = 6
"""Facts of a clash of which every smaller part is tried."""


class Clash(NamedTuple):
    """Facts that cannot all be met, none of which can be spared; `about` is a role, or for `named` a tool."""

    kind: Literal["empty", "unserved", "named"]
    about: str
    facts: Facts
    ways: tuple[Facts, ...]
    """For each of the facts: the fewest to give up, itself among them, so that nothing clashes here any more."""
    slot: str = ""  # what nobody serves, where something is left that does not


def clashes(reasoner: Reasoner, facts: Facts, conclusion: Conclusion) -> tuple[Clash, ...]:
    """All that clashes among `facts`, of which `conclusion` was drawn: roles in the order of the stack, then tools."""
    found: list[Clash] = []
    for empty in unfilled(conclusion):
        unfilled_by = partial(reasoner.forecast(facts, empty).unfilled, role=empty)
        found += _all("empty", empty, facts, unfilled_by)
    for role in reasoner.knowledge.roles.values():
        choice = conclusion.choice(role.id) if role.leads else None
        if choice is not None:
            found += _unserved(reasoner, facts, role, [reasoner.knowledge.tools[r.tool] for r in choice.ranking])
    return (*found, *_named(reasoner, facts, conclusion))


def _all(
    kind: Literal["empty", "unserved", "named"], about: str, facts: Facts, clashing: Clashing, slot: str = ""
) -> Iterator[Clash]:
    """The clashes of one kind, smallest first, with the ways out of each.

    What the project is about is taken as given; of it a clash names what it cannot do without.
    """
    given = tuple(fact for fact in facts if fact.slot in DEFINING)
    wishes = tuple(fact for fact in facts if fact.slot not in DEFINING)
    sets, ways = smallest_sets(lambda part: clashing((*given, *part)), wishes)
    for clash in sets:
        ground = _smallest(partial(_beside, clashing, clash), given)
        out = [min((way for way in ways if fact in way), key=len, default=()) for fact in clash]
        out += [tuple(other for other in given if other.words == fact.words) for fact in ground]
        yield Clash(kind, about, (*clash, *ground), tuple(out), slot)


def _beside(clashing: Clashing, clash: Facts, part: Facts) -> bool:
    return clashing((*part, *clash))


def smallest_sets(clashing: Clashing, facts: Facts) -> tuple[list[Facts], list[Facts]]:
    """The sets of facts that clash and of which no smaller part does, and the smallest sets to give up to be rid of all.

    The hitting-set tree of Reiter, "A theory of diagnosis from first principles" (1987): one set is found by leaving
    out one fact after the other (the deletion filter of Chinneck & Dravnieks 1991), then one more without each of its facts.
    """
    found: list[Facts] = []
    ways: list[frozenset[Fact]] = []
    waiting: list[frozenset[Fact]] = [frozenset()]
    for given_up in waiting:
        if len(waiting) > _TRIED:
            break
        if any(way <= given_up for way in ways):
            continue
        clash = next((known for known in found if given_up.isdisjoint(known)), None)
        if clash is None:
            rest = tuple(fact for fact in facts if fact not in given_up)
            if not clashing(rest):
                ways.append(given_up)
                continue
            clash = _smallest(clashing, rest)
            found.append(clash)
        waiting += [more for fact in clash if (more := given_up | {fact}) not in waiting]
    in_order = [tuple(fact for fact in facts if fact in way) for way in ways]
    return sorted(found, key=len), [way for way in in_order if way]


def _smallest(clashing: Clashing, facts: Facts) -> Facts:
    """A part of `facts` that clashes and of which no smaller part does."""
    kept = facts
    for fact in facts:
        without = tuple(other for other in kept if other != fact)
        if clashing(without):
            kept = without
    for size in range(len(kept) if len(kept) <= _SMALL else 0):  # what a fact makes good, its lack may spoil
        for part in combinations(kept, size):
            if clashing(part):
                return part
    return kept


def _unserved(reasoner: Reasoner, facts: Facts, role: Role, left: list[Tool]) -> Iterator[Clash]:
    """Clashes over what the person asked for and none of the tools that are left serves."""
    for match in role.matches:
        demanded = _demanded(facts, match)
        served = any(_serves(getattr(tool, match.attribute), demanded) for tool in left)
        if match.slot in DEFINING or not demanded or served:
            continue
        forecast = reasoner.forecast(facts, role.id)

        def clashing(part: Facts, match: Match = match, forecast: Forecast = forecast) -> bool:
            wanted = _demanded(part, match)
            left = forecast.standing(part, role.id) if wanted else None
            return left is not None and not any(_serves(getattr(tool, match.attribute), wanted) for tool in left)

        yield from _all("unserved", role.id, facts, clashing, match.slot)


def _demanded(facts: Iterable[Fact], match: Match) -> frozenset[str]:
    """What the person demands of the slot: their own words, where they are no mere wish."""
    return frozenset(
        fact.value
        for fact in facts
        if fact.slot == match.slot and isinstance(fact.value, str) and not fact.negated and fact.strength == "hard"
    )


def _serves(offers: tuple[str, ...], wanted: frozenset[str]) -> bool:
    return not offers or not wanted.isdisjoint(offers)


def _named(reasoner: Reasoner, facts: Facts, conclusion: Conclusion) -> Iterator[Clash]:
    """Clashes over tools that the person uses; and over those considered, where all of them are ruled out."""
    barred = {exclusion.tool for exclusion in conclusion.excluded}
    said = [fact for fact in facts if fact.slot in ("existing_stack", "considering") and not fact.negated]
    out = [fact for fact in said if fact.value in barred]
    forecast = reasoner.forecast(facts) if out else None
    considered = [fact for fact in said if fact.slot == "considering"]
    for fact in out if forecast else ():
        tool = str(fact.value)
        if fact in considered and not all(other in out for other in considered):
            continue

        def clashing(part: Facts, fact: Fact = fact, tool: str = tool) -> bool:
            return fact in part and forecast is not None and forecast.ruled_out(part, tool)

        if clashing(facts):
            for clash in _all("named", tool, facts, clashing):
                if any(other.slot not in DEFINING for other in clash.facts if other != fact):
                    yield clash
