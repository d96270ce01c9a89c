"""Which facts cannot all be met: the fewest of them under which a role is needed and nothing can fill it."""

from __future__ import annotations

from itertools import combinations

from assistant.knowledge.facts import Fact
from assistant.reasoning.reasoner import Reasoner


def smallest_clash(reasoner: Reasoner, facts: tuple[Fact, ...], role: str) -> tuple[Fact, ...]:
    """The smallest part of `facts` that leaves `role` needed and unfilled, first in their order; () if all can be met.

    Leaving out one fact after the other gives a part of which none can be spared (the deletion filter of Chinneck &
    Dravnieks 1991); then every smaller part is tried.
    """
    forecast = reasoner.forecast(facts, role)
    if not forecast.unfilled(facts, role):
        return ()
    kept = facts
    for fact in facts:
        without = tuple(f for f in kept if f != fact)
        if forecast.unfilled(without, role):
            kept = without
    forecast = reasoner.forecast((), role)  # small parts are nearer to nothing than to all
    for size in range(len(kept)):
        for part in combinations(facts, size):
            if forecast.unfilled(part, role):
                return part
    return kept
