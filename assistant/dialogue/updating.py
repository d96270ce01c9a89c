"""From an utterance to events: what comes into force, what leaves, and how to tell the person."""

from __future__ import annotations

from typing import Literal

import msgspec

from assistant.dialogue.blocks import Understood, UnderstoodItem
from assistant.dialogue.events import Drop, Put, Redo, Reset, Skipped, State, Step, Undo
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.wording import Wording
from assistant.knowledge.facts import Fact, Words
from assistant.knowledge.model import Slot
from assistant.language.model import AGAIN, Act, Stated, Utterance
from assistant.reasoning.changes import DEFINING

ChangeKind = Literal["new", "changed", "confirmed", "removed", "assumed"]
FactEvent = Put | Drop | Step | Undo | Redo | Reset | Skipped

_TOOL_SLOTS = ("existing_stack", "considering", "avoid", "migrating_from")

_ONLY_ASKS = frozenset(
    (
        "capability", "licence", "status", "about", "why", "why_not", "how_sure", "what_would_change", "why_ask", "sources",
        "caveats", "show_facts", "plan", "export", "help", "greet", "thanks", "goodbye", "out_of_scope",
    )
)  # fmt: skip
"""Acts that only ask: what such a message names is not stated about the project, unless another act states it."""

_ONLY_WEIGHS = _ONLY_ASKS | {"compare", "alternatives", "migrate", "what_about"}
"""Acts that ask about tools without saying that the project considers them."""

_GIVES_WAY = {"avoid": ("considering",), "migrating_from": ("considering",), "existing_stack": ("migrating_from",)}
"""A tool that is avoided is no longer considered."""


def as_fact(stated: Stated, text: str, turn: int) -> Fact:
    """The fact that words of message number `turn` state."""
    return Fact(
        slot=stated.slot,
        value=stated.value,
        negated=stated.negated,
        strength=stated.strength,
        origin="assumed" if stated.assumed else "stated",
        words=Words(turn, stated.start, stated.end, text[stated.start : stated.end]),
    )


_DOUBTED = frozenset(("out_of_scope", "not_understood", "what_if"))
"""Acts that a message is not taken for on a mere likeness when it states facts."""


def taken_for_a_project(utterance: Utterance) -> Utterance:
    """The utterance as a description of a project, where it states several facts and only resembles another act."""
    facts = [fact for fact in utterance.facts if fact.slot not in _TOOL_SLOTS]
    doubtful = all(act.act in _DOUBTED and act.confidence < 1 and not act.argument for act in utterance.acts)
    if utterance.acts and doubtful and len(facts) > (0 if utterance.has("what_if") else 1):
        acts = (Act("inform", confidence=0.5), Act("recommend", confidence=0.5))
        return msgspec.structs.replace(utterance, acts=acts, readings=())
    return utterance


def states_facts(utterance: Utterance) -> bool:
    """Whether the facts of the message are meant to hold, rather than to be asked about."""
    acts = {act.act for act in utterance.acts}
    asks_of_unknown = bool(utterance.unknown) and utterance.text.rstrip().endswith("?") and acts <= {"answer"}
    asks = acts <= _ONLY_ASKS or ("capability" in acts and acts <= _ONLY_ASKS | {"what_about"})
    return "what_if" not in acts and not (acts and asks) and not asks_of_unknown


def stated_facts(utterance: Utterance, before: State) -> tuple[Stated, ...]:
    """The facts of the message that are meant to hold.

    "X or Y?" opens a conversation by saying what is considered; later on it only asks.
    """
    if not states_facts(utterance):
        return ()
    acts = {act.act for act in utterance.acts}
    if any(act.argument == AGAIN for act in utterance.acts):  # "and X?" asks the same of X
        return tuple(fact for fact in utterance.facts if fact.slot not in _TOOL_SLOTS)
    opens = not before.facts and "compare" in acts
    if acts and acts <= _ONLY_WEIGHS and not opens:
        asked = {"considering"} if "migrate" in acts else {"considering", "migrating_from"}
        names = {(mention.start, mention.end) for mention in utterance.mentions}
        return tuple(
            fact
            for fact in utterance.facts
            if fact.slot not in asked and (fact.slot in _TOOL_SLOTS or (fact.start, fact.end) not in names)
        )
    return utterance.facts


