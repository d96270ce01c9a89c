"""A message block by block: its words mended, and what each block names, counts and states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.knowledge.facts import Quantity
from assistant.language import facts as facts_of
from assistant.language.corrections import corrected
from assistant.language.descriptions import described
from assistant.language.leftovers import Strange, unknown_names
from assistant.language.lexicon import Lexicon
from assistant.language.model import Mention, Recent, Stated, ToolRole
from assistant.language.money import budgets
from assistant.language.normalise import normalise
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.role_guess import IN_USE, roles
from assistant.language.roles import cued
from assistant.language.scopes import answering_no, closed, outweighed, soft
from assistant.language.spans import choose, surroundings
from assistant.language.tokens import NONE, SENTENCE, Token
from assistant.language.view import sentences

_BLOCK = 300  # words that are looked at together
PASTE, TAIL = 64_000, 16_000  # characters: a longer text is read at its beginning and end only


def read(text: str, lexicon: Lexicon) -> list[Reading]:
    """The message in blocks of a few hundred words, each with all phrases of the vocabulary that stand in it.

    Everything that is worked out later stays within a block, so that time grows with the length of the message only.
    Of a paste only the beginning and the end are read.
    """
    plain = normalise(text)
    places = [(0, len(plain))] if len(plain) <= PASTE else [(0, PASTE - TAIL), (len(plain) - TAIL, len(plain))]
    readings: list[Reading] = []
    for begin, stop in places:
        tokens = lexicon.tokeniser.cut(plain, begin, stop)
        repaired = _repaired(tokens, lexicon) if lexicon.has_unknown(tokens) else []
        readings.extend(
            Reading(text, plain, block, lexicon.trie.find(block), frozenset(repaired)) for block in _blocks(tokens)
        )
    return [reading for reading in readings if reading.tokens] or readings[:1]


def _repaired(tokens: list[Token], lexicon: Lexicon) -> list[int]:
    """Where misspelt words stand, which are mended in `tokens`."""
    places: list[int] = []
    for index in reversed(lexicon.repairs.joined(tokens)):
        first, second = tokens[index : index + 2]
        word = first.word + second.word
        tokens[index : index + 2] = [first._replace(word=word, fold=lexicon.tokeniser.fold(word), end=second.end)]
        places.append(first.start)
    for index, word in lexicon.repairs.apply(tokens).items():
        tokens[index] = tokens[index]._replace(word=word, fold=lexicon.tokeniser.fold(word))
        places.append(tokens[index].start)
    return places


def _blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens in runs of bounded length, cut between sentences where that is possible."""
    first = 0
    while len(tokens) - first > _BLOCK:
        last = first + _BLOCK
        cut = next((i for i in range(last, first + _BLOCK // 2, -1) if tokens[i].gap == SENTENCE), last)
        yield tokens[first:cut]
        first = cut
    yield tokens[first:]


class Part(NamedTuple):
    """What one block of the message says."""

    reading: Reading
    spans: list[Span]
    amounts: list[Amount]
    mentions: list[Mention]
    stated: list[Stated]
    strange: list[Strange]  # names that have no record
    guessed: Sequence[Span] = ()  # the task that no rule heard
    likely: Sequence[str] = ()  # the tasks that it may be, when none is sure


def _spans(reading: Reading, lexicon: Lexicon) -> list[Span]:
    """The tools and values that are named or described, in order."""
    named = choose(reading, lexicon)
    told = [*described(reading, lexicon, named), *_declined(reading, lexicon)]
    return sorted((*named, *told), key=lambda span: (span.first, span.last, span.entry)) if told else named


def _declined(reading: Reading, lexicon: Lexicon) -> list[Span]:
    """The values that "X: no" says as "no X" does."""
    found: list[Span] = []
    for position in answering_no(reading):
        turned = [reading.tokens[at]._replace(gap=NONE, joined=True) for at in (position, position - 1)]
        found += [
            Span(position - 1, position + 1, hit.payload)
            for hit in lexicon.trie.find(turned)
            if hit.payload.kind == "value" and hit.last - hit.first == 2
        ]
    return found


class _Named(NamedTuple):
    """All that a block of a message names, in order, and what of it is refused."""

    spans: list[Span]
    amounts: list[Amount]
    refusals: dict[int, tuple[int, int]]
    tools: list[Span]
    cued: list[ToolRole | None]  # the role that cues give each of the tools


def _named(reading: Reading, lexicon: Lexicon, recent: Recent | None = None) -> _Named:
    amounts = sorted([*lexicon.quantities.read(reading), *budgets(reading)], key=lambda amount: amount[2:])
    counted = {position for amount in amounts for position in range(amount.first, amount.last)}
    lesser = outweighed(reading, lexicon, found := _spans(reading, lexicon))
    spans = [
        _marked(span, reading)
        for index, span in enumerate(found)
        if index not in lesser and not (span.entry.slot == "priorities" and span.first in counted)
    ]
    spans, amounts = corrected(reading, lexicon, spans, amounts, recent)
    around = surroundings(reading, lexicon, [span for span in spans if span.is_tool])
    spans = sorted((*spans, *around), key=lambda span: (span.first, span.last, span.entry)) if around else spans
    spans, refusals = facts_of.refusals(reading, lexicon, spans)
    denied = {at for index in refusals for at in range(spans[index].first, spans[index].last)}
    amounts = [
        one for one in amounts if isinstance(one.value, Quantity) or denied.isdisjoint(range(one.first, one.last))
    ]
    numbers = [index for index, span in enumerate(spans) if span.is_tool]
    tools = [spans[index] for index in numbers]
    refused_tools = {at: refusals[index] for at, index in enumerate(numbers) if index in refusals}
    return _Named(spans, amounts, refusals, tools, cued(reading, lexicon, tools, refused_tools) if tools else [])


_LEFT = ("migrating_from", "avoid")


def part_of(reading: Reading, lexicon: Lexicon, recent: Recent | None = None) -> Part:
    spans, amounts, refusals, tools, told = _named(reading, lexicon, recent)
    wishes, only = soft(reading, spans), closed(reading, spans)
    given = roles(reading, lexicon, tools, told) if tools else []
    mentions = [
        Mention(span.entry.name, role, *reading.place(span.first, span.last), assumed=span.assumed)
        for span, role in zip(tools, given, strict=True)
        if span.is_candidate
    ]
    around = [span for span, role in zip(tools, given, strict=True) if not span.is_candidate and role == IN_USE]
    left = {(m.start, m.end) for m in mentions if m.role in _LEFT}  # where it ran says nothing of where it will
    stated = facts_of.from_values(reading, lexicon, spans, refusals, wishes, only)
    stated = [fact for fact in stated if (fact.start, fact.end) not in left]
    stated += facts_of.from_amounts(reading, amounts, set())
    stated += facts_of.from_mentions(mentions)
    stated += [Stated(IN_USE, span.entry.name, *reading.place(span.first, span.last)) for span in around]
    spans = [span for span in spans if span.is_candidate or not span.is_tool or span in around]
    return Part(reading, spans, amounts, mentions, stated, unknown_names(reading, lexicon, spans, amounts))


def mentioned(reading: Reading, lexicon: Lexicon) -> tuple[list[Span], list[ToolRole | None]]:
    """The tools that are named, with the roles that cues give them: what weights for roles are learnt from."""
    named = _named(reading, lexicon)
    return named.tools, named.cued


def told_amount(slot: str, words: str, lexicon: Lexicon) -> Recent:
    """The amount of `slot` that a person told in these words, for what a later correction is about."""
    for reading in read(words, lexicon):
        amount = lexicon.quantities.bare(reading, slot, 1.0)
        if amount is not None:
            return Recent(slot, lexicon.quantities.worth(reading, amount))
    return Recent(slot, lexicon.answers.bare.get(slot, 1.0))


def outline(text: str, lexicon: Lexicon) -> list[list[str]]:
    """The sentences of `text` in the abstract words that acts are recognised by."""
    found: list[list[str]] = []
    for reading in read(text, lexicon):
        spans, amounts = _spans(reading, lexicon), lexicon.quantities.read(reading)
        lines = sentences(reading, spans, amounts, lexicon.fillers, lexicon.cues.words, lexicon.asking)
        found.extend(line.folds() for line in lines)
    return found


def _marked(span: Span, reading: Reading) -> Span:
    """The span, with what it was read as when one of its words was misspelt."""
    tokens = reading.tokens[span.first : span.last]
    if not any(token.start in reading.repaired for token in tokens):
        return span
    return span._replace(assumed=" ".join(token.word for token in tokens))
