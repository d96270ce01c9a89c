"""What of a message cannot all hold: one of each fact is kept, what contradicts itself is taken out and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.knowledge.facts import Quantity
from assistant.language.lexicon import Lexicon
from assistant.language.model import Contradiction, Mention, Stated
from assistant.language.reading import Reading
from assistant.language.tokens import CLAUSE, singular

TOOL_SLOTS = frozenset({"existing_stack", "considering", "avoid", "migrating_from"})
_WORDS = re.compile(r"[^\W_]{2,20}")
_LAST = re.compile(r"[^\W\d_]{3,30}(?=\W{0,3}\Z)")
_NEARLY = 1.3  # amounts that differ by less than this are one amount, told twice
_BESIDE = 3  # words between a tool and words that insist on it
_SERVICE = 20  # characters behind a value that may name a service
_AROUND = 40  # characters around two amounts that may tell them apart


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
        if isinstance(fact.value, str) and fact.slot not in TOOL_SLOTS:
            by_slot.setdefault(fact.slot, []).append(fact)
    for one, other in _disagreeing(settled, lexicon, text):
        clashes.append(Contradiction(one, other))
        out |= {one, other}
    for said in by_slot.values():
        for number, one in enumerate(said):
            for other in said[number + 1 :]:
                if _clash(one, other, lexicon, text):
                    clashes.append(Contradiction(one, other))
                    out |= {one, other}
    return [fact for fact in settled if fact not in out], clashes


def torn(reading: Reading, mentions: Sequence[Mention]) -> list[Contradiction]:
    """The tools that one message both insists on and avoids ("I love Keras ... please avoid Keras"), with the words for either."""
    refused = {mention.tool: mention for mention in mentions if mention.role == "avoid"}
    wanted = [mention for mention in mentions if mention.role != "avoid" and mention.tool in refused]
    if not wanted:
        return []
    places = {token.start: index for index, token in enumerate(reading.tokens)}
    found: dict[str, Contradiction] = {}
    for mention in wanted:
        other = refused[mention.tool]
        insists = _words_before(reading, places[mention.start], "keen")
        if insists is not None and mention.tool not in found:
            refuses = _words_before(reading, places[other.start], "deny<")
            found[mention.tool] = Contradiction(
                Stated("considering", mention.tool, insists, mention.end),
                Stated("avoid", mention.tool, other.start if refuses is None else refuses, other.end),
            )
    return list(found.values())


def _words_before(reading: Reading, position: int, kind: str) -> int | None:
    """Where the nearest phrase of a kind begins, in the text, that stands shortly before a word in its sentence."""
    near = [hit for hit in reading.of(kind) if position - _BESIDE <= hit.last <= position]
    near = [hit for hit in near if all(token.gap < CLAUSE for token in reading.tokens[hit.last : position + 1])]
    return reading.tokens[max(near, key=lambda hit: (hit.last, -hit.first)).first].start if near else None


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
    pair_said = {name for fact in (one, other) for name in (str(fact.value), *_marks(fact, lexicon, text))}
    return any(set(pair) <= pair_said for pair in lexicon.conflicts.never.get(one.slot, ()))


def _marks(fact: Stated, lexicon: Lexicon, text: str) -> Iterator[str]:
    """Other names under which a fact clashes: "no GPU" (`cpu_only!`) excludes one where "on CPU" does not; "a cloud API" is `cloud+`."""
    rules = lexicon.conflicts
    words = text[fact.start : fact.end].lower().split()
    if any(word in rules.refusing for word in words):
        yield f"{fact.value}!"
    if any(service in text[fact.start : fact.end + _SERVICE].lower() for service in rules.services):
        yield f"{fact.value}+"


def _disagreeing(facts: Sequence[Stated], lexicon: Lexicon, text: str) -> list[tuple[Stated, Stated]]:
    """The pairs of amounts of which only one can hold, each amount in one pair at most."""
    found: list[tuple[Stated, Stated]] = []
    told: dict[tuple[str, str], Stated] = {}
    for fact in facts:
        kind = _kind(fact, lexicon, text) if isinstance(fact.value, Quantity) and not fact.negated else None
        if kind is None:
            continue
        before = told.get(kind)
        if before is None:
            told[kind] = fact
        elif _apart(before.value, fact.value) and not _distinguished(before, fact, lexicon, text):
            found.append((before, fact))
            del told[kind]
    return found


def _kind(fact: Stated, lexicon: Lexicon, text: str) -> tuple[str, str] | None:
    """What an amount is of: counts by what they count. None where a project may well have several."""
    if fact.slot not in lexicon.conflicts.amounts:
        return None
    last = _LAST.search(text, fact.start, fact.end)
    counted = fact.slot == "data_rows" and last is not None
    return fact.slot, singular(last[0].lower()) if counted and last else ""


def _apart(one: str | Quantity, other: str | Quantity) -> bool:
    """Whether two amounts leave no amount between them that both allow, nor nearly."""
    if isinstance(one, str) or isinstance(other, str):
        return False
    (low, high), (bottom, top) = one.interval(), other.interval()
    return high * _NEARLY < bottom or top * _NEARLY < low


def _distinguished(one: Stated, other: Stated, lexicon: Lexicon, text: str) -> bool:
    """Whether words near two amounts tell that they are of different things or times ("now", "next year", "for testing")."""
    start, end = min(one.start, other.start), max(one.end, other.end)
    words = _WORDS.findall(text[max(0, start - _AROUND) : end + _AROUND].lower())
    return not set(lexicon.conflicts.apart).isdisjoint(words)
