"""A message with everything of the vocabulary that stands in it."""

from __future__ import annotations

from typing import NamedTuple

from assistant.language.entry import Entry
from assistant.language.tokens import Token
from assistant.language.trie import Hit


class Span(NamedTuple):
    """`tokens[first:last]` name a tool or say a value."""

    first: int
    last: int
    entry: Entry
    assumed: str | None = None

    @property
    def is_tool(self) -> bool:
        return self.entry.kind in ("tool", "surrounding")

    @property
    def is_candidate(self) -> bool:
        """Whether it is a tool with a record."""
        return self.entry.kind == "tool"


class Reading:
    """A message, or a block of it, cut into tokens, with every phrase of the vocabulary that stands in it."""

    def __init__(
        self,
        text: str,
        plain: str,
        tokens: list[Token],
        hits: list[Hit[Entry]],
        repaired: frozenset[int] = frozenset(),
    ) -> None:
        self.text = text
        self.plain = plain
        self.tokens = tokens
        self.repaired = repaired  # where words stand that were misspelt
        self.hits: dict[str, list[Hit[Entry]]] = {}
        for hit in hits:
            self.hits.setdefault(hit.payload.kind, []).append(hit)
        self._ending: dict[tuple[str, str], dict[int, int]] = {}
        self._starting: dict[tuple[str, str], dict[int, int]] = {}
        self.judged: dict[tuple[int, int, bool], float] = {}  # how likely ordinary words are names where they stand
        self.marks: dict[int, str] | None = None  # by word what else is a name, once it was looked for
        self._clauses: dict[int, list[tuple[int, int]]] = {}

    def clauses(self, level: int) -> list[tuple[int, int]]:
        """By token: first and last+1 token of the stretch around it that no gap of this level or above parts."""
        known = self._clauses.get(level)
        if known is None:
            known = self._clauses[level] = []
            starts = [n for n, token in enumerate(self.tokens) if n == 0 or token.gap >= level]
            for first, last in zip(starts, [*starts[1:], len(self.tokens)], strict=True):
                known.extend([(first, last)] * (last - first))
        return known

    def of(self, kind: str, name: str | None = None) -> list[Hit[Entry]]:
        """The hits of a kind of cue, in order of their first word."""
        found = self.hits.get(kind, [])
        return found if name is None else [hit for hit in found if hit.payload.name == name]

    def ending(self, kind: str, name: str = "") -> dict[int, int]:
        """Where cues of this kind end: index after the last word -> index of the first."""
        key = (kind, name)
        if key not in self._ending:
            ends: dict[int, int] = {}
            for hit in self.of(kind, name):
                ends.setdefault(hit.last, hit.first)
            self._ending[key] = ends
        return self._ending[key]

    def starting(self, kind: str, name: str = "") -> dict[int, int]:
        """Where cues of this kind start: index of the first word -> index after the last."""
        key = (kind, name)
        if key not in self._starting:
            self._starting[key] = {hit.first: hit.last for hit in self.of(kind, name)}
        return self._starting[key]

    def ending_any(self, kind: str) -> dict[int, str]:
        """Where cues of a kind end -> the name of the longest that ends there."""
        names: dict[int, str] = {}
        for hit in self.of(kind):
            names.setdefault(hit.last, hit.payload.name)
        return names

    def starting_any(self, kind: str) -> dict[int, str]:
        """Where cues of a kind start -> the name of the longest that starts there."""
        return {hit.first: hit.payload.name for hit in self.of(kind)}

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Start and end in the text of `tokens[first:last]`."""
        return self.tokens[first].start, self.tokens[last - 1].end

    def words(self, first: int, last: int) -> str:
        start, end = self.place(first, last)
        return self.text[start:end]
