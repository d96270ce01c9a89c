"""What was not understood: names that look like tools and are in no record, and words that nothing was made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.language.lexicon import Lexicon
from assistant.language.model import Unknown
from assistant.language.naming import share
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.repair import distance, is_english
from assistant.language.spans import marks, named_beside, unrecorded
from assistant.language.tokens import NONE, SENTENCE, Token

_CAMEL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|^[A-Z][a-z]+[A-Z]")
_SUFFIXES = frozenset({"js", "jl", "rs", "net", "cpp", "py"})
_ENOUGH = 0.4  # a smaller share of used words is worth telling
_MOST = 5
_SURELY = 0.9  # how likely a word that is in no list must be a name
_LONGEST = 400  # words; a longer text is a paste, and what of it was not used is no news


class Strange(NamedTuple):
    """`tokens[first:last]` name something that has no record."""

    first: int
    last: int
    unknown: Unknown


def unknown_names(
    reading: Reading, lexicon: Lexicon, spans: Sequence[Span], amounts: Sequence[Amount]
) -> list[Strange]:
    """Names without a record, each with the tools that come near: known ones in purpose, others by their letters."""
    tokens = reading.tokens[:_LONGEST]
    known = unrecorded(reading, lexicon, spans)
    taken = _taken([*spans, *known], amounts)
    beside = named_beside(reading, [*spans, *known])
    found = [_strange(reading, s.first, s.last, lexicon.unrecorded[int(s.entry.name)].near) for s in known]
    skip = -1
    for index, token in enumerate(tokens):
        if index in taken or index <= skip or len(token.word) < 2 or token.word.isdigit():
            continue
        last = index + 1
        if last < len(tokens) and last not in taken and tokens[last].joined and tokens[last].word in _SUFFIXES:
            last += 1
        if _looks_like_a_name(reading, lexicon, index, last, beside):
            found.append(_strange(reading, index, last, _nearest(lexicon, token.word)))
            skip = last - 1
    return sorted(found, key=lambda strange: strange.first)[:_MOST]


def _strange(reading: Reading, first: int, last: int, near: tuple[str, ...]) -> Strange:
    start, end = reading.place(first, last)
    return Strange(first, last, Unknown(reading.text[start:end], start, end, near))


def _taken(spans: Sequence[Span], amounts: Sequence[Amount]) -> set[int]:
    taken = {position for span in spans for position in range(span.first, span.last)}
    return taken | {position for amount in amounts for position in range(amount.first, amount.last)}


def _looks_like_a_name(reading: Reading, lexicon: Lexicon, first: int, last: int, beside: set[int]) -> bool:
    token = reading.tokens[first]
    if token.word in lexicon.known or token.fold in lexicon.known or token.word in lexicon.stopwords:
        return False
    if not token.word[0].isalpha():
        return False
    start, end = reading.place(first, last)
    raw = reading.text[start:end]
    quoted = reading.text[max(0, start - 1) : start] == "`" and reading.text[end : end + 1] == "`"
    if last - first > 1 and reading.tokens[last - 1].word in ("js", "jl", "rs"):
        return True
    english = token.word.isascii() and is_english(token.word)
    if quoted or (_CAMEL.search(raw) is not None and not english and not raw.isupper() and not _is_plural_acronym(raw)):
        return True
    if len(token.word) < 3 or (english and not _stands_out(reading, first)):
        return False
    near = first > 0 and token.gap == NONE and first in reading.ending("tool<")
    last_word = last >= len(reading.tokens) or reading.tokens[last].gap > NONE
    if near and not last_word:
        near = last in reading.starting("tool>") or reading.tokens[last].fold in lexicon.stopwords
    if not english and (near or first in beside):
        return True
    if not (near or first in beside or _is_asked_about(reading, lexicon, first)):
        return False
    names = {at: sign for at, sign in marks(reading, lexicon).items() if not first <= at < last}
    return share(reading, lexicon, first, last, names, "tool") >= _SURELY


def _stands_out(reading: Reading, index: int) -> bool:
    """Whether a word has a capital in the midst of a sentence where most others have none."""
    tokens = reading.tokens
    if index == 0 or tokens[index].gap == SENTENCE:
        return False
    capitals = sum(reading.text[token.start].isupper() for token in tokens)
    return reading.text[tokens[index].start].isupper() and 2 * capitals <= max(len(tokens), 4)


def _is_asked_about(reading: Reading, lexicon: Lexicon, index: int) -> bool:
    """Whether nothing but the words that open a question stands before the word in its sentence ("is foo any good")."""
    first = reading.clauses(SENTENCE)[index][0]
    opening = [token.fold for token in reading.tokens[first:index]]
    asking = (*lexicon.asking.words, *lexicon.asking.verbs)
    return bool(opening) and opening[0] in asking and all(fold in asking or fold in _OPENING for fold in opening)


_OPENING = frozenset({"not", "about", "is", "are"})


def _is_plural_acronym(raw: str) -> bool:
    return raw.endswith("s") and raw[:-1].isupper()


def _nearest(lexicon: Lexicon, word: str) -> tuple[str, ...]:
    """Up to three known tools with a similar name."""
    scored: list[tuple[int, str, str]] = []
    for name, tool in lexicon.tool_words.items():
        if abs(len(name) - len(word)) > 3 or name[0] != word[0]:
            continue
        away = distance(word, name, 3)
        if away <= 3 and away * 2 < max(len(word), len(name)):
            scored.append((away, name, tool))
    return tuple(dict.fromkeys(tool for _, _, tool in sorted(scored)))[:3]


def not_used(
    reading: Reading, lexicon: Lexicon, spans: Sequence[Span], amounts: Sequence[Amount], unknown: Sequence[Unknown]
) -> tuple[str, ...]:
    """The runs of telling words that nothing was made of, when they are most of the message."""
    if len(reading.tokens) > _LONGEST:
        return ()
    taken = _taken(spans, amounts)
    named = {i for i, t in enumerate(reading.tokens) if any(u.start <= t.start < u.end for u in unknown)}
    telling = [i for i, token in enumerate(reading.tokens) if i in taken or _tells(token, lexicon)]
    unused = [i for i in telling if i not in taken and i not in named and not _is_cue(reading.tokens[i], lexicon)]
    if len(unused) < 3 or 1 - len(unused) / len(telling) >= _ENOUGH:
        return ()
    runs: list[list[int]] = []
    for index in unused:
        if runs and reading.tokens[index].gap == NONE and index - runs[-1][-1] <= 2:
            runs[-1].append(index)
        else:
            runs.append([index])
    return tuple(reading.words(run[0], run[-1] + 1) for run in runs[:_MOST])


def _tells(token: Token, lexicon: Lexicon) -> bool:
    return token.fold not in lexicon.stopwords and token.word not in lexicon.stopwords and not token.word.isdigit()


def _is_cue(token: Token, lexicon: Lexicon) -> bool:
    return token.fold in lexicon.cues.words or token.fold in lexicon.domain
