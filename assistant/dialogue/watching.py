"""Knowledge that is being edited while conversations go on: noticed, built beside, and swapped in if it is sound."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path

import msgspec

from assistant.dialogue.advisor import Advisor
from assistant.knowledge.loading import fingerprint
from assistant.knowledge.model import Knowledge

_NAMED = 4  # records of a kind that `differences` names


class Watched:
    """The advisor over folders that are watched. `advisor` is the one that holds now.

    The folders are looked at again and again instead of asking the system to tell: a look takes milliseconds, works on
    network drives and in containers too, and happens exactly when it is called for.
    """

    def __init__(self, dirs: tuple[Path, ...]) -> None:
        """Loads the shipped knowledge with `dirs`, without those that cannot be used. Raises as `Advisor.load`."""
        self._dirs = dirs
        self._taken = self._seen = fingerprint(dirs)  # before loading: what is edited meanwhile is taken in later
        self.advisor = Advisor.load(knowledge_dirs=dirs)

    def changed(self) -> bool:
        """Whether files are other than those last taken, and the same as at the look before: editors save in steps."""
        now = fingerprint(self._dirs)
        rested, self._seen = now == self._seen, now
        if not rested or now == self._taken:
            return False
        self._taken = now
        return True

    def build(self) -> Advisor:
        """An advisor over the files as they are now, beside the one that holds. Raises what makes them unusable."""
        return Advisor.build(self._dirs)

    def swap(self, fresh: Advisor) -> str:
        """Let `fresh` hold, free the one before, and say what is different. No turn may be under way."""
        before, self.advisor = self.advisor, fresh
        told = differences(before.knowledge, fresh.knowledge)
        before.close()
        del before
        gc.unfreeze()  # what was loaded is kept from the collector, so also what it left behind
        gc.collect()
        gc.freeze()
        return told


def differences(before: Knowledge, after: Knowledge) -> str:
    """The records that are new, gone or changed, in a sentence."""
    told = []
    for kind in ("tools", "rules", "caveats", "steps", "questions", "slots", "roles", "sources"):
        old, new = _records(before, kind), _records(after, kind)
        for what, ids in (
            ("new", [id for id in new if id not in old]),
            ("gone", [id for id in old if id not in new]),
            ("changed", [id for id in new if id in old and old[id] != new[id]]),
        ):
            if ids:
                more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
                told.append(f"{kind} {what}: {', '.join(ids[:_NAMED])}{more}")
    if before.phrases != after.phrases or before.acts != after.acts:
        told.append("phrases changed")
    return "; ".join(told) or "nothing that matters has changed"


def _records(knowledge: Knowledge, kind: str) -> Mapping[str, object]:
    """The records of a kind by id, without the line they stand in, which moves with every edit above it."""
    held = getattr(knowledge, kind)
    records = held.values() if isinstance(held, Mapping) else held
    return {
        record.slot if kind == "questions" else record.id: (
            msgspec.structs.replace(record, line=0) if kind == "rules" else record
        )
        for record in records
    }
