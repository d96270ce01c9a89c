"""How a number bounds an amount: "under 5", "more than 3 but fewer than 5", "5 to 10", "about 5"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.knowledge.facts import Operator, Quantity
from assistant.language.numerals import Number
from assistant.language.reading import Reading
from assistant.language.tokens import CLAUSE, NONE

_BEFORE = re.compile(r"(<=|=<|≤|>=|=>|≥|<|>|~|≈|±)\s{0,2}$")
_SYMBOLS: dict[str, Operator] = {
    "<": "<",
    "<=": "<=",
    "=<": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "=>": ">=",
    "≥": ">=",
}
_RANGE = re.compile(r"\s{0,2}(?:-|\.\.\.?|to|up to|and|bis)\s{0,2}", re.ASCII)
_OVER = frozenset({"over", "across"})
_HINGES = frozenset({"but", "and", "though", "yet", "while", "also"})


def upper(reading: Reading, low: Number, end: int, high: Number, scales: Mapping[str, float]) -> Number | None:
    """The upper end of the range that two numbers span, or None if they span none. `end`: after the unit of the lower one."""
    if high.first < end or low.part or low.glued or high.value <= 0:
        return None
    between = reading.plain[reading.tokens[end - 1].end : reading.tokens[high.first].start]
    if _RANGE.fullmatch(between):
        if "and" in between and not (low.first and reading.tokens[low.first - 1].fold == "between"):
            return None
        return high
    return _capped(reading, low, end, high, scales)


def _capped(reading: Reading, low: Number, end: int, high: Number, scales: Mapping[str, float]) -> Number | None:
    """The higher number of "more than 3 million but fewer than 5", by the scale of the lower one if it has none."""
    floor, _ = _bound(reading, low.first)
    ceiling, start = _bound(reading, high.first)
    if floor not in (">", ">=") or ceiling not in ("<", "<=") or start < end or start - end > 1:
        return None
    hinge = reading.tokens[end:start]
    if any(token.gap >= CLAUSE for token in reading.tokens[end : high.first + 1]):
        return None
    if any(token.fold not in _HINGES for token in hinge) or reading.plain.startswith(
        "%", reading.place(0, high.last)[1]
    ):
        return None
    value = high.value
    if value < low.value and not high.letter and not high.suffix:
        for token in reading.tokens[low.first : low.last]:
            value *= scales.get(token.fold, 1.0)
        value *= scales.get(low.letter, 1.0) if low.letter and low.last - low.first == 1 else 1.0
    return high._replace(value=value, bare=value, letter="")


def _bound(reading: Reading, first: int) -> tuple[str, int]:
    """What a word before a number makes of it, and where that word begins; a sign stands in no word."""
    symbol = _symbol(reading, first)
    if symbol is not None:
        return _SYMBOLS.get(symbol[1], "="), first
    hits = [hit for hit in reading.of("bound<") if hit.last == first]
    return (hits[0].payload.name, min(hit.first for hit in hits)) if hits else ("", first)


def _symbol(reading: Reading, first: int) -> re.Match[str] | None:
    start = reading.tokens[first].start
    return _BEFORE.search(reading.plain, max(0, start - 4), start)


def is_bounded(reading: Reading, first: int) -> bool:
    """Whether a bound stands before the number at `first`."""
    return _symbol(reading, first) is not None or first in reading.ending_any("bound<")


def quantity(reading: Reading, number: Number, high: Number | None, factor: float, end: int) -> Quantity:
    """The amount that a number, or a range, is in the unit that `factor` stands for; `end` is after the unit."""
    about = number.about or first_about(reading, number.first)
    if high is not None:
        return Quantity(_tidy(number.value * factor), "in", _tidy(high.value * factor), about)
    value = _tidy(number.value * factor)
    symbol = _symbol(reading, number.first)
    if symbol is not None:
        sign = _SYMBOLS.get(symbol[1])
        return Quantity(value, sign or "=", about=about or sign is None)
    bounds = reading.ending_any("bound<")
    before = number.first if number.first in bounds or not about else number.first - 1
    bound = bounds.get(before)
    if bound is not None and _is_searched(reading, before):
        bound = None
    follows = end < len(reading.tokens) and reading.tokens[end].gap == NONE
    after = reading.starting_any("bound>").get(end) if follows else None
    bound = bound or after or (">=" if number.plus else "=")
    return Quantity(value, bound, about=about)  # type: ignore[arg-type]  # the vocabulary's keys are operators


def _is_searched(reading: Reading, position: int) -> bool:
    """Whether the "over" before `position` follows what is done with the things counted: "RAG over 3000 manuals"."""
    if not position or reading.tokens[position - 1].word not in _OVER:
        return False
    return any(hit.payload.slot == "task" and position - hit.last in (0, 1) for hit in reading.of("value"))


def first_about(reading: Reading, first: int) -> bool:
    """Whether "about", "roughly" or the like stands right before a number."""
    return first in reading.ending("about") or (first > 0 and first - 1 in reading.ending("about"))


def _tidy(value: float) -> float:
    """The value without the dust of floating point (3 * 0.1 -> 0.3)."""
    return float(f"{value:.10g}")
