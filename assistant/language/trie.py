"""A tree of words that finds every phrase of the vocabulary in one pass over a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from assistant.language.tokens import Token

Payload = TypeVar("Payload")


class Hit(NamedTuple, Generic[Payload]):
    """`tokens[first:last]` say `payload`."""

    first: int
    last: int
    payload: Payload


class _Node(Generic[Payload]):
    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node[Payload]] = {}
        self.ends: list[Payload] = []


class Trie(Generic[Payload]):
    """Phrases with payloads. A phrase matches the words as written or in their folded form, whatever it was added as."""

    def __init__(self) -> None:
        self._root: _Node[Payload] = _Node()

    def add(self, words: Sequence[str], payload: Payload) -> None:
        """Let `words` say `payload`; one phrase may say several things. Adding the same twice changes nothing."""
        node = self._root
        for word in words:
            following = node.next.get(word)
            if following is None:
                following = node.next[word] = _Node()
            node = following
        if node is not self._root and payload not in node.ends:
            node.ends.append(payload)

    def words(self) -> frozenset[str]:
        """Every word that occurs in a phrase."""
        found: set[str] = set()
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            found.update(node.next)
            nodes.extend(node.next.values())
        return frozenset(found)

    def find(self, tokens: Sequence[Token]) -> list[Hit[Payload]]:
        """Every phrase in `tokens`, nested and overlapping ones too, by first word and then by length."""
        hits: list[Hit[Payload]] = []
        top = self._root.next
        for first, token in enumerate(tokens):
            if token.word in top or token.fold in top:
                self._walk(tokens, first, hits)
        return hits

    def at(self, tokens: Sequence[Token], first: int) -> list[Hit[Payload]]:
        """The phrases that begin at word number `first`, short ones first."""
        hits: list[Hit[Payload]] = []
        self._walk(tokens, first, hits)
        return hits

    def _walk(self, tokens: Sequence[Token], first: int, hits: list[Hit[Payload]]) -> None:
        nodes = [self._root]
        position = first
        while nodes and position < len(tokens):
            token = tokens[position]
            if position > first and not token.joined:
                return
            following: list[_Node[Payload]] = []
            for node in nodes:
                exact = node.next.get(token.word)
                if exact is not None:
                    following.append(exact)
                if token.fold != token.word:
                    folded = node.next.get(token.fold)
                    if folded is not None:
                        following.append(folded)
            position += 1
            for node in following:
                hits.extend(Hit(first, position, payload) for payload in node.ends)
            nodes = following
