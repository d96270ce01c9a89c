"""Many conversations at once: JSON lines in, JSON lines out, in order, nothing stored.

What a line and its answer look like is part of the contract with other programs; `ask --json` answers in the same form.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation, Turn
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Knowledge
from assistant.language.model import Stated
from assistant.reasoning.model import Conclusion

MAX_BYTES = 1_000_000
"""Longer lines are refused, so that memory stays bounded."""


class _Line(msgspec.Struct):
    id: Any = None
    turns: list[str] | None = None
    text: str | None = None


class _BadLine(Exception):
    def __init__(self, message: str, id: Any = None) -> None:
        super().__init__(message)
        self.id = id


def ready(knowledge: bytes) -> Callable[[bytes], bytes]:
    """What answers lines with this knowledge (as MessagePack); for workers who know nothing yet."""
    return partial(answer, Advisor(msgspec.msgpack.decode(knowledge, type=Knowledge)))


def answer(advisor: Advisor, line: bytes) -> bytes:
    """The answer to one line, as one line without its newline. Never raises: a bad line's answer has `error` set."""
    try:
        asked = _parse(line)
    except _BadLine as problem:
        return failure(advisor.knowledge.version, problem.id, str(problem))
    conversation = Conversation(advisor)
    turns = []
    for text in asked.turns or []:
        started = time.perf_counter()
        turn = conversation.say(text)
        turns.append((turn, round((time.perf_counter() - started) * 1000, 3)))
    return msgspec.json.encode(describe(advisor, conversation, turns, id=asked.id))


def failure(version: str, id: Any, message: str) -> bytes:
    """The answer to a line that cannot be used."""
    return msgspec.json.encode({"id": id, "knowledge": version, "error": message, "turns": []})


def describe(
    advisor: Advisor, conversation: Conversation, turns: Sequence[tuple[Turn, float]], *, id: Any
) -> dict[str, Any]:
    """`turns` (each with its milliseconds) and where the conversation stands after them, as plain data."""
    knowledge = advisor.knowledge
    conclusion = conversation.conclusion()
    stated = [fact for fact in conversation.state.facts if not fact.negated]
    refused = [fact for fact in conversation.state.facts if fact.negated]
    inferred = [f for f in conclusion.facts if f.origin not in ("stated", "assumed") and not f.negated]
    return {
        "id": id,
        "knowledge": knowledge.version,
        "error": None,
        "turns": [_turn(knowledge, turn, elapsed) for turn, elapsed in turns],
        "profile": _by_slot(knowledge, stated),
        "refused": _by_slot(knowledge, refused),
        "inferred": _by_slot(knowledge, inferred),
        "stack": {
            choice.role: [
                {"tool": one.tool, "score": one.score, "arguments": len(one.arguments)} for one in choice.ranking
            ]
            for choice in conclusion.stack
        },
        "excluded": _excluded(advisor, conclusion),
        "caveats": [one.id for one in conclusion.caveats],
        "question": conversation.state.question,
    }


def _excluded(advisor: Advisor, conclusion: Conclusion) -> dict[str, str]:
    """The tools that would compete and are ruled out, each with the slot (`licence`, `avoid`, ...) that rules it out.

    A tool that nothing the person said rules out, but the state it is in, has `status`.
    """
    profile = advisor.reasoner.profile(conclusion)
    roles = advisor.knowledge.roles
    fitting = {
        tool.id
        for choice in conclusion.stack
        for tool, _ in advisor.reasoner.selector.candidates(roles[choice.role], profile)
    }
    reasons: dict[str, str] = {}
    for one in conclusion.excluded:
        if one.tool in fitting or one.tool in {fact.value for fact in conclusion.facts}:
            slots = [premise.atom[0].removeprefix("must:").lstrip("!") for premise in one.firing.premises]
            reasons.setdefault(one.tool, next((slot for slot in slots if slot in advisor.knowledge.slots), "status"))
    return reasons


def _parse(line: bytes) -> _Line:
    if len(line) > MAX_BYTES:
        raise _BadLine(f"the line is longer than {MAX_BYTES:,} bytes")
    id = None
    try:
        asked = msgspec.json.decode(line)
        if isinstance(asked, dict):
            id = asked.get("id")
        checked = msgspec.convert(asked, type=_Line)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise _BadLine(f"the line is not what is expected: {error}", id) from error
    if checked.turns is None and checked.text is not None:
        checked.turns = [checked.text]
    if not checked.turns:
        raise _BadLine("the line has neither “turns” with at least one message nor “text”", id)
    return checked


def _turn(knowledge: Knowledge, turn: Turn, elapsed: float) -> dict[str, Any]:
    said = turn.utterance
    return {
        "text": turn.text,
        "acts": [
            _filled(
                {"act": act.act, "tools": list(act.tools), "confidence": act.confidence},
                argument=act.argument,
                slots=list(act.slots),
                facts=[_stated(knowledge, fact) for fact in act.facts],
            )
            for act in said.acts
        ],
        "facts": [_stated(knowledge, fact) for fact in said.facts],
        "mentions": [{"tool": one.tool, "role": one.role, "start": one.start, "end": one.end} for one in said.mentions],
        "not_understood": list(said.not_understood),
        "reply": turn.reply.plain(),
        "blocks": msgspec.to_builtins(turn.reply.blocks),
        "elapsed_ms": elapsed,
    }


def _stated(knowledge: Knowledge, fact: Stated) -> dict[str, Any]:
    described = {
        "slot": fact.slot,
        "value": fact.value,
        "negated": fact.negated,
        "op": "=",
        "strength": fact.strength,
        "start": fact.start,
        "end": fact.end,
        "origin": "assumed" if fact.assumed else "stated",
    }
    if isinstance(fact.value, Quantity):
        described |= _amount(knowledge, fact.slot, fact.value)
    return described


def _by_slot(knowledge: Knowledge, facts: Sequence[Fact]) -> dict[str, list[Any]]:
    slots: dict[str, list[Any]] = {}
    for fact in facts:
        value = _amount(knowledge, fact.slot, fact.value) if isinstance(fact.value, Quantity) else fact.value
        values = slots.setdefault(fact.slot, [])
        if value not in values:
            values.append(value)
    return slots


def _amount(knowledge: Knowledge, slot: str, amount: Quantity) -> dict[str, Any]:
    record = knowledge.slots.get(slot)
    described: dict[str, Any] = {"op": amount.op, "value": _number(amount.value), "unit": record.unit if record else ""}
    if amount.high is not None:
        described["high"] = _number(amount.high)
    return described


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _filled(described: dict[str, Any], **more: Any) -> dict[str, Any]:
    """`described` with those of `more` that hold something."""
    return described | {name: value for name, value in more.items() if value}
