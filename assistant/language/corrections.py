"""What a message takes back in the same breath: "Android, no wait, iOS", "50 ms, sorry, 500 ms", "make that 5000"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.language.lexicon import Lexicon
from assistant.language.model import Recent
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.tokens import COMMA, SENTENCE

_BACK = 14  # words between what is taken back and the words that do so
_AHEAD = 4  # words between those and what holds instead
_NOES = frozenset({"no", "nope", "nah"})

_ADDING = frozenset({"and", "or", "also", "plus"})

_Said = tuple[list[Span], list[Amount]]


class _Cue(NamedTuple):
    """`tokens[first:last]` take back what stands before them."""

    first: int
    last: int


def corrected(
    reading: Reading, lexicon: Lexicon, spans: list[Span], amounts: list[Amount], recent: Recent | None
) -> _Said:
    """The spans and amounts without what is taken back. A bare number instead of an amount is of the same kind.

    `recent` is the amount told last before the message: what a correction at its beginning is about.
    """
    for cue in _cues(reading):
        span = next((s for s in spans if _is_instead(reading, cue, s.first)), None)
        amount = next((a for a in amounts if _is_instead(reading, cue, a.first)), None)
        if amount is None and span is None:
            amount = _bare(reading, lexicon, cue, amounts, recent)
            amounts = amounts if amount is None else sorted([*amounts, amount], key=lambda one: one[2:])
        if amount is not None and (span is None or amount.first <= span.first):
            amounts = _without_amount(reading, cue, amount, amounts)
        elif span is not None:
            spans = _without_spans(reading, cue, span, spans)
    return spans, amounts


def _cues(reading: Reading) -> list[_Cue]:
    """The runs of words that take something back, in order. A single word does so between pauses only."""
    tokens = reading.tokens
    found: list[_Cue] = []
    hits = [(hit.first, hit.last) for hit in reading.of("correction")]
    noes = [
        (at, at + 1)
        for at, token in enumerate(tokens)
        if token.word in _NOES and at and token.gap >= COMMA and at + 1 < len(tokens) and tokens[at + 1].gap >= COMMA
    ]
    for first, last in sorted({*hits, *noes}):
        if found and first <= found[-1].last:
            found[-1] = _Cue(found[-1].first, max(found[-1].last, last))
        elif first and tokens[first - 1].word in _ADDING:
            continue  # "images and, wait, audio too"
        elif last - first > 1 or first == 0 or tokens[first].gap >= COMMA:
            found.append(_Cue(first, last))
    return found


def _is_instead(reading: Reading, cue: _Cue, first: int) -> bool:
    """Whether what begins at `first` stands right behind the cue."""
    if not cue.last <= first <= cue.last + _AHEAD:
        return False
    return all(token.gap < SENTENCE for token in reading.tokens[cue.last + 1 : first + 1])


def _is_before(reading: Reading, cue: _Cue, last: int) -> bool:
    """Whether what ends at `last` stands before the cue, at most one sentence ago."""
    if not cue.first - _BACK <= last <= cue.first:
        return False
    return sum(token.gap == SENTENCE for token in reading.tokens[last : cue.first + 1]) <= 1


def _bare(
    reading: Reading, lexicon: Lexicon, cue: _Cue, amounts: Sequence[Amount], recent: Recent | None
) -> Amount | None:
    """A number behind the cue that no unit follows, as an amount of the kind that was told before."""
    before = [amount for amount in amounts if _is_before(reading, cue, amount.last)]
    if before:
        recent = Recent(before[-1].slot, lexicon.quantities.worth(reading, before[-1]))
    elif cue.first:
        return None
    if recent is None:
        return None
    return lexicon.quantities.bare_between(reading, cue.last, cue.last + _AHEAD, recent.slot, recent.factor)


def _without_amount(reading: Reading, cue: _Cue, instead: Amount, amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts without the last one of the kind that stands before the cue; memory stays memory."""
    kinds = {instead.slot, *(("ram_bytes", "vram_bytes") if instead.slot == "data_bytes" else ())}
    before = [one for one in amounts if one.slot in kinds and _is_before(reading, cue, one.last)]
    if not before:
        return list(amounts)
    return [one._replace(slot=before[-1].slot) if one is instead else one for one in amounts if one is not before[-1]]


def _without_spans(reading: Reading, cue: _Cue, instead: Span, spans: Sequence[Span]) -> list[Span]:
    """The spans without what stands before the cue and is of a kind with what holds instead."""
    holds = [one for one in spans if instead.first <= one.first < instead.last]
    before = [one for one in spans if _is_before(reading, cue, one.last) and any(_is_other(one, new) for new in holds)]
    if not before:
        return list(spans)
    last = before[-1]
    return [one for one in spans if not (one.first < last.last and last.first < one.last)]


def _is_other(one: Span, new: Span) -> bool:
    if one.is_tool or new.is_tool:
        return one.is_tool and new.is_tool and one.entry.name != new.entry.name
    return one.entry.slot == new.entry.slot and one.entry.name != new.entry.name
