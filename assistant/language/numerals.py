"""Numbers in figures and in words, with the unit or magnitude that hangs on them."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

from assistant.language.phrases import Numbers
from assistant.language.reading import Reading
from assistant.language.tokens import NONE, Token

_FIGURE = re.compile(
    r"(?<![\w.])(?P<number>\d{1,3}(?:\.\d{3}){2,5}(?![\d.])|\d{1,3}(?:[,'’]\d{3}){1,5}(?![\d])|\d{1,3}(?: \d{3}){1,4}(?![\w.])|\d{1,15})"
    r"(?P<decimals>\.\d{1,6}|,\d{1,2}(?![\d,]))?(?:e(?P<power>[+-]?\d{1,2})\b)?(?:x(?=[a-z]{1,4}\d)|(?P<suffix>[a-zµ]{0,6})(?![\w]))(?P<plus>\+?)"
)
_POWER = re.compile(r"(?<![\w.,])10\s?(?:(?:\^|\*\*)\s?(?P<figure>\d{1,2})|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))(?!\w)")
_TIMES = re.compile(r"(?<![\w.,])(\d{1,6}(?:\.\d{1,4})?)\s?[x*×·]\s?$")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Number(NamedTuple):
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
    part: bool = False  # of the unit that follows: "half a terabyte"


class Numerals:
    """Finds the numbers of a message. `attached` are the units that may be written right behind figures."""

    def __init__(self, numbers: Numbers, attached: Container[str]) -> None:
        self._numbers = numbers
        self.scales = {**numbers.suffixes, **numbers.scales}
        self._attached = attached
        self._bounds = frozenset(form for forms in numbers.bounds.values() for form in forms)

    def find(self, reading: Reading) -> list[Number]:
        """The numbers of a message, in order."""
        powers = _powers(reading)
        numbers = [*powers, *self._figures(reading, {at for power in powers for at in range(power.first, power.last)})]
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

    def _figures(self, reading: Reading, taken: Container[int]) -> list[Number]:
        numbers: list[Number] = []
        starts = {token.start: index for index, token in enumerate(reading.tokens)}
        position = 0
        plain = reading.plain
        begin = reading.tokens[0].start if reading.tokens else 0
        stop = reading.tokens[-1].end if reading.tokens else 0
        for found in _FIGURE.finditer(plain, begin, min(len(plain), stop + 1)):
            first = starts.get(found.start("number"))
            if first is None or first < position or first in taken:
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
            if glued and first and reading.tokens[first - 1].word in self._bounds:
                glued = False  # "sub-10ms"
            if not suffix and not letter and last < len(reading.tokens) and reading.tokens[last].joined:
                last, value, letter = self._scaled(reading.tokens, last, value)
            if last + 1 < len(reading.tokens) and reading.tokens[last].word == "x" and reading.tokens[last].gap == NONE:
                last += reading.tokens[last + 1].word[0].isalpha()  # "8 x H100"
            position = last
            numbers.append(Number(value, first, last, suffix, bare, letter, plus=bool(found["plus"]), glued=glued))
        return numbers

    def _figure(self, found: re.Match[str]) -> tuple[float, str, str, float] | None:
        digits = re.sub(r"[,' ’.]", "", found["number"])
        decimals = (found["decimals"] or "").replace(",", ".")
        bare = float(digits + decimals)
        if found["power"]:
            bare *= 10.0 ** int(found["power"])
        suffix = found["suffix"] or ""
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

    def _spelled(self, tokens: list[Token], first: int, taken: set[int]) -> Number | None:
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

    def _plural(self, tokens: list[Token], first: int) -> Number:
        value, position = 1.0, first
        while position < len(tokens):
            token = tokens[position]
            if token.word == "tens":
                value *= 10
            elif token.fold in self._numbers.scales and position - first < 4:
                value *= self._numbers.scales[token.fold]
            elif (
                token.fold != "of"
                or position + 1 >= len(tokens)
                or tokens[position + 1].fold not in self._numbers.scales
            ):
                break
            position += 1
        if position < len(tokens) and tokens[position].fold == "of":
            position += 1
        return Number(value, first, position, about=True, many=True, bare=value)

    def _spelled_from(self, tokens: list[Token], first: int, position: int, taken: set[int]) -> Number | None:
        numbers = self._numbers
        word = tokens[position].fold
        if word in numbers.fractions:
            return self._fraction(tokens, first, position, numbers.fractions[word])
        if word in numbers.ones and position + 1 < len(tokens) and tokens[position + 1].fold in numbers.fractions:
            return self._fraction(
                tokens, first, position + 1, numbers.ones[word] * numbers.fractions[tokens[position + 1].fold]
            )
        if word in numbers.vague:
            at = position + 1
            if at < len(tokens) and tokens[at].fold == "of":
                at += 1
            scale, end = self._scale_run(tokens, at)
            if end == at:
                return (
                    None
                    if word == "some" or word == "many"
                    else Number(numbers.vague[word], first, at, about=True, bare=numbers.vague[word])
                )
            return Number(numbers.vague[word] * scale, first, end, about=True, bare=numbers.vague[word])
        if word in numbers.ones or word in numbers.tens or (word in numbers.scales and position == first):
            return self._cardinal(tokens, first, position, taken, 0.0, False, False)
        return None

    def _fraction(self, tokens: list[Token], first: int, position: int, share: float) -> Number | None:
        at = position + 1
        if at < len(tokens) and tokens[at].fold == "of":
            at += 1
        if at < len(tokens) and tokens[at].fold in ("a", "an"):
            at += 1
        scale, end = self._scale_run(tokens, at)
        if end == at and tokens[at - 1].word in ("a", "an"):
            return Number(share, first, at, bare=share, part=True)
        return None if end == at else Number(share * scale, first, end, bare=share)

    def _scale_run(self, tokens: list[Token], position: int) -> tuple[float, int]:
        scale = 1.0
        while position < len(tokens) and tokens[position].fold in self._numbers.scales and tokens[position].gap == NONE:
            scale *= self._numbers.scales[tokens[position].fold]
            position += 1
        return scale, position

    def _cardinal(
        self, tokens: list[Token], first: int, position: int, taken: set[int], value: float, about: bool, many: bool
    ) -> Number | None:
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
                part = (
                    position + 3 < len(tokens) and tokens[position + 3].fold == "of"
                )  # "... and a quarter of a million"
                if after in ("a", "an") and half in numbers.fractions and not part:
                    current += numbers.fractions[half]
                    position += 3
                    continue
                if tokens[position - 1].fold not in numbers.scales or not (
                    after in numbers.ones or after in numbers.tens
                ):
                    break
            else:
                break
            position += 1
        value = total + current
        return None if position == started else Number(value, first, position, about=about, many=many, bare=value)


def _powers(reading: Reading) -> list[Number]:
    """The numbers that are written as powers of ten ("10^6", "2*10^5", "10⁸")."""
    if not reading.tokens:
        return []
    starts = {token.start: index for index, token in enumerate(reading.tokens)}
    begin, stop = reading.place(0, len(reading.tokens))
    found: list[Number] = []
    for power in _POWER.finditer(reading.plain, begin, stop):
        factor = _TIMES.search(reading.plain, max(begin, power.start() - 16), power.start())
        first = starts.get(factor.start(1) if factor else power.start())
        if first is None:
            continue
        last = first
        while last < len(reading.tokens) and reading.tokens[last].start < power.end():
            last += 1
        exponent = int(power["figure"] or power["raised"].translate(_RAISED))
        value = (float(factor[1]) if factor else 1.0) * 10.0**exponent
        found.append(Number(value, first, last, bare=value))
    return found
