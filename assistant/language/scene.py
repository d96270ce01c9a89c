"""What the recognition of acts works on and works out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.language.model import Context, Mention, Stated
from assistant.language.reading import Reading
from assistant.language.view import Sentence


class Scene(NamedTuple):
    """A message as far as it is understood when its acts are to be told."""

    reading: Reading
    sentences: Sequence[Sentence]
    facts: list[Stated]
    mentions: Sequence[Mention]
    context: Context
    weak: frozenset[int] = frozenset()  # where ordinary words say facts
    strangers: bool = False  # whether names without a record stand in it


class Guess(NamedTuple):
    act: str
    score: float
    because: str
    sentence: Sentence
