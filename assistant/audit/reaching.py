"""Projects made for what a sweep did not meet: rules that had no say, tools that never came first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from assistant.audit.judging import WIN, Judge
from assistant.audit.projects import Project
from assistant.audit.records import Speaker, speakers
from assistant.audit.shrinking import shrunk
from assistant.audit.tally import Spot, Tally
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Infer
from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom, Premise
from assistant.reasoning.program import atoms_of, branches
from assistant.reasoning.programs import CHOSEN, IN_PLAY
from assistant.reasoning.reach import Search

SILENT, SECOND = "silent", "second"
"""Kinds of spots: a record that no project gave a say, a live tool that came first in none."""

LIVE = ("active", "maintenance")
_WAYS = 12  # of a condition that are tried
_CALLS = 4  # projects that call for a role
_ABOUT = 3  # tools of a long list that are tried


class Reach:
    """Not for several threads at once."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._reasoner = judge.reasoner
        self._search = Search(judge.reasoner)
        self._records = speakers(judge.reasoner.knowledge)

    def record(self, record: str, bases: tuple[Project, ...]) -> Tally:
        """Tries projects made for `record`, alone and on top of `bases`. What they show is in the tally."""
        tally = Tally()
        first: Project | None = None
        for project in self.projects(record, bases):
            first = project if first is None else first
            said = self._judge.saying(self._reasoner.conclude(project))
            if record in said:
                for other in said:
                    tally.fire(other)
                return tally
        project = first or ()
        tally.see(Spot(SILENT, (record, self._why(record, project)), project, count=1))
        return tally

    def tool(self, tool: str, role: str) -> Tally:
        """Tries projects made for `tool` to come first in `role`."""
        tally = Tally()
        found = self._search.winning(self._reasoner.knowledge.tools[tool], role)
        if found is not None:
            tally.see(Spot(WIN, (role, tool), shrunk(found, lambda less: self._first(less, role) == tool)))
        else:
            project, why = self._search.nearest(self._reasoner.knowledge.tools[tool], role)
            tally.see(Spot(SECOND, (tool, role, why), project))
        return tally

    def _first(self, project: Project, role: str) -> str | None:
        lead = self._reasoner.forecast(project).base.get(role)
        return lead.tool if lead else None

    def projects(self, record: str, bases: Iterable[Project] = ()) -> Iterator[Project]:
        """What makes the condition of a record hold, in as many ways as are worth trying."""
        speaker = self._records[record]
        named: list[Project] = [(Fact("considering", tool),) for tool in speaker.about[:_ABOUT]] or [()]
        ways = [*islice(self._search.projects(record, speaker.when, known=True), _WAYS)] or [()]
        for way in ways:
            for base in (*bases, *self._helping(way, speaker), ()):
                for tools in named:
                    yield self._search.together(way, tools, base)

    def _helping(self, way: Project, speaker: Speaker) -> Iterator[Project]:
        """What may bring about the rest: the roles that a step names, and what is wanted and refused at once, which only
        a rule can conclude."""
        for role in speaker.roles:
            yield from self._search.calling(role)[:_CALLS]
        knowledge = self._reasoner.knowledge
        refused = {(fact.slot, fact.value) for fact in way if fact.negated}
        for fact in (one for one in way if not one.negated and (one.slot, one.value) in refused):
            for rule in knowledge.rules:
                if isinstance(rule.effect, Infer) and (fact.slot, fact.value) in rule.effect.facts:
                    yield from islice(self._search.projects(rule.id, rule.when), 1)

    def made(self, record: str, most: int) -> Iterator[Project]:
        """At most so many projects made for a record; none if there is no such record."""
        if record in self._records:
            yield from islice(self.projects(record), most)

    def made_for_tool(self, tool: str, most: int) -> Iterator[Project]:
        """At most so many projects made for a tool in each of its roles; none if there is no such tool."""
        record = self._reasoner.knowledge.tools.get(tool)
        if record is not None:
            for role in record.roles:
                yield from islice(self._search.made_for(record, role), most)

    def _why(self, record: str, project: Project) -> str:
        """What keeps the way of the record's condition that is nearest from holding in the project."""
        held = self._held(project)
        best: list[str] | None = None
        try:
            ways = branches(record, self._records[record].when)
        except CompileError:
            return "its condition has too many alternatives to tell"
        for way in ways:
            missing = [_told(premise) for premise in way if (premise.atom in held) != premise.holds]
            if best is None or len(missing) < len(best):
                best = missing
        if best is None:
            return "its condition has no way to hold"
        return "; ".join(best) or "its condition holds, and it is not shown: what it speaks of is not in the stack"

    def _held(self, project: Project) -> set[Atom]:
        conclusion = self._reasoner.conclude(project)
        programs = self._reasoner.programs
        held = {*atoms_of(programs.argue, project), *atoms_of(programs.advise, project)}
        held |= {firing.head for firing in conclusion.firings}
        first = {choice.ranking[0].tool for choice in conclusion.stack}
        named = {f.value for f in project if isinstance(f.value, str) and f.slot in ("considering", "existing_stack")}
        return held | {(CHOSEN, tool) for tool in first} | {(IN_PLAY, tool) for tool in (*first, *named)}


def _told(premise: Premise) -> str:
    return f"{premise.atom[0]}: {premise.atom[1]} {'does not hold' if premise.holds else 'holds'}"
