"""Patterns of words that give an act away: `(a|b)` either, `[a]` or `(a)?` may be missing, `...` skips words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import NamedTuple
from zlib import compress, decompress

import msgspec

_PIECE = re.compile(r"\{[a-z]\}\w*|\.\.\.|[()\[\]|?^$]|[^\s()\[\]|?^$]+")
_SKIP = 12  # how many words, unless told otherwise, "..." may skip

Words = tuple[str, ...]


class Step(NamedTuple):
    """One place of a pattern: one of `choices` (each a run of words), or any words when `gap`."""

    choices: tuple[Words, ...]
    optional: bool
    gap: bool
    runs: dict[str, tuple[Words, ...]]  # the choices by their first word


def _step(choices: tuple[Words, ...], *, optional: bool = False, gap: bool = False) -> Step:
    runs: dict[str, tuple[Words, ...]] = {}
    for run in choices:
        runs[run[0]] = (*runs.get(run[0], ()), run)
    return Step(choices, optional, gap, runs)


class Match(NamedTuple):
    """Pattern `number` holds in `words[first:last]`; `weight` counts the words that it names."""

    act: str
    first: int
    last: int
    weight: int


class BadPattern(ValueError):
    """A pattern cannot be read."""


def parse(pattern: str, fold: Callable[[str], Words]) -> tuple[Step, ...]:
    """The steps of a pattern; `fold` brings a word into the form of the messages. Raises BadPattern."""
    pieces = _PIECE.findall(pattern.replace('"', " "))
    steps: list[Step] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece in "([":
            end = _closing(pieces, position, piece, ")" if piece == "(" else "]", pattern)
            choices = _choices(pieces[position + 1 : end], fold, pattern)
            optional = piece == "["
            position = end + 1
            if position < len(pieces) and pieces[position] == "?":
                optional, position = True, position + 1
            steps.append(_step(choices, optional=optional))
        elif piece == "...":
            steps.append(_step((), gap=True))
            position += 1
        elif piece in ")]|?":
            raise BadPattern(f"{piece!r} stands alone in {pattern!r}")
        else:
            steps.append(_step((_fold(piece, fold),)))
            position += 1
    while steps and steps[-1].gap:
        steps.pop()
    if not steps or all(step.optional or step.gap for step in steps):
        raise BadPattern(f"{pattern!r} would match anything")
    return tuple(steps)


def _closing(pieces: Sequence[str], start: int, opening: str, closing: str, pattern: str) -> int:
    depth = 0
    for position in range(start, len(pieces)):
        depth += (pieces[position] == opening) - (pieces[position] == closing)
        if depth == 0:
            return position
    raise BadPattern(f"{opening!r} is not closed in {pattern!r}")


def _choices(pieces: Sequence[str], fold: Callable[[str], Words], pattern: str) -> tuple[Words, ...]:
    """Alternatives; an inner group multiplies the alternative that holds it ("nice|(a|b) day")."""
    runs: list[Words] = []
    current: list[Words] = [()]
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece == "|":
            runs.extend(current)
            current = [()]
        elif piece in "([":
            end = _closing(pieces, position, piece, ")" if piece == "(" else "]", pattern)
            inner = _choices(pieces[position + 1 : end], fold, pattern)
            if piece == "[" or (end + 1 < len(pieces) and pieces[end + 1] == "?"):
                inner = (*inner, ())
            current = [left + right for left in current for right in inner]
            position = end
        elif piece != "?":
            word = _fold(piece, fold)
            current = [run + word for run in current]
        position += 1
    runs.extend(current)
    return tuple(dict.fromkeys(run for run in runs if run))


def _fold(piece: str, fold: Callable[[str], Words]) -> Words:
    return (piece,) if piece[0] in "{^$" else fold(piece)


def expanded(pattern: str, fold: Callable[[str], Words]) -> Iterator[Words]:
    """All runs of words that a pattern without "..." stands for. Raises BadPattern."""
    if not _GROUPED.search(pattern):
        yield fold(pattern)
        return
    steps = parse(pattern, fold)
    if any(step.gap for step in steps):
        raise BadPattern(f"{pattern!r} skips words, which no phrase can")
    for choice in product(*((*step.choices, ()) if step.optional else step.choices for step in steps)):
        yield tuple(chain.from_iterable(choice))


_GROUPED = re.compile(r"[(\[]")


class _Compiled(NamedTuple):
    act: str
    steps: tuple[Step, ...]
    begins: bool  # with the beginning of the sentence
    needs: frozenset[str]  # one of these words must stand in the sentence; empty: no such demand


class Written(msgspec.Struct, frozen=True):
    """Patterns by the first words that they name, encoded and compressed, because of thousands a message asks for a few;
    and all words."""

    starts: dict[str, bytes]
    words: frozenset[str]


_compiled = msgspec.msgpack.Decoder(list[_Compiled])


def written(patterns: Mapping[str, Sequence[str]], fold: Callable[[str], Words]) -> Written:
    """The patterns of each act. Raises BadPattern."""
    starts: dict[str, list[_Compiled]] = {}
    words: set[str] = set()
    for act, texts in patterns.items():
        for text in texts:
            steps = parse(text, fold)
            compiled = _compile(act, steps)
            for word in _first_words(compiled.steps):
                starts.setdefault(word, []).append(compiled)
            words.update(word for step in steps for run in step.choices for word in run)
    encoded = {word: compress(msgspec.msgpack.encode(begun)) for word, begun in starts.items()}
    return Written(encoded, frozenset(words))


def _compile(act: str, steps: tuple[Step, ...]) -> _Compiled:
    begins = steps[0].choices == (("^",),)
    inner = steps[1:] if begins else steps
    mandatory = [step for step in inner if not step.gap and not step.optional]
    needs = frozenset(run[0] for run in mandatory[-1].choices) if len(mandatory) > 1 else frozenset()
    return _Compiled(act, inner, begins, needs - {"{v}"} if "{v}" not in needs else frozenset())


def _first_words(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield from dict.fromkeys(run[0] for run in step.choices)
        if not step.optional:
            return


class Patterns:
    """A set of patterns, looked up by the first word that they name. "..." skips `skip` words at most."""

    def __init__(self, patterns: Written, skip: int = _SKIP) -> None:
        self._skip = skip
        self.words = patterns.words
        self._written = patterns.starts
        self._starts: dict[str, list[_Compiled]] = {}

    def _starting(self, word: str) -> list[_Compiled]:
        found = self._starts.get(word)
        if found is None:
            found = _compiled.decode(decompress(self._written[word])) if word in self._written else []
            if found:
                self._starts[word] = found
        return found

    def find(self, words: Sequence[str]) -> list[Match]:
        """The best match of each act that has one, strongest first. `words` begin with ^ and end with $."""
        best: dict[str, Match] = {}
        present = {key for word in words if word[0] == "{" for key in _keys(word)}.union(words)
        for first, word in enumerate(words):
            for key in _keys(word) if word[0] == "{" else (word,):
                for compiled in self._starting(key):
                    if compiled.begins and first != 1:
                        continue
                    if compiled.needs and compiled.needs.isdisjoint(present):
                        continue
                    last, weight = _match(compiled.steps, 0, words, first, self._skip)
                    weight += compiled.begins
                    if last >= 0 and (compiled.act not in best or weight > best[compiled.act].weight):
                        best[compiled.act] = Match(compiled.act, first, last, weight)
        return sorted(best.values(), key=lambda match: (-match.weight, match.act))


def _keys(word: str) -> tuple[str, ...]:
    """What a word of a sentence is found by: a value also as any value, a slot's name also as any slot and as its word."""
    if word.startswith("{v}") and word != "{v}":
        return ("{v}", word)
    return ("{n}", word[3:]) if word.startswith("{n}") and word != "{n}" else (word,)


