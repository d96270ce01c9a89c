"""What a "what if ...?" changes: facts that are put, or taken away ("what if we dropped the deadline?")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from assistant.dialogue.events import Drop, Put, State
from assistant.dialogue.updating import as_fact
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Knowledge
from assistant.language.model import Act, Utterance


def supposed(act: Act, utterance: Utterance, state: State, turn: int, knowledge: Knowledge) -> list[Put | Drop]:
    """The changes of facts that the message supposes; empty when it names none.

    What stands beside a word of giving up is taken away, the rest is put; what cannot hold beside it makes room.
    """
    stated = act.facts or utterance.facts
    stated += tuple(fact for fact in utterance.facts if fact not in stated and fact.value in act.tools)
    places = _given_up(utterance.text, knowledge)
    gone = [fact for fact in stated if any(first <= fact.start < last for first, last in places)]
    put = [as_fact(fact, utterance.text, turn) for fact in stated if fact not in gone]
    named = {(fact.slot, fact.value) for fact in gone}
    drops = [Drop(f.slot, f.key()[1], f.negated) for f in state.facts if (f.slot, f.value) in named]
    held, said = {fact.slot for fact in state.facts}, {fact.slot for fact in stated}
    drops += [Drop(slot) for slot in act.slots if slot in held and slot not in said]
    drops += [drop for drop in _room(put, state, knowledge) if drop not in drops]
    return [*drops, *map(Put, put)]


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
    phrases = knowledge.phrases.get("drafts")
    words: dict[str, list[str]] = phrases if isinstance(phrases, dict) else {}
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
