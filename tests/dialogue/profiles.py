"""Random projects over the shipped vocabulary, for properties that must hold whatever people say."""

from __future__ import annotations

import random

from assistant.knowledge.facts import Fact, Quantity, Words
from assistant.knowledge.model import Knowledge

_TOOL_SLOTS = ("existing_stack", "considering", "avoid", "migrating_from")


def random_facts(knowledge: Knowledge, rng: random.Random) -> tuple[Fact, ...]:
    """A project as a person might describe it: a task, and a few facts in random slots."""
    facts: dict[tuple[str, str, bool], Fact] = {}
    slots = [slot for slot in knowledge.slots.values() if slot.kind != "text"]
    chosen = ["task", "modality", *(rng.choice(slots).id for _ in range(rng.randrange(1, 9)))]
    for number, slot_id in enumerate(dict.fromkeys(chosen)):
        slot = knowledge.slots[slot_id]
        words = Words(0, number, number + 1, f"w{number}")
        if slot.kind == "quantity":
            value: str | Quantity = Quantity(10 ** rng.uniform(-2, 12), rng.choice(["=", "<=", ">="]))
        elif slot_id in _TOOL_SLOTS:
            value = rng.choice(sorted(knowledge.tools))
        else:
            value = rng.choice(slot.values).id
        negated = slot.kind == "set" and slot_id != "task" and rng.random() < 0.15
        strength = "soft" if rng.random() < 0.2 else "hard"
        fact = Fact(slot_id, value, negated=negated, strength=strength, words=words)
        facts[fact.key()] = fact
    return tuple(facts.values())
