"""Names for projects that might be: changes of facts written as a claim that can be asked about, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from assistant.dialogue.events import Drop, Put
from assistant.knowledge.facts import Fact, Quantity
from assistant.reasoning.changes import Edit

KIND = "if"
_QUANTITY = re.compile(r"(=|<=?|>=?|in)(\d[\d.e+-]*?)\.\.(None|\d[\d.e+-]*)")
_CHANGE = re.compile(r"(-?)(!?)([a-z_]+):(\S+)")
_SAFE = "<>=.+"  # of what a value holds; the rest is quoted, as in a link


def hypothesis(edits: Iterable[Edit]) -> str:
    """The claim that these changes would do what is told of them: `if/hardware:tpu;-deployment:offline`."""
    told = []
    for edit in edits:
        fact = edit.add or edit.remove
        assert fact is not None
        slot, value, negated = fact.key()
        if isinstance(fact.value, Quantity):  # to the last digit, for a class of amounts ends just before a bound
            value = f"{fact.value.op}{fact.value.value!r}..{fact.value.high!r}"
        told.append(f"{'' if edit.add else '-'}{'!' if negated else ''}{slot}:{quote(value, safe=_SAFE)}")
    return f"{KIND}/{';'.join(told)}"


def changes_of(ref: str) -> list[Put | Drop]:
    """The changes that such a claim names; empty where it is none."""
    kind, _, rest = ref.partition("/")
    found = [_CHANGE.fullmatch(part) for part in rest.split(";")] if kind == KIND else []
    changes: list[Put | Drop] = []
    for match in found:
        if match is None:
            return []
        gone, negated, slot, value = match.groups()
        value = unquote(value)
        if gone:
            changes.append(Drop(slot, value, bool(negated)))
        else:
            changes.append(Put(Fact(slot, _value(value), negated=bool(negated))))
    return changes


def _value(text: str) -> str | Quantity:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return text
    op, low, high = match.groups()
    return Quantity(float(low), op, None if high == "None" else float(high))  # type: ignore[arg-type]  # the pattern lists them
