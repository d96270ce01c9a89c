"""What a rule asks of a project, in words, and whether it is met here."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import All, Any, Compare, Condition, Is, Known, Must, Nothing, Refused, Unknown
from assistant.reasoning.program import Threshold


def in_words(condition: Condition, wording: Wording) -> str:
    """The condition as a clause: `the task is OCR and it does not run on AWS`."""
    match condition:
        case Is(slot=slot, value=value):
            return wording.says(slot, value)
        case Refused(slot=slot, value=value):
            return f"you said that {wording.says(slot, value, negated=True)}"
        case Must(slot=slot, value=value):
            return f"{wording.says(slot, value)}, and that is a must"
        case Compare(slot=slot):
            return wording.atom(_threshold(condition).atom())
        case Known(slot=slot):
            return f"something is known about {wording.slot(slot)}"
        case Unknown(slot=slot):
            return f"nothing is known about {wording.slot(slot)}"
        case All(parts=parts):
            return listed([in_words(part, wording) for part in parts])
        case Any(parts=parts):
            return _either(parts, wording)
        case Nothing(parts=parts):
            return f"nothing says that {_either(parts, wording)}"


def parts_of(condition: Condition | None) -> tuple[Condition, ...]:
    """What must be met together; () where nothing is asked."""
    if condition is None:
        return ()
    return condition.parts if isinstance(condition, All) else (condition,)


def met(condition: Condition, facts: Iterable[Fact]) -> bool:
    """Whether the condition holds with these facts in force (stated, inferred and default)."""
    held = tuple(facts)
    match condition:
        case Is(slot=slot, value=value):
            return any((f.slot, f.value) == (slot, value) and not f.negated for f in held)
        case Refused(slot=slot, value=value):
            return any((f.slot, f.value) == (slot, value) and f.negated for f in held)
        case Must(slot=slot, value=value):
            said = ("stated", "assumed")
            hard = [f for f in held if f.strength == "hard" and f.origin in said and not f.negated]
            return any((f.slot, f.value) == (slot, value) for f in hard)
        case Compare(slot=slot):
            threshold = _threshold(condition)
            amounts = [f.value for f in held if f.slot == slot and not f.negated]
            return any(threshold.covers(value) for value in amounts if isinstance(value, Quantity))
        case Known(slot=slot):
            return any(f.slot == slot and f.origin != "default" and not f.negated for f in held)
        case Unknown(slot=slot):
            return not met(Known(slot=slot), held)
        case All(parts=parts):
            return all(met(part, held) for part in parts)
        case Any(parts=parts):
            return any(met(part, held) for part in parts)
        case Nothing(parts=parts):
            return not any(met(part, held) for part in parts)


def _threshold(compare: Compare) -> Threshold:
    return Threshold(compare.slot, compare.op, compare.bound)


def _either(parts: tuple[Condition, ...], wording: Wording) -> str:
    """The alternatives; values of one slot share its words: `it runs on AWS, on Azure or in the browser`."""
    one, *others = parts
    if isinstance(one, Is) and all(isinstance(part, Is) and part.slot == one.slot for part in others):
        values = [wording.value(part.slot, part.value) for part in parts if isinstance(part, Is)]
        return wording.saying(one.slot, listed(values, "or"))
    return listed([in_words(part, wording) for part in parts], "or")
