"""Look things up in the knowledge: full-text search, one record with all that refers to it, counts, JSON Schemas."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import msgspec

from assistant.knowledge.model import Caveat, Knowledge, Rule, Step


class Hit(msgspec.Struct, frozen=True):
    """A record that was found: `kind` is tool, rule, caveat, question, step or source."""

    kind: str
    id: str
    title: str
    text: str


def records(knowledge: Knowledge) -> Iterator[Hit]:
    """Every record as something that can be found."""
    for tool in knowledge.tools.values():
        said = " ".join(
            [*tool.say, tool.summary, *tool.tasks, *tool.roles, *(c.text for c in (*tool.strengths, *tool.weaknesses))]
        )
        yield Hit("tool", tool.id, tool.name, said.replace("_", " "))
    for rule in knowledge.rules:
        yield Hit("rule", rule.id, rule.id.replace("-", " "), rule.because)
    for caveat in knowledge.caveats:
        yield Hit(
            "caveat",
            caveat.id,
            caveat.id.replace("-", " "),
            f"{caveat.text}. {caveat.advice}".strip(". ") + " " + " ".join(caveat.about),
        )
    for step in knowledge.steps:
        yield Hit(
            "step", step.id, step.id.replace("-", " "), f"{step.text}. {step.measure}. {step.falsified_if}".strip(". ")
        )
    for question in knowledge.questions:
        yield Hit("question", question.slot, question.text, question.help)
    for source in knowledge.sources.values():
        yield Hit("source", source.id, source.title, source.url)


def search(knowledge: Knowledge, words: str, limit: int = 20) -> list[Hit]:
    """Records that hold all the words (beginnings count), best first; titles weigh more than text."""
    terms = re.findall(r"\w+", words.lower())[:20]
    if not terms:
        return []
    found = list(records(knowledge))
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE record USING fts5(name, title, text, tokenize = 'porter unicode61')")
        db.executemany(
            "INSERT INTO record (rowid, name, title, text) VALUES (?, ?, ?, ?)",
            ((n, h.id, h.title, h.text) for n, h in enumerate(found)),
        )
        # Terms are bare word characters in quotes, so none can be read as query syntax.
        query = " ".join(f'"{term}"*' for term in terms)
        rows = db.execute(
            "SELECT rowid FROM record WHERE record MATCH ? ORDER BY bm25(record, 10, 5, 1), rowid LIMIT ?",
            (query, limit),
        )
        return [found[row[0]] for row in rows]


def show(knowledge: Knowledge, name: str) -> dict[str, object] | None:
    """One record in full with everything that refers to it; tools are also found by their other names."""
    wanted = name.strip().lower()
    tool = knowledge.tools.get(wanted) or next(
        (t for t in knowledge.tools.values() if wanted in (t.name.lower(), *(s.lower() for s in t.say))), None
    )
    if tool is not None:
        return {"kind": "tool", "record": msgspec.to_builtins(tool), "referred_to_by": _references(knowledge, tool.id)}
    kinds: tuple[tuple[str, tuple[Rule | Caveat | Step, ...]], ...] = (
        ("rule", knowledge.rules),
        ("caveat", knowledge.caveats),
        ("step", knowledge.steps),
    )
    for kind, listed in kinds:
        for record in listed:
            if record.id == wanted:
                return {"kind": kind, "record": msgspec.to_builtins(record), "referred_to_by": {}}
    if wanted in knowledge.sources:
        cited: tuple[Rule | Caveat | Step, ...] = (*knowledge.rules, *knowledge.caveats, *knowledge.steps)
        citing = [r.id for r in cited if r.source == wanted]
        tools = [t.id for t in knowledge.tools.values() if wanted in msgspec.json.encode(t).decode()]
        return {
            "kind": "source",
            "record": msgspec.to_builtins(knowledge.sources[wanted]),
            "referred_to_by": {"claims": citing, "tools": tools},
        }
    for question in knowledge.questions:
        if question.slot == wanted:
            return {"kind": "question", "record": msgspec.to_builtins(question), "referred_to_by": {}}
    return None


def _references(knowledge: Knowledge, tool: str) -> dict[str, list[str]]:
    return {
        "rules": [r.id for r in knowledge.rules if tool in getattr(r.effect, "tools", ())],
        "caveats": [c.id for c in knowledge.caveats if tool in c.about],
        "steps": [s.id for s in knowledge.steps if tool in s.about],
        "works_with": [t.id for t in knowledge.tools.values() if tool in t.works_with],
        "replaced_by": [t.id for t in knowledge.tools.values() if tool in t.replaces],
    }


def stats(knowledge: Knowledge) -> dict[str, object]:
    """Counts by kind, and the version."""
    by_role = {role: sum(role in t.roles for t in knowledge.tools.values()) for role in knowledge.roles}
    effects: dict[str, int] = {}
    for rule in knowledge.rules:
        kind = type(rule.effect).__name__.lower()
        effects[kind] = effects.get(kind, 0) + 1
    states: dict[str, int] = {}
    for tool in knowledge.tools.values():
        states[tool.status.state] = states.get(tool.status.state, 0) + 1
    claims = sum(len(t.strengths) + len(t.weaknesses) for t in knowledge.tools.values())
    return {
        "version": knowledge.version,
        "verified": knowledge.verified,
        "tools": len(knowledge.tools),
        "tools_by_role": by_role,
        "tools_by_status": dict(sorted(states.items())),
        "claims": claims,
        "rules": len(knowledge.rules),
        "rules_by_effect": dict(sorted(effects.items())),
        "caveats": len(knowledge.caveats),
        "questions": len(knowledge.questions),
        "steps": len(knowledge.steps),
        "sources": len(knowledge.sources),
    }
