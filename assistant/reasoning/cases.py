"""Many changes of one project's facts, all run through the rules at once: what each makes true and false."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.knowledge.facts import Fact
from assistant.reasoning.forecast import Forecast, Step
from assistant.reasoning.incremental import Variation
from assistant.reasoning.model import Atom
from assistant.reasoning.parallel import run


class Cases:
    """The projects of `changes`, each a whole set of facts, next to the one of `forecast`. Sets of them are integers, with
    the bit 1 << n for number n."""

    def __init__(self, forecast: Forecast, changes: Sequence[tuple[Fact, ...]]) -> None:
        self.changes = changes
        self.all = (1 << len(changes)) - 1
        self._forecast = forecast
        self._inputs = [forecast.inputs_of(facts) for facts in changes]
        self._order = forecast.board.order_for(forecast.only)
        self._holds = run(forecast.index, self._order, self._inputs)
        before = [0] * len(self._holds)
        for number in forecast.run.holds:
            before[number] = self.all
        self._moved: list[tuple[int, int, bool]] = []  # an atom, where it is otherwise, whether it held before
        self._values: dict[str, list[tuple[str, int, bool]]] = {}  # the same for the values of each slot
        self._touched: dict[str, int] = {}
        for number, (cases, held) in enumerate(zip(self._holds, before, strict=True)):
            if cases != held:
                slot, value = forecast.board.atom[number]
                self._moved.append((number, cases ^ held, bool(held)))
                self._values.setdefault(slot, []).append((value, cases ^ held, bool(held)))
                self._touched[slot] = self._touched.get(slot, 0) | (cases ^ held)
        for place, inputs in enumerate(self._inputs):
            for slot, value in inputs ^ forecast.inputs:
                self._touched[slot] = self._touched.get(slot, 0) | 1 << place
                if (slot, value) not in forecast.index.number:  # no rule asks for it; records may
                    self._values.setdefault(slot, []).append((value, 1 << place, (slot, value) in forecast.inputs))

    def touching(self, slots: Iterable[str]) -> int:
        """The cases that say or derive anything else in one of `slots`."""
        found = 0
        for slot in slots:
            found |= self._touched.get(slot, 0)
        return found

    def concluding(self, end: Atom) -> int:
        """The cases in which a conclusion of the rules holds."""
        found = 0
        for number in self._forecast.board.standing.get(end, ()):
            found |= self._holds[number]
        return found

    def values(self, place: int, slot: str) -> tuple[str, ...]:
        """The values of `slot` in one case, in order."""
        bit = 1 << place
        values = set(self._forecast.picture.profile.values.get(slot, ()))
        for value, differ, held in self._values.get(slot, ()):
            if differ & bit:
                (values.discard if held else values.add)(value)
        return tuple(sorted(values))

    def step(self, place: int) -> Step:
        """The step to one case."""
        variation, bit = Variation(set(), set()), 1 << place
        for number, differ, held in self._moved:
            if differ & bit:
                (variation.false if held else variation.true).add(number)
        return self._step(place, variation)

    def steps(self) -> list[Step]:
        """The steps to all cases, which is quicker than one after the other."""
        variations = [Variation(set(), set()) for _ in self.changes]
        for number, differ, held in self._moved:
            while differ:
                lowest = differ & -differ
                variation = variations[lowest.bit_length() - 1]
                (variation.false if held else variation.true).add(number)
                differ ^= lowest
        return [self._step(place, variation) for place, variation in enumerate(variations)]

    def _step(self, place: int, variation: Variation) -> Step:
        # A clause of a cycle that lost a premise may have taken away a support that only counting would have seen.
        counted = self._order.breaking.isdisjoint(variation.true) and self._order.holding.isdisjoint(variation.false)
        return self._forecast.step_by(self._inputs[place], variation, counted=counted)
