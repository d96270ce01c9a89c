"""Two versions of the knowledge side by side: whose advice changes, and which rules and claims make the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from assistant.audit.projects import Project
from assistant.audit.reaching import Reach
from assistant.audit.shrinking import shrunk
from assistant.audit.tally import Spot, Tally
from assistant.knowledge.model import Knowledge, Record
from assistant.reasoning.model import Argument, Choice, Conclusion
from assistant.reasoning.programs import NEED
from assistant.reasoning.reasoner import Reasoner

TURN, ADVICE = "turn", "advice"
"""Kinds of spots: a role with another first choice; a caveat, plan step or conflict that comes or goes."""

NOBODY = "–"
_SKIPPED = ("file", "line", "layer", "verified")


class Comparison:
    """The same projects told to both versions. Safe to share between threads."""

    def __init__(self, old: Reasoner, new: Reasoner) -> None:
        self.old, self.new = old, new

    def compare(self, project: Project) -> Tally:
        """What differs in one project; `fired` counts the projects in which anything does."""
        tally = Tally(projects=1)
        before, after = self._conclude(self.old, project), self._conclude(self.new, project)
        for spot in (*self._turns(project, before, after), *self._advice(project, before, after)):
            tally.see(spot)
        if tally.spots:
            tally.fire("changed")
        if any(spot.kind == TURN for spot in tally.spots.values()):
            tally.fire("turned")
        return tally

    def shrink(self, spot: Spot) -> Spot:
        """The spot with as small a project as still shows it, and with what made the difference there."""

        def found(project: Project) -> Spot | None:
            return next((one for one in self.compare(project).spots.values() if one.key == spot.key), None)

        small = shrunk(spot.project, lambda less: found(less) is not None)
        return Spot(spot.kind, spot.key, small, count=0)

    @staticmethod
    def _conclude(reasoner: Reasoner, project: Project) -> Conclusion:
        """What a version makes of the facts whose slots and values it knows."""
        return reasoner.conclude(fact for fact in project if fact.slot in reasoner.knowledge.slots)

    def _turns(self, project: Project, before: Conclusion, after: Conclusion) -> Iterator[Spot]:
        for role in dict.fromkeys((*self.old.knowledge.roles, *self.new.knowledge.roles)):
            first, now = before.first(role), after.first(role)
            if first != now:
                causes = dict.fromkeys(self._causes(role, before, after), 1)
                yield Spot(TURN, (role, first or NOBODY, now or NOBODY), project, notes=causes)

    def _causes(self, role: str, before: Conclusion, after: Conclusion) -> Iterator[str]:
        """What is said of the two first choices, or of the role, in one version and not in the other."""
        needs = [
            {firing.rule for firing in conclusion.firings if firing.head == (NEED, role)}
            for conclusion in (before, after)
        ]
        if not all(needs):
            yield from (f"the role is needed: {rule}" for rule in sorted(needs[1] - needs[0]))
            yield from (f"the role is not needed any more: {rule}" for rule in sorted(needs[0] - needs[1]))
        for tool in dict.fromkeys(first for one in (before, after) if (first := one.first(role))):
            yield from self._about(tool, role, before, after)

    def _about(self, tool: str, role: str, before: Conclusion, after: Conclusion) -> Iterator[str]:
        for conclusion, other, how in ((after, before, "excluded"), (before, after, "not excluded any more")):
            known = {one.rule for one in other.excluded if one.tool == tool}
            for one in conclusion.excluded:
                if one.tool == tool and one.rule not in known and (not one.roles or role in one.roles):
                    yield f"{tool} is {how}: {one.rule}"
        said = [_said(conclusion.choice(role), tool) for conclusion in (before, after)]
        if said[0] is None or said[1] is None:
            records = [tool in reasoner.knowledge.tools for reasoner in (self.old, self.new)]
            if records == [True, False]:
                yield f"{tool} has no record any more"
            elif records == [False, True]:
                yield f"{tool} has a record now"
            elif (said[0] is None) != (said[1] is None):
                yield f"{tool} is {'a' if said[0] is None else 'no'} candidate {'now' if said[0] is None else 'any more'}"
            return
        for name in sorted(said[0].keys() | said[1].keys()):
            old, new = said[0].get(name), said[1].get(name)
            shift = round((new.worth if new else 0.0) - (old.worth if old else 0.0), 4)
            told = new or old
            if shift and told is not None:
                yield f"{shift:+g} for {tool}: {told.id}"

    def _advice(self, project: Project, before: Conclusion, after: Conclusion) -> Iterator[Spot]:
        for kind in ("caveats", "plan", "conflicts"):
            old, new = ({one.id for one in getattr(conclusion, kind)} for conclusion in (before, after))
            for sign, ids in (("+", new - old), ("-", old - new)):
                for one in sorted(ids):
                    yield Spot(ADVICE, (kind, one, sign), project)


def _said(choice: Choice | None, tool: str) -> dict[str, Argument] | None:
    """What is said of the tool; a claim goes by its words, for its number changes when another is put before it."""
    for ranked in choice.ranking if choice else ():
        if ranked.tool == tool:
            return {a.text if "/+" in a.id or "/-" in a.id else a.id: a for a in ranked.arguments}
    return None


class Changes(msgspec.Struct, frozen=True):
    """The ids of records that only one version has, or that say different things."""

    added: dict[str, list[str]]
    removed: dict[str, list[str]]
    changed: dict[str, list[str]]


def changes(old: Knowledge, new: Knowledge) -> Changes:
    """Which records differ, whatever day they were verified on and wherever they stand."""
    kinds = [
        (kind, _records(old, kind), _records(new, kind)) for kind in ("rules", "tools", "caveats", "steps", "roles")
    ]
    return Changes(
        added={kind: sorted(two.keys() - one.keys()) for kind, one, two in kinds},
        removed={kind: sorted(one.keys() - two.keys()) for kind, one, two in kinds},
        changed={kind: sorted(id for id in one.keys() & two.keys() if one[id] != two[id]) for kind, one, two in kinds},
    )


def _records(knowledge: Knowledge, kind: str) -> dict[str, object]:
    held = getattr(knowledge, kind)
    listed: Iterable[Record] = held.values() if isinstance(held, dict) else held
    plain = (msgspec.to_builtins(record) for record in listed)
    return {record["id"]: _without_days(record) for record in plain}


def _without_days(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_days(held) for key, held in value.items() if key not in _SKIPPED}
    if isinstance(value, list | tuple):
        return [_without_days(one) for one in value]
    return value


def made_for(changed: Changes, reach: Reach, most: int = 4) -> Iterator[Project]:
    """Projects made for the records of one version that differ, so that a small change is met by some project."""
    for ids in (changed.added, changed.removed, changed.changed):
        for kind in ("rules", "caveats", "steps"):
            for record in ids[kind]:
                yield from reach.made(record, most)
        for tool in ids["tools"]:
            yield from reach.made_for_tool(tool, most)
