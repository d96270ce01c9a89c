"""What takes long to make of the vocabulary, kept between runs: the tree of phrases and the patterns, ready to be found in.

As with the knowledge, a damaged or foreign file can at worst fail to decode; then the words are gathered anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from assistant import paths
from assistant.knowledge.loading import code_stamp, keep
from assistant.knowledge.model import Knowledge
from assistant.language.entry import Entry
from assistant.language.patterns import Written
from assistant.language.trie import Roots


class Index(msgspec.Struct, frozen=True):
    """`names` are one-word names of tools with their ids, `keys` the words of values, `words` those of all phrases."""

    roots: Roots
    entries: list[Entry]
    names: dict[str, str]
    keys: frozenset[str]
    words: frozenset[str]
    pairs: msgspec.Raw  # words of values that stand side by side
    exact: Written
    ellipses: Written
    cues: Written
    described: Written


def load_index(knowledge: Knowledge, make: Callable[[], Index]) -> Index:
    """The index of `knowledge`, from the cache if the knowledge and the code that makes it are the same."""
    stamp = paths.cache_dir() / f"words-{knowledge.version}-{code_stamp(Path(__file__).parent)}.msgpack"
    try:
        return msgspec.msgpack.decode(stamp.read_bytes(), type=Index)
    except (OSError, msgspec.MsgspecError):
        index = make()
        keep(stamp, index)
        return index
