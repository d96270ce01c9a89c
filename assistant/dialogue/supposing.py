"""What a "what if ...?" changes: facts that are put, or taken away ("what if we dropped the deadline?")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import msgspec

from assistant.dialogue.events import Drop, Put, State
from assistant.dialogue.updating import as_fact
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Knowledge
from assistant.language.model import Act, Stated, Utterance


def supposed(act: Act, utterance: Utterance, state: State, turn: int, knowledge: Knowledge) -> list[Put | Drop]:
    """The changes of facts that the message supposes; empty when it names none.

    What stands beside a word of giving up is taken away, the rest is put; what cannot hold beside it makes room.
    """
    stated = act.facts or utterance.facts
    stated += tuple(fact for fact in utterance.facts if fact not in stated and fact.value in act.tools)
    stated = tuple(_denied(fact, utterance.text, knowledge) for fact in stated)
    places = _given_up(utterance.text, knowledge)
    behind = _replaced_from(utterance.text, knowledge)
    gone = [fact for fact in stated if any(first <= fact.start < last for first, last in places)]
    gone += [
        fact
        for fact in stated
        if fact.start >= behind and fact not in gone and fact.slot not in (*_TOOL_SLOTS, "avoid", "migrating_from")
    ]
    put = [as_fact(fact, utterance.text, turn) for fact in stated if fact not in gone]
    named = {(fact.slot, fact.value) for fact in gone}
    drops = [Drop(f.slot, f.key()[1], f.negated) for f in state.facts if (f.slot, f.value) in named]
    held, said = {fact.slot for fact in state.facts}, {fact.slot for fact in stated}
    drops += [Drop(slot) for slot in act.slots if slot in held and slot not in said]
    drops += _freed(utterance.text, state, knowledge)
    drops += [drop for drop in _room(put, state, knowledge) if drop not in drops]
    drops += [
        Drop(f.slot, f.key()[1]) for f in state.facts if _gives_way(f, put, replaced=behind < len(utterance.text))
    ]
    return [*dict.fromkeys(drops), *map(Put, put)]


def left_out(act: Act, utterance: Utterance, knowledge: Knowledge) -> list[str]:
    """The parts of a what-if of which nothing was made, in the person's words."""
    text, words = utterance.text, _words(knowledge)
    if act.slots:
        return []
    stated = [(fact.start, fact.end) for fact in (*act.facts, *utterance.facts)]
    stated += [(name.start, name.end) for name in utterance.mentions]
    stated += [(name.start, name.end) for name in utterance.unknown]
    stated += _given_up(text, knowledge)
    stated += [match.span() for entry in words.get("freeing", []) for match in _any_of(entry["words"]).finditer(text)]
    stated += [(at, at + len(said)) for said in utterance.not_understood if (at := text.find(said)) >= 0]  # told anyway
    following = _any_of(words.get("following", []))
    untold = [
        text[a:b].strip(_EDGES) for a, b in _parts(text) if not any(a < end and start < b for start, end in stated)
    ]
    return [part for part in untold if len(part) > _LITTLE and not following.match(part) and part.lower() != "what if"]


def unused(utterance: Utterance, knowledge: Knowledge) -> tuple[str, ...]:
    """What language made no use of, without the words around those by which the message gives up wishes."""
    text, words = utterance.text, [word for e in _words(knowledge).get("freeing", []) for word in e["words"]]
    freeing = [text[a:b] for a, b in _parts(text) if _any_of(words).search(text, a, b)]
    return tuple(piece for piece in utterance.not_understood if not any(piece in part for part in freeing))


def _parts(text: str) -> list[tuple[int, int]]:
    """Where the parts of a what-if begin and end."""
    cuts = [0, *(place for match in _PARTS.finditer(text) for place in match.span()), len(text)]
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if text[a:b].strip(_EDGES)]


_PARTS = re.compile(r"[,;?!]\s|\.\s|,? (?:and|but)(?: also| if| that)? ", re.IGNORECASE)
_EDGES = " \t\n,;.?!"
_LITTLE = 5  # letters; so short a part says nothing
_TOOL_SLOTS = ("considering", "existing_stack", "must_have")


def _words(knowledge: Knowledge) -> dict[str, Any]:
    """The words of what-ifs: `phrases/drafts.yaml`."""
    phrases = knowledge.phrases.get("drafts")
    return phrases if isinstance(phrases, dict) else {}


def _denied(fact: Stated, text: str, knowledge: Knowledge) -> Stated:
    """The fact; that a tool is avoided, where the words before its name say that it is not there ("no pandas")."""
    lacking = _words(knowledge).get("lacking", [])
    before = text[: fact.start].rstrip().lower()
    if fact.slot not in _TOOL_SLOTS or fact.negated or not any(re.search(rf"\b{word}$", before) for word in lacking):
        return fact
    return msgspec.structs.replace(fact, slot="avoid")


