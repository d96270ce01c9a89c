"""What there is to see in one project: what has a say, who comes first, gaps, ties, flips and caveats that disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from assistant.audit.flips import Flips
from assistant.audit.projects import Project, told
from assistant.audit.records import speakers
from assistant.audit.shrinking import shrunk
from assistant.audit.tally import Spot, Tally
from assistant.knowledge.model import Tool
from assistant.reasoning.model import Choice, Conclusion, Ranked
from assistant.reasoning.programs import NEED
from assistant.reasoning.reasoner import Reasoner
from assistant.reasoning.selection import Profile, tie_order

WIN, GAP, TIE, ECHO, HUSH, CLASH = "win", "gap", "tie", "echo", "hush", "clash"
"""Kinds of spots: a first choice; a role that stays empty; equal sums; a first choice that turns on hearing what was
concluded anyway (echo), or on a fact that speaks for nobody and only makes something else fall silent (hush); caveats
that contradict one another or the choice."""

SHRUNK = (TIE, ECHO, HUSH, CLASH)
"""Kinds whose smallest project has still to be made smaller; gaps are found by their smallest core, and wins need none."""

_AWAY = re.compile(
    r"(?:instead of|rather than|than|not|from|without|leave|avoid|replace|beside|before|after)\s+$", re.I
)


class Judge:
    """Looks at projects with one knowledge. Safe to share between threads."""

    def __init__(self, reasoner: Reasoner) -> None:
        self.reasoner = reasoner
        self._knowledge = reasoner.knowledge
        self._flips = Flips(reasoner)
        self._speaking = {one.id for one in speakers(reasoner.knowledge).values() if not one.shown()}
        longest = sorted(self._knowledge.tools.values(), key=lambda tool: (-len(tool.name), tool.id))
        self._sends_to = {caveat.id: _named(caveat.advice, longest) for caveat in self._knowledge.caveats}

    def judge(self, project: Project) -> Tally:
        """All that there is to see."""
        tally = Tally(projects=1)
        conclusion = self.reasoner.conclude(project)
        for record in self.saying(conclusion):
            tally.fire(record)
        for choice in conclusion.stack:
            tally.see(Spot(WIN, (choice.role, choice.ranking[0].tool), project))
        for role, why in sorted(self._gaps(project)):
            core = shrunk(project, partial(self._has_gap, (role, why)))
            tally.see(Spot(GAP, (role, why, *sorted(map(told, core))), core))
        for kind in SHRUNK:
            for spot in self.spots(kind, project, conclusion):
                tally.see(spot)
        return tally

    def saying(self, conclusion: Conclusion) -> list[str]:
        """The records that have a say in a conclusion."""
        advised = {one.id for one in (*conclusion.caveats, *conclusion.plan, *conclusion.conflicts)}
        return sorted({firing.rule for firing in conclusion.firings} & self._speaking | advised)

    def spots(self, kind: str, project: Project, conclusion: Conclusion | None = None) -> Iterator[Spot]:
        """The spots of one of the kinds that are SHRUNK."""
        if kind == TIE:
            stack = conclusion.stack if conclusion else self.reasoner.hypothetical(project)[0]
            yield from self._ties(project, stack)
        elif kind == ECHO:
            yield from self._flips.echoes(project, conclusion or self.reasoner.conclude(project))
        elif kind == HUSH:
            yield from self._flips.hushes(project)
        elif kind == CLASH:
            yield from self._clashes(project, conclusion or self.reasoner.conclude(project))

    def shrink(self, spot: Spot) -> Spot:
        """The spot with as small a project as still shows it, counting nothing."""
        small = shrunk(spot.project, lambda less: any(one.key == spot.key for one in self.spots(spot.kind, less)))
        return Spot(spot.kind, spot.key, small, count=0)

    # -- gaps and ties ---------------------------------------------------------------------------------------

    def _gaps(self, project: Project) -> set[tuple[str, str]]:
        """The roles that are needed and stay empty, and why."""
        stack, excluded, firings, profile = self.reasoner.hypothetical(project)
        filled = {choice.role for choice in stack}
        needed = dict.fromkeys(firing.head[1] for firing in firings if firing.head[0] == NEED)
        barred = {(one.tool, role) for one in excluded for role in (one.roles or ("",))}
        return {(role, self._why_empty(role, profile, barred)) for role in needed if role not in filled}

    def _has_gap(self, gap: tuple[str, str], project: Project) -> bool:
        return gap in self._gaps(project)

    def _why_empty(self, role: str, profile: Profile, barred: set[tuple[str, str]]) -> str:
        fitting = [t.id for t, _ in self.reasoner.selector.candidates(self._knowledge.roles[role], profile)]
        if not fitting:
            return "no tool fits"
        if all((tool, "") in barred or (tool, role) in barred for tool in fitting):
            return "all that fit are excluded"
        return "nothing speaks for those that fit"

    def _ties(self, project: Project, stack: Iterable[Choice]) -> Iterator[Spot]:
        for choice in stack:
            if len(choice.ranking) > 1 and choice.ranking[0].score == choice.ranking[1].score:
                first, second = choice.ranking[:2]
                decided = self._decided_by(first, second)
                yield Spot(TIE, (choice.role, first.tool, second.tool, decided), project)

    def _decided_by(self, first: Ranked, second: Ranked) -> str:
        one, other = (tie_order(self._knowledge.tools[ranked.tool]) for ranked in (first, second))
        if one[:2] > other[:2]:
            return "priorities"
        if one[:2] == other[:2]:
            return "priorities" if one > other else "the alphabet"
        return "the state of the project" if one[0] != other[0] else "the licence"

    # -- advice that disagrees -------------------------------------------------------------------------------

    def _clashes(self, project: Project, conclusion: Conclusion) -> Iterator[Spot]:
        """Caveats that send to a tool which is excluded here, or which another caveat that holds warns of."""
        excluded = {one.tool: one.rule for one in reversed(conclusion.excluded) if not one.roles}
        warned: dict[str, list[str]] = {}
        for caveat in conclusion.caveats:
            if caveat.severity != "note":
                for tool in caveat.tools:
                    warned.setdefault(tool, []).append(caveat.id)
        for caveat in conclusion.caveats:
            for tool in self._sends_to[caveat.id]:
                if tool in caveat.tools:
                    continue
                if tool in excluded:
                    yield Spot(CLASH, (caveat.id, excluded[tool], tool, "sends to what is excluded"), project)
                for other in warned.get(tool, ()):
                    if other != caveat.id:
                        yield Spot(CLASH, (caveat.id, other, tool, "sends to what is warned of"), project)


def _named(advice: str, tools: Iterable[Tool]) -> tuple[str, ...]:
    """The tools that an advice sends to, by their names, longest first; not those behind "instead of" and the like."""
    found: set[str] = set()
    for tool in tools:
        if tool.name in advice:  # most are not, and patterns are slow
            for place in list(re.finditer(rf"(?<![\w.-]){re.escape(tool.name)}(?![\w-])", advice)):
                if not _AWAY.search(advice[: place.start()]):
                    found.add(tool.id)
                advice = advice[: place.start()] + "\0" * len(place.group()) + advice[place.end() :]
    return tuple(sorted(found))
