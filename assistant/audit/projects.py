"""Projects to sweep over: random ones, ones that cover every pair of values, or all combinations of chosen slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from math import floor
from random import Random
from typing import Literal

from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Condition, Knowledge, Slot
from assistant.reasoning.programs import Programs

Project = tuple[Fact, ...]
Sweep = Literal["random", "pairwise", "exhaustive"]
Value = str | Quantity

_WHOLE = ("rows", "people", "parameters", "bytes")
_MOST = 9  # facts of a random project
_REFUSED = 0.1  # of the values of sets in random projects are refused, not wanted
_WISHED = 0.2  # of the facts of random projects are wishes, not demands


class Space:
    """The slots of a project, each with the values worth telling apart.

    An amount is told apart by the bounds that rules ask about: between two of them there is one value. Of the slots that
    hold tools, those tools are values about which some condition or advice asks, or that imply something when they are named.
    """

    def __init__(self, knowledge: Knowledge, programs: Programs, only: Iterable[str] = ()) -> None:
        """Raises ValueError for a name in `only` that is no slot, or one that holds free words."""
        self._asked = _tools_asked_about(knowledge)
        advised = [tool for caveat in knowledge.caveats for tool in caveat.about]
        advised += [tool for step in knowledge.steps for tool in step.about]
        implying = (tool.id for tool in knowledge.tools.values() if tool.implies)
        self._spoken_of = {*implying, *advised, *self._asked.get("in_play", ())}
        self._bounds = _bounds(programs)
        self.slots: dict[str, tuple[Value, ...]] = {}
        self.kinds = {slot.id: slot.kind for slot in knowledge.slots.values()}
        for name in only:
            if self.kinds.get(name, "text") == "text":
                slots = ", ".join(sorted(name for name, kind in self.kinds.items() if kind != "text"))
                raise ValueError(f"“{name}” is no slot with values to go through; these are: {slots}")
        for slot in knowledge.slots.values():
            values = self._values(slot)
            if values and (not only or slot.id in only):
                self.slots[slot.id] = values

    def _values(self, slot: Slot) -> tuple[Value, ...]:
        if slot.kind == "quantity":
            whole = slot.unit in _WHOLE
            amounts = between(self._bounds.get(slot.id, []), whole=whole)
            return tuple(map(Quantity, amounts)) or (Quantity(1.0),)  # any amount, where only having one counts
        if slot.kind == "tools":
            spoken_of = self._spoken_of if slot.id in ("existing_stack", "considering") else set()
            return tuple(sorted(self._asked.get(slot.id, set()) | spoken_of))
        return tuple(value.id for value in slot.values)

    def size(self) -> int:
        """How many projects there are with at most one value for each slot."""
        total = 1
        for values in self.slots.values():
            total *= len(values) + 1
        return total

    def random(self, seed: int, count: int) -> Iterator[Project]:
        """`count` projects, each of which depends on the seed and its number alone."""
        for number in range(count):
            yield self._random(Random(f"{seed}/{number}"))

    def _random(self, rng: Random) -> Project:
        names = list(self.slots)
        chosen = [rng.choice(names) for _ in range(rng.randrange(_MOST))]
        first = ["task"] if "task" in self.slots and rng.random() < 0.9 else []
        facts: dict[tuple[str, str, bool], Fact] = {}
        for name in [*first, *chosen]:
            kind = self.kinds[name]
            if kind in ("single", "quantity") and any(fact.slot == name for fact in facts.values()):
                continue
            value = rng.choice(self.slots[name])
            if isinstance(value, Quantity) and rng.random() < 0.3:
                value = Quantity(value.value, rng.choice(("<=", ">=")))
            refused = kind == "set" and bool(facts) and rng.random() < _REFUSED
            strength: Literal["soft", "hard"] = "soft" if rng.random() < _WISHED else "hard"
            fact = Fact(name, value, negated=refused, strength=strength)
            if (name, fact.key()[1], not refused) not in facts:
                facts.setdefault(fact.key(), fact)
        return tuple(facts.values())

    def pairwise(self) -> Iterator[Project]:
        """Projects in which every two values of any two slots meet, "nothing said" being one of the values.

        By the greedy algorithm of allpairspy. Slots that hold tools are left out unless they were asked for.
        """
        from allpairspy import AllPairs

        named = {name: values for name, values in self.slots.items() if self.kinds[name] != "tools"} or self.slots
        if len(named) < 2:
            yield from self.exhaustive()
            return
        for row in AllPairs([[None, *values] for values in named.values()]):
            yield _project(zip(named, row, strict=True))

    def exhaustive(self) -> Iterator[Project]:
        """All projects with at most one value for each slot."""
        for row in product(*([None, *values] for values in self.slots.values())):
            yield _project(zip(self.slots, row, strict=True))


def _project(row: Iterable[tuple[str, Value | None]]) -> Project:
    return tuple(Fact(slot, value) for slot, value in row if value is not None)


def told(fact: Fact) -> str:
    """A fact in the words of the knowledge files: `deployment: android`, `not deployment: cloud`, `data_rows: >= 1000`."""
    if isinstance(fact.value, Quantity):
        amount = _number(fact.value.value)
        if fact.value.op == "in":
            value = f"{amount}..{_number(fact.value.high or 0.0)}"
        else:
            value = amount if fact.value.op == "=" else f"{fact.value.op} {amount}"
    else:
        value = fact.value
    return f"{'not ' if fact.negated else ''}{fact.slot}: {value}{' (a wish)' if fact.strength == 'soft' else ''}"


def _number(amount: float) -> str:
    return f"{int(amount):_}" if amount.is_integer() else f"{amount:g}"


def between(bounds: Iterable[float], *, whole: bool = False) -> Iterator[float]:
    """A round number below all bounds, between each two of them, and above all; with `whole` none that is no whole one."""
    known = sorted({bound for bound in bounds if bound > 0})
    if not known:
        return
    for low, high in pairwise((known[0] / 10, *known, known[-1] * 10)):
        number = _round(low, high)
        if not whole or number.is_integer():
            yield number


def _round(low: float, high: float) -> float:
    """The number strictly between with the fewest digits, the lowest of these."""
    for digits in range(-15, 16):
        step = 10.0**-digits
        number = round((floor(low / step + 1e-9) + 1) * step, max(digits, 0))
        if low < number < high:
            return number
    return (low + high) / 2


def _bounds(programs: Programs) -> dict[str, list[float]]:
    bounds: dict[str, list[float]] = {}
    for program in (programs.argue, programs.advise):
        for slot, thresholds in program.thresholds.items():
            bounds.setdefault(slot, []).extend(threshold.bound for threshold in thresholds)
    return bounds


def _tools_asked_about(knowledge: Knowledge) -> dict[str, set[str]]:
    asked: dict[str, set[str]] = {}
    conditions: list[Condition | None] = [rule.when for rule in knowledge.rules]
    conditions += [claim.when for tool in knowledge.tools.values() for claim in (*tool.strengths, *tool.weaknesses)]
    conditions += [caveat.when for caveat in knowledge.caveats]
    conditions += [step.when for step in knowledge.steps]
    conditions += [question.when for question in knowledge.questions]
    for condition in conditions:
        for slot, value in _asked(condition):
            if slot == "in_play" or (slot in knowledge.slots and knowledge.slots[slot].kind == "tools"):
                asked.setdefault(slot, set()).add(value)
    return asked


def _asked(condition: object) -> Iterator[tuple[str, str]]:
    slot, value = getattr(condition, "slot", None), getattr(condition, "value", None)
    if slot is not None and isinstance(value, str):
        yield slot, value
    for part in getattr(condition, "parts", ()):
        yield from _asked(part)
