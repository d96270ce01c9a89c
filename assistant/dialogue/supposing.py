"""What a "what if ...?" changes: facts that are put, or taken away ("what if we dropped the deadline?")."""

from __future__ import annotations

import re

from assistant.dialogue.events import Drop, Put, State
from assistant.dialogue.updating import as_fact
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.model import Knowledge
from assistant.language.model import Act, Stated, Utterance


def supposed(act: Act, utterance: Utterance, state: State, turn: int, knowledge: Knowledge) -> list[Put | Drop]:
    """The changes of facts that the message supposes; empty when it names none."""
    stated = act.facts or utterance.facts
    given_up = _given_up(stated, utterance.text, state, knowledge)
    if given_up is not None:
        return list(given_up)
    changes: list[Put | Drop] = [Put(as_fact(fact, utterance.text, turn)) for fact in stated]
    held, said = {fact.slot for fact in state.facts}, {fact.slot for fact in stated}
    return changes + [Drop(slot) for slot in act.slots if slot in held and slot not in said]


def in_words(changes: list[Put | Drop], state: State, wording: Wording) -> str:
    """The changes as a clause that follows "if"."""
    told = []
    for change in changes:
        if isinstance(change, Put):
            told.append(wording.fact(change.fact))
            continue
        held = [f for f in state.facts if f.slot == change.slot and change.value in (None, f.key()[1])]
        told.append(
            f"it were not a given that {listed([wording.says(f.slot, f.value, negated=f.negated) for f in held])}"
        )
    return listed(told)


def _given_up(stated: tuple[Stated, ...], text: str, state: State, knowledge: Knowledge) -> list[Drop] | None:
    """The facts in force that the message names beside a word of giving up; None if it supposes anything else."""
    before, behind = (_first_of(kind, text, knowledge) for kind in ("given_up", "given_up_behind"))
    named_behind = before is not None and all(fact.start >= before.start() for fact in stated)
    named_before = behind is not None and all(fact.end <= behind.start() for fact in stated)
    if not stated or not (named_behind or named_before):
        return None
    named = {(fact.slot, fact.value) for fact in stated}
    held = [fact for fact in state.facts if (fact.slot, fact.value) in named]
    return [Drop(fact.slot, fact.key()[1], fact.negated) for fact in held]


def _first_of(kind: str, text: str, knowledge: Knowledge) -> re.Match[str] | None:
    """Where a word of giving up stands first."""
    phrases = knowledge.phrases.get("drafts")
    words: list[str] = phrases.get(kind, []) if isinstance(phrases, dict) else []
    return re.search(rf"\b(?:{'|'.join(map(re.escape, words))})\b", text, re.IGNORECASE) if words else None
