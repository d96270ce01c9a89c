"""First choices and margins of hypothetical projects, fast enough to try hundreds between two keystrokes.

The same sums as `selection.py` makes, without the sentences: a property test holds the two together. A forecast starts
from one set of facts; each trial pays only for the atoms, arguments and roles that the changed facts touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Argue, Exclude, Knowledge, Role, Rule, Tool
from assistant.reasoning.factoring import JOINED
from assistant.reasoning.incremental import BaseRun, Index, Variation
from assistant.reasoning.model import Atom
from assistant.reasoning.program import PROJECT, atoms_of
from assistant.reasoning.programs import CLAIM, NEED, RULE, Programs
from assistant.reasoning.reference import Reference
from assistant.reasoning.selection import WORKS_WITH, Profile, Selector, profile_of, tie_order

_KEPT = 4096
_EPSILON = 1e-7
"""What a point in a preferred pillar weighs extra, so that one sum holds the score and its first tie break."""


class Lead(NamedTuple):
    """The first choice of a role, and how far it is ahead of the second."""

    tool: str
    margin: float


Leads = Mapping[str, Lead]


class Board:
    """What forecasts over one knowledge share. Immutable after construction."""

    def __init__(self, knowledge: Knowledge, programs: Programs, selector: Selector, reference: Reference) -> None:
        self.knowledge = knowledge
        self.programs = programs
        self.selector = selector
        self.index = Index(programs.argue, reference)
        self.atom: tuple[Atom, ...] = tuple(self.index.number)
        self.order = {tool.id: tie_order(tool) for tool in knowledge.tools.values()}
        self.matched = frozenset(match.slot for role in knowledge.roles.values() for match in role.matches)
        tool_slots = {slot.id for slot in knowledge.slots.values() if slot.kind == "tools"}
        self.tool_slots = frozenset(tool_slots)
        self.leaders = [role for role in knowledge.roles.values() if role.leads]
        self.partners = {tool.id: frozenset(_partners(tool, knowledge)) for tool in knowledge.tools.values()}
        self._always: dict[object, dict[str, float]] = {}
        self.ends: dict[int, tuple[Atom, ...]] = {}  # what each joined conclusion stands for
        self.speech: dict[Atom, tuple[tuple[str, float, str, tuple[str, ...]], ...]] = {}
        self.personal_rules: dict[Atom, Rule] = {}  # exclusions, and arguments about tools in a slot
        for number, (predicate, value) in enumerate(self.atom):
            if predicate == JOINED:
                self.ends[number] = tuple(dict.fromkeys(clause.head for clause in programs.argue_members[value]))
                for end in self.ends[number]:
                    self._read(end)

    def _read(self, end: Atom) -> None:
        """Note what a conclusion says, and about whom."""
        predicate, value = end
        if predicate == CLAIM:
            tool, claim = self.programs.claims[value]
            self.speech[end] = ((tool, claim.points, claim.pillar, claim.roles),)
        elif predicate == RULE:
            rule = self.programs.rules[value]
            effect = rule.effect
            if isinstance(effect, Argue) and effect.of is None:
                self.speech[end] = tuple((tool, effect.points, effect.pillar, effect.roles) for tool in effect.tools)
            else:
                self.personal_rules[end] = rule

    def always(self, role: str, weight: Mapping[str, float]) -> dict[str, float]:
        """What the unconditional claims of each tool of `role` add up to under these weights."""
        key = (role, *weight.values())
        known = self._always.get(key)
        if known is None:
            known = {
                tool.id: sum(
                    claim.points * weight.get(claim.pillar, 1.0)
                    for claim in self.selector.unconditional(tool.id)
                    if not claim.roles or role in claim.roles
                )
                for tool in self.selector.filling(role)
            }
            _remember(self._always, key, known)
        return known


def _remember(cache: dict[object, Any], key: object, value: object) -> None:
    if len(cache) >= _KEPT:
        cache.clear()
    cache[key] = value


def _partners(tool: Tool, knowledge: Knowledge) -> Iterable[str]:
    yield from (other for other in tool.works_with if other != tool.id)
    yield from (other.id for other in knowledge.tools.values() if tool.id in other.works_with and other.id != tool.id)


class Forecast:
    """Trials around one set of facts. Not for several threads at once."""

    def __init__(self, board: Board, facts: Iterable[Fact]) -> None:
        self._board = board
        self.knowledge = board.knowledge
        self._facts = tuple(facts)
        self._atoms_by_fact: dict[Fact, frozenset[Atom]] = {}
        self._inputs = self._inputs_of(self._facts)
        self._run = BaseRun(board.index, self._inputs)
        self._counts: dict[Atom, int] = {}
        for number in self._run.holds:
            for end in board.ends.get(number, ()):
                self._counts[end] = self._counts.get(end, 0) + 1
        self._personal = {end for end in self._counts if end in board.personal_rules}
        self._base = self._picture(self._run.holds, self._facts)
        self.base: Leads = self._leads(self._base)

    def leads(self, facts: Iterable[Fact]) -> Leads:
        """First choices and margins if `facts` held instead."""
        facts = tuple(facts)
        inputs = self._inputs_of(facts)
        variation = self._run.vary(inputs - self._inputs, self._inputs - inputs)
        if variation is None:
            fresh = BaseRun(self._board.index, inputs)
            return self._leads(self._picture(fresh.holds, facts))
        if not variation.true and not variation.false and self._stated(facts) == self._stated(self._facts):
            return self.base
        come, gone = self._toggled(variation)
        slots = {self._board.atom[number][0] for number in variation.true | variation.false}
        if "priorities" in slots:
            holds = (self._run.holds | variation.true) - variation.false
            return self._leads(self._picture(holds, facts))
        personal = bool(slots & self._board.tool_slots) or any(end in self._board.personal_rules for end in come | gone)
        if (
            personal
            or slots & self._board.matched
            or any(predicate == NEED for predicate, _ in come | gone)
            or self._stated(facts) != self._stated(self._facts)
        ):
            return self._leads(self._moved(variation, come, gone, facts, personal))
        return self._shifted(come, gone)

    # -- pictures: all that a ranking needs ------------------------------------------------------------

    def _inputs_of(self, facts: Iterable[Fact]) -> frozenset[Atom]:
        atoms: set[Atom] = {PROJECT}
        for fact in facts:
            known = self._atoms_by_fact.get(fact)
            if known is None:
                known = self._atoms_by_fact[fact] = frozenset(atoms_of(self._board.programs.argue, (fact,)))
            atoms |= known
        return frozenset(atoms)

    def _stated(self, facts: tuple[Fact, ...]) -> set[tuple[str, object]]:
        return {(f.slot, f.value) for f in facts if f.slot in self._board.matched and not f.negated}

    def _toggled(self, variation: Variation) -> tuple[set[Atom], set[Atom]]:
        """The conclusions that come and go: a rule with several alternatives holds while one of them does."""
        ends, counts = self._board.ends, self._counts
        delta: dict[Atom, int] = {}
        for numbers, step in ((variation.true, 1), (variation.false, -1)):
            for number in numbers:
                for end in ends.get(number, ()):
                    delta[end] = delta.get(end, 0) + step
        come = {end for end, step in delta.items() if step > 0 and not counts.get(end)}
        gone = {end for end, step in delta.items() if step < 0 and counts.get(end) == -step}
        return come, gone

    def _moved(
        self, variation: Variation, come: set[Atom], gone: set[Atom], facts: tuple[Fact, ...], personal: bool
    ) -> _Picture:
        """The base picture after a change of facts, needs and plain arguments."""
        board, base = self._board, self._base
        values = dict(base.profile.values)
        picture = _Picture(base.profile, base.weight)
        picture.needed, picture.barred, picture.personal = set(base.needed), base.barred, base.personal
        picture.general, picture.speech = dict(base.general), dict(base.speech)
        for ends, sign in ((come, 1.0), (gone, -1.0)):
            for end in sorted(ends):
                if end[0] == NEED:
                    (picture.needed.add if sign > 0 else picture.needed.discard)(end[1])
                for tool, points, pillar, roles in board.speech.get(end, ()):
                    picture.speak(tool, sign * points * base.weight.get(pillar, 1.0), roles)
        for numbers, holds in ((variation.true, True), (variation.false, False)):
            for number in numbers:
                slot, value = board.atom[number]
                if slot in board.matched or slot in board.tool_slots:
                    held = values.get(slot, ())
                    values[slot] = (*held, value) if holds else tuple(v for v in held if v != value)
        for slot, value in self._inputs_of(facts) - self._inputs:
            if (slot in board.matched or slot in board.tool_slots) and value not in values.get(slot, ()):
                values[slot] = (*values.get(slot, ()), value)
        for slot, value in self._inputs - self._inputs_of(facts):
            if (slot in board.matched or slot in board.tool_slots) and (slot, value) not in board.index.number:
                values[slot] = tuple(v for v in values.get(slot, ()) if v != value)
        stated = frozenset((f.slot, f.value) for f in facts if isinstance(f.value, str) and not f.negated)
        held_by = {slot: tuple(sorted(listed)) for slot, listed in values.items() if listed}
        picture.profile = msgspec.structs.replace(
            base.profile, values=held_by, stated=stated, running=held_by.get("existing_stack", ())
        )
        if personal:
            picture.barred, picture.personal = set(), {}
            rules = board.personal_rules
            for end in sorted((self._personal | (come & rules.keys())) - gone):
                self._decide(picture, rules[end])
        return picture

    def _picture(self, holds: set[int], facts: tuple[Fact, ...]) -> _Picture:
        board = self._board
        ordered = [board.atom[number] for number in sorted(holds)]
        known = set(ordered)
        extra = [atom for atom in sorted(self._inputs_of(facts)) if atom not in known]
        profile = profile_of(board.knowledge, sorted([*ordered, *extra]), facts)
        weight = {
            pillar: profile.weights[pillar] * (1 + _EPSILON * (pillar in profile.preferred))
            for pillar in profile.weights
        }
        picture = _Picture(profile, weight)
        ends = {end for number in holds for end in board.ends.get(number, ())}
        for end in sorted(ends):
            for tool, points, pillar, roles in board.speech.get(end, ()):
                picture.speak(tool, points * weight.get(pillar, 1.0), roles)
            if end[0] == NEED:
                picture.needed.add(end[1])
            elif end in board.personal_rules:
                self._decide(picture, board.personal_rules[end])
        return picture

    def _decide(self, picture: _Picture, rule: Rule) -> None:
        """Count a rule about tools that the person named, or an exclusion."""
        effect = rule.effect
        if not isinstance(effect, Argue | Exclude):
            return
        tools = effect.tools if effect.of is None else picture.profile.values.get(effect.of, ())
        for tool in tools:
            if isinstance(effect, Argue):
                for role in effect.roles or ("",):
                    worth = effect.points * picture.weight.get(effect.pillar, 1.0)
                    picture.personal[tool, role] = picture.personal.get((tool, role), 0.0) + worth
            else:
                picture.barred.update((tool, role) for role in (effect.roles or ("",)))

    # -- rankings ------------------------------------------------------------------------------------------

    def _leads(self, picture: _Picture) -> dict[str, Lead]:
        knowledge = self._board.knowledge
        leads: dict[str, Lead] = {}
        leaders: list[str] = []
        for role in sorted((r for r in knowledge.roles.values() if r.id in picture.needed), key=lambda r: not r.leads):
            lead = self._best(role, picture, tuple(leaders), {})
            if lead is not None:
                leads[role.id] = lead
                if role.leads:
                    leaders.append(lead.tool)
        return leads

    def _best(self, role: Role, picture: _Picture, leaders: tuple[str, ...], shift: Mapping[str, float]) -> Lead | None:
        board, profile, weight = self._board, picture.profile, picture.weight
        order, speech, general, barred, name = board.order, picture.speech, picture.general, picture.barred, role.id
        always, personal = board.always(name, weight), picture.personal
        deployment = weight.get("production_deployment", 1.0)
        partners = frozenset[str]().union(*(board.partners.get(t, ()) for t in (*leaders, *profile.running)))
        served = [
            (match.points * deployment, match.attribute, value)
            for match in role.matches
            if match.points
            for value in profile.values.get(match.slot, ())
            if (match.slot, value) in profile.stated
        ]
        best: list[tuple[float, tuple[object, ...], str]] = []
        for record, _ in board.selector.candidates(role, profile):
            tool = record.id
            if (tool, "") in barred or (tool, name) in barred:
                continue
            total = always[tool] + general.get(tool, 0.0) + speech.get((tool, name), 0.0) + shift.get(tool, 0.0)
            if personal:
                total += personal.get((tool, ""), 0.0) + personal.get((tool, name), 0.0)
            if tool in partners:
                total += WORKS_WITH * deployment
            for points, attribute, value in served:
                if value in getattr(record, attribute):
                    total += points
            best.append((-round(total, 9), order[tool], tool))
        if not best:
            return None
        first = min(best)
        second = min((entry for entry in best if entry is not first), default=None)
        margin = second[0] - first[0] if second is not None else -first[0]
        return Lead(first[2], round(margin, 4))

    # -- small changes ----------------------------------------------------------------------------------------

    def _shifted(self, come: set[Atom], gone: set[Atom]) -> Leads:
        """The base with some arguments more and some fewer: only the roles that they reach are ranked anew."""
        board, base = self._board, self._base
        shift: dict[str, dict[str, float]] = {}
        for ends, sign in ((come, 1.0), (gone, -1.0)):
            for end in sorted(ends):
                for tool, points, pillar, roles in board.speech.get(end, ()):
                    for name in roles or board.knowledge.tools[tool].roles:
                        if name in self.base:
                            own = shift.setdefault(name, {})
                            own[tool] = own.get(tool, 0.0) + sign * points * base.weight.get(pillar, 1.0)
        if not shift:
            return self.base
        leads = dict(self.base)
        every = board.knowledge.roles
        for role in board.leaders:
            if role.id in shift:
                lead = self._best(role, base, self._leaders_before(role), shift[role.id])
                if lead is not None:
                    if lead.tool != self.base[role.id].tool:
                        return self._leads(base.shifted(shift))
                    leads[role.id] = lead
        leaders = tuple(leads[role.id].tool for role in board.leaders if role.id in leads)
        for name, own in shift.items():
            if not every[name].leads:
                lead = self._best(every[name], base, leaders, own)
                if lead is not None:
                    leads[name] = lead
        return leads

    def _leaders_before(self, role: Role) -> tuple[str, ...]:
        before: list[str] = []
        for leader in self._board.leaders:
            if leader.id == role.id:
                break
            if leader.id in self.base:
                before.append(self.base[leader.id].tool)
        return tuple(before)


class _Picture:
    """What holds in one trial: the profile, the weights, and all that was said for and against, summed up."""

    def __init__(self, profile: Profile, weight: dict[str, float]) -> None:
        self.profile = profile
        self.weight = weight
        self.needed: set[str] = set()
        self.barred: set[tuple[str, str]] = set()
        self.general: dict[str, float] = {}
        self.speech: dict[tuple[str, str], float] = {}
        self.personal: dict[tuple[str, str], float] = {}  # what rules about the tools that the person named say

    def speak(self, tool: str, worth: float, roles: tuple[str, ...]) -> None:
        if not roles:
            self.general[tool] = self.general.get(tool, 0.0) + worth
        for role in roles:
            self.speech[tool, role] = self.speech.get((tool, role), 0.0) + worth

    def shifted(self, shift: Mapping[str, Mapping[str, float]]) -> _Picture:
        moved = _Picture(self.profile, self.weight)
        moved.needed, moved.barred, moved.personal, moved.general = (
            self.needed,
            self.barred,
            self.personal,
            self.general,
        )
        moved.speech = dict(self.speech)
        for role, own in shift.items():
            for tool, worth in own.items():
                moved.speech[tool, role] = moved.speech.get((tool, role), 0.0) + worth
        return moved
