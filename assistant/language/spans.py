"""Find what the words of a message say: tools, values and cues, each with its place; names that are ordinary words
only in fitting company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.language.entry import Entry
from assistant.language.lexicon import LANGUAGE, Lexicon
from assistant.language.naming import share
from assistant.language.reading import Reading, Span
from assistant.language.repair import is_english
from assistant.language.tokens import CLAUSE, COMMA, NONE, Token
from assistant.language.trie import Hit


def choose(reading: Reading, lexicon: Lexicon) -> list[Span]:
    """The tools and values that are meant, in order: the longest names win, nested ones of another kind stay."""
    opaque = _longest(reading.of("opaque"))
    tools = _tools(reading, lexicon, [*opaque, *reading.of("unrecorded")])
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
    longest = _longest([hit for hit in reading.of("tool") if not _covered(hit, opaque)])
    kept = {hit.first: hit for hit in longest if not hit.payload.weak}
    doubtful = [hit for hit in longest if hit.payload.weak]
    if doubtful:
        company = _Company(reading, lexicon)
        accepted = {reading.tokens[hit.first].word for hit in doubtful if company.fits(hit)}
        doubtful = [hit for hit in doubtful if company.fits(hit, _AGAIN) or _is_generic(reading, lexicon, hit)]
        for _ in range(2):  # who names it once in fitting company means it elsewhere, and beside another tool
            for hit in doubtful:
                word = reading.tokens[hit.first].word
                if hit.first not in kept and (word in accepted or _listed(reading, hit, kept)):
                    kept[hit.first] = hit
                    accepted.add(word)
    return [Span(hit.first, hit.last, hit.payload) for _, hit in sorted(kept.items())]


def _listed(reading: Reading, hit: Hit[Entry], kept: dict[int, Hit[Entry]]) -> bool:
    """Whether the hit stands in a list with a tool that is sure ("dask, ray or spark")."""
    tokens = reading.tokens
    for other in kept.values():
        left, right = (hit, other) if hit.first < other.first else (other, hit)
        if left.last > right.first or right.first - left.last > 1:
            continue
        if right.first == left.last:
            between = reading.text[tokens[left.last - 1].end : tokens[right.first].start]
            if tokens[right.first].gap == COMMA or "/" in between or "->" in between:
                return True
        elif tokens[left.last].fold in _JOINERS:
            return True
    return False


def unrecorded(reading: Reading, lexicon: Lexicon, spans: Sequence[Span]) -> list[Span]:
    """The well-known names without a record, in order; `spans` are the tools and values that are meant.

    What is a word of English too is a name in fitting company only.
    """
    hits = [hit for hit in _longest(reading.of("unrecorded")) if not _touches(hit, spans)]
    return _meant(reading, lexicon, hits, [span for span in spans if span.is_tool])


def surroundings(reading: Reading, lexicon: Lexicon, tools: Sequence[Span]) -> list[Span]:
    """The names of what people have around a model, in order; `tools` are the tools that are meant."""
    hits = [hit for hit in _longest(reading.of("surrounding")) if not _touches(hit, tools)]
    return _meant(reading, lexicon, hits, tools)


def _meant(reading: Reading, lexicon: Lexicon, hits: Sequence[Hit[Entry]], named: Sequence[Span]) -> list[Span]:
    """Those of the hits that are names where they stand."""
    if not hits:
        return []
    company = _Company(reading, lexicon)
    return [
        Span(hit.first, hit.last, hit.payload)
        for hit in hits
        if hit.last - hit.first > 1 or not is_doubtful(hit, reading, lexicon) or company.fits(hit)
    ]


def _touches(hit: Hit[Entry], spans: Sequence[Span]) -> bool:
    return any(span.first < hit.last and hit.first < span.last for span in spans)


_JOINERS = frozenset({"and", "or", "nor", "vs", "versus", "plus", "v"})
_NAMED = 0.6  # the likelihood from which an ordinary word is taken for a name
_SURELY = 0.9  # the same for a part of a longer phrase
_USUAL = 0.25  # the same for a language that a word nearly always means here
_AGAIN = 0.15  # the same for one that is a name elsewhere in the message, or beside another


def _is_generic(reading: Reading, lexicon: Lexicon, hit: Hit[Entry]) -> bool:
    return reading.tokens[hit.first].word in lexicon.company.tools.generic


class _Company:
    """Judges whether an ordinary word names something where it stands."""

    def __init__(self, reading: Reading, lexicon: Lexicon) -> None:
        self._reading, self._lexicon = reading, lexicon
        self._names = marks(reading, lexicon)
        self._values = [hit for hit in reading.of("value") if not hit.payload.weak]
        self._sure = "{t}" in self._names.values()

    def fits(self, hit: Hit[Entry], least: float = _NAMED) -> bool:
        """Whether the hit is a name with at least this likelihood."""
        reading, tokens, first, last = self._reading, self._reading.tokens, hit.first, hit.last
        if _is_generic(reading, self._lexicon, hit):
            capital = reading.text[tokens[first].start].isupper() and not reading.text.isupper()
            return self._sure and capital and first > 0
        if hit.payload.slot == LANGUAGE:
            usual = tokens[last - 1].word in self._lexicon.familiar
            least = min(least, _USUAL) if usual else least
        elif any(v.first <= first and last <= v.last and v.last - v.first > 1 for v in self._values):
            least = max(least, _SURELY)  # part of a longer phrase: "cortex m4"
        return len(tokens) == last - first or self.likely(hit) >= least

    def likely(self, hit: Hit[Entry]) -> float:
        """How likely the hit is a name, from 0 to 1."""
        language = hit.payload.slot == LANGUAGE
        first = hit.last - 1 if language else hit.first  # "in go"
        place = (first, hit.last, language)
        known = self._reading.judged.get(place)
        if known is None:
            kind = LANGUAGE if language else "tool"
            known = share(self._reading, self._lexicon, first, hit.last, self._names, kind)
            self._reading.judged[place] = known
        return known


def is_doubtful(hit: Hit[Entry], reading: Reading, lexicon: Lexicon) -> bool:
    """Whether the hit is an ordinary word too."""
    word = reading.tokens[hit.first].word
    return hit.payload.weak or (hit.payload.kind == "unrecorded" and (is_english(word) or word in lexicon.lookalikes))


def marks(reading: Reading, lexicon: Lexicon) -> dict[int, str]:
    """By word what else of the message is a name: "{t}" surely, "{w}" perhaps."""
    if reading.marks is not None:
        return reading.marks
    found = reading.marks = {}
    for kind in ("tool", "surrounding", "unrecorded", "value"):
        for hit in reading.of(kind):
            if kind == "value" and hit.payload.slot != LANGUAGE:
                continue
            doubtful = is_doubtful(hit, reading, lexicon)
            for at in range(hit.first, hit.last):
                if not doubtful or at not in found:
                    found[at] = "{w}" if doubtful else "{t}"
    return found


def _values(reading: Reading, lexicon: Lexicon, opaque: Sequence[Hit[Entry]], tools: Sequence[Span]) -> list[Span]:
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
    chosen = {slot: _longest(hits) for slot, hits in by_slot.items()}
    everything = [hit for hits in chosen.values() for hit in hits]
    for slot, hits in chosen.items():
        for hit in hits:
            if slot in lexicon.nestable or not _covered(hit, everything):
                judged = slot == LANGUAGE  # by all that stands around it: no doubt is left
                kept.append(Span(hit.first, hit.last, hit.payload._replace(weak=False) if judged else hit.payload))
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
        listed = (hit.first > 0 and tokens[hit.first].gap > NONE and len(tokens[hit.first - 1].word) > 1) and (
            hit.last >= len(tokens) or tokens[hit.last].gap > COMMA
        )  # "4,000 rows, R."
        return (raw.isupper() and (before or follows or listed)) or (
            sure and (not after or tokens[hit.last].gap > NONE or follows)
        )
    if company.single:
        return _Company(reading, lexicon).fits(hit)
    return before or follows or tokens[hit.first].gap >= CLAUSE or hit.first == 0


def named_beside(reading: Reading, spans: Sequence[Span]) -> set[int]:
    """The words right beside a tool in a list or a comparison ("pytorch vs foo"): what stands there is a name too."""
    tokens = reading.tokens
    found: set[int] = set()
    for span in spans:
        if not span.is_tool:
            continue
        after, before = span.last, span.first - 1
        if after + 1 < len(tokens) and tokens[after].fold in _JOINERS and tokens[after + 1].gap == NONE:
            found.add(after + 1)
        if after < len(tokens) and tokens[after].gap == COMMA and _closes(tokens, after):
            found.add(after)
        if before > 0 and tokens[before].fold in _JOINERS and tokens[span.first].gap == NONE:
            found.add(before - 1)
        if before >= 0 and tokens[span.first].gap == COMMA and (before == 0 or tokens[before].gap == COMMA):
            found.add(before)
    return found


def _closes(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word at `index` is a list item of one word."""
    return index + 1 >= len(tokens) or tokens[index + 1].gap > NONE or tokens[index + 1].fold in _JOINERS
