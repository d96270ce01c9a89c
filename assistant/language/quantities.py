"""Amounts: numbers in figures and in words, their bounds and ranges, and what they count, in base units."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.knowledge.facts import Operator, Quantity
from assistant.language.intervals import is_bounded, quantity, upper
from assistant.language.numerals import Number, Numerals
from assistant.language.phrases import Numbers, Unit, Units
from assistant.language.reading import Reading
from assistant.language.tokens import COMMA, NONE, SENTENCE

_TIMES = ("latency_seconds", "deadline_days")
_SIDE = re.compile(r"\d\s?(?:x|×|by)\s?$")
_PERCENT = re.compile(r"\s?%")
_COUNTS = frozenset({"data_rows", "users", "team_size", "model_parameters"})
_UNTIL = frozenset({"by", "until", "due", "till"})
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_PER = re.compile(r"\s?(?:/|per\b|each\b|every\b|an?\b)\s?(?:second|minute|hour|day|night|week|month|year)s?\b")
_EACH = re.compile(r"\s?(?:each|apiece|per)\b(?! (?:second|minute|hour|day|night|week|month|year))")
_APIECE = re.compile(r"\s?(?:/\s?|per |each\b|apiece\b|an? (?:class|person|customer|user|series|shop|store|patient)\b)")
_VOLUME = 2000  # pages of one book
_PEOPLE = ("team_size", "users")
_BRIEF = 3  # words of a message that is nothing but an amount
_COUNTED = 10  # fewer things than that are seldom the data
_UNCHANGED = frozenset({"series", "data", "spectra", "mri", "x"})  # words without a plural of their own
_CARDS = frozenset({"nvidia_gpu", "amd_gpu", "intel_gpu", "multi_gpu"})
_SHORT = frozenset({"s", "us"})  # units that are ordinary words or their ends as well
_FARM = 1000  # more machines than anybody trains on
_KNOBS = 1000
_FAR = 9
_APART = 7  # words between the ends of a range
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
            if index + 1 < len(numbers):
                number, high = self._range(reading, number, numbers[index + 1])
            amount = self._amount(reading, number, high)
            if amount is not None:
                amounts.append(amount)
            index += 1 if high is None else 2
        amounts = _added_up(reading, amounts)
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
        number, high = self._range(reading, numbers[0], numbers[1]) if len(numbers) > 1 else (numbers[0], None)
        unit, end = self._unit(reading, high or number)
        known = unit if unit is not None and _family(unit.slot) == _family(slot) else None
        if unit is not None and known is None and unit.slot not in ("none", "data_rows"):
            return None
        last = max(end if known is not None else 0, (high or number).last)
        if known is None and number.letter and slot in _TIMES:
            return None  # "50k" counts something
        if known is None and number.letter and factor != 1.0:
            factor = 1.0
        value = quantity(reading, number, high, known.factor if known is not None else factor, last)
        return Amount(slot, value, number.first, last)

    def bare_between(self, reading: Reading, begin: int, stop: int, slot: str, factor: float) -> Amount | None:
        """The number without a unit that begins from `begin` to `stop`, times `factor` as an amount of `slot`."""
        for number in self._numerals.find(reading):
            if begin <= number.first <= stop:
                if number.glued or self._unit(reading, number)[0] is not None:
                    return None
                value = quantity(reading, number, None, factor, number.last)
                return Amount(slot, value, number.first, number.last)
        return None

    def worth(self, reading: Reading, amount: Amount) -> float:
        """What the unit of an amount is worth in the unit of its slot."""
        for number in self._numerals.find(reading):
            if amount.first <= number.first < amount.last:
                unit, _ = self._unit(reading, number)
                return 1.0 if unit is None else unit.factor
        return 1.0

    def _range(self, reading: Reading, low: Number, high: Number) -> tuple[Number, Number | None]:
        """The ends of the range that two numbers span, in the unit of the higher one; the lower one alone if they span none."""
        if high.first - low.last > _APART:
            return low, None
        end = low.last
        top = upper(reading, low, end, high, self._numerals.scales)
        if top is high and high.letter and not low.letter and not low.suffix and low.value < high.bare:
            return low._replace(
                value=low.value * (high.value / high.bare), letter=high.letter
            ), top  # "4 to 5 thousand"
        if top is not None and (top is high or low.value < top.value):
            return low, top
        unit, end = self._unit(reading, low)
        if unit is None or end > high.first:
            return low, None
        top = upper(reading, low, end, high, self._numerals.scales)
        other, _ = self._unit(reading, high)
        if top is None or (other is not None and other.slot != unit.slot):
            return low, None
        ratio = 1.0 if other is None else unit.factor / other.factor
        low = low._replace(value=low.value * ratio, bare=low.bare * ratio)
        return (
            (low, top._replace(letter="")) if low.value < top.value else (low._replace(value=low.value / ratio), None)
        )

    # --- what they count -----------------------------------------------------------------------------

    def _amount(self, reading: Reading, number: Number, high: Number | None) -> Amount | None:
        last_number = high or number
        if _PERCENT.match(reading.plain, reading.tokens[last_number.last - 1].end):
            return None  # a share
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
        if number.part and (unit.count or unit.slot in _COUNTS or not self._follows(reading, number)):
            return None  # there is no half of a thing
        if not unit.count and self._is_side(reading, number.first):
            return None  # "512 x 512 images"
        if unit.count and number.value > _FARM:  # millions of nodes are those of a graph
            return Amount("data_rows", quantity(reading, number, high, 1.0, end), number.first, end)
        if unit.count:
            return self._hardware(number, unit, end)
        slot = self._slot(reading, number, unit, end)
        if slot is None:
            return None
        return Amount(slot, quantity(reading, number, high, unit.factor, end), number.first, end)

    def _is_side(self, reading: Reading, first: int) -> bool:
        """Whether a number is the second side of a picture."""
        start = reading.tokens[first].start
        return _SIDE.search(reading.plain, max(0, start - 9), start) is not None

    def _follows(self, reading: Reading, number: Number) -> bool:
        """Whether a unit follows a number at once."""
        return any(hit.first == number.last for hit in reading.of("unit"))

    def _written(self, reading: Reading, number: Number) -> str:
        start, end = reading.tokens[number.first].start, reading.tokens[number.last - 1].end
        return reading.plain[start:end]

    def _announced(self, reading: Reading, number: Number, high: Number | None) -> Amount | None:
        """A number without a unit whose slot is told before it ("a team of ten"), if nothing follows that it counts."""
        last = (high or number).last
        slot = reading.ending_any("counts").get(number.first)
        if slot is None or number.glued:
            return None
        if (
            len(reading.tokens[number.first - 1].word) == 1
            and "=" not in reading.plain[reading.tokens[number.first - 1].end : reading.tokens[number.first].start]
        ):
            return None  # "n = 600" and no other n
        if last < len(reading.tokens):
            follower = reading.tokens[last]
            told = reading.tokens[number.first - 1].fold == "of"  # "a team of ten" says it all
            if not told and follower.gap == NONE and follower.fold not in self._stopwords:
                return None
        return Amount(slot, quantity(reading, number, high, 1.0, last), number.first, last)

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
        value = quantity(reading, number, None, 1.0, number.last)
        return Amount("model_parameters", value, number.first, number.last)

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
                        tokens[position].word not in _SHORT or (skipped == 0 and tokens[number.first].word[0].isdigit())
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
        if unit.slot == "data_rows" and unit.pronoun and not self._is_named(reading, number):
            return None
        if unit.slot == "model_parameters" and number.value < _KNOBS:
            return None  # what can be set, not what was learnt
        if unit.slot == "deadline_days":
            lasting = self._near(reading, first, end, "lasting", reach=2)
            return unit.slot if not lasting and self._is_deadline(reading, first, end) else None
        if unit.slot in ("latency_seconds", "throughput_per_second"):
            if not is_bounded(reading, first) and self._near(reading, first, end, "observed", reach=4):
                return None
            alone = len(reading.tokens) <= _BRIEF
            if unit.careful and not alone and not self._near(reading, first, end, "latency"):
                return None
        if unit.slot in _PEOPLE and self._near(reading, first, end, "crowd", reach=4):
            return None
        if unit.slot == "team_size" and number.value == 1 and not self._near(reading, first, end, "alone", reach=2):
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
        share = _APIECE.match(reading.plain, unit.end) and not _PER.match(reading.plain, unit.end)
        long = unit.fold == "page" and (modifies or self._near(reading, number.first, end, "book", reach=3))
        long = long and number.value < _VOLUME
        if share or long:
            return True
        return modifies or pace is not None or (1 < number.value < _COUNTED and not number.about)

    def _is_named(self, reading: Reading, number: Number) -> bool:
        """Whether what "of them" means was named before, as things that are data."""
        kinds = self._units.units
        return any(
            hit.last <= number.first and kinds[int(hit.payload.name)].slot == "data_rows" for hit in reading.of("unit")
        )

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
        if any(hit.first == end for hit in reading.of("near", "ram_bytes")) and reading.tokens[end].gap == NONE:
            return "ram_bytes"  # "no GPU, 16 GB RAM"
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
            tokens[p].gap != NONE and reading.plain[tokens[p - 1].end : tokens[p].start].strip() not in ("(", ":", "=")
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


def _family(slot: str) -> str:
    """Slots that share units."""
    return "bytes" if slot.endswith("_bytes") else "people" if slot in ("users", "team_size") else slot


def _added_up(reading: Reading, amounts: list[Amount]) -> list[Amount]:
    """The amounts, with the people of "three data scientists and one engineer" as one team."""
    found: list[Amount] = []
    for amount in amounts:
        before = found[-1] if found else None
        if before is not None and before.slot == amount.slot == "team_size":
            between = [token.word for token in reading.tokens[before.last : amount.first]]
            one, other = before.value, amount.value
            joined = between in ([], ["and"], ["plus"]) and reading.tokens[amount.first].gap <= COMMA
            if joined and isinstance(one, Quantity) and isinstance(other, Quantity) and one.op == other.op == "=":
                total = Quantity(one.value + other.value, about=one.about or other.about)
                found[-1] = Amount("team_size", total, before.first, amount.last)
                continue
        found.append(amount)
    return found
