"""What a conversation remembers, as far as the knowledge still knows it: records may go between two turns or two days."""

from __future__ import annotations

from msgspec.structs import replace

from assistant.dialogue.events import Drop, Focus, Put, State
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Knowledge


def surviving(state: State, knowledge: Knowledge) -> State:
    """`state` without facts, tools and questions that `knowledge` does not have; usually `state` itself."""

    def alive(fact: Fact) -> bool:
        slot = knowledge.slots.get(fact.slot)
        if slot is None or isinstance(fact.value, Quantity) != (slot.kind == "quantity"):
            return False
        if slot.kind == "tools" and fact.value in knowledge.tools:
            return True
        return slot.kind in ("quantity", "text") or any(value.id == fact.value for value in slot.values)

    def kept(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(fact for fact in facts if alive(fact))

    def tools(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(id for id in ids if id in knowledge.tools)

    def holds(change: Put | Drop) -> bool:
        return alive(change.fact) if isinstance(change, Put) else change.slot in knowledge.slots

    asked = {question.slot for question in knowledge.questions}
    focus, draft = state.focus, state.draft
    left = replace(
        state,
        facts=kept(state.facts),
        past=tuple(map(kept, state.past)),
        future=tuple(map(kept, state.future)),
        question=state.question if state.question in asked else None,
        focus=replace(focus, tools=tools(focus.tools), listed=tools(focus.listed)),
        draft=replace(draft, changes=tuple(change for change in draft.changes if holds(change))),
    )
    if left == state:
        return state
    # What was explained, asked or proposed last may speak of what is gone, so nothing refers to it any more.
    return replace(left, focus=Focus(left.focus.tools, left.focus.listed))
