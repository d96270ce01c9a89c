"""Which of many changes of facts meddle with each other, so that what they do cannot simply be added up.

Two changes meddle if they toggle the same atom, if some clause fires (or stops firing) under both though under neither
alone, if both take part in what supports an atom and one takes support away, or if they touch the same slot that records
are matched with. That is found by what is touched, not pair by pair, and only where it matters to one role.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, product
from typing import Generic, TypeVar

from assistant.knowledge.model import Role
from assistant.reasoning.forecast import Forecast, Step
from assistant.reasoning.model import Atom

Key = TypeVar("Key")
Way = TypeVar("Way")

Touch = tuple[int, int]
"""Premises more that hold, and absences more that do not."""


class _Touched(Generic[Key, Way]):
    """By what is touched: the changes that touch it, by the way in which they do."""

    def __init__(self) -> None:
        self._changes: dict[Key, dict[Way, list[int]]] = {}

    def add(self, key: Key, way: Way, change: int) -> None:
        self._changes.setdefault(key, {}).setdefault(way, []).append(change)

    def pairs(self, meddle: Callable[[Key, Way, Way], bool]) -> set[tuple[int, int]]:
        """The pairs of changes that touch the same thing in ways that meddle."""
        found: set[tuple[int, int]] = set()
        for key, by_way in self._changes.items():
            ways = list(by_way)
            for place, one in enumerate(ways):
                if len(by_way[one]) > 1 and meddle(key, one, one):
                    found.update(combinations(by_way[one], 2))
                for other in ways[place + 1 :]:
                    if meddle(key, one, other):
                        found.update((min(p), max(p)) for p in product(by_way[one], by_way[other]))
        return found


def meddling(forecast: Forecast, role: Role, steps: Sequence[Step | None]) -> set[tuple[int, int]]:
    """The pairs of steps (by number, lower first) that meddle as far as `role` is concerned; None stands for no step."""
    run, head, concerns = forecast.run, forecast.index.head, forecast.board.concerns(role)
    matched = {"priorities", *(match.slot for match in role.matches)}
    atoms: _Touched[int, bool] = _Touched()
    clauses: _Touched[int, Touch] = _Touched()
    supported: _Touched[int, int] = _Touched()
    ends: _Touched[Atom, int] = _Touched()
    slots: _Touched[str, bool] = _Touched()
    for number, step in enumerate(steps):
        if step is None:
            continue
        touched = _touched(forecast, step)
        for atom in (step.variation.true | step.variation.false) & concerns:
            atoms.add(atom, True, number)
        for clause, touch in touched.items():
            if head[clause] in concerns:
                clauses.add(clause, touch, number)
        for atom, change in _supports(forecast, step, touched).items():
            if atom in concerns:
                supported.add(atom, change, number)
        for end, change in step.delta.items():
            ends.add(end, change, number)
        for slot in step.slots & matched:
            slots.add(slot, True, number)
        if not step.counted:  # a cycle might lose one support to each of two such steps
            slots.add("", True, number)

    def fires(clause: int, *touches: Touch) -> bool:
        missing = run.missing[clause] - sum(met for met, _ in touches)
        return not missing and not run.blocked[clause] + sum(broken for _, broken in touches)

    def flips(clause: int, one: Touch, other: Touch) -> bool:
        before = fires(clause)
        alone = fires(clause, one) != before or fires(clause, other) != before
        return (fires(clause, one, other) != before) != alone

    def recounts(end: Atom, one: int, other: int) -> bool:
        had = forecast.counts.get(end, 0)
        left, right = had + one > 0, had + other > 0
        return (had + one + other > 0) != ((left and right) if had else (left or right))

    return (
        atoms.pairs(lambda atom, one, other: True)
        | clauses.pairs(flips)
        | supported.pairs(lambda atom, one, other: one < 0 or other < 0)
        | ends.pairs(recounts)
        | slots.pairs(lambda slot, one, other: True)
    )


def _touched(forecast: Forecast, step: Step) -> dict[int, Touch]:
    """The clauses that ask about an atom that the step toggles."""
    waiting, forbidding = forecast.index.waiting, forecast.index.forbidding
    found: dict[int, Touch] = {}
    for atoms, sign in ((step.variation.true, 1), (step.variation.false, -1)):
        for atom in atoms:
            for clause in waiting[atom]:
                met, broken = found.get(clause, (0, 0))
                found[clause] = (met + sign, broken)
            for clause in forbidding[atom]:
                met, broken = found.get(clause, (0, 0))
                found[clause] = (met, broken + sign)
    return found


def _supports(forecast: Forecast, step: Step, touched: dict[int, Touch]) -> dict[int, int]:
    """By atom: how many firings (or the person's words) more or fewer support it."""
    run, head, number = forecast.run, forecast.index.head, forecast.index.number
    found: dict[int, int] = {}
    for clause, (met, broken) in touched.items():
        fires = run.missing[clause] == met and not run.blocked[clause] + broken
        change = fires - bool(run.fired[clause])
        if change:
            found[head[clause]] = found.get(head[clause], 0) + change
    said = {number[atom] for atom in step.inputs if atom in number}
    for atoms, sign in ((said - run.inputs, 1), (run.inputs - said, -1)):
        for atom in atoms:
            found[atom] = found.get(atom, 0) + sign
    return found
