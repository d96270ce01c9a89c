"""Amounts: numbers in figures and in words, their bounds and ranges, and what they count, in base units."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.knowledge.facts import Operator, Quantity
from assistant.language.phrases import Numbers, Unit, Units
from assistant.language.reading import Reading
from assistant.language.tokens import CLAUSE, COMMA, NONE, SENTENCE, Token

_FIGURE = re.compile(
    r"(?<![\w.])(?P<number>\d{1,3}(?:[,'’]\d{3}){1,5}(?![\d])|\d{1,3}(?: \d{3}){1,4}(?![\w.])|\d{1,15})"
    r"(?P<decimals>\.\d{1,6}|,\d{1,2}(?![\d,]))?(?:e(?P<power>[+-]?\d{1,2})\b)?(?P<suffix>[a-zµ]{0,6})(?![\w])(?P<plus>\+?)"
)
_BEFORE = re.compile(r"(<=|=<|≤|>=|=>|≥|<|>|~|≈|±)\s{0,2}$")
_RANGE = re.compile(r"\s{0,2}(?:-|\.\.\.?|to|and|or|bis)\s{0,2}", re.ASCII)
_SYMBOLS: dict[str, Operator] = {"<": "<", "<=": "<=", "=<": "<=", "≤": "<=", ">": ">", ">=": ">=", "=>": ">=", "≥": ">="}
_NEAR = 6  # how many words on either side may tell what a number means


class Amount(NamedTuple):
    """A quantity of a slot (or a value such as `multi_gpu`, for counted hardware) said by `tokens[first:last]`."""

    slot: str
    value: Quantity | str
    first: int
    last: int


class _Number(NamedTuple):
    value: float
    first: int
    last: int  # index after its last token
    suffix: str = ""  # a unit written right behind the figures
    bare: float = 0.0  # the value without its magnitude letter
    letter: str = ""
    about: bool = False
    many: bool = False  # "thousands of": that much or more
    plus: bool = False
    glued: bool = False  # hangs on a name: "llama-7b"


class Quantities:
    """Reads the amounts of messages with the units and numerals of the vocabulary."""

    def __init__(self, numbers: Numbers, units: Units, stopwords: frozenset[str]) -> None:
        self._numbers = numbers
        self._units = units
        self._stopwords = stopwords
        self._attached = {form: unit for unit in reversed(units.units) for form in unit.attached}

    def read(self, reading: Reading) -> list[Amount]:
        """The amounts in order; words that belong to an amount say nothing else about that slot."""
        amounts: list[Amount] = []
        numbers = self._find(reading)
        index = 0
        while index < len(numbers):
            number = numbers[index]
            high = None
            following = numbers[index + 1] if index + 1 < len(numbers) else None
            if following is not None and self._is_range(reading, number, following):
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
                op: Operator = fixed.op if fixed.op in ("<", "<=", ">", ">=") else "="  # type: ignore[assignment]
                amounts.append(Amount(fixed.slot, Quantity(fixed.value, op), hit.first, hit.last))
                taken |= set(range(hit.first, hit.last))
        return sorted(amounts, key=lambda amount: (amount.first, amount.last))

    def bare(self, reading: Reading, slot: str, factor: float) -> Amount | None:
        """The first number of an answer as an amount of `slot`: in the unit it has, else times `factor`."""
        numbers = self._find(reading)
        if not numbers or numbers[0].glued:
            return None
        number, high = numbers[0], None
        if len(numbers) > 1 and self._is_range(reading, number, numbers[1]):
            high = numbers[1]
        unit, end = self._unit(reading, high or number)
        known = unit if unit is not None and _family(unit.slot) == _family(slot) else None
        if unit is not None and known is None and unit.slot not in ("none", "data_rows"):
            return None
        last = max(end if known is not None else 0, (high or number).last)
        if known is None and number.letter and factor != 1.0:
            factor = 1.0
        quantity = self._quantity(reading, number, high, known.factor if known is not None else factor, last)
        return Amount(slot, quantity, number.first, last)

    # --- numbers -------------------------------------------------------------------------------------

    def _find(self, reading: Reading) -> list[_Number]:
        numbers = self._figures(reading)
        taken = {position for number in numbers for position in range(number.first, number.last)}
        position = 0
        while position < len(reading.tokens):
            spelled = None if position in taken else self._spelled(reading.tokens, position, taken)
            if spelled is None:
                position += 1
            else:
                numbers.append(spelled)
                position = spelled.last
        return sorted(numbers, key=lambda number: number.first)

    def _figures(self, reading: Reading) -> list[_Number]:
        numbers: list[_Number] = []
        starts = {token.start: index for index, token in enumerate(reading.tokens)}
        position = 0
        plain = reading.plain
        for found in _FIGURE.finditer(plain):
            first = starts.get(found.start("number"))
            if first is None or first < position:
                continue
            last = first
            while last < len(reading.tokens) and reading.tokens[last].start < found.end():
                last += 1
            number = self._figure(found)
            if number is None:
                continue
            value, letter, suffix, bare = number
            at = found.start()
            glued = at > 1 and plain[at - 1] in "-_/" and plain[at - 2].isalnum()
            if glued and plain[at - 1] == "-" and plain[at - 2].isdigit() and numbers and numbers[-1].last == first:
                glued = False
            if not suffix and not letter and last < len(reading.tokens) and reading.tokens[last].joined:
                last, value, letter = self._scaled(reading.tokens, last, value)
            position = last
            numbers.append(_Number(value, first, last, suffix, bare, letter, plus=bool(found["plus"]), glued=glued))
        return numbers

    def _figure(self, found: re.Match[str]) -> tuple[float, str, str, float] | None:
        digits = re.sub(r"[,' ’]", "", found["number"])
        decimals = (found["decimals"] or "").replace(",", ".")
        bare = float(digits + decimals)
        if found["power"]:
            bare *= 10.0 ** int(found["power"])
        suffix = found["suffix"]
        if not suffix or suffix in self._attached:
            return bare, "", suffix, bare
        if suffix in self._numbers.suffixes:
            return bare * self._numbers.suffixes[suffix], suffix, "", bare
        if suffix == "x":
            return bare, "", "", bare
        for letter, factor in self._numbers.suffixes.items():
            if suffix.startswith(letter) and suffix[len(letter) :] in self._attached:
                return bare * factor, letter, suffix[len(letter) :], bare
        return None

    def _scaled(self, tokens: list[Token], position: int, value: float) -> tuple[int, float, str]:
        """A scale word behind figures ("2 million", "70 B")."""
        word = tokens[position].fold
        scale = self._numbers.scales.get(word)
        if scale is not None and tokens[position].gap == NONE:
            return position + 1, value * scale, word
        if word in ("k", "b", "m", "bn", "mio", "mn") and tokens[position].gap == NONE:
            return position + 1, value * self._numbers.suffixes[word], word
        return position, value, ""

    def _spelled(self, tokens: list[Token], first: int, taken: set[int]) -> _Number | None:
        """A number in words from `first`: "two hundred thousand", "three quarters of a million", "a few thousand"."""
        numbers = self._numbers
        position, value, about, many = first, 0.0, False, False
        word = tokens[first].fold
        if word == "a" or word == "an":
            following = tokens[first + 1].fold if first + 1 < len(tokens) else ""
            if following in numbers.vague or following in numbers.fractions:
                return self._spelled_from(tokens, first, first + 1, taken)
            if following in numbers.scales or following in numbers.ones:
                position, value = first + 1, 1.0 if following in numbers.scales else 0.0  # "a single" is one, not two
            else:
                return None
        if tokens[first].word in ("hundreds", "thousands", "millions", "billions", "tens", "dozens"):
            return self._plural(tokens, first)
        if position == first:
            return self._spelled_from(tokens, first, first, taken)
        return self._cardinal(tokens, first, position, taken, value, about, many)

    def _plural(self, tokens: list[Token], first: int) -> _Number:
        value, position = 1.0, first
        while position < len(tokens):
            token = tokens[position]
            if token.word == "tens":
                value *= 10
            elif token.fold in self._numbers.scales and position - first < 4:
                value *= self._numbers.scales[token.fold]
            elif token.fold != "of" or position + 1 >= len(tokens) or tokens[position + 1].fold not in self._numbers.scales:
                break
            position += 1
        if position < len(tokens) and tokens[position].fold == "of":
            position += 1
        return _Number(value, first, position, about=True, many=True, bare=value)

    def _spelled_from(self, tokens: list[Token], first: int, position: int, taken: set[int]) -> _Number | None:
        numbers = self._numbers
        word = tokens[position].fold
        if word in numbers.fractions:
            return self._fraction(tokens, first, position, numbers.fractions[word])
        if word in numbers.ones and position + 1 < len(tokens) and tokens[position + 1].fold in numbers.fractions:
            return self._fraction(tokens, first, position + 1, numbers.ones[word] * numbers.fractions[tokens[position + 1].fold])
        if word in numbers.vague:
            at = position + 1
            if at < len(tokens) and tokens[at].fold == "of":
                at += 1
            scale, end = self._scale_run(tokens, at)
            if end == at:
                return None if word == "some" or word == "many" else _Number(
                    numbers.vague[word], first, at, about=True, bare=numbers.vague[word]
                )
            return _Number(numbers.vague[word] * scale, first, end, about=True, bare=numbers.vague[word])
        if word in numbers.ones or word in numbers.tens or (word in numbers.scales and position == first):
            return self._cardinal(tokens, first, position, taken, 0.0, False, False)
        return None

    def _fraction(self, tokens: list[Token], first: int, position: int, share: float) -> _Number | None:
        at = position + 1
        if at < len(tokens) and tokens[at].fold == "of":
            at += 1
        if at < len(tokens) and tokens[at].fold in ("a", "an"):
            at += 1
        scale, end = self._scale_run(tokens, at)
        return None if end == at else _Number(share * scale, first, end, bare=share)

    def _scale_run(self, tokens: list[Token], position: int) -> tuple[float, int]:
        scale = 1.0
        while position < len(tokens) and tokens[position].fold in self._numbers.scales and tokens[position].gap == NONE:
            scale *= self._numbers.scales[tokens[position].fold]
            position += 1
        return scale, position

    def _cardinal(
        self, tokens: list[Token], first: int, position: int, taken: set[int], value: float, about: bool, many: bool
    ) -> _Number | None:
        """Plain number words; `value` is what an article already stands for ("a million")."""
        numbers = self._numbers
        total, current = 0.0, value
        started = position
        while position < len(tokens) and position not in taken:
            token = tokens[position]
            if position > started and token.gap != NONE:
                break
            word = token.fold
            if word in numbers.ones and numbers.ones[word] < 20:
                if position > started and tokens[position - 1].fold in numbers.ones:
                    break
                current += numbers.ones[word]
            elif word in numbers.tens:
                current += numbers.tens[word]
            elif word == "hundred":
                current = (current or 1.0) * 100
            elif word in numbers.scales:
                total += (current or 1.0) * numbers.scales[word]
                current = 0.0
            elif word == "and" and position > started and position + 1 < len(tokens):
                after = tokens[position + 1].fold
                half = tokens[position + 2].fold if position + 2 < len(tokens) else ""
                if after in ("a", "an") and half in numbers.fractions:
                    current += numbers.fractions[half]
                    position += 3
                    continue
                if tokens[position - 1].fold not in numbers.scales or not (after in numbers.ones or after in numbers.tens):
                    break
            else:
                break
            position += 1
        value = total + current
        return None if position == started else _Number(value, first, position, about=about, many=many, bare=value)

    def _is_range(self, reading: Reading, low: _Number, high: _Number) -> bool:
        if high.first < low.last or high.first - low.last > 2 or low.glued or high.value <= 0:
            return False
        between = reading.plain[reading.tokens[low.last - 1].end : reading.tokens[high.first].start]
        joined = _RANGE.fullmatch(between)
        if joined is None:
            return False
        if "and" in between:
            return low.first > 0 and reading.tokens[low.first - 1].fold == "between"
        return "or" not in between

    # --- what they count -----------------------------------------------------------------------------

    def _amount(self, reading: Reading, number: _Number, high: _Number | None) -> Amount | None:
        last_number = high or number
        unit, end = self._unit(reading, last_number)
        if unit is None and high is not None:
            unit, end = self._unit(reading, number)
            end = high.last if unit is not None else end
        if unit is None:
            return self._parameters(reading, number, high)
        if last_number.glued and unit.slot != "model_parameters":
            return None
        if unit.slot == "none":
            return self._parameters(reading, number, high)  # "a 70B model" is a size, "3 models" is nothing
        if unit.count:
            return self._hardware(number, unit, end)
        slot = self._slot(reading, number, unit, end)
        if slot is None:
            return None
        return Amount(slot, self._quantity(reading, number, high, unit.factor, end), number.first, end)

    def _parameters(self, reading: Reading, number: _Number, high: _Number | None) -> Amount | None:
        """A bare "70B" or "llama-7b" is the size of a model."""
        if number.letter not in ("b", "m") or number.suffix or high is not None:
            return None
        if number.letter == "m" and not number.glued:
            return None
        if number.bare > 2000 or (number.letter == "b" and number.last - number.first > 2 and not number.glued):
            return None
        quantity = self._quantity(reading, number, None, 1.0, number.last)
        return Amount("model_parameters", quantity, number.first, number.last)

    def _unit(self, reading: Reading, number: _Number) -> tuple[Unit | None, int]:
        if number.suffix:
            unit = self._attached[number.suffix]
            if unit.near_card and not self._near(reading, number.first, number.last, "card"):
                return None, number.last
            return unit, number.last
        tokens = reading.tokens
        for skipped in range(4):
            position = number.last + skipped
            if position >= len(tokens) or tokens[position].gap >= CLAUSE or (skipped > 0 and tokens[position].gap == COMMA):
                break
            if position > number.last and tokens[position - 1].fold in self._stopwords and tokens[position - 1].fold != "of":
                break
            best: tuple[int, int] | None = None
            for hit in reading.of("unit"):
                if hit.first == position and (best is None or hit.last > best[1]):
                    unit = self._units.units[int(hit.payload.name)]
                    if unit.skip >= skipped and (unit.slot != "latency_seconds" or tokens[position].word != "s" or skipped == 0):
                        best = (int(hit.payload.name), hit.last)
            if best is not None:
                unit = self._units.units[best[0]]
                if number.letter == "b" and number.value >= 1e9 and unit.slot == "data_rows" and number.glued:
                    return None, number.last
                return unit, best[1]
        return None, number.last

    def _slot(self, reading: Reading, number: _Number, unit: Unit, end: int) -> str | None:
        first = number.first
        if unit.slot == "data_bytes":
            return self._bytes(reading, first, end)
        if unit.slot == "deadline_days":
            near = self._near(reading, first, end, "deadline", reach=4)
            lasting = self._near(reading, first, end, "lasting", reach=2)
            return unit.slot if near and not lasting else None
        if unit.slot in ("latency_seconds", "throughput_per_second"):
            if not self._bounded(reading, first) and self._near(reading, first, end, "observed", reach=4):
                return None
            if unit.careful and not self._near(reading, first, end, "latency"):
                return None
        if unit.slot == "team_size" and reading.tokens[end - 1].fold == "people" and number.value > 30:
            return unit.slot if self._near(reading, first, end, "team", reach=3) else "users"
        return unit.slot

    def _bytes(self, reading: Reading, first: int, end: int) -> str:
        distances: dict[str, int] = {}
        for bytes_of in self._units.bytes_of:
            for hit in reading.of("near", bytes_of.slot):
                ahead, behind = hit.first - end, first - hit.last
                distance = max(ahead, behind)
                if 0 <= distance <= 3 and not self._cut(reading, min(hit.first, first), max(hit.last, end)):
                    known = distances.get(bytes_of.slot)
                    distances[bytes_of.slot] = distance if known is None else min(known, distance)
        vram, ram = distances.get("vram_bytes"), distances.get("ram_bytes")
        if vram is not None and (ram is None or vram <= ram + 2):
            return "vram_bytes"
        return "ram_bytes" if ram is not None else "data_bytes"

    def _cut(self, reading: Reading, first: int, last: int) -> bool:
        return any(token.gap != NONE for token in reading.tokens[first + 1 : last])

    def _near(self, reading: Reading, first: int, last: int, name: str, reach: int = _NEAR) -> bool:
        """Whether a cue of this name stands within reach in the same sentence."""
        tokens = reading.tokens
        for hit in reading.of("near", name):
            if hit.first >= last and hit.first - last < reach:
                if not any(token.gap == SENTENCE for token in tokens[last : hit.last]):
                    return True
            elif hit.last <= first and first - hit.last < reach:
                if not any(token.gap == SENTENCE for token in tokens[hit.first + 1 : first + 1]):
                    return True
        return False

    def _hardware(self, number: _Number, unit: Unit, end: int) -> Amount | None:
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

    def _quantity(self, reading: Reading, number: _Number, high: _Number | None, factor: float, end: int) -> Quantity:
        about = number.about or first_about(reading, number.first)
        if high is not None:
            low_value = number.value
            if not number.letter and not number.suffix and high.letter:
                low_value = number.bare * (high.value / high.bare)
            top = high.value * factor
            return Quantity(_tidy(low_value * factor), "in", _tidy(top), about)
        value = _tidy(number.value * factor)
        symbol = _BEFORE.search(reading.plain, max(0, reading.tokens[number.first].start - 4), reading.tokens[number.first].start)
        if symbol is not None:
            op = _SYMBOLS.get(symbol[1])
            return Quantity(value, op or "=", about=about or op is None)
        bound = reading.ending_any("bound<").get(number.first)
        if bound is None and about and number.first > 0:
            bound = reading.ending_any("bound<").get(number.first - 1)
        after = reading.starting_any("bound>").get(end)
        op = bound or after
        if op is None and number.plus:
            op = ">="
        return Quantity(value, op, about=about) if op is not None else Quantity(value, "=", about=about)  # type: ignore[arg-type]


def _family(slot: str) -> str:
    """Slots that share units."""
    return "bytes" if slot.endswith("_bytes") else "people" if slot in ("users", "team_size") else slot


def first_about(reading: Reading, first: int) -> bool:
    """Whether "about", "roughly" or the like stands right before a number."""
    return first in reading.ending("about") or (first > 0 and first - 1 in reading.ending("about"))


def _tidy(value: float) -> float:
    """The value without the dust of floating point (3 * 0.1 -> 0.3)."""
    return float(f"{value:.10g}")
