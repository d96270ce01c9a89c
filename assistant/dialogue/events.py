"""What happens to a conversation, as a log; and its state, a fold over that log.

Undo, redo, resuming and replay re-fold the same events, so there is one place that says what an event does.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Slot


class Put(msgspec.Struct, frozen=True, tag="put"):
    """A fact comes into force; what it contradicts in its slot goes."""

    fact: Fact


class Drop(msgspec.Struct, frozen=True, tag="drop"):
    """Facts leave: one (`value`, `negated` given) or all of a slot."""

    slot: str
    value: str | None = None
    negated: bool = False


class Step(msgspec.Struct, frozen=True, tag="step"):
    """A point that undo returns to: everything before it in this turn's log is one step."""


class Undo(msgspec.Struct, frozen=True, tag="undo"):
    """Back to before the last step."""


class Redo(msgspec.Struct, frozen=True, tag="redo"):
    """Forward again."""


class Reset(msgspec.Struct, frozen=True, tag="reset"):
    """All facts leave (undo brings them back)."""


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """The question that is now open (None: no question)."""

    slot: str | None


class Skipped(msgspec.Struct, frozen=True, tag="skipped"):
    """The person does not know or does not want to say: do not ask again."""

    slot: str


class Focus(msgspec.Struct, frozen=True, tag="focus"):
    """What later words may refer to."""

    tools: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    act: str | None = None
    refs: tuple[str, ...] = ()  # claims just explained, for "why that?"
    readings: tuple[str, ...] = ()  # what choosing a numbered proposal says
    wanted: tuple[tuple[str, str], ...] = ()  # what was last asked of a tool, for "and X?"
    age: int = 0  # turns since tools were named or shown


class Draft(msgspec.Struct, frozen=True, tag="draft"):
    """A what-if under discussion: these changes, not in force. Empty: kept or discarded."""

    changes: tuple[Put | Drop, ...]
    words: str = ""


Event = Put | Drop | Step | Undo | Redo | Reset | Asked | Skipped | Focus | Draft


class State(msgspec.Struct, frozen=True):
    """Everything that a conversation remembers between turns."""

    facts: tuple[Fact, ...] = ()
    past: tuple[tuple[Fact, ...], ...] = ()
    future: tuple[tuple[Fact, ...], ...] = ()
    question: str | None = None
    skipped: tuple[str, ...] = ()
    focus: Focus = Focus()
    draft: Draft = Draft(())


def fold(state: State, events: Iterable[Event], slots: dict[str, Slot]) -> State:
    """The state after `events`. Unknown slots (from newer knowledge) are treated as sets."""
    for event in events:
        state = _apply(state, event, slots)
    return state


def with_changes(facts: tuple[Fact, ...], changes: Iterable[Put | Drop], slots: dict[str, Slot]) -> tuple[Fact, ...]:
    """`facts` after the changes: what a draft would make of them."""
    for change in changes:
        facts = _put(facts, change.fact, slots) if isinstance(change, Put) else _drop(facts, change)
    return facts


def _apply(state: State, event: Event, slots: dict[str, Slot]) -> State:
    replace = msgspec.structs.replace
    match event:
        case Put() | Drop():
            return replace(state, facts=with_changes(state.facts, (event,), slots))
        case Step():
            return replace(state, past=(*state.past, state.facts), future=())
        case Undo():
            if not state.past:
                return state
            return replace(state, facts=state.past[-1], past=state.past[:-1], future=(*state.future, state.facts))
        case Redo():
            if not state.future:
                return state
            return replace(state, facts=state.future[-1], future=state.future[:-1], past=(*state.past, state.facts))
        case Reset():
            return replace(state, facts=(), question=None, skipped=(), draft=Draft(()))
        case Asked():
            return replace(state, question=event.slot)
        case Skipped():
            return replace(state, skipped=(*state.skipped, event.slot), question=None)
        case Focus():
            return replace(state, focus=event)
        case Draft():
            return replace(state, draft=event)


def _drop(facts: tuple[Fact, ...], drop: Drop) -> tuple[Fact, ...]:
    if drop.value is None:
        return tuple(f for f in facts if f.slot != drop.slot)
    gone = (drop.slot, drop.value, drop.negated)
    return tuple(f for f in facts if f.key() != gone)


def _put(facts: tuple[Fact, ...], fact: Fact, slots: dict[str, Slot]) -> tuple[Fact, ...]:
    """Later beats earlier: a single value replaces, a set adds, a value and its negation exclude each other."""
    slot = slots.get(fact.slot)
    kind = slot.kind if slot else "set"
    key, opposite = fact.key(), (fact.key()[0], fact.key()[1], not fact.negated)
    kept = tuple(f for f in facts if f.key() not in (key, opposite))
    if kind in ("single", "quantity") and not fact.negated:
        kept = tuple(f for f in kept if f.slot != fact.slot or f.negated)
    return (*kept, fact)
