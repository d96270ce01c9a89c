"""Amounts: numbers in figures and in words, their bounds and ranges, and what they count, in base units."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.knowledge.facts import Operator, Quantity
from assistant.language.numerals import Number, Numerals
from assistant.language.phrases import Numbers, Unit, Units
from assistant.language.reading import Reading
from assistant.language.tokens import COMMA, NONE, SENTENCE

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
_TIMES = ("latency_seconds", "deadline_days")
_OVER = frozenset({"over", "across"})
_UNTIL = frozenset({"by", "until", "due", "till"})
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_PER = re.compile(r"\s?(?:/|per\b|each\b|every\b|an?\b)\s?(?:second|minute|hour|day|night|week|month|year)s?\b")
_EACH = re.compile(r"\s?(?:each|apiece|per)\b")
_COUNTED = 10  # fewer things than that are seldom the data
_UNCHANGED = frozenset({"series", "data", "spectra", "mri", "x"})  # words without a plural of their own
_CARDS = frozenset({"nvidia_gpu", "amd_gpu", "intel_gpu", "multi_gpu"})
_FARM = 1000  # more machines than anybody trains on
_KNOBS = 1000
_FAR = 9
_NEAR = 6  # how many words on either side may tell what a number means


class Amount(NamedTuple):
    """A quantity of a slot (or a value such as `multi_gpu`, for counted hardware) said by `tokens[first:last]`."""

    slot: str
    value: Quantity | str
    first: int
    last: int


class Quantities:
    """Reads the amounts of messages with the units and numerals of the vocabulary."""

    def __init__(self, numbers: Numbers, units: Units, stopwords: frozenset[str]) -> None:
        self._units = units
        self._stopwords = stopwords
        self._attached: dict[str, Unit] = {form: unit for unit in reversed(units.units) for form in unit.attached}
        self._numerals = Numerals(numbers, self._attached)

    def read(self, reading: Reading) -> list[Amount]:
        """The amounts in order; words that belong to an amount say nothing else about that slot."""
        amounts: list[Amount] = []
        numbers = self._numerals.find(reading)
        index = 0
        while index < len(numbers):
            number = numbers[index]
            high = None
            following = numbers[index + 1] if index + 1 < len(numbers) else None
            if following is not None and self._numerals.is_range(reading, number, following):
                high = following
                index += 1
            amount = self._amount(reading, number, high)
            if amount is not None:
                amounts.append(amount)
            index += 1
        taken = {position for amount in amounts for position in range(amount.first, amount.last)}
        for hit in reading.of("fixed"):
            if not taken & set(range(hit.first, hit.last)):
                fixed = self._units.fixed[int(hit.payload.name)]
                if any(amount.slot == fixed.slot and 0 <= amount.first - hit.last <= 1 for amount in amounts):
                    continue  # "a small team (2)"
                if fixed.slot == "deadline_days" and not self._is_due(reading, hit.first, hit.last):
                    continue
                op: Operator = fixed.op if fixed.op in ("<", "<=", ">", ">=") else "="  # type: ignore[assignment]  # as tested
                amounts.append(Amount(fixed.slot, Quantity(fixed.value, op), hit.first, hit.last))
                taken |= set(range(hit.first, hit.last))
        return sorted(amounts, key=lambda amount: (amount.first, amount.last))

    def bare(self, reading: Reading, slot: str, factor: float) -> Amount | None:
        """The first number of an answer as an amount of `slot`: in the unit it has, else times `factor`."""
        numbers = self._numerals.find(reading)
        if not numbers or numbers[0].glued:
            return None
        number, high = numbers[0], None
        if len(numbers) > 1 and self._numerals.is_range(reading, number, numbers[1]):
            high = numbers[1]
        unit, end = self._unit(reading, high or number)
        known = unit if unit is not None and _family(unit.slot) == _family(slot) else None
        if unit is not None and known is None and unit.slot not in ("none", "data_rows"):
            return None
        last = max(end if known is not None else 0, (high or number).last)
        if known is None and number.letter and slot in _TIMES:
            return None  # "50k" counts something
        if known is None and number.letter and factor != 1.0:
            factor = 1.0
        quantity = self._quantity(reading, number, high, known.factor if known is not None else factor, last)
        return Amount(slot, quantity, number.first, last)

    # --- what they count -----------------------------------------------------------------------------

    def _amount(self, reading: Reading, number: Number, high: Number | None) -> Amount | None:
        last_number = high or number
        unit, end = self._unit(reading, last_number)
        if unit is None and high is not None:
            unit, end = self._unit(reading, number)
            end = high.last if unit is not None else end
        if unit is None:
            return self._announced(reading, number, high) or self._parameters(reading, number, high)
        if unit.slot in ("data_rows", "users") and _GROUPED.fullmatch(self._written(reading, number)):
            number = number._replace(value=float(self._written(reading, number).replace(".", "")))  # "5.000 images"
        if last_number.glued and unit.slot != "model_parameters":
            return None
        if unit.slot == "none" or (number.letter == "b" and unit.slot == "data_rows" and self._is_model(reading, end)):
            return self._parameters(reading, number, high)  # "a 70B model" is a size, "3 models" is nothing
        if unit.count and number.value > _FARM:  # millions of nodes are those of a graph
            return Amount("data_rows", self._quantity(reading, number, high, 1.0, end), number.first, end)
        if unit.count:
            return self._hardware(number, unit, end)
        slot = self._slot(reading, number, unit, end)
        if slot is None:
            return None
        return Amount(slot, self._quantity(reading, number, high, unit.factor, end), number.first, end)

    def _written(self, reading: Reading, number: Number) -> str:
        start, end = reading.tokens[number.first].start, reading.tokens[number.last - 1].end
        return reading.plain[start:end]

    def _announced(self, reading: Reading, number: Number, high: Number | None) -> Amount | None:
        """A number without a unit whose slot is told before it ("a team of ten"), if nothing follows that it counts."""
        last = (high or number).last
        slot = reading.ending_any("counts").get(number.first)
        if slot is None or number.glued:
            return None
        if last < len(reading.tokens):
            follower = reading.tokens[last]
            told = reading.tokens[number.first - 1].fold == "of"  # "a team of ten" says it all
            if not told and follower.gap == NONE and follower.fold not in self._stopwords:
                return None
        return Amount(slot, self._quantity(reading, number, high, 1.0, last), number.first, last)

    def _is_model(self, reading: Reading, end: int) -> bool:
        """Whether the words right behind speak of a model ("a 13B chat model")."""
        return any(token.fold in self._units.sized for token in reading.tokens[end : end + 2])

    def _parameters(self, reading: Reading, number: Number, high: Number | None) -> Amount | None:
        """A bare "70B" or "llama-7b" is the size of a model."""
        if number.letter not in ("b", "m") or number.suffix or high is not None:
            return None
        if number.letter == "m" and not number.glued:
            return None
        if number.bare > 2000 or (number.letter == "b" and number.last - number.first > 2 and not number.glued):
            return None
        quantity = self._quantity(reading, number, None, 1.0, number.last)
        return Amount("model_parameters", quantity, number.first, number.last)

    def _unit(self, reading: Reading, number: Number) -> tuple[Unit | None, int]:
        if number.suffix:
            unit = self._attached[number.suffix]
            if unit.near_card and not self._near(reading, number.first, number.last, "card"):
                return None, number.last
            return unit, number.last
        tokens = reading.tokens
        for skipped in range(4):
            position = number.last + skipped
            if position >= len(tokens) or tokens[position].gap >= COMMA:
                break
            if (
                position > number.last
                and tokens[position - 1].fold in self._stopwords
                and tokens[position - 1].fold != "of"
            ):
                break
            best: tuple[int, int] | None = None
            for hit in reading.of("unit"):
                if hit.first == position and (best is None or hit.last > best[1]):
                    unit = self._units.units[int(hit.payload.name)]
                    if unit.skip >= skipped and (
                        unit.slot != "latency_seconds" or tokens[position].word != "s" or skipped == 0
                    ):
                        best = (int(hit.payload.name), hit.last)
            if best is not None:
                unit = self._units.units[best[0]]
                if number.letter == "b" and number.value >= 1e9 and unit.slot == "data_rows" and number.glued:
                    return None, number.last
                return unit, best[1]
        return None, number.last

    def _slot(self, reading: Reading, number: Number, unit: Unit, end: int) -> str | None:
        first = number.first
        if unit.slot == "data_bytes" and self._near(reading, first, end, "shipped", reach=2):
            return None
        if unit.slot == "data_bytes":
            slot = self._bytes(reading, first, end)
            apiece = slot == "data_bytes" and _EACH.match(reading.plain, reading.tokens[end - 1].end)
            return None if apiece else slot
        if unit.slot == "data_rows" and self._is_no_data(reading, number, end):
            return None
        if unit.slot == "model_parameters" and number.value < _KNOBS:
            return None  # what can be set, not what was learnt
        if unit.slot == "deadline_days":
            lasting = self._near(reading, first, end, "lasting", reach=2)
            return unit.slot if not lasting and self._is_deadline(reading, first, end) else None
        if unit.slot in ("latency_seconds", "throughput_per_second"):
            if not self._bounded(reading, first) and self._near(reading, first, end, "observed", reach=4):
                return None
            if unit.careful and not self._near(reading, first, end, "latency"):
                return None
        if unit.slot == "team_size" and reading.tokens[end - 1].fold == "people" and number.value > 30:
            return unit.slot if self._near(reading, first, end, "team", reach=3) else "users"
        return unit.slot

    def _is_deadline(self, reading: Reading, first: int, end: int) -> bool:
        """Whether a time is given for the work, and is not how far a forecast looks ahead ("churn within 30 days")."""
        if self._near(reading, first, end, "due", reach=_FAR) or reading.tokens[end - 1].word == "left":
            return True
        return self._near(reading, first, end, "deadline", reach=4) and not self._near(
            reading, first, end, "horizon", reach=_FAR
        )

    def _is_due(self, reading: Reading, first: int, last: int) -> bool:
        """Whether "next week" and the like is when the work must be done; "by friday" says so itself."""
        if reading.tokens[first].word in _UNTIL:
            return not self._near(reading, first, last, "horizon") or self._near(
                reading, first, last, "due", reach=_FAR
            )
        return self._is_deadline(reading, first, last) or len(reading.tokens) == last - first

    def _is_no_data(self, reading: Reading, number: Number, end: int) -> bool:
        """Whether things are so few, or come at such a pace ("30 jobs a day"), or only describe ("12 lead"), that they are no data."""
        unit = reading.tokens[end - 1]
        modifies = 1 < number.value < 100 and unit.word == unit.fold and unit.word not in _UNCHANGED
        pace = _PER.match(reading.plain, unit.end)
        return modifies or pace is not None or (1 < number.value < _COUNTED and not number.about)

    def _bytes(self, reading: Reading, first: int, end: int) -> str:
        distances: dict[str, int] = {}
        for bytes_of in self._units.bytes_of:
            for hit in reading.of("near", bytes_of.slot):
                ahead, behind = hit.first - end, first - hit.last
                distance = max(ahead, behind)
                if 0 <= distance <= 3 and not self._cut(reading, min(hit.first, first), max(hit.last, end)):
                    known = distances.get(bytes_of.slot)
                    distances[bytes_of.slot] = distance if known is None else min(known, distance)
        for hit in reading.of("value"):
            if hit.payload.slot == "hardware" and hit.payload.name in _CARDS and 0 <= first - hit.last <= 1:
                distances["vram_bytes"] = min(first - hit.last, distances.get("vram_bytes", _NEAR))
        vram, ram = distances.get("vram_bytes"), distances.get("ram_bytes")
        said = [h.first - end for h in reading.of("value") if h.payload.slot == "modality" and 0 <= h.first - end <= 1]
        if said and min(said) <= min(distances.values(), default=_NEAR) and reading.tokens[end].gap == NONE:
            return "data_bytes"  # "a 12 GB csv on my laptop"
        if ram == 0 and vram != 0:
            return "ram_bytes"  # "L40S 48GB, 128GB RAM"
        if vram is not None and (ram is None or vram <= ram + 2):
            return "vram_bytes"
        return "ram_bytes" if ram is not None else "data_bytes"

    def _cut(self, reading: Reading, first: int, last: int) -> bool:
        """Whether a comma or the like stands between, and not only the bracket of "GPU (24 GB)"."""
        tokens = reading.tokens
        return any(
            tokens[p].gap != NONE and reading.plain[tokens[p - 1].end : tokens[p].start].strip() != "("
            for p in range(first + 1, last)
        )

    def _near(self, reading: Reading, first: int, last: int, name: str, reach: int = _NEAR) -> bool:
        """Whether a cue of this name stands within reach in the same sentence."""
        tokens = reading.tokens
        for hit in reading.of("near", name):
            if hit.first >= last and hit.first - last < reach:
                between = tokens[last : hit.last]
            elif hit.last <= first and first - hit.last < reach:
                between = tokens[hit.first + 1 : first + 1]
            else:
                continue
            if not any(token.gap == SENTENCE for token in between):
                return True
        return False

    def _hardware(self, number: Number, unit: Unit, end: int) -> Amount | None:
        if number.glued:
            return None
        if unit.only:
            return Amount("hardware", unit.only, number.first, end) if number.value >= 2 else None
        wanted = unit.count.get("2" if number.value >= 2 else "1")
        return None if wanted is None or number.value < 1 else Amount("hardware", wanted, number.first, end)

    # --- bounds ----------------------------------------------------------------------------------------

    def _bounded(self, reading: Reading, first: int) -> bool:
        symbol = _BEFORE.search(reading.plain, max(0, reading.tokens[first].start - 4), reading.tokens[first].start)
        return symbol is not None or first in reading.ending_any("bound<")

    def _quantity(self, reading: Reading, number: Number, high: Number | None, factor: float, end: int) -> Quantity:
        about = number.about or first_about(reading, number.first)
        if high is not None:
            low_value = number.value
            if not number.letter and not number.suffix and high.letter:
                low_value = number.bare * (high.value / high.bare)
            top = high.value * factor
            return Quantity(_tidy(low_value * factor), "in", _tidy(top), about)
        value = _tidy(number.value * factor)
        symbol = _BEFORE.search(
            reading.plain, max(0, reading.tokens[number.first].start - 4), reading.tokens[number.first].start
        )
        if symbol is not None:
            sign = _SYMBOLS.get(symbol[1])
            return Quantity(value, sign or "=", about=about or sign is None)
        bounds = reading.ending_any("bound<")
        before = number.first if number.first in bounds or not about else number.first - 1
        bound = bounds.get(before)
        if bound is not None and self._is_searched(reading, before):
            bound = None
        follows = end < len(reading.tokens) and reading.tokens[end].gap == NONE
        after = reading.starting_any("bound>").get(end) if follows else None
        bound = bound or after or (">=" if number.plus else "=")
        return Quantity(value, bound, about=about)  # type: ignore[arg-type]  # the vocabulary's keys are operators

    def _is_searched(self, reading: Reading, position: int) -> bool:
        """Whether the "over" before `position` follows what is done with the things counted: "RAG over 3000 manuals"."""
        if not position or reading.tokens[position - 1].word not in _OVER:
            return False
        return any(hit.payload.slot == "task" and position - hit.last in (0, 1) for hit in reading.of("value"))


def _family(slot: str) -> str:
    """Slots that share units."""
    return "bytes" if slot.endswith("_bytes") else "people" if slot in ("users", "team_size") else slot


def first_about(reading: Reading, first: int) -> bool:
    """Whether "about", "roughly" or the like stands right before a number."""
    return first in reading.ending("about") or (first > 0 and first - 1 in reading.ending("about"))


def _tidy(value: float) -> float:
    """The value without the dust of floating point (3 * 0.1 -> 0.3)."""
    return float(f"{value:.10g}")