def fact_events(utterance: Utterance, state: State, turn: int, slots: dict[str, Slot]) -> list[FactEvent]:
    """What the utterance does to the facts in force; empty when nothing changes."""
    events: list[FactEvent] = []
    for act in utterance.acts:
        if act.act == "undo" and state.past:
            return [Undo()]
        if act.act == "redo" and state.future:
            return [Redo()]
        if act.act == "reset":
            return [Step(), Reset()] if state.facts else []
        if act.act in ("dont_know", "skip") and state.question:
            events.append(Skipped(state.question))
        if act.act == "retract":
            events += _retractions(act, state)
    holding = stated_facts(utterance, state)
    if holding:
        retracted = {(f.slot, f.start) for act in utterance.acts if act.act == "retract" for f in act.facts}
        corrected = {f.slot for act in utterance.acts if act.act == "correct" for f in act.facts if f.slot in slots}
        facts = [f for f in holding if (f.slot, f.start) not in retracted and f.slot in slots]
        for slot in sorted(corrected):
            events += _corrections([f for f in facts if f.slot == slot and not f.negated], slots[slot], state)
        events += _puts([as_fact(f, utterance.text, turn) for f in facts], state)
    changes = [event for event in events if not isinstance(event, Skipped)]
    return [Step(), *events] if changes else events


def _corrections(facts: list[Stated], slot: Slot, state: State) -> list[FactEvent]:
    """What a correction of a set takes away: the values that it does not repeat, if it says anything new at all."""
    held = [fact for fact in state.facts if fact.slot == slot.id and not fact.negated]
    said = {fact.value for fact in facts}
    if slot.kind != "set" or not said - {fact.value for fact in held}:
        return []
    return [Drop(slot.id, fact.key()[1]) for fact in held if fact.value not in said]


def _retractions(act: Act, state: State) -> list[FactEvent]:
    """The facts that the act names by value or slot, and all that is said of a tool it names."""
    held = {fact.slot for fact in state.facts}
    events: list[FactEvent] = []
    for stated in act.facts:
        for fact in state.facts:
            if fact.slot == stated.slot and (fact.value == stated.value or not isinstance(fact.value, str)):
                events += [Drop(same.slot, same.key()[1], same.negated) for same in _said_together(fact, state)]
    events = list(dict.fromkeys(events))
    for slot in act.slots:
        if slot in held and not any(stated.slot == slot for stated in act.facts):
            events.append(Drop(slot))
    about = [fact for fact in state.facts if fact.slot in _TOOL_SLOTS and fact.value in act.tools]
    events += [drop for fact in about if (drop := Drop(fact.slot, fact.key()[1], fact.negated)) not in events]
    return events


def _said_together(fact: Fact, state: State) -> list[Fact]:
    """A fact and those that the very same words said ("CUDA only"), but for what the project is about."""
    with_it = [f for f in state.facts if f.words is not None and f.words == fact.words and f.slot not in DEFINING]
    return [fact, *(other for other in with_it if other != fact and fact.slot not in DEFINING)]


def _puts(facts: list[Fact], state: State) -> list[FactEvent]:
    """Facts that are new or different; what is already in force as such is only confirmed."""
    held = {fact.key(): fact for fact in state.facts}
    events: list[FactEvent] = []
    for fact in facts:
        old = held.get(fact.key())
        if old is not None and old.strength == fact.strength:
            continue
        for slot in _GIVES_WAY.get(fact.slot, ()) if not fact.negated else ():
            if isinstance(fact.value, str) and (slot, fact.value, False) in held:
                events.append(Drop(slot, fact.value))
        events.append(Put(fact))
    return events


def understood(before: State, after: State, utterance: Utterance, turn: int, wording: Wording) -> Understood | None:
    """What the message changed or confirmed, with the words that said it."""
    old = {fact.key(): fact for fact in before.facts}
    now = {fact.key() for fact in after.facts}
    left = {fact.slot for fact in before.facts if fact.key() not in now}
    items: list[UnderstoodItem] = []
    replaced = set[str]()
    for fact in after.facts:
        told = fact.words is not None and fact.words.turn == turn
        if told or (fact.words is None and fact.key() not in old):
            singular = fact.slot in left
            change: ChangeKind = "assumed" if fact.origin == "assumed" else "changed" if singular else "new"
            items.append(_item(fact, change, wording))
            replaced.add(fact.slot)
        elif fact.key() not in old:
            items.append(_item(fact, "new", wording))
    for fact in before.facts:
        if fact.key() not in now and fact.slot not in replaced:
            items.append(_item(fact, "removed", wording, quote=False))
    for stated in stated_facts(utterance, before):
        fact = as_fact(stated, utterance.text, turn)
        if fact.key() in old and fact.key() in now and not any(i.ref == fact_ref(fact) for i in items):
            items.append(_item(fact, "confirmed", wording))
    return Understood(items=tuple(items)) if items else None


def _item(fact: Fact, change: ChangeKind, wording: Wording, *, quote: bool = True) -> UnderstoodItem:
    words = fact.words if quote else None
    return UnderstoodItem(
        says=wording.fact(fact),
        words=words.text if words else "",
        start=words.start if words else 0,
        end=words.end if words else 0,
        change=change,
        slot=fact.slot,
        ref=fact_ref(fact),
    )
