"""A tree of words that finds every phrase of the vocabulary in one pass over a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from zlib import compress, decompress

import msgspec

from assistant.language.tokens import Token

Payload = TypeVar("Payload")

_ENDS = ""  # the key under which a node keeps what ends there; no word is empty
_Node = dict[str, Any]  # words lead to nodes; plain dictionaries, because building some ten thousand objects takes time

Roots = dict[str, bytes]
"""What may begin with each word, encoded and compressed: of thousands of words a message asks for a few."""

_followers = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


class Hit(NamedTuple, Generic[Payload]):
    """`tokens[first:last]` say `payload`."""

    first: int
    last: int
    payload: Payload


class Growing(Generic[Payload]):
    """A tree to which phrases are added. At the end of one stand the places of its payloads in `payloads`."""

    def __init__(self) -> None:
        self._root: _Node = {}
        self._places: dict[Payload, int] = {}

    @property
    def payloads(self) -> list[Payload]:
        return list(self._places)

    def add(self, words: Sequence[str], payload: Payload) -> None:
        """Let `words` say `payload`; one phrase may say several things. Adding the same twice changes nothing."""
        if not words:
            return
        node = self._root
        for word in words:
            following = node.get(word)
            if following is None:
                following = node[word] = {}
            node = following
        place = self._places.setdefault(payload, len(self._places))
        ends = node.get(_ENDS)
        if ends is None:
            node[_ENDS] = [place]
        elif place not in ends:
            ends.append(place)

    def words(self) -> set[str]:
        """Every word that occurs in a phrase."""
        found: set[str] = set()
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            found.update(node)
            nodes.extend(following for word, following in node.items() if word)
        found.discard(_ENDS)
        return found

    def roots(self) -> Roots:
        return {word: compress(msgspec.msgpack.encode(node)) for word, node in self._root.items()}


class Trie(Generic[Payload]):
    """Phrases with payloads. A phrase matches the words as written or in their folded form, whatever it was added as."""

    def __init__(self, roots: Roots, payloads: Sequence[Payload]) -> None:
        self._root: _Node = dict(roots)
        self._payloads = payloads

    def find(self, tokens: Sequence[Token]) -> list[Hit[Payload]]:
        """Every phrase in `tokens`, nested and overlapping ones too, by first word and then by length."""
        hits: list[Hit[Payload]] = []
        root = self._root
        for first, token in enumerate(tokens):
            if token.word in root or token.fold in root:
                self._walk(tokens, first, hits)
        return hits

    def _walk(self, tokens: Sequence[Token], first: int, hits: list[Hit[Payload]]) -> None:
        root = self._root
        for word in {tokens[first].word, tokens[first].fold}:
            if type(root.get(word)) is bytes:
                root[word] = _followers.decode(decompress(root[word]))
        nodes = [root]
        position = first
        while nodes and position < len(tokens):
            token = tokens[position]
            if position > first and not token.joined:
                return
            following: list[_Node] = []
            for node in nodes:
                exact = _under(node, token.word)
                if exact is not None:
                    following.append(exact)
                if token.fold != token.word:
                    folded = _under(node, token.fold)
                    if folded is not None:
                        following.append(folded)
            position += 1
            for node in following:
                for place in _under(node, _ENDS) or ():
                    hits.append(Hit(first, position, self._payloads[place]))
            nodes = following


def _under(node: _Node, key: str) -> Any:
    """What stands under a key of a node, decoded once it is asked for: thousands of phrases begin with "is"."""
    found = node.get(key)
    if type(found) is msgspec.Raw:
        found = node[key] = msgspec.msgpack.decode(found)
    return found
