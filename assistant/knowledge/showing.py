"""One record of the knowledge with everything that refers to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec

from assistant.knowledge.model import JUDGEMENT, Caveat, Condition, Knowledge, Record, Rule, Step, Tool

Shown = dict[str, object]
Judge = Callable[[object], bool]
"""Whether a part of a condition speaks of what is looked up."""

_LINKS = ("works_with", "replaces", "superseded_by")


def show(knowledge: Knowledge, name: str) -> Shown | None:
    """The record called `name`: its kind, what it says and, by kind, the ids of what refers to it. None if there is none.

    A tool is also found by its other names, a value as `slot: value` or, if only one slot has it, by itself.
    """
    wanted = " ".join(name.lower().replace("=", ": ").split())
    tool = _tool(knowledge, wanted)
    if tool is not None:
        return _shown("tool", tool, _of_tool(knowledge, tool.id))
    kinds: tuple[tuple[str, tuple[Rule | Caveat | Step, ...]], ...] = (
        ("rule", knowledge.rules),
        ("caveat", knowledge.caveats),
        ("step", knowledge.steps),
    )
    for kind, records in kinds:
        for record in records:
            if record.id == wanted:
                return _shown(kind, record, {})
    if wanted in knowledge.sources:
        return _shown("source", knowledge.sources[wanted], _of_source(knowledge, wanted))
    if wanted in knowledge.roles:
        return _shown("role", knowledge.roles[wanted], _of_role(knowledge, wanted))
    if wanted in knowledge.slots:
        found = _shown("slot", knowledge.slots[wanted], _of_slot(knowledge, wanted))
        question = next((q for q in knowledge.questions if q.slot == wanted), None)
        return found | ({"question": msgspec.to_builtins(question)} if question else {})
    pairs = [(slot.id, value) for slot in knowledge.slots.values() for value in slot.values]
    named = [pair for pair in pairs if wanted in (pair[1].id, f"{pair[0]}: {pair[1].id}", f"{pair[0]}:{pair[1].id}")]
    if len(named) == 1:
        slot_id, value = named[0]
        return _shown("value", value, _of_value(knowledge, slot_id, value.id)) | {"slot": slot_id}
    return None


def nearest(knowledge: Knowledge, name: str) -> list[str]:
    """Ids that somebody may have meant who wrote `name`."""
    from assistant.knowledge.search import records

    same = [f"{s.id}: {v.id}" for s in knowledge.slots.values() for v in s.values if v.id == name.strip().lower()]
    return same or get_close_matches(name.lower(), [record.id for record in records(knowledge)], n=3)


def _shown(kind: str, record: Record, references: dict[str, list[str]]) -> Shown:
    referring = {by: ids for by, ids in references.items() if ids}
    return {"kind": kind, "record": msgspec.to_builtins(record), "referred_to_by": referring}


def _tool(knowledge: Knowledge, name: str) -> Tool | None:
    tools = knowledge.tools.values()
    plain = name.replace(" ", "-")
    return next((t for t in tools if t.id in (name, plain)), None) or next(
        (t for t in tools if name in (t.name.lower(), *(said.lower() for said in t.say))), None
    )


def _of_tool(knowledge: Knowledge, tool: str) -> dict[str, list[str]]:
    speaking = [rule.id for rule in knowledge.rules if tool in getattr(rule.effect, "tools", ())]
    links = {link: [t.id for t in knowledge.tools.values() if tool in getattr(t, link)] for link in _LINKS}
    asking = _asking(knowledge, lambda part: getattr(part, "value", None) == tool)
    return {
        "rules_about_it": speaking,
        "caveats_about_it": [caveat.id for caveat in knowledge.caveats if tool in caveat.about],
        "steps_about_it": [step.id for step in knowledge.steps if tool in step.about],
        "works_with_it": links["works_with"],
        "it_is_replaced_by": links["replaces"],
        "it_supersedes": links["superseded_by"],
        **asking,
    }


def _of_source(knowledge: Knowledge, source: str) -> dict[str, list[str]]:
    def cites_it(claim: Any) -> bool:
        return bool(claim.source.removeprefix(JUDGEMENT) == source)

    def cites(tool: Tool) -> Iterator[str]:
        parts = {"": tool, "licence": tool.licence, "status": tool.status, "release": tool.release}
        yield from (f"{tool.id} {part}".strip() for part, held in parts.items() if held and cites_it(held))
        yield from (claim.id for claim in (*tool.strengths, *tool.weaknesses) if cites_it(claim))

    return {
        "tools": [cited for tool in knowledge.tools.values() for cited in cites(tool)],
        "rules": [rule.id for rule in knowledge.rules if cites_it(rule)],
        "caveats": [caveat.id for caveat in knowledge.caveats if cites_it(caveat)],
        "steps": [step.id for step in knowledge.steps if cites_it(step)],
    }


def _of_role(knowledge: Knowledge, role: str) -> dict[str, list[str]]:
    limited = [rule.id for rule in knowledge.rules if role in getattr(rule.effect, "roles", ())]
    claims = (c for tool in knowledge.tools.values() for c in (*tool.strengths, *tool.weaknesses))
    return {
        "tools": [tool.id for tool in knowledge.tools.values() if role in tool.roles],
        "rules": limited,
        "claims": [claim.id for claim in claims if role in claim.roles],
        "steps": [s.id for s in knowledge.steps if f"{{{role}}}" in f"{s.text}{s.measure}{s.falsified_if}"],
    }


def _of_slot(knowledge: Knowledge, slot: str) -> dict[str, list[str]]:
    return {
        "concluded_by": [r.id for r in knowledge.rules if slot in dict(getattr(r.effect, "facts", ()))],
        "roles_that_match_it": [r.id for r in knowledge.roles.values() if any(m.slot == slot for m in r.matches)],
        **_asking(knowledge, lambda part: getattr(part, "slot", None) == slot),
    }


def _of_value(knowledge: Knowledge, slot: str, value: str) -> dict[str, list[str]]:
    attributes = {m.attribute for role in knowledge.roles.values() for m in role.matches if m.slot == slot}
    offering = [t.id for t in knowledge.tools.values() if any(value in getattr(t, field) for field in attributes)]
    pair = (slot, value)
    return {
        "concluded_by": [r.id for r in knowledge.rules if pair in getattr(r.effect, "facts", ())],
        "implied_by": [tool.id for tool in knowledge.tools.values() if value in tool.implies.get(slot, ())],
        "tools": offering,
        **_asking(knowledge, lambda part: (getattr(part, "slot", None), getattr(part, "value", None)) == pair),
    }


def _asking(knowledge: Knowledge, judge: Judge) -> dict[str, list[str]]:
    """The records with a condition that speaks of what `judge` knows."""
    claims = (c for tool in knowledge.tools.values() for c in (*tool.strengths, *tool.weaknesses))
    return {
        "conditions_of_rules": [rule.id for rule in knowledge.rules if _speaks(rule.when, judge)],
        "conditions_of_claims": [claim.id for claim in claims if _speaks(claim.when, judge)],
        "conditions_of_caveats": [caveat.id for caveat in knowledge.caveats if _speaks(caveat.when, judge)],
        "conditions_of_steps": [step.id for step in knowledge.steps if _speaks(step.when, judge)],
        "conditions_of_questions": [q.slot for q in knowledge.questions if _speaks(q.when, judge)],
    }


def _speaks(condition: Condition | None, judge: Judge) -> bool:
    return judge(condition) or any(_speaks(part, judge) for part in getattr(condition, "parts", ()))
