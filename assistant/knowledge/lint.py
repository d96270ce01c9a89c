"""What is wrong with the knowledge, beyond what keeps it from loading: gaps, collisions, stale and unused claims.

What only compiling the rules shows is in `reasoning/lint.py`, and how phrases collide in `language/lint.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from assistant.knowledge.model import JUDGEMENT, Caveat, Conflict, Knowledge, Rule, Step
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding

STALE_DAYS = 365
DEAD = ("archived", "superseded", "retired")
ENOUGH = 3  # candidates from which on there is something to choose


def lint_records(knowledge: Knowledge, places: Places) -> list[Finding]:
    """All findings about the records, in the order of the checks."""
    return [finding for check in CHECKS for finding in check(knowledge, places)]


def in_order(findings: list[Finding]) -> list[Finding]:
    """Errors first, notes last, each by file and line."""
    rank = {"error": 0, "warning": 1}
    return sorted(set(findings), key=lambda f: (rank.get(f.level, 2), f.file, f.line, f.column, f.message))


def empty_roles(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A role that no tool can fill."""
    filled = {role for tool in knowledge.tools.values() for role in tool.roles if tool.status.state not in DEAD}
    for role in knowledge.roles:
        if role not in filled:
            expected = "a tool with `roles: [...]` that has it"
            yield places.finding("error", "roles", role, f"no live tool fills the role {role!r}", expected)


