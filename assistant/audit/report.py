"""What an audit found, as findings that people read and programs check."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from assistant.audit.comparing import ADVICE, TURN, Changes
from assistant.audit.judging import CLASH, ECHO, GAP, HUSH, TIE, WIN
from assistant.audit.projects import told
from assistant.audit.reaching import SECOND, SILENT
from assistant.audit.records import speakers
from assistant.audit.running import Audit, Options
from assistant.audit.tally import Spot, Tally


class Finding(msgspec.Struct, frozen=True):
    """One thing to look at. `example` is the smallest project that shows it; `because` what had a hand in it."""

    kind: str
    about: tuple[str, ...]
    text: str
    seen: int
    example: tuple[str, ...]
    because: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True):
    title: str
    meaning: str
    findings: tuple[Finding, ...]


class Part(msgspec.Struct, frozen=True):
    """A whole, some of which counts: how many records of a kind had a say, how many projects are advised otherwise."""

    title: str
    some: int
    whole: int


class Report(msgspec.Struct, frozen=True):
    knowledge: str
    against: str | None
    options: Options
    projects: int
    parts: tuple[Part, ...]
    sections: tuple[Section, ...]
    first: dict[str, dict[str, int]]  # by role: how often each tool came first
    turns: dict[str, dict[str, dict[str, int]]] = {}  # by role: from which tool to which, how often
    changes: Changes | None = None


ELSEWHERE = "elsewhere"
"""Of the tools that never came first in a role, those that did so in another."""

Teller = Callable[[Spot], str]

_KINDS: dict[str, tuple[str, str, Teller]] = {
    SILENT: (
        "Without a say",
        "Rules, claims, questions, caveats and plan steps that no project met, not even those made for them",
        lambda s: f"{s.key[0]}: {s.key[1]}",
    ),
    GAP: (
        "Needed, and no candidate",
        "Projects that need a role for which nobody is left; of each no fact can be spared",
        lambda s: f"{s.key[0]}: {s.key[1]}",
    ),
    HUSH: (
        "Turned by an irrelevant fact",
        "The first choice turns because something was said about a slot, though no argument about the two rests on what",
        lambda s: f"{s.key[0]}: {s.key[1]} gives way to {s.key[2]} on “{s.key[3]}”",
    ),
    ECHO: (
        "Turned by hearing what was concluded",
        "The first choice turns when the person says what was concluded or assumed anyway",
        lambda s: f"{s.key[0]}: {s.key[1]} gives way to {s.key[2]} on “{s.key[3]}”, which was {_origin(s)}",
    ),
    CLASH: (
        "Advice that disagrees",
        "A caveat sends to a tool that is excluded in the same project, or that another caveat warns of",
        lambda s: f"{s.key[0]} {s.key[3]}: {s.key[2]}, by {s.key[1]}",
    ),
    TIE: (
        "Ties",
        "The first two are equal, and something other than an argument decides",
        lambda s: f"{s.key[0]}: {s.key[1]} before {s.key[2]} by {s.key[3]}",
    ),
    SECOND: (
        "Never first",
        "Live tools that came first in no role of any project, not even of those made for them",
        lambda s: f"{s.key[0]} as {s.key[1]}; {s.key[2]}",
    ),
    ELSEWHERE: (
        "First in another role only",
        "Roles of live tools in which they came first in no project",
        lambda s: f"{s.key[0]} as {s.key[1]}; {s.key[2]}",
    ),
}

_COMPARED: dict[str, tuple[str, str, Teller]] = {
    TURN: (
        "Another first choice",
        "Roles whose first choice is another one, and what makes the difference",
        lambda s: f"{s.key[0]}: {s.key[1]} → {s.key[2]}",
    ),
    ADVICE: (
        "Other advice",
        "Caveats, plan steps and conflicts that come (+) or go (-)",
        lambda s: f"{s.key[2]} {s.key[1]} ({s.key[0]})",
    ),
}


def report(audit: Audit, tally: Tally) -> Report:
    """What the tally of a run says."""
    against, compared = audit.against, audit.changes()
    first: dict[str, dict[str, int]] = {}
    turns: dict[str, dict[str, dict[str, int]]] = {}
    for spot in tally.of(WIN):
        if spot.count:
            first.setdefault(spot.key[0], {})[spot.key[1]] = spot.count
    for spot in tally.of(TURN):
        turns.setdefault(spot.key[0], {}).setdefault(spot.key[1], {})[spot.key[2]] = spot.count
    kinds = _KINDS if against is None else _COMPARED
    return Report(
        knowledge=audit.knowledge.version,
        against=against.version if against is not None else None,
        options=audit.options,
        projects=tally.projects,
        parts=tuple(_coverage(audit, tally) if against is None else _affected(tally)),
        sections=tuple(
            Section(title, meaning, tuple(_finding(kind, spot, tell) for spot in _spots(tally, kind)))
            for kind, (title, meaning, tell) in kinds.items()
        ),
        first=first,
        turns=turns,
        changes=compared,
    )


def _spots(tally: Tally, kind: str) -> list[Spot]:
    if kind not in (SECOND, ELSEWHERE):
        return tally.of(kind)
    won = {spot.key[1] for spot in tally.of(WIN)}
    return [spot for spot in tally.of(SECOND) if (spot.key[0] in won) == (kind == ELSEWHERE)]


def _finding(kind: str, spot: Spot, tell: Teller) -> Finding:
    notes = sorted(spot.notes, key=lambda note: (-spot.notes[note], note))
    return Finding(kind, spot.key, tell(spot), spot.count, tuple(map(told, spot.project)), tuple(notes))


def _origin(spot: Spot) -> str:
    origin, rule = spot.key[4], spot.key[5]
    if origin == "implied":
        return f"implied by naming {rule}"
    return f"{'assumed' if origin == 'default' else 'concluded'} anyway by {rule}"


def _coverage(audit: Audit, tally: Tally) -> list[Part]:
    knowledge = audit.knowledge
    counted: dict[str, list[str]] = {}
    for speaker in speakers(knowledge).values():
        counted.setdefault(speaker.kind, []).append(speaker.id)
    parts = [
        Part(f"{kind} that had a say", sum(record in tally.fired for record in ids), len(ids))
        for kind, ids in counted.items()
    ]
    live = [(role, tool.id) for tool in knowledge.tools.values() for role in tool.roles]
    wins = {spot.key for spot in tally.of(WIN)}
    return [*parts, Part("tools in a role that came first", sum(place in wins for place in live), len(live))]


def _affected(tally: Tally) -> list[Part]:
    return [
        Part("projects with other advice", tally.fired.get("changed", 0), tally.projects),
        Part("projects with another first choice", tally.fired.get("turned", 0), tally.projects),
    ]


def plain(found: Report, most: int) -> str:
    """The report as text, with at most so many findings of each kind."""
    lines = [headline(found), ""]
    lines += [f"  {part.some:>6} of {part.whole:<6} {part.title}" for part in found.parts]
    if found.changes is not None:
        lines += ["", "Records that differ"]
        for how in ("added", "removed", "changed"):
            for kind, ids in getattr(found.changes, how).items():
                if ids:
                    more = f" and {len(ids) - most} more" if len(ids) > most else ""
                    lines.append(f"  {how} {kind}: {', '.join(ids[:most])}{more}")
    for section in found.sections:
        lines += ["", f"{section.title}: {len(section.findings)}"]
        if section.findings:
            lines.append(f"  {section.meaning}.")
        for finding in section.findings[:most]:
            lines.append(f"  - {finding.text} (seen {finding.seen}×)")
            lines.append(f"      smallest project: {'; '.join(finding.example) or 'nothing said'}")
            if finding.because:
                lines.append(f"      because: {'; '.join(finding.because[:most])}")
        if len(section.findings) > most:
            lines.append(f"  ... and {len(section.findings) - most} more (--limit, --json or --html show them)")
    return "\n".join(lines)


def headline(found: Report) -> str:
    """What was looked at, in a line."""
    how = f"{found.options.sweep} sweep" + (f", seed {found.options.seed}" if found.options.sweep == "random" else "")
    if found.against is None:
        return f"Knowledge {found.knowledge}: {found.projects:,} projects ({how})"
    return f"Knowledge {found.against} → {found.knowledge}: {found.projects:,} projects ({how})"
