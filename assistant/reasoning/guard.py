"""The limits of durable_rules, checked before a ruleset is created: beyond them it hangs or corrupts memory.

The numbers were measured on durable_rules 2.0.28 and are explained in `docs/engine.md`. `room_left` tells an author
how near a program comes to them; the driver splits what exceeds them, so they are no limits of the rule language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from assistant.reasoning.model import Clause

MAX_RULES = 4_096  # the engine's own; 4,097 give a clean error
MAX_RULES_PER_SHARD = 3_500
MAX_TESTS_BELOW_A_NODE = 500  # 512 lose facts, 513 hang the process with the GIL held
MAX_CONDITIONS_SHARING_A_TEST = 250  # 256 fire unrelated rules or crash
MAX_PREMISES = 16  # 17 fail at run time


class Room(msgspec.Struct, frozen=True):
    """How much of a limit is used, and what is done beyond it."""

    limit: str
    used: int
    allowed: int
    beyond: str

    @property
    def left(self) -> int:
        return self.allowed - self.used


def room_left(clauses: Sequence[Clause]) -> tuple[Room, ...]:
    """The use that `clauses` make of every limit, before anything is split."""
    uses = Counter((atom, True) for clause in clauses for atom in clause.present)
    uses += Counter((atom, False) for clause in clauses for atom in clause.absent)
    premises = max((len(clause.present) + len(clause.absent) for clause in clauses), default=0)
    return (
        Room("clauses", len(clauses), MAX_RULES_PER_SHARD, "shared out over several rulesets"),
        Room("premises of one clause", premises, MAX_PREMISES, "joined by intermediate atoms"),
        Room("uses of one atom", max(uses.values(), default=0), MAX_CONDITIONS_SHARING_A_TEST, "the atom is replicated"),
        Room("atoms", len(uses), MAX_TESTS_BELOW_A_NODE**2, "refused"),
    )