def empty_matches(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A role that matches records on a slot or a value that does not exist."""
    for role in knowledge.roles.values():
        for number, match in enumerate(role.matches):
            slot = knowledge.slots.get(match.slot)
            known = {value.id for value in slot.values} if slot else set()
            where = ("matches", number)
            if slot is None:
                told = f"{role.id} matches on {match.slot!r}, which is no slot"
                yield places.finding("error", "roles", role.id, told, "the id of a slot", *where, "slot")
            elif unknown := [value for value in match.values if value not in known]:
                told = f"{match.slot} has no value {unknown[0]!r}"
                yield places.finding("error", "roles", role.id, told, "ids of its values", *where, "values")


def lonely_tasks(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A task for which nothing, or too little to choose from, is known."""
    slot = knowledge.slots.get("task")
    live = [tool for tool in knowledge.tools.values() if tool.status.state not in DEAD and tool.roles]
    for number, value in enumerate(slot.values if slot else ()):
        serving = [tool.id for tool in live if value.id in tool.tasks]
        where = ("values", number, "id")
        if not serving:
            told = f"no live tool lists the task {value.id!r}"
            yield places.finding("error", "slots", "task", told, "at least three candidates", *where)
        elif len(serving) < ENOUGH:
            told = f"only {', '.join(serving)} list the task {value.id!r}"
            yield places.finding("warning", "slots", "task", told, "at least three candidates", *where)


def colliding_names(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Two tools that are called the same."""
    owner: dict[str, str] = {}
    for tool in knowledge.tools.values():
        for name in dict.fromkeys(_plain(name) for name in (tool.id, tool.name, *tool.say)):
            if owner.setdefault(name, tool.id) != tool.id:
                told = f"{tool.id} and {owner[name]} are both called {name!r}"
                yield places.finding("error", "tools", tool.id, told, "one tool per name", "say")


def shared_ids(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Rules, caveats and steps of one id: advice is told apart by its id alone."""
    owner: dict[str, tuple[str, bool]] = {}
    records = [("rules", rule.id, isinstance(rule.effect, Conflict)) for rule in knowledge.rules]
    records += [("caveats", caveat.id, True) for caveat in knowledge.caveats]
    records += [("steps", step.id, True) for step in knowledge.steps]
    for kind, id, advises in records:
        other, too = owner.setdefault(id, (kind, advises))
        if other != kind:
            message = f"{id!r} is the id of one of the {other} and of one of the {kind}"
            level = "error" if advises and too else "warning"
            yield places.finding(level, kind, id, message, "an id of its own", "id")


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())


def dead_ends(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A tool that is gone without a word on where to go, or that nothing speaks for."""
    argued = {
        tool
        for rule in knowledge.rules
        if getattr(rule.effect, "points", 0) > 0
        for tool in getattr(rule.effect, "tools", ())
    }
    for tool in knowledge.tools.values():
        if tool.status.state == "superseded" and not tool.superseded_by:
            told = f"{tool.id} is superseded, by nothing that is named"
            yield places.finding("warning", "tools", tool.id, told, "`superseded_by: [...]`", "status")
        if tool.status.state == "active" and tool.roles and not tool.strengths and tool.id not in argued:
            told = f"nothing speaks for {tool.id}, so no project can bring it to the top"
            yield places.finding("warning", "tools", tool.id, told, "a strength, or a rule with `for`", "roles")


def incomplete_records(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A tool about which something is not said that people ask."""
    for tool in knowledge.tools.values():
        live = tool.status.state not in DEAD
        missing = {
            "what the licence means for a closed product (`note`)": not tool.licence.note,
            "a strength": live and not tool.strengths,
            "a weakness": live and not tool.weaknesses,
            "a release": not tool.release and tool.licence.kind != "proprietary",
        }
        lacks = [what for what, is_missing in missing.items() if is_missing]
        if lacks:
            yield places.finding("note", "tools", tool.id, f"{tool.id} lacks {', '.join(lacks)}", "", "id")


def idle_claims(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A claim about a role that its tool does not fill: it never counts."""
    for tool in knowledge.tools.values():
        for claim in (*tool.strengths, *tool.weaknesses):
            if claim.roles and tool.roles and not set(claim.roles) & set(tool.roles):
                told = f"{claim.id} counts in {', '.join(claim.roles)} only, and {tool.id} fills none of these"
                yield places.claim("warning", claim.id, told, f"of {', '.join(tool.roles)}", "roles")


def unused_sources(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A source that no claim cites."""
    cited = {source.removeprefix(JUDGEMENT) for *_, source, _ in _citations(knowledge)}
    for source in knowledge.sources:
        if source not in cited:
            yield places.finding("warning", "sources", source, f"no claim cites the source {source!r}")


def stale_claims(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Claims that were verified more than a year before the newest one."""
    if not knowledge.verified:
        return
    newest = date.fromisoformat(knowledge.verified)
    told: set[tuple[str, str, str, str]] = set()
    for kind, path, source, day in _citations(knowledge):
        key = (kind, str(path[0]), source, day)
        if day and (newest - date.fromisoformat(day)).days > STALE_DAYS and key not in told:
            told.add(key)
            message = f"{path[0]} was last verified on {day}, against {source!r}"
            expected = f"a look within {STALE_DAYS} days"
            yield places.finding("warning", kind, str(path[0]), message, expected, *path[1:], "verified")


def _citations(knowledge: Knowledge) -> Iterator[tuple[str, tuple[str | int, ...], str, str]]:
    """Every claim: the kind of its record, the record's id and the way to the claim in it, its source and its day."""
    for tool in knowledge.tools.values():
        yield "tools", (tool.id,), tool.source, tool.verified
        yield "tools", (tool.id, "licence"), tool.licence.source, tool.licence.verified
        yield "tools", (tool.id, "status"), tool.status.source, tool.status.verified
        if tool.release:
            yield "tools", (tool.id, "release"), tool.release.source, tool.release.verified
        for field, claims in (("strengths", tool.strengths), ("weaknesses", tool.weaknesses)):
            for claim in claims:
                yield "tools", (tool.id, field, int(claim.id.rpartition("/")[2][1:]) - 1), claim.source, claim.verified
    kinds: tuple[tuple[str, tuple[Rule | Caveat | Step, ...]], ...] = (
        ("rules", knowledge.rules),
        ("caveats", knowledge.caveats),
        ("steps", knowledge.steps),
    )
    for kind, records in kinds:
        for record in records:
            yield kind, (record.id,), record.source, record.verified


def unheeded_questions(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A slot that rules ask about and that nobody can be asked about is fine; a question that no rule heeds is not."""
    heeded = {slot for rule in knowledge.rules for slot in _slots(rule.when)}
    heeded |= {m.slot for role in knowledge.roles.values() for m in role.matches}
    claims = [claim for tool in knowledge.tools.values() for claim in (*tool.strengths, *tool.weaknesses)]
    heeded |= {slot for claim in claims if claim.when is not None for slot in _slots(claim.when)}
    for question in knowledge.questions:
        if question.slot not in heeded and question.slot != "priorities":
            told = f"no rule heeds the answer to the question about {question.slot!r}"
            yield places.finding("warning", "questions", question.slot, told, "a rule that asks for it", "slot")


def _slots(condition: object) -> Iterator[str]:
    slot = getattr(condition, "slot", None)
    if slot is not None:
        yield slot
    for part in getattr(condition, "parts", ()):
        yield from _slots(part)


CHECKS: tuple[Callable[[Knowledge, Places], Iterator[Finding]], ...] = (
    empty_roles,
    empty_matches,
    lonely_tasks,
    colliding_names,
    shared_ids,
    dead_ends,
    incomplete_records,
    idle_claims,
    unused_sources,
    stale_claims,
    unheeded_questions,
)
