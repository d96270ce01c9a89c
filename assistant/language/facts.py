"""Turn what was found in a message into facts about the project."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.facts import Quantity, Strength
from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.model import Contradiction, Mention, Stated
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.scopes import clause, refused
from assistant.language.tokens import SENTENCE

_WEIGHED = ("considering", "answer_candidate")
_TOOL_SLOTS = frozenset({"existing_stack", "considering", "avoid", "migrating_from"})


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
        if mention.role in _TOOL_SLOTS
    ]


def from_purpose(mentions: Sequence[Mention], lexicon: Lexicon) -> list[Stated]:
    """The one task that all tools up for a choice are for, said by the first of their names; none when they share several."""
    chosen = [mention for mention in mentions if mention.role in _WEIGHED]
    purposes = [set(lexicon.knowledge.tools[mention.tool].tasks) for mention in chosen]
    shared = set.intersection(*purposes) if purposes else set()
    return [Stated("task", task, chosen[0].start, chosen[0].end) for task in shared] if len(shared) == 1 else []


def settle(facts: Sequence[Stated], lexicon: Lexicon, text: str) -> tuple[list[Stated], list[Contradiction]]:
    """One of each fact, in order; what contradicts itself is taken out and told."""
    kept: dict[tuple[object, ...], Stated] = {}
    for fact in sorted(facts, key=lambda f: (f.start, f.end, f.slot, str(f.value))):
        key = (fact.slot, _plain(fact.value), fact.negated)
        kept.setdefault(key, fact)
    settled = _most_specific(list(kept.values()), lexicon)
    clashes: list[Contradiction] = []
    out: set[Stated] = set()
    by_slot: dict[str, list[Stated]] = {}
    for fact in settled:
        if isinstance(fact.value, str) and fact.slot not in _TOOL_SLOTS:
            by_slot.setdefault(fact.slot, []).append(fact)
    for said in by_slot.values():
        for number, one in enumerate(said):
            for other in said[number + 1 :]:
                if _clash(one, other, lexicon, text):
                    clashes.append(Contradiction(one, other))
                    out |= {one, other}
    return [fact for fact in settled if fact not in out], clashes


def _plain(value: str | Quantity) -> object:
    return value if isinstance(value, str) else (value.op, value.value, value.high)


def _most_specific(facts: list[Stated], lexicon: Lexicon) -> list[Stated]:
    """Of several values of a single-valued slot the one that says most ("a research prototype for production")."""
    dropped: set[int] = set()
    for slot, order in lexicon.conflicts.prefer.items():
        said = [i for i, f in enumerate(facts) if f.slot == slot and not f.negated and f.value in order]
        if len({facts[i].value for i in said}) > 1:
            best = min(order.index(str(facts[i].value)) for i in said)
            dropped |= {i for i in said if facts[i].value != order[best]}
    return [fact for i, fact in enumerate(facts) if i not in dropped]


def _clash(one: Stated, other: Stated, lexicon: Lexicon, text: str) -> bool:
    """Whether two facts of one slot cannot both hold."""
    if one.value == other.value:
        return one.negated != other.negated
    if one.negated or other.negated:
        return False
    pair_said = {_excluded(one, lexicon, text), _excluded(other, lexicon, text)} | {str(one.value), str(other.value)}
    return any(set(pair) <= pair_said for pair in lexicon.conflicts.never.get(one.slot, ()))


def _excluded(fact: Stated, lexicon: Lexicon, text: str) -> str:
    """The value under which a fact clashes: "no GPU" excludes one, "on CPU" does not."""
    words = text[fact.start : fact.end].lower().split()
    return f"{fact.value}!" if any(word in lexicon.conflicts.refusing for word in words) else str(fact.value)