def _replaced_from(text: str, knowledge: Knowledge) -> int:
    """Where the words begin for what something else is put in the place of; the end of the text if there are none."""
    found = _any_of(_words(knowledge).get("replacing", [])).search(text)
    return found.end() if found else len(text)


def frees(text: str, knowledge: Knowledge) -> bool:
    """Whether the message gives up wishes that it does not name."""
    return any(_any_of(entry["words"]).search(text) for entry in _words(knowledge).get("freeing", []))


def _freed(text: str, state: State, knowledge: Knowledge) -> Iterator[Drop]:
    """The wishes that the message gives up in words that name none of them ("the data could leave the house")."""
    for entry in _words(knowledge).get("freeing", []):
        if _any_of(entry["words"]).search(text):
            wishes = {(slot, value) for slot, value in entry["gives_up"]}
            yield from (Drop(f.slot, f.key()[1]) for f in state.facts if f.key()[:2] in wishes and not f.negated)


def _gives_way(held: Fact, put: Iterable[Fact], *, replaced: bool) -> bool:
    """Whether a fact in force makes room: for a tool that is avoided, or another value that is put "instead of" it."""
    for new in put:
        if new.slot == "avoid" and held.value == new.value and held.slot in _TOOL_SLOTS:
            return True
        other = held.slot == new.slot and held.value != new.value and not held.negated and not new.negated
        if replaced and other and held.slot not in _TOOL_SLOTS:
            return True
    return False


def in_words(changes: list[Put | Drop], state: State, wording: Wording) -> str:
    """The changes as a clause that follows "if"."""
    told = []
    put = {change.fact.slot for change in changes if isinstance(change, Put)}
    for change in sorted(changes, key=lambda change: isinstance(change, Drop)):
        if isinstance(change, Put):
            made_room = [c for c in changes if isinstance(c, Drop) and c.slot == change.fact.slot and c.value]
            instead = listed([wording.value(c.slot, c.value or "") for c in made_room])
            told.append(wording.fact(change.fact) + (f" instead of {instead}" if instead else ""))
        elif change.slot not in put or change.value is None:
            held = [f for f in state.facts if f.slot == change.slot and change.value in (None, f.key()[1])]
            said = listed([wording.says(f.slot, f.value, negated=f.negated) for f in held])
            told.append(f"it were not a given that {said}")
    return listed(told)


def _room(put: Iterable[Fact], state: State, knowledge: Knowledge) -> Iterator[Drop]:
    """The facts in force that cannot hold beside what is put: "no GPU", where there is to be one."""
    phrases = knowledge.phrases.get("conflicts")
    form = phrases if isinstance(phrases, dict) else {}
    never: dict[str, list[list[str]]] = form.get("never", {})
    refusing = _any_of(form.get("refusing", []))

    def says(fact: Fact, value: str) -> bool:
        """Whether a fact says a value; one with `!` only in refusing words."""
        if fact.negated or fact.value != value.rstrip("!"):
            return False
        return not value.endswith("!") or (fact.words is not None and refusing.search(fact.words.text) is not None)

    for new in put:
        for one, other in (pair for pair in never.get(new.slot, []) if len(pair) == 2):
            for mine, theirs in ((one, other), (other, one)):
                if says(new, mine):
                    yield from (Drop(f.slot, f.key()[1]) for f in state.facts if f.slot == new.slot and says(f, theirs))


# -- what is given up ------------------------------------------------------------------------------------

_JOINT = re.compile(r"[,;]| but | and ", re.IGNORECASE)


def _given_up(text: str, knowledge: Knowledge) -> list[tuple[int, int]]:
    """Where the message names what it takes away: behind "dropped", before "did not matter", clause by clause."""
    words: dict[str, list[str]] = _words(knowledge)
    clausal = _any_of(words.get("clausal", []))
    cuts = [0, *(match.start() for match in _JOINT.finditer(text)), len(text)]
    pieces = list(pairwise(cuts))
    found: list[tuple[int, int]] = []
    for match in _any_of(words.get("given_up", [])).finditer(text):
        last = next((a for a, b in pieces if a > match.start() and clausal.search(text, a, b)), len(text))
        found.append((match.start(), last))
    for match in _any_of(words.get("given_up_behind", [])).finditer(text):
        before = [(a, b) for a, b in pieces if a < match.start()]
        first = before.pop()[0]
        while before and not clausal.search(text, *before[-1]):
            first = before.pop()[0]
        found.append((first, match.end()))
    return found


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words; nothing where there are none."""
    return re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words) or "$^", re.IGNORECASE)
