"""Read misspelt words: only where nothing else can be meant, and never where the word is English as it stands."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from assistant.language.tokens import Token, singular

_SHORTEST = 4
_SAFE = 6
_LONG = 8  # from this length on two slips are forgiven
_FAR = 10  # from this length on a name is forgiven two
_LIMIT = 60  # a message with more unknown words is a paste, not a misspelt one


@cache
def english() -> frozenset[str]:
    """Ordinary English words, without regular plurals."""
    packed = (Path(__file__).parent / "data" / "words.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("ascii").split())


def is_english(word: str) -> bool:
    """Whether the word, its singular or the verb under -ed and -ing is in the list of English words."""
    words = english()
    return (
        word in words
        or singular(word) in words
        or any(
            word.endswith(end) and (word[: -len(end)] in words or word[: -len(end)] + "e" in words)
            for end in ("ed", "ing", "er", "ly")
        )
    )


class Neighbours(NamedTuple):
    """The longer words that the vocabulary has right behind and right ahead of a word."""

    behind: dict[str, list[str]]
    ahead: dict[str, list[str]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Neighbours:
        """The neighbours in pairs of words."""
        found = cls({}, {})
        for left, right in sorted(pairs):
            if len(right) > _SHORTEST:
                found.behind.setdefault(left, []).append(right)
            if len(left) > _SHORTEST:
                found.ahead.setdefault(right, []).append(left)
        return found


class Repairs:
    """Finds the one known word that a misspelt one can stand for.

    `names` are tool names (one slip even in short ones), `words` other words of the vocabulary (five letters or more), and
    `neighbours` those that stand side by side; `small` words are no part of others.
    """

    def __init__(
        self,
        names: frozenset[str],
        words: frozenset[str],
        known: frozenset[str],
        neighbours: Neighbours | None = None,
        small: frozenset[str] = frozenset(),
    ) -> None:
        self._known = known
        self._names = names
        self._words = words
        self._neighbours = neighbours or Neighbours({}, {})
        self._small = small
        self._buckets: dict[str, list[str]] = {}
        for word in sorted(names | {w for w in words if len(w) > _SHORTEST}):
            if len(word) >= _SHORTEST and word.isascii() and word.isalpha():
                self._buckets.setdefault(word[0], []).append(word)
        self._memory: dict[str, str | None] = {}

    def apply(self, tokens: list[Token]) -> dict[int, str]:
        """Which tokens (by index) are misspelt, and what each is read as."""
        suspects = [i for i, token in enumerate(tokens) if self._suspect(token)]
        if len(suspects) > _LIMIT:
            return {}
        found: dict[int, str] = {}
        for index in suspects:
            before = found.get(index - 1, tokens[index - 1].fold) if index and tokens[index].joined else ""
            after = ""
            if index + 1 < len(tokens) and tokens[index + 1].joined:
                after = (self.nearest(tokens[index + 1].word) if index + 1 in suspects else None) or tokens[
                    index + 1
                ].fold
            word = self._read(tokens[index].word, before, after)
            if word is not None:
                found[index] = word
        return found

    def joined(self, tokens: list[Token]) -> list[int]:
        """Where a word of the vocabulary was written in two ("kuber netes"), by the index of the first part."""
        return [
            i
            for i in range(len(tokens) - 1)
            if tokens[i + 1].joined
            and (self._is_new(tokens[i]) or self._is_new(tokens[i + 1]))
            and self._small.isdisjoint((tokens[i].word, tokens[i + 1].word))
            and len(word := tokens[i].word + tokens[i + 1].word) >= _SAFE
            and word.isalpha()
            and (word in self._words or singular(word) in self._words or word in self._names)
        ]

    def _is_new(self, token: Token) -> bool:
        return token.word not in self._known and token.fold not in self._known and len(token.word) > 1

    def _suspect(self, token: Token) -> bool:
        word = token.word
        return (
            _SHORTEST <= len(word) <= 24
            and word not in self._known
            and token.fold not in self._known
            and word.isascii()
            and word.isalpha()
            and not is_english(word)
        )

    def _read(self, word: str, before: str, after: str) -> str | None:
        """What a word is read as beside its neighbours: a word of the vocabulary goes with them, a tool's name stands alone."""
        best = self.nearest(word)
        if best is not None and best not in self._names:
            return best
        limit = 2 if len(word) >= _SAFE else 1
        one = singular(word)
        near = (*self._neighbours.behind.get(before, ()), *self._neighbours.ahead.get(after, ()))
        fitting = [
            (away, candidate)
            for candidate in near
            if candidate[0] == word[0] and (away := distance(one, candidate, limit)) <= limit
        ]
        return min(fitting)[1] if fitting else best

    def nearest(self, word: str) -> str | None:
        """The one word that `word` misspells, or None when there is none or more than one."""
        if word not in self._memory:
            if len(self._memory) > 5_000:
                self._memory.clear()
            found = self._search(word)
            self._memory[word] = self._search(singular(word)) if found is None and word.endswith("s") else found
        return self._memory[word]

    def _candidates(self, word: str, limit: int) -> list[tuple[int, str]]:
        """The known words at most `limit` slips away that begin like the word."""
        found: list[tuple[int, str]] = []
        letters = {word[0], word[1]} if len(word) > 1 else {word[0]}
        for letter in sorted(letters):
            for candidate in self._buckets.get(letter, ()):
                if abs(len(candidate) - len(word)) > limit:
                    continue
                if letter != word[0] and candidate[:2] != word[1] + word[0]:
                    continue
                away = distance(word, candidate, limit)
                if away <= limit:
                    found.append((away, candidate))
        return found

    def _search(self, word: str) -> str | None:
        limit = 2 if len(word) >= _LONG else 1
        fitting = [pair for pair in self._candidates(word, limit) if self._is_safe(word, *pair)]
        least = min((away for away, _ in fitting), default=0)
        best = [candidate for away, candidate in fitting if away == least]
        if len(best) > 1:
            folded = {singular(candidate) for candidate in best}
            named = [candidate for candidate in best if candidate in self._names]
            if len(folded) == 1:
                return named[0] if named else best[0]
            plain = [candidate for candidate in best if candidate not in self._names]
            if len(plain) == 1 and least == 1 and is_english(plain[0]):
                return plain[0]  # an ordinary word before a name
            if len(named) == 1 and least == 1:
                return named[0]
            return None
        return best[0] if best else None

    def _is_safe(self, word: str, away: int, candidate: str) -> bool:
        """Whether a candidate is near enough to be meant, whatever stands beside it."""
        if len(candidate) < len(word) - 1 and len(candidate) < _LONG <= len(word):
            return False
        if away > 1 and candidate in self._names and len(word) < _FAR:
            return False  # a name is another name soon
        # in short words another letter makes another word; only swaps and slips of length count
        return len(word) >= _SAFE or len(candidate) != len(word) or sorted(candidate) == sorted(word)


def distance(one: str, other: str, limit: int) -> int:
    """Letters to add, drop, change or swap (neighbours, once) between two words; `limit + 1` when there are more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i] + [0] * len(other)
        for j, wanted in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                row[j] = min(row[j], earlier[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return row[-1]
