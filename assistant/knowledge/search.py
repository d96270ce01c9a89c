"""Look things up in the knowledge: full-text search, and counts. `showing.py` shows one record."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import msgspec

from assistant.knowledge.model import JUDGEMENT, Caveat, Claim, Knowledge, Rule, Step


class Hit(msgspec.Struct, frozen=True):
    """A record that was found: `kind` is tool, rule, caveat, question, step, source, role, slot or value."""

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
    for role in knowledge.roles.values():
        yield Hit("role", role.id, role.title, role.purpose)
    for slot in knowledge.slots.values():
        yield Hit("slot", slot.id, slot.title, slot.says)
        for value in slot.values:
            yield Hit("value", f"{slot.id}: {value.id}", value.title, ", ".join(value.say))


def search(knowledge: Knowledge, words: str, limit: int = 20) -> list[Hit]:
    """Records that hold all the words (beginnings count), best first: what is called so, then by weight, titles above text."""
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
            "SELECT rowid FROM record WHERE record MATCH ? "
            "ORDER BY name = ? DESC, lower(title) = ? DESC, bm25(record, 10, 5, 1), rowid LIMIT ?",
            (query, "-".join(terms), " ".join(terms), limit),
        )
        return [found[row[0]] for row in rows]


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
    claims = [claim for t in knowledge.tools.values() for claim in (*t.strengths, *t.weaknesses)]
    said: list[Claim | Rule | Caveat | Step] = [*claims, *knowledge.rules, *knowledge.caveats, *knowledge.steps]
    return {
        "version": knowledge.version,
        "verified": knowledge.verified,
        "tools": len(knowledge.tools),
        "tools_by_role": by_role,
        "tools_by_status": dict(sorted(states.items())),
        "claims": len(claims),
        "rules": len(knowledge.rules),
        "rules_by_effect": dict(sorted(effects.items())),
        "caveats": len(knowledge.caveats),
        "questions": len(knowledge.questions),
        "steps": len(knowledge.steps),
        "sources": len(knowledge.sources),
        "our_judgement": sum(one.source.startswith(JUDGEMENT) for one in said),
        "page_not_opened": sum(not one.verified and one.source != JUDGEMENT for one in said),
    }
