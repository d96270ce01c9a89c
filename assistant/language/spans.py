"""Find what the words of a message say: tools, values and cues, each with its place; names that are ordinary words
only in fitting company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.reading import Reading, Span
from assistant.language.tokens import CLAUSE, COMMA, NONE
from assistant.language.trie import Hit


def choose(reading: Reading, lexicon: Lexicon) -> list[Span]:
    """The tools and values that are meant, in order: the longest names win, nested ones of another kind stay."""
    opaque = _longest(reading.of("opaque"))
    tools = _tools(reading, lexicon, opaque)
    values = _values(reading, lexicon, opaque, tools)
    return sorted((*tools, *values), key=lambda span: (span.first, span.last, span.entry))


def _longest(hits: Iterable[Hit[Entry]]) -> list[Hit[Entry]]:
    """Of overlapping hits the longer, of equally long ones the first; several payloads of one place all stay."""
    kept: list[Hit[Entry]] = []
    for hit in sorted(hits, key=lambda h: (h.first, -h.last)):
        if not kept or hit.first >= kept[-1].last or (hit.first, hit.last) == (kept[-1].first, kept[-1].last):
            kept.append(hit)
        elif hit.last > kept[-1].last and hit.last - hit.first > kept[-1].last - kept[-1].first:
            kept[-1] = hit
    return kept


def _covered(hit: Hit[Entry], others: Sequence[Hit[Entry]]) -> bool:
    """Whether a strictly longer phrase of `others` contains the hit."""
    return any(
        other.first <= hit.first and hit.last <= other.last and other.last - other.first > hit.last - hit.first
        for other in others
    )


def _tools(reading: Reading, lexicon: Lexicon, opaque: Sequence[Hit[Entry]]) -> list[Span]:
    named = [hit for hit in reading.of("tool") if not _covered(hit, opaque)]
    longest = _longest(named)
    sure = [hit for hit in longest if not hit.payload.weak]
    kept = {hit.first: hit for hit in sure}
    doubtful = [hit for hit in longest if hit.payload.weak]
    accepted: set[str] = set()
    for hit in doubtful:
        if _fits_tool(reading, lexicon, hit, sure):
            kept[hit.first] = hit
            accepted.add(reading.tokens[hit.first].word)
    for hit in doubtful:  # who names it once in fitting company means it elsewhere, and beside another tool
        listed = _listed(reading, hit, kept)
        if reading.tokens[hit.first].word in accepted or listed:
            kept[hit.first] = hit
            accepted.add(reading.tokens[hit.first].word)
    return [Span(hit.first, hit.last, hit.payload) for _, hit in sorted(kept.items())]


def _listed(reading: Reading, hit: Hit[Entry], kept: dict[int, Hit[Entry]]) -> bool:
    """Whether the hit stands in a list with a tool that is sure ("dask, ray or spark")."""
    tokens = reading.tokens
    joiners = ("and", "or", "nor", "vs", "plus", "v")
    for other in kept.values():
        if other.last <= hit.first:
            between = tokens[other.last : hit.first]
            comma = tokens[hit.first].gap
        elif hit.last <= other.first:
            between = tokens[hit.last : other.first]
            comma = tokens[other.first].gap
        else:
            continue
        if len(between) == 0 and (comma == COMMA or "/" in _between(reading, hit, other)):
            return True
        if len(between) == 1 and between[0].fold in joiners:
            return True
    return False


def _between(reading: Reading, one: Hit[Entry], other: Hit[Entry]) -> str:
    left, right = (one, other) if one.first < other.first else (other, one)
    return reading.text[reading.tokens[left.last - 1].end : reading.tokens[right.first].start]


def _fits_tool(reading: Reading, lexicon: Lexicon, hit: Hit[Entry], sure: Sequence[Hit[Entry]]) -> bool:
    tokens = reading.tokens
    company = lexicon.company.tools
    if len(tokens) <= company.short and not any(h.first <= hit.first < h.last for h in reading.of("value")):
        return True
    start, end = reading.place(hit.first, hit.last)
    if reading.text[start - 1 : start] == "`" and reading.text[end : end + 1] == "`":
        return True
    raw = reading.text[start:end]
    alone = hit.last >= len(tokens) or not tokens[hit.last].joined or tokens[hit.last].fold in lexicon.stopwords
    shouted = reading.text.isupper()
    if raw[:1].isupper() and hit.first > 0 and tokens[hit.first].gap <= COMMA and not shouted:
        return True
    if tokens[hit.first].gap == NONE and hit.first in reading.ending("tool<") and alone:
        return True
    return hit.last < len(tokens) and tokens[hit.last].gap == NONE and hit.last in reading.starting("tool>")


def _values(
    reading: Reading, lexicon: Lexicon, opaque: Sequence[Hit[Entry]], tools: Sequence[Span]
) -> list[Span]:
    named = [hit for hit in reading.of("value") if not _covered(hit, opaque)]
    blocked = [Hit(span.first, span.last, span.entry) for span in tools]
    kept: list[Span] = []
    by_slot: dict[str, list[Hit[Entry]]] = {}
    for hit in named:
        if _covered(hit, blocked):
            continue
        if hit.payload.weak and not _fits_value(reading, lexicon, hit):
            continue
        by_slot.setdefault(hit.payload.slot, []).append(hit)
    for hits in by_slot.values():
        kept.extend(Span(hit.first, hit.last, hit.payload) for hit in _longest(hits))
    return kept


def _fits_value(reading: Reading, lexicon: Lexicon, hit: Hit[Entry]) -> bool:
    rules = lexicon.company.values
    name = next((n for n, company in rules.items() if hit.payload.slot in company.slots), "default")
    company = rules.get(name)
    if company is None:
        return False
    tokens = reading.tokens
    start, end = reading.place(hit.first, hit.last)
    raw = reading.text[start:end]
    if len(tokens) == hit.last - hit.first:
        return True
    near = hit.first > 0 and tokens[hit.first].gap <= COMMA
    after = hit.last < len(tokens) and tokens[hit.last].gap <= COMMA
    before = near and hit.first in reading.ending("value<", name)
    follows = after and hit.last in reading.starting("value>", name)
    if company.single and len(raw) == 1:
        sure = near and hit.first in reading.ending("value!", name)
        return (raw.isupper() and (before or follows)) or (sure and (not after or tokens[hit.last].gap > NONE or follows))
    if company.single:
        capital = raw[:1].isupper() and near
        alone = not after or tokens[hit.last].gap > NONE or tokens[hit.last].fold in lexicon.stopwords
        return follows or (before and (capital or alone)) or capital
    return before or follows or tokens[hit.first].gap >= CLAUSE or hit.first == 0
