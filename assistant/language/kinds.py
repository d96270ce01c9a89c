"""What kinds of thing words stand for: a mango is a fruit and food. Out of WordNet; scripts/build_classes.py makes the file."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_FILE = "classes.txt.gz"


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    packed = (Path(__file__).parent / "data" / _FILE).read_bytes()
    found: dict[str, tuple[str, ...]] = {}
    for line in gzip.decompress(packed).decode("ascii").splitlines():
        names, words = line.split(": ")
        kinds = tuple(names.split(" "))
        found.update(dict.fromkeys(words.split(" "), kinds))
    return found


def kinds(word: str) -> tuple[str, ...]:
    """The kinds that a word is of, nearest first; none for an unknown word. Takes a singular, or a verb in any form."""
    known = _kinds()
    for form in _forms(word):
        if form in known:
            return known[form]
    return ()


def _forms(word: str) -> Iterator[str]:
    yield word
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            yield stem
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]
