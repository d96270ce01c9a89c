"""A sentence as the acts see it: names become {t}, values {v} and their slot, tasks and data {s}, amounts {q}, slots {n}."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import NamedTuple

from assistant.language.phrases import Asking
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.tokens import NONE, SENTENCE, Token

TOOL, VALUE, TASK, AMOUNT, SLOT = "{t}", "{v}", "{s}", "{q}", "{n}"
BEGIN, END = "^", "$"
_BARE = re.compile(r"\d{1,15}[kmb]?")
_SUBJECTS = frozenset({"task", "modality"})


class Sentence(NamedTuple):
    """Tokens `first:last` of the message; `words` the abstract ones between BEGIN and END."""

    first: int
    last: int
    words: tuple[Token, ...]
    asks: bool  # ends in a question mark

    def folds(self) -> list[str]:
        return [token.fold for token in self.words]


def sentences(
    reading: Reading,
    spans: Sequence[Span],
    amounts: Sequence[Amount],
    fillers: frozenset[str],
    telling: Container[str],
    asking: Asking,
) -> list[Sentence]:
    """The sentences of a message with names and values abstracted; `fillers` at either end are left out.

    Priorities that begin with one of the `telling` words stay as they are: "faster" says what is asked.
    """
    kept = [
        span for span in spans if not (span.entry.slot == "priorities" and reading.tokens[span.first].fold in telling)
    ]
    kinds = _kinds(kept, amounts, reading)
    found: list[Sentence] = []
    tokens = reading.tokens
    first = 0
    for last in range(1, len(tokens) + 1):
        if last < len(tokens) and tokens[last].gap < SENTENCE:
            continue
        words = _abstract(tokens, first, last, kinds, fillers)
        stop = tokens[last].start if last < len(tokens) else len(reading.plain)
        asks = "?" in reading.plain[tokens[last - 1].end : stop] or _opens_a_question(words, asking)
        found.append(Sentence(first, last, words, asks))
        first = last
    return found


def _opens_a_question(words: Sequence[Token], asking: Asking) -> bool:
    first, second = words[1].fold, words[2].fold
    second = SLOT if second.startswith(SLOT) else second
    return first in asking.words or (first in asking.verbs and second in asking.subjects)


def _kinds(spans: Sequence[Span], amounts: Sequence[Amount], reading: Reading) -> dict[int, tuple[int, str]]:
    """For the first token of each abstracted stretch: where it ends, and what it becomes. Longer stretches win."""
    kinds: dict[int, tuple[int, str]] = {}
    taken: set[int] = set()
    stretches: list[tuple[int, int, int, str]] = [(s.last - s.first, s.first, s.last, _kind(s)) for s in spans]
    stretches += [(a.last - a.first, a.first, a.last, AMOUNT) for a in amounts]
    stretches += [(h.last - h.first, h.first, h.last, SLOT + h.payload.slot) for h in reading.of("slot")]
    rank = {TOOL: 0, AMOUNT: 1, TASK: 2, SLOT: 4}
    for _, first, last, kind in sorted(
        stretches, key=lambda s: (s[3] != TOOL, -s[0], rank.get(s[3][:3], 3), s[1], s[3])
    ):
        if not any(position in taken for position in range(first, last)):
            kinds[first] = (last, kind)
            taken.update(range(first, last))
    return kinds


def _kind(span: Span) -> str:
    if span.is_tool or span.entry.kind == "unrecorded":
        return TOOL
    return TASK if span.entry.slot in _SUBJECTS else VALUE + span.entry.slot


def _abstract(
    tokens: Sequence[Token], first: int, last: int, kinds: dict[int, tuple[int, str]], fillers: frozenset[str]
) -> tuple[Token, ...]:
    begin, end = first, last
    while begin < end - 1 and begin not in kinds and tokens[begin].fold in fillers:
        begin += 1
    while end - 1 > begin and tokens[end - 1].fold in fillers:
        end -= 1
    words = [Token(BEGIN, BEGIN, tokens[begin].start, tokens[begin].start, NONE, True)]
    position = begin
    while position < end:
        token = tokens[position]
        stretch = kinds.get(position)
        if stretch is None and _BARE.fullmatch(token.word):
            words.append(Token(AMOUNT, AMOUNT, token.start, token.end, NONE, True))
            position += 1
        elif stretch is None:
            words.append(token._replace(word=token.fold, gap=NONE, joined=True))
            position += 1
        else:
            following = min(stretch[0], end)
            words.append(Token(stretch[1], stretch[1], token.start, tokens[following - 1].end, NONE, True))
            position = following
    words.append(Token(END, END, tokens[end - 1].end, tokens[end - 1].end, NONE, True))
    return tuple(words)
