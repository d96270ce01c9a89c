"""What is wrong with the knowledge, beyond what keeps it from loading: gaps, collisions, stale and unused claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from assistant.knowledge.loading import read
from assistant.knowledge.model import Caveat, Knowledge, Rule, Step, Tool
from assistant.knowledge.reading import Finding

STALE_DAYS = 365
DEAD = ("archived", "superseded", "retired")


def lint(dirs: Iterable[Path] = ()) -> list[Finding]:
    """All findings about the shipped knowledge with `dirs` laid over it, errors first, then by file and line."""
    knowledge, findings = read(tuple(dirs))
    found = [*findings]
    for check in CHECKS:
        found += check(knowledge)
    return sorted(found, key=lambda f: (f.level != "error", f.file, f.line, f.column, f.message))


def _about(level: str, message: str, expected: str = "", file: str = "knowledge", line: int = 0) -> Finding:
    return Finding(level, file, line or 1, 1, message, expected)


def empty_roles(knowledge: Knowledge) -> Iterator[Finding]:
    """A role that no tool can fill."""
    filled = {role for tool in knowledge.tools.values() for role in tool.roles if tool.status.state not in DEAD}
    for role in knowledge.roles:
        if role not in filled:
            yield _about("error", f"no live tool fills the role {role!r}", "a tool with `roles: [...]` that has it")


def lonely_tasks(knowledge: Knowledge) -> Iterator[Finding]:
    """A task for which nothing, or too little to choose from, is known."""
    slot = knowledge.slots.get("task")
    live = [tool for tool in knowledge.tools.values() if tool.status.state not in DEAD and tool.roles]
    for value in slot.values if slot else ():
        serving = [tool.id for tool in live if value.id in tool.tasks]
        if not serving:
            yield _about("error", f"no live tool lists the task {value.id!r}", "at least three candidates")
        elif len(serving) < 3:
            yield _about(
                "warning", f"only {', '.join(serving)} list the task {value.id!r}", "at least three candidates"
            )


def colliding_names(knowledge: Knowledge) -> Iterator[Finding]:
    """Two tools that are called the same."""
    owner: dict[str, str] = {}
    for tool in knowledge.tools.values():
        for name in dict.fromkeys(_plain(name) for name in (tool.id, tool.name, *tool.say)):
            if owner.setdefault(name, tool.id) != tool.id:
                yield _about("error", f"{tool.id} and {owner[name]} are both called {name!r}", "one tool per name")


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())


def dead_ends(knowledge: Knowledge) -> Iterator[Finding]:
    """A tool that is gone without a word on where to go, or that speaks of nothing."""
    for tool in knowledge.tools.values():
        if tool.status.state == "superseded" and not tool.superseded_by:
            yield _about("warning", f"{tool.id} is superseded, by nothing that is named", "`superseded_by: [...]`")
        if tool.status.state == "active" and tool.roles and not _argued(tool, knowledge):
            yield _about(
                "warning", f"nothing speaks for {tool.id}, so no project can bring it to the top", "a strength"
            )


def _argued(tool: Tool, knowledge: Knowledge) -> bool:
    if tool.strengths:
        return True
    return any(
        tool.id in getattr(rule.effect, "tools", ()) and getattr(rule.effect, "points", 0) > 0
        for rule in knowledge.rules
    )


def unused_sources(knowledge: Knowledge) -> Iterator[Finding]:
    """A source that no claim cites."""
    cited = {source for source, _ in _citations(knowledge)}
    for source in knowledge.sources:
        if source not in cited:
            yield _about("warning", f"no claim cites the source {source!r}")


def stale_claims(knowledge: Knowledge) -> Iterator[Finding]:
    """Claims that were verified more than a year before the newest one."""
    if not knowledge.verified:
        return
    newest = date.fromisoformat(knowledge.verified)
    stale = sorted(
        {(source, day) for source, day in _citations(knowledge) if (newest - date.fromisoformat(day)).days > STALE_DAYS}
    )
    for source, day in stale:
        yield _about(
            "warning", f"claims from {source!r} were last verified on {day}", f"a look within {STALE_DAYS} days"
        )


def _citations(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    for tool in knowledge.tools.values():
        yield tool.source, tool.verified
        yield tool.licence.source, tool.licence.verified
        yield tool.status.source, tool.status.verified
        if tool.release:
            yield tool.release.source, tool.release.verified
        for claim in (*tool.strengths, *tool.weaknesses):
            yield claim.source, claim.verified
    records: tuple[Rule | Caveat | Step, ...] = (*knowledge.rules, *knowledge.caveats, *knowledge.steps)
    for record in records:
        yield record.source, record.verified


def unanswerable_questions(knowledge: Knowledge) -> Iterator[Finding]:
    """A slot that rules ask about and that nobody can be asked about is fine; a question that no rule heeds is not."""
    heeded = {slot for rule in knowledge.rules for slot in _slots(rule.when)}
    heeded |= {m.slot for role in knowledge.roles.values() for m in role.matches}
    claims = [claim for tool in knowledge.tools.values() for claim in (*tool.strengths, *tool.weaknesses)]
    heeded |= {slot for claim in claims if claim.when is not None for slot in _slots(claim.when)}
    for question in knowledge.questions:
        if question.slot not in heeded and question.slot != "priorities":
            yield _about("warning", f"no rule heeds the answer to the question about {question.slot!r}")


def _slots(condition: object) -> Iterator[str]:
    slot = getattr(condition, "slot", None)
    if slot is not None:
        yield slot
    for part in getattr(condition, "parts", ()):
        yield from _slots(part)


CHECKS: tuple[Callable[[Knowledge], Iterator[Finding]], ...] = (
    empty_roles,
    lonely_tasks,
    colliding_names,
    dead_ends,
    unused_sources,
    stale_claims,
    unanswerable_questions,
)


def json_schema() -> dict[str, object]:
    """One JSON Schema for all knowledge files, so that editors complete and check the YAML."""
    from assistant.knowledge.search import schemas

    properties: dict[str, object] = {}
    definitions: dict[str, object] = {}
    for kind, schema in schemas().items():
        held = schema["properties"]
        shared = schema["$defs"]
        if isinstance(held, dict) and isinstance(shared, dict):
            properties[kind] = held[kind]
            definitions |= shared
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": "knowledge", "type": "object", "properties": properties, "$defs": definitions}
