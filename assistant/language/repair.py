"""Read misspelt words: only where nothing else can be meant, and never where the word is English as it stands."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from assistant.language.tokens import Token, singular

_SHORTEST = 4
_SAFE = 6
_LONG = 8  # from this length on two slips are forgiven
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
            for end in ("ed", "ing", "er", "ly", "d")
        )
    )


class Repairs:
    """Finds the one known word that a misspelt one can stand for.

    `names` are tool names (one slip even in short ones), `words` other words of the vocabulary (five letters or more).
    """

    def __init__(self, names: frozenset[str], words: frozenset[str], known: set[str] | frozenset[str]) -> None:
        self._known = known
        self._names = names
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
            word = self.nearest(tokens[index].word)
            if word is not None:
                found[index] = word
        return found

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

    def nearest(self, word: str) -> str | None:
        """The one word that `word` misspells, or None when there is none or more than one."""
        if word not in self._memory:
            if len(self._memory) > 5_000:
                self._memory.clear()
            self._memory[word] = self._search(word)
        return self._memory[word]

    def _search(self, word: str) -> str | None:
        limit = 2 if len(word) >= _LONG else 1
        letters = {word[0], word[1]} if len(word) > 1 else {word[0]}
        best: list[str] = []
        least = limit + 1
        for letter in sorted(letters):
            for candidate in self._buckets.get(letter, ()):
                if abs(len(candidate) - len(word)) > limit:
                    continue
                if letter != word[0] and candidate[:2] != word[1] + word[0]:
                    continue
                if len(candidate) < _LONG and limit == 2 and len(candidate) < len(word) - 1:
                    continue
                if len(word) < _SAFE and len(candidate) == len(word) and sorted(candidate) != sorted(word):
                    continue  # in short words another letter makes another word; only swaps and slips of length count
                away = distance(word, candidate, min(limit, least))
                if away < least:
                    least, best = away, [candidate]
                elif away == least and away <= limit:
                    best.append(candidate)
        if len(best) > 1:
            folded = {singular(candidate) for candidate in best}
            named = [candidate for candidate in best if candidate in self._names]
            if len(folded) == 1:
                return named[0] if named else best[0]
            if len(named) == 1 and least == 1:
                return named[0]
            return None
        return best[0] if best else None


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
