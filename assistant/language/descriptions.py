"""Values that are described and not named: "label 500 hours of video" is a task without its name."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.reading import Reading, Span
from assistant.language.tokens import CLAUSE
from assistant.language.view import BEGIN, END, TOOL

_LONGEST = 60  # words of a clause looked at


def described(reading: Reading, lexicon: Lexicon, spans: Sequence[Span]) -> list[Span]:
    """The values that the clauses describe and that no phrase among `spans` names already."""
    names = {span.first: span.last for span in spans if span.is_tool}
    said = {(span.entry.slot, span.entry.name) for span in spans}
    inside = {position for span in spans for position in range(span.first + 1, span.last)}
    found: list[Span] = []
    tokens = reading.tokens
    first = 0
    for last in range(1, len(tokens) + 1):
        if last < len(tokens) and tokens[last].gap < CLAUSE:
            continue
        words, places = _words(reading, lexicon, names, first, min(last, first + _LONGEST))
        for match in lexicon.described.find(words):
            slot, value = match.act.split(" ")
            begin, end = places[max(match.first, 1)], places[min(match.last, len(places) - 1)]
            if (slot, value) not in said and begin not in inside and begin < end:
                said.add((slot, value))
                found.append(Span(begin, end, Entry("value", value, slot)))
        first = last
    return found


def _words(
    reading: Reading, lexicon: Lexicon, names: dict[int, int], first: int, last: int
) -> tuple[list[str], list[int]]:
    """The words of a clause between its ends, and where each of them stands; names are abstracted."""
    words, places = [BEGIN], [first]
    position = first
    while position < last:
        token = reading.tokens[position]
        plural = token.fold != token.word and token.fold in lexicon.verbs
        words.append(TOOL if position in names else token.word if plural else token.fold)
        places.append(position)
        position = min(names.get(position, position + 1), last)
    return [*words, END], [*places, last]
