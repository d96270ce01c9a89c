"""Turn what was found in a message into facts about the project."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.facts import Strength
from assistant.language.contradictions import TOOL_SLOTS
from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.model import Mention, Stated
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.scopes import clause, refused
from assistant.language.tokens import SENTENCE

_WEIGHED = ("considering", "answer_candidate")


def refusals(reading: Reading, lexicon: Lexicon, spans: list[Span]) -> tuple[list[Span], dict[int, tuple[int, int]]]:
    """The spans, with what only a refusal makes a value of ("no internet"), and which of them are refused."""
    named = {position for span in spans for position in range(span.first, span.last)}
    mute = [
        Span(hit.first, hit.last, hit.payload)
        for hit in reading.of("refusable")
        if named.isdisjoint(range(hit.first, hit.last))
    ]
    if not mute:
        return spans, refused(reading, lexicon, spans)
    together = sorted((*spans, *mute), key=lambda span: (span.first, span.last, span.entry))
    no = refused(reading, lexicon, together)
    found: list[Span] = []
    kept: dict[int, tuple[int, int]] = {}
    for index, span in enumerate(together):
        words = no.get(index)
        if span.entry.kind != "refusable":
            if words is not None:
                kept[len(found)] = words
            found.append(span)
        elif words is not None:
            entry = Entry("value", span.entry.name, span.entry.slot)
            found.append(Span(min(span.first, words[0]), max(span.last, words[1]), entry))
    return found, kept


def from_values(
    reading: Reading,
    lexicon: Lexicon,
    spans: Sequence[Span],
    refusals: dict[int, tuple[int, int]],
    wishes: set[int],
    only: set[int],
) -> list[Stated]:
    """A fact for each value, with its polarity, strength and whether "only" closes the list."""
    facts: list[Stated] = []
    for index, span in enumerate(spans):
        if span.is_tool:
            continue
        first, last = span.first, span.last
        refusal = refusals.get(index)
        if refusal is not None:
            first, last = min(first, refusal[0]), max(last, refusal[1])
        start, end = reading.place(first, last)
        strength: Strength = "soft" if index in wishes else "hard"
        value = _shifted(reading, lexicon, span)
        fact = Stated(span.entry.slot, value, start, end, refusal is not None, strength, index in only, span.assumed)
        facts.append(fact)
        if refusal is not None:
            facts.extend(_implied(reading, lexicon, span, fact))
    return facts


def _shifted(reading: Reading, lexicon: Lexicon, span: Span) -> str:
    """What the value means beside the other words of its sentence: "faster" may speak of training."""
    for shift in lexicon.company.shifts:
        if shift.slot == span.entry.slot and shift.value == span.entry.name:
            words = " ".join(token.fold for token in reading.tokens[span.first : span.last])
            if words in shift.words:
                first, last = clause(reading, span.first, SENTENCE)
                if any(token.word in shift.near for token in reading.tokens[first:last]):
                    return shift.becomes
    return span.entry.name


def _implied(reading: Reading, lexicon: Lexicon, span: Span, fact: Stated) -> list[Stated]:
    """What a refusal says besides: without a GPU there is the CPU."""
    words = " ".join(token.fold for token in reading.tokens[span.first : span.last])
    found: list[Stated] = []
    for rule in lexicon.negation.implied:
        if rule.slot == fact.slot and rule.value == fact.value and (not rule.words or words in rule.words):
            found.extend(
                Stated(slot, value, fact.start, fact.end, False, fact.strength, False, fact.assumed)
                for slot, value in rule.gives.items()
            )
    return found


def from_amounts(reading: Reading, amounts: Sequence[Amount], refused: set[int]) -> list[Stated]:
    facts: list[Stated] = []
    for amount in amounts:
        start, end = reading.place(amount.first, amount.last)
        facts.append(Stated(amount.slot, amount.value, start, end, amount.first in refused))
    return facts


def from_mentions(mentions: Sequence[Mention]) -> list[Stated]:
    """Tools with a role that is a slot are facts too."""
    return [
        Stated(mention.role, mention.tool, mention.start, mention.end, assumed=mention.assumed)
        for mention in mentions
        if mention.role in TOOL_SLOTS
    ]


def from_purpose(mentions: Sequence[Mention], lexicon: Lexicon) -> list[Stated]:
    """The one task that all tools up for a choice are for, said by the first of their names; none when they share several."""
    chosen = [mention for mention in mentions if mention.role in _WEIGHED]
    purposes = [set(lexicon.knowledge.tools[mention.tool].tasks) for mention in chosen]
    shared = set.intersection(*purposes) if purposes else set()
    return [Stated("task", task, chosen[0].start, chosen[0].end) for task in shared] if len(shared) == 1 else []