def _follow(run: Words, words: Sequence[str], position: int) -> bool:
    """Whether the words after `position` are the rest of a run of words."""
    following = words[position + 1 : position + len(run)]
    return len(following) == len(run) - 1 and all(
        word == wanted or (word[0] == "{" and wanted in _keys(word))
        for word, wanted in zip(following, run[1:], strict=True)
    )


def _match(steps: tuple[Step, ...], number: int, words: Sequence[str], position: int, skip: int) -> tuple[int, int]:
    """Where `steps[number:]` end when they begin at `position`, and how many words they name; (-1, 0) if they do not fit."""
    if number == len(steps):
        return position, 0
    step = steps[number]
    if step.gap:
        for skipped in range(min(skip, len(words) - position) + 1):
            last, weight = _match(steps, number + 1, words, position + skipped, skip)
            if last >= 0:
                return last, weight
        return -1, 0
    best = (-1, 0)
    if position < len(words):
        word = words[position]
        runs = step.runs.get(word, ())
        if word[0] == "{" and len(word) > 3:
            runs = tuple(run for key in _keys(word) for run in step.runs.get(key, ()))
        for run in runs:
            if len(run) == 1 or _follow(run, words, position):
                last, weight = _match(steps, number + 1, words, position + len(run), skip)
                if last >= 0 and weight + len(run) > best[1]:
                    best = (last, weight + len(run))
    if best[0] < 0 and step.optional:
        return _match(steps, number + 1, words, position, skip)
    return best
