"""Single changes of a project's facts that are worth trying: what was said is dropped, or something else is said.

Values are tried whether or not a question offers them. Amounts are tried by classes: between two neighbouring amounts that
rules ask about, all amounts do the same, so that what is told of a class is true of each amount in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from assistant.knowledge.conditions import bounds
from assistant.knowledge.facts import INFINITY, Fact, Quantity
from assistant.knowledge.model import Option, Question, Slot
from assistant.reasoning.program import atoms_of
from assistant.reasoning.reasoner import Reasoner

DEFINING = ("task", "modality")
"""Slots that say what the project is about: with other values it is another project. Only what questions offer is tried."""

_UNTRIED = ("special", "must_have")
"""Slots of which nothing is tried: nobody comes to have a special need for the sake of a tool."""

_RARE = 0.5  # of the least common answer: how common a value is that no question offers

_FINE = 1e-6  # the step between amounts of seconds, as a part of them; all other amounts go by whole units


class Edit(msgspec.Struct, frozen=True):
    """A change of facts: what is added (it replaces what a single-valued slot held) or what is taken away."""

    add: Fact | None = None
    remove: Fact | None = None
    share: float = 1.0  # of the people who answer the question at all, how many answer so
    likely: bool = True  # whether it is dropped or answers a question, rather than something that nobody asks for

    @property
    def slot(self) -> str:
        fact = self.add or self.remove
        assert fact is not None
        return fact.slot


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


def edits(reasoner: Reasoner, facts: Iterable[Fact], role: str | None = None) -> Iterator[Edit]:
    """All single changes worth trying: drop a stated fact, or state any value, or any class of amounts.

    With `role` those alone that could matter to it, through whatever rules.
    """
    stated = tuple(f for f in facts if f.origin in ("stated", "assumed"))
    keys = {f.key() for f in stated}
    mattering = _Mattering(reasoner, role)
    for fact in stated:
        yield Edit(remove=fact)
    asked = {question.slot: question for question in reasoner.knowledge.questions}
    slots = reasoner.knowledge.slots
    for name in dict.fromkeys((*asked, *slots)):
        slot = slots[name]
        held = [fact for fact in stated if fact.slot == name]
        for fact, share, likely in _said(slot, asked.get(name), mattering, held):
            replaces = held if slot.kind in ("single", "quantity") else ()
            if fact.key() not in keys and any(map(mattering.fact, (fact, *replaces))):
                yield Edit(add=fact, share=share, likely=likely)


def _said(
    slot: Slot, question: Question | None, mattering: _Mattering, held: list[Fact]
) -> Iterator[tuple[Fact, float, bool]]:
    """What can be said of a slot, how common that is and whether it is likely: the answers to its question first."""
    options = question.options if question else ()
    total = sum(option.share for option in options) or 1.0
    if slot.kind == "quantity":
        yield from _amounts(slot, options, total, mattering, held)
    elif slot.kind in ("single", "set") and slot.id not in _UNTRIED:
        shares = {option.value: option.share / total for option in options}
        rare = _RARE * min(shares.values(), default=1.0)
        others = () if slot.id in DEFINING else (value.id for value in slot.values)
        for value in dict.fromkeys((*shares, *others)):
            yield Fact(slot.id, value), shares.get(value, rare), value in shares


class _Mattering:
    """Which facts could matter to a role (None: to any)."""

    def __init__(self, reasoner: Reasoner, role: str | None) -> None:
        self.program = reasoner.programs.argue
        board = reasoner.board
        self._number = board.index.number
        self._atoms = board.concerning(role) if role else None
        matching = board.matching.items()
        leading = {other.id for other in board.roles if other.leads}
        self._slots = {"priorities"}.union(
            *(slots for name, slots in matching if role is None or name in leading | {role})
        )

    def fact(self, fact: Fact) -> bool:
        """Whether the fact could."""
        if self._atoms is None or fact.slot in self._slots:
            return True
        return any(self._number.get(atom) in self._atoms for atom in atoms_of(self.program, (fact,)))

    def cuts(self, slot: str) -> list[tuple[float, bool]]:
        """The amounts at which something that matters changes, in order: just below them, or (True) just above."""
        asked = self.program.thresholds.get(slot, ())
        found = {
            (t.bound, t.op in (">", "<="))
            for t in asked
            if self._atoms is None or self._number.get(t.atom()) in self._atoms
        }
        return sorted(found)


def _amounts(
    slot: Slot, options: tuple[Option, ...], total: float, mattering: _Mattering, held: list[Fact]
) -> Iterator[tuple[Fact, float, bool]]:
    """A fact for each class of amounts that all do the same, but for the class that is in force.

    Likely is the class in the middle of each answer that the question offers.
    """
    classes = list(classes_of(mattering.cuts(slot.id), fine=slot.unit == "seconds"))
    lows = [quantity.interval()[0] for quantity in classes]
    shares, likely = [0.0] * len(classes), set[int]()
    for option in options:
        tests = bounds(option.value, slot.unit)
        low = max((bound for op, bound in tests if op[0] == ">"), default=0.0)
        high = min((bound for op, bound in tests if op[0] == "<"), default=INFINITY)
        inside = [n for n, start in enumerate(lows) if low <= start < high or low == high == start]
        for number in inside:
            shares[number] += option.share / total / len(inside)
        likely.update(inside[len(inside) // 2 :][:1])
    rare = _RARE * min((share for share in shares if share), default=1.0)
    now = [fact.value.interval() for fact in held if isinstance(fact.value, Quantity)]
    for number, quantity in enumerate(classes):
        low, high = quantity.interval()
        if not any(low <= first and last <= high for first, last in now):
            yield Fact(slot.id, quantity), shares[number] or rare, number in likely


def classes_of(cuts: list[tuple[float, bool]], *, fine: bool = False) -> Iterator[Quantity]:
    """The classes between the cuts, lowest first; none where nothing cuts."""
    for number, (bound, above) in enumerate(cuts):
        if number == 0:
            yield Quantity(bound, "<=" if above else "<")
        if number == len(cuts) - 1:
            yield Quantity(bound, ">" if above else ">=")
            continue
        end, beyond = cuts[number + 1]
        low = bound + _step(bound, fine=fine) if above else bound
        high = end if beyond else end - _step(end, fine=fine)
        if low < high:
            yield Quantity(low, "in", high)
        elif low == high:
            yield Quantity(low)


def _step(amount: float, *, fine: bool) -> float:
    return amount * _FINE if fine else 1.0


def union(one: Quantity, other: Quantity) -> Quantity | None:
    """One class of amounts and the next higher one as a single bound or range; None where they do not touch."""
    (low, end), (begin, high) = one.interval(), other.interval()
    if not end <= begin <= end + max(1.0, _FINE * begin * 2) or (one.op[0] == "<" and other.op[0] == ">"):
        return None
    if one.op[0] == "<":
        return Quantity(high, "<=")
    if other.op[0] == ">":
        return Quantity(low, ">=")
    return Quantity(low, "in", high)
