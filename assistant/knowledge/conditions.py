"""The condition language: a `when` mapping into a condition tree, and amounts with units into numbers."""

from __future__ import annotations

import re
from typing import Any as Anything
from typing import Literal

from assistant.knowledge.model import (
    All,
    Any,
    Compare,
    Condition,
    Is,
    Known,
    Must,
    Nothing,
    Refused,
    Slot,
    Unknown,
)

_UNITS: dict[str, dict[str, float]] = {
    "rows": {},
    "parameters": {},
    "requests/s": {"/s": 1},
    "people": {},
    "bytes": {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15, "b": 1},
    "seconds": {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600},
    "days": {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365, "years": 365},
}
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_AMOUNT = re.compile(r"^([0-9]+(?:\.[0-9]+)?(?:e[0-9]+)?)\s*([a-z/]*)$")
_BOUND = re.compile(r"^(<=|>=|<|>|=)\s*(.+)$")

PSEUDO_SLOTS = ("chosen", "in_play")
"""Slots that only advice may ask about: what was chosen, what is chosen or named."""


class ConditionError(ValueError):
    """`path` leads from the `when` to what is wrong."""

    def __init__(self, message: str, expected: str = "", path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.expected = expected
        self.path = path


def amount(text: str, unit: str) -> float:
    """The number in base units that `text` says for a slot of that unit ("100 ms" -> 0.1). Raises ConditionError."""
    match = _AMOUNT.match(text.strip().lower().replace(",", "").replace("_", ""))
    if not match:
        raise ConditionError(f"{text!r} is not an amount", "a number with a unit, such as 100 ms, 16 GB or 10k")
    number, suffix = float(match[1]), match[2]
    units = _UNITS.get(unit, {})
    if suffix in units:
        return number * units[suffix]
    if unit not in ("seconds", "days", "bytes") and suffix in _SCALE:
        return number * _SCALE[suffix]
    if not suffix:
        return number
    raise ConditionError(f"{suffix!r} is no unit of {unit or 'this slot'}", ", ".join(units) or "k, M or B")


def bounds(text: str, unit: str) -> tuple[tuple[Literal["<", "<=", ">", ">="], float], ...]:
    """What `"< 10k"`, `">= 16 GB"` or `"1k..1M"` (both ends included) demands. Raises ConditionError."""
    if ".." in text:
        low, _, high = text.partition("..")
        first, last = amount(low, unit), amount(high, unit)
        if first > last:
            raise ConditionError(f"the range {text!r} is empty", "the smaller amount first")
        return ((">=", first), ("<=", last))
    match = _BOUND.match(text.strip())
    if not match:
        raise ConditionError(f"{text!r} is no bound", 'something like "< 10000", ">= 16 GB" or "1k..1M"')
    value = amount(match[2], unit)
    if match[1] == "=":
        return ((">=", value), ("<=", value))
    return ((match[1], value),)  # type: ignore[return-value]  # the pattern admits these four only


def parse(
    when: dict[str, Anything], slots: dict[str, Slot], tools: frozenset[str], *, advice: bool = False
) -> Condition:
    """The condition that a `when` mapping states.

    `tools` are the known tool ids; `advice` allows the pseudo slots. Raises ConditionError with a path.
    """
    return _mapping(when, slots, tools, advice, ())


def _mapping(
    when: Anything, slots: dict[str, Slot], tools: frozenset[str], advice: bool, path: tuple[str | int, ...]
) -> Condition:
    if not isinstance(when, dict) or not when:
        raise ConditionError("is empty or not a mapping", "entries such as `task: ocr`", path)
    parts = [_entry(key, value, slots, tools, advice, (*path, key)) for key, value in when.items()]
    return parts[0] if len(parts) == 1 else All(parts=tuple(parts))


def _entry(
    key: str, value: Anything, slots: dict[str, Slot], tools: frozenset[str], advice: bool, path: tuple[str | int, ...]
) -> Condition:
    if key in ("any", "all", "none"):
        items = (
            value
            if isinstance(value, list)
            else [{k: v} for k, v in value.items()]
            if isinstance(value, dict)
            else None
        )
        if not items:
            raise ConditionError(f"`{key}` holds nothing", "a list of mappings", path)
        parts = tuple(_mapping(item, slots, tools, advice, (*path, i)) for i, item in enumerate(items))
        return {"any": Any, "all": All, "none": Nothing}[key](parts=parts)  # type: ignore[return-value]  # all three are
    if key in PSEUDO_SLOTS:
        if not advice:
            raise ConditionError(f"`{key}` is known only after the choice", "it in caveats and plan steps only", path)
        return _options(key, value, tools, "tool", path)
    slot = slots.get(key)
    if slot is None:
        raise ConditionError(f"there is no slot {key!r}", _nearest(key, slots), path)
    return _test(slot, value, tools, path)


def _test(slot: Slot, value: Anything, tools: frozenset[str], path: tuple[str | int, ...]) -> Condition:
    if value == "known":
        return Known(slot=slot.id)
    if value == "unknown":
        return Unknown(slot=slot.id)
    if slot.kind == "quantity":
        try:
            parts = tuple(Compare(slot=slot.id, op=op, bound=bound) for op, bound in bounds(str(value), slot.unit))
        except ConditionError as error:
            raise ConditionError(str(error), error.expected, path) from None
        return parts[0] if len(parts) == 1 else All(parts=parts)
    allowed = frozenset(v.id for v in slot.values) | (tools if slot.kind == "tools" else frozenset())
    if slot.kind == "text":
        raise ConditionError(f"{slot.id} holds free words; no rule can ask for a value", "`known` or `unknown`", path)
    if isinstance(value, dict):
        if len(value) != 1 or (key := next(iter(value))) not in ("not", "must"):
            raise ConditionError("is not a test", "{not: value} or {must: value}", path)
        made = _options(slot.id, value[key], allowed, slot.id, (*path, key))
        leaves = made.parts if isinstance(made, Any) else (made,)
        turned = tuple(
            (Refused if key == "not" else Must)(slot=leaf.slot, value=leaf.value)
            for leaf in leaves
            if isinstance(leaf, Is)
        )
        return turned[0] if len(turned) == 1 else Any(parts=turned)
    return _options(slot.id, value, allowed, slot.id, path)


def _options(slot: str, value: Anything, allowed: frozenset[str], what: str, path: tuple[str | int, ...]) -> Condition:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise ConditionError("is an empty list", f"at least one value of {what}", path)
    for one in values:
        if not isinstance(one, str) or one not in allowed:
            raise ConditionError(
                f"{one!r} is no {what if what == 'tool' else f'value of {what}'}", _nearest(str(one), allowed), path
            )
    parts = tuple(Is(slot=slot, value=one) for one in values)
    return parts[0] if len(parts) == 1 else Any(parts=parts)


def _nearest(word: str, words: Anything) -> str:
    from difflib import get_close_matches

    within = [one for one in sorted(words) if word and word in one]
    close = list(dict.fromkeys((*within, *get_close_matches(word, sorted(words), n=3, cutoff=0.5))))[:3]
    listed = close or sorted(words)[:8]
    return "one of " + ", ".join(listed) if listed else ""
