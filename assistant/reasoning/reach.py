"""A search for a project that brings each live tool to the top of each of its roles.

For every tool it tries projects made for it: its tasks, what its record offers, and the conditions of all that speaks for
it, alone and together. Finding one proves that the tool can win. Finding none proves nothing, but says how near it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, islice

from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Argue, Condition, Knowledge, Need, Tool
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Branch, Threshold, branches
from assistant.reasoning.reasoner import Reasoner

_LIVE = ("active", "maintenance")
_TASKS, _REASONS, _NEEDS = 5, 10, 4  # of a tool that are tried: enough for nearly all that can win at all
_TRIALS = 120  # for one tool in one role
_MEASURED = 6  # projects of which the distance is told, where none was found

Facts = tuple[Fact, ...]


def unreached(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A warning for each live tool and role for which no project was found. Raises CompileError."""
    search = Search(Reasoner(knowledge, "reference"))
    for tool in knowledge.tools.values():
        if tool.status.state not in _LIVE:
            continue
        for role in tool.roles:
            if not search.reaches(tool, role):
                yield places.finding("warning", "tools", tool.id, search.told(tool, role), "", "roles")


class Search:
    """Trials over one knowledge; what wins in any of them is remembered."""

    def __init__(self, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._knowledge = reasoner.knowledge
        self._forecast = reasoner.forecast(())
        programs = (reasoner.programs.argue, reasoner.programs.advise)
        self._thresholds = {t.atom(): t for p in programs for own in p.thresholds.values() for t in own}
        self._won: set[tuple[str, str]] = set()
        self._reasons = {tool: [*self._speaking(tool)] for tool in self._knowledge.tools}
        self._calls: dict[str, list[Facts]] = {}
        for rule in self._knowledge.rules:
            if isinstance(rule.effect, Need):
                for role in rule.effect.roles:
                    self._calls.setdefault(role, []).extend(self.projects(rule.id, rule.when))

    def reaches(self, tool: Tool, role: str) -> bool:
        """Whether some project makes `tool` the first choice of `role`."""
        return (tool.id, role) in self._won or self.winning(tool, role) is not None

    def winning(self, tool: Tool, role: str) -> Facts | None:
        """A project that makes `tool` the first choice of `role`, if one is found."""
        for facts in islice(self.made_for(tool, role), _TRIALS):
            leads = self._forecast.leads(facts)
            self._won.update((lead.tool, led) for led, lead in leads.items())
            if role in leads and leads[role].tool == tool.id:
                return facts
        return None

    def nearest(self, tool: Tool, role: str) -> tuple[Facts, str]:
        """The project made for the tool that brings it nearest to the top, and how near that is."""
        best: tuple[float, str, Facts] | None = None
        for facts in islice(self.made_for(tool, role), _MEASURED):
            stack, *_ = self._reasoner.hypothetical(facts)
            ranking = next((choice.ranking for choice in stack if choice.role == role), ())
            own = next((ranked for ranked in ranking if ranked.tool == tool.id), None)
            if own is not None:
                behind = round(ranking[0].score - own.score, 4)
                if best is None or (behind, ranking[0].tool) < best[:2]:
                    best = (behind, ranking[0].tool, facts)
        if best is None:
            return next(self.made_for(tool, role), ()), "it is a candidate in none, or nothing calls for the role"
        return best[2], f"nearest: {best[0]:g} points behind {best[1]}"

    def calling(self, role: str) -> list[Facts]:
        """Projects that call for a role."""
        return self._calls.get(role, [])

    def told(self, tool: Tool, role: str) -> str:
        """How near to the top the projects made for it bring the tool."""
        return f"no project of those tried brings {tool.id} to the top as {role}; {self.nearest(tool, role)[1]}"

    def made_for(self, tool: Tool, role: str) -> Iterator[Facts]:
        """Projects in which the tool should do well, the likeliest first."""
        reasons = [facts for roles, facts in self._reasons[tool.id] if not roles or role in roles][:_REASONS]
        calls: list[Facts] = [*self._calls.get(role, ())[:_NEEDS], ()]
        offers = self._offers(tool, role)
        tasks: list[Facts] = [(Fact("task", task),) for task in tool.tasks[:_TASKS]]
        for task in tasks or [()]:
            for call in calls:
                yield self.together(task, *reasons, call)
                yield self.together(task, *reasons, offers, call)
                yield self.together(task, offers, call)
                yield self.together(task, call)
            for some in (1, 2):
                for chosen in combinations(reasons, some):
                    yield self.together(*chosen, task, calls[0])

    def _offers(self, tool: Tool, role: str) -> Facts:
        """What the record offers where the role asks for it: the first of each, which is not what everybody has."""
        slots = ((match.slot, match.attribute) for match in self._knowledge.roles[role].matches)
        return tuple(Fact(slot, getattr(tool, field)[-1]) for slot, field in slots if getattr(tool, field))

    def _speaking(self, tool: str) -> Iterator[tuple[tuple[str, ...], Facts]]:
        """What speaks for the tool: in which roles, and in which projects; the weightiest first."""
        record = self._knowledge.tools[tool]
        claims = [(c.points, c.roles, c.id, c.when) for c in record.strengths if c.when is not None]
        rules = [
            (rule.effect.points, rule.effect.roles, rule.id, rule.when)
            for rule in self._knowledge.rules
            if isinstance(rule.effect, Argue) and rule.effect.points > 0 and tool in rule.effect.tools
        ]
        for _, roles, name, when in sorted([*claims, *rules], key=lambda said: -said[0]):
            for facts in self.projects(name, when):
                yield roles, facts

    def projects(self, name: str, when: Condition | None, *, known: bool = False) -> Iterator[Facts]:
        """The facts that make a condition hold, one for each of its ways. What must be absent is just not said.

        With `known` something is said about each slot of which it asks that anything is known.
        """
        try:
            ways: Iterable[Branch] = branches(name, when)
        except CompileError:
            ways = ()
        for way in ways:
            held = [premise.atom for premise in way if premise.holds]
            facts = (*self._facts(held), *(self._anything(held) if known else ()))
            if facts:
                yield facts

    def _facts(self, atoms: list[Atom]) -> Facts:
        facts: list[Fact] = []
        amounts: dict[str, list[Threshold]] = {}
        for slot, value in atoms:
            name = slot.lstrip("!").removeprefix("must:")
            if (slot, value) in self._thresholds:
                amounts.setdefault(slot, []).append(self._thresholds[slot, value])
            elif name in self._knowledge.slots and self._knowledge.slots[name].kind != "quantity":
                facts.append(Fact(name, value, negated=slot.startswith("!")))
        return (*facts, *(Fact(slot, _between(asked)) for slot, asked in amounts.items()))

    def _anything(self, atoms: list[Atom]) -> Iterator[Fact]:
        """Some fact about each slot of which nothing is asked but that something is known."""
        asked = {slot for slot, _ in atoms}
        for name in (slot.removeprefix("known:") for slot, _ in atoms if slot.startswith("known:")):
            slot = self._knowledge.slots[name]
            if name in asked:
                continue
            if slot.kind == "quantity":
                yield Fact(name, Quantity(1.0))
            elif slot.kind == "tools":
                yield Fact(name, next(iter(self._knowledge.tools)))
            else:
                yield Fact(name, slot.values[0].id if slot.values else "anything")

    def together(self, *parts: Facts) -> Facts:
        """One project of several; where two say different things of one slot, the first counts."""
        slots = self._knowledge.slots
        kept: dict[object, Fact] = {}
        for fact in (fact for part in parts for fact in part):
            single = slots[fact.slot].kind in ("single", "quantity")
            kept.setdefault(fact.slot if single else (fact.slot, fact.value), fact)
        return tuple(kept.values())


def _between(asked: list[Threshold]) -> Quantity:
    """An amount that satisfies all thresholds."""
    low = max((t.bound for t in asked if t.op in (">", ">=")), default=None)
    high = min((t.bound for t in asked if t.op in ("<", "<=")), default=None)
    if low is None:
        return Quantity((high or 0.0) * 0.99, "=")
    return Quantity(low * 1.01 if high is None else (low + high) / 2, "=")
