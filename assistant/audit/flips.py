"""First choices that turn on a fact that should not matter to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.audit.projects import Project, told
from assistant.audit.tally import Spot
from assistant.knowledge.facts import Fact
from assistant.reasoning.changes import Edit, apply
from assistant.reasoning.forecast import Leads
from assistant.reasoning.model import Argument, Atom, Choice, Conclusion, Firing
from assistant.reasoning.reasoner import Reasoner

World = tuple[dict[str, Choice], tuple[Firing, ...]]


class Flips:
    def __init__(self, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._leading = [role.id for role in reasoner.knowledge.roles.values() if role.leads]

    def echoes(self, project: Project, conclusion: Conclusion) -> Iterator[Spot]:
        """Flips on being told what was concluded or assumed anyway."""
        forecast = self._reasoner.forecast(project)
        for fact in conclusion.facts:
            if fact.origin in ("stated", "assumed"):
                continue
            said = Fact(fact.slot, fact.value)
            after = apply(self._reasoner, project, [Edit(add=said)])
            turned = self._turned(forecast.base, forecast.leads(after))
            worlds = (self._world(project), self._world(after)) if turned else None
            for role, (before, now) in turned.items():
                assert worlds is not None
                key = (role, before, now, told(said), fact.origin, fact.rule or "")
                yield Spot("echo", key, project, notes=caused_by(role, before, now, *worlds))

    def hushes(self, project: Project) -> Iterator[Spot]:
        """Flips by the mere fact that something was said about a slot, whatever it was.

        Nothing that is said of the two tools rests on the value, or on its absence; a rule that holds only as long as
        nothing is known about the slot fell silent.
        """
        forecast = self._reasoner.forecast(project)
        full: World | None = None
        for number, fact in enumerate(project):
            without = project[:number] + project[number + 1 :]
            turned = self._turned(forecast.leads(without), forecast.base)
            if not turned:
                continue
            full = full or self._world(project)
            less = self._world(without)
            for role, (before, after) in turned.items():
                if not self._matters(fact, role, before, after, less, full):
                    notes = caused_by(role, before, after, less, full)
                    yield Spot("hush", (role, before, after, told(fact)), project, notes=notes)

    def _turned(self, before: Leads, after: Leads) -> dict[str, tuple[str, str]]:
        """The roles with another first choice. Where a leading choice turns, comes or goes, the others follow it: then
        only the leading ones are told."""
        leading = [role for role in self._leading if _first(before, role) != _first(after, role)]
        asked = leading or [role for role in after if _first(before, role) != _first(after, role)]
        return {role: (before[role].tool, after[role].tool) for role in asked if role in before and role in after}

    def _world(self, project: Project) -> World:
        stack, _, firings, _ = self._reasoner.hypothetical(project)
        return {choice.role: choice for choice in stack}, firings

    def _matters(self, fact: Fact, role: str, before: str, after: str, less: World, full: World) -> bool:
        """Whether something that is said of the two tools, now or before, rests on what the fact says of its slot."""
        then, now = (_arguments(world[0].get(role), (before, after)) for world in (less, full))
        if then.keys() ^ now.keys():  # one of the two was or is no candidate
            return True
        for tool in now:
            for name in then[tool].keys() | now[tool].keys():
                gone, come = then[tool].get(name), now[tool].get(name)
                if gone is not None and come is not None and gone.worth != come.worth:
                    return True  # the weight of a pillar
                if come is not None and gone is None and _rests_on(fact.slot, come.firing, full[1]):
                    return True
                if gone is not None and come is None and _rests_on(fact.slot, gone.firing, less[1]):
                    return True
        return False


def _first(leads: Leads, role: str) -> str | None:
    return leads[role].tool if role in leads else None


def caused_by(role: str, before: str, after: str, less: World, full: World) -> dict[str, int]:
    """The arguments about the two tools that come and go, or weigh differently: `+rule for tool`, `-claim for tool`."""
    notes: dict[str, int] = {}
    then, now = (_arguments(world[0].get(role), (before, after)) for world in (less, full))
    for tool in (before, after):
        old, new = then.get(tool, {}), now.get(tool, {})
        for name in sorted(old.keys() | new.keys()):
            shift = round(_worth(new.get(name)) - _worth(old.get(name)), 4)
            if shift:
                notes[f"{shift:+g} {tool}: {name}"] = 1
    return notes


def _worth(argument: Argument | None) -> float:
    return argument.worth if argument else 0.0


def _arguments(choice: Choice | None, tools: Iterable[str]) -> dict[str, dict[str, Argument]]:
    ranking = choice.ranking if choice else ()
    return {one.tool: {a.id: a for a in one.arguments} for one in ranking if one.tool in tools}


def _rests_on(slot: str, firing: Firing, firings: Iterable[Firing]) -> bool:
    """Whether a derivation of `firing` asks for something about `slot`: a value, its absence, that anything is known.

    That nothing is known, it may well ask: then any word about the slot takes it away, whatever it says.
    """
    sources: dict[Atom, list[Firing]] = {}
    for one in firings:
        sources.setdefault(one.head, []).append(one)
    seen: set[Atom] = set()
    waiting = [firing]
    while waiting:
        for premise in waiting.pop().premises:
            name = premise.atom[0].removeprefix("!").removeprefix("must:")
            if name == slot or (premise.holds and name == f"known:{slot}"):
                return True
            if premise.holds and premise.atom not in seen:
                seen.add(premise.atom)
                waiting += sources.get(premise.atom, ())
    return False
