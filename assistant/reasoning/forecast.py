"""First choices and margins of hypothetical projects, fast enough to try hundreds between two keystrokes.

The same sums as `selection.py` makes, without the sentences: a property test holds the two together. A forecast starts
from one set of facts; each trial pays only for the atoms, arguments and roles that the changed facts touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Argue, Exclude, Role, Tool
from assistant.reasoning.board import Board, Place, Said
from assistant.reasoning.incremental import BaseRun, Variation
from assistant.reasoning.model import Atom
from assistant.reasoning.program import PROJECT, atoms_of
from assistant.reasoning.programs import NEED
from assistant.reasoning.selection import FITTING, WORKS_WITH, Profile, profile_of, profile_with

_EPSILON = 1e-7
"""What a point in a preferred pillar weighs extra, so that one sum holds the score and its first tie break."""


class Step(NamedTuple):
    """What a change of facts makes true and false: atoms, conclusions (with how many stand for each), slots."""

    inputs: frozenset[Atom]
    variation: Variation
    delta: dict[Atom, int]
    come: set[Atom]
    gone: set[Atom]
    slots: set[str]
    counted: bool  # whether counting could tell, so that nothing true rests on a cycle that the change leaves


Points = dict[str, dict[Place, float]]
"""Points by pillar, then by tool and role."""

Sums = dict[str, dict[str, float]]
"""What the points come to under the weights in force, by role and then by tool."""


class Lead(NamedTuple):
    """The first choice of a role, and how far it is ahead of the second."""

    tool: str
    margin: float


Leads = Mapping[str, Lead]


class Forecast:
    """Trials around one set of facts. Not for several threads at once."""

    def __init__(self, board: Board, facts: Iterable[Fact], role: str | None = None) -> None:
        """Of all roles, or of `role` and those that lead it alone, which is quicker."""
        self.board = board
        self.index = board.index_for(role)
        self.only = role
        self.knowledge = board.knowledge
        self.facts = tuple(facts)
        self._atoms_by_fact: dict[Fact, frozenset[Atom]] = {}
        self.inputs = self.inputs_of(self.facts)
        self.run = BaseRun(self.index, self.inputs)
        self.counts: dict[Atom, int] = {}
        for number in self.run.holds:
            for end in board.ends.get(number, ()):
                self.counts[end] = self.counts.get(end, 0) + 1
        self.picture = self._picture(self.run.holds, set(self.counts), self.facts)
        self.base: Leads = self._leads(self.picture)

    def leads(self, facts: Iterable[Fact], step: Step | None = None) -> Leads:
        """First choices and margins if `facts` held instead; `step` leads to them, if it is known already."""
        facts = tuple(facts)
        step = step or self.step(facts)
        come, gone = step.come, step.gone
        personal = not step.slots.isdisjoint(self.board.tool_slots) or not self.board.personal.keys().isdisjoint(
            come | gone
        )
        plain = step.slots.isdisjoint(self.board.matched) and "priorities" not in step.slots
        if plain and not personal and not any(predicate == NEED for predicate, _ in come | gone):
            return self._shifted(come, gone)
        return self._leads(self._moved(step, facts, personal))

    def unfilled(self, facts: tuple[Fact, ...], role: str) -> bool:
        """Whether `facts` would leave `role` needed with nothing to fill it."""
        step = self.step(facts)
        need = (NEED, role)
        needed = need in step.come or (role in self.picture.needed and need not in step.gone)
        return needed and role not in self.leads(facts, step)

    def standing(self, facts: tuple[Fact, ...], role: str) -> tuple[Tool, ...] | None:
        """The tools that `facts` would leave as candidates in `role` and not rule out; None where they do not need it."""
        picture = self._moved(self.step(facts), facts, personal=True)
        if role not in picture.needed:
            return None
        found = self.board.selector.candidates(self.knowledge.roles[role], picture.profile)
        barred = picture.barred
        return tuple(t for t, _ in found if (t.id, "") not in barred and (t.id, role) not in barred)

    def ruled_out(self, facts: tuple[Fact, ...], tool: str) -> bool:
        """Whether `facts` would rule out a tool in every role that it fills."""
        barred = self._moved(self.step(facts), facts, personal=True).barred
        roles = self.knowledge.tools[tool].roles
        return (tool, "") in barred or (bool(roles) and all((tool, role) in barred for role in roles))

    def step(self, facts: tuple[Fact, ...]) -> Step:
        """What becomes true and false on the way from the facts of this forecast to `facts`."""
        inputs = self.inputs_of(facts)
        variation = self.run.vary(inputs - self.inputs, self.inputs - inputs)
        counted = variation is not None
        if variation is None:  # counting could not tell, so the program runs anew
            holds = BaseRun(self.index, inputs).holds
            variation = Variation(holds - self.run.holds, self.run.holds - holds)
        return self.step_by(inputs, variation, counted=counted)

    def step_by(self, inputs: frozenset[Atom], variation: Variation, *, counted: bool) -> Step:
        """The step to `inputs`, of which it is known what they make true and false."""
        delta = self._counted(variation)
        come = {end for end, change in delta.items() if change > 0 and not self.counts.get(end)}
        gone = {end for end, change in delta.items() if change < 0 and self.counts.get(end) == -change}
        slots = {self.board.atom[number][0] for number in variation.true | variation.false}
        slots |= {slot for slot, _ in inputs ^ self.inputs}
        return Step(inputs, variation, delta, come, gone, slots, counted)

    def profile(self, step: Step, facts: tuple[Fact, ...]) -> Profile:
        """The profile after a step to `facts`."""
        atom = self.board.atom
        true = {atom[number] for number in step.variation.true} | (step.inputs - self.inputs)
        false = {atom[number] for number in step.variation.false} | {
            gone for gone in self.inputs - step.inputs if gone not in self.index.number
        }
        values = dict(self.picture.profile.values)
        for slot in {slot for slot, _ in true | false}.intersection(self.knowledge.slots):
            held = {value for value in values.pop(slot, ()) if (slot, value) not in false}
            held |= {value for place, value in true if place == slot}
            if held:
                values[slot] = tuple(sorted(held))
        return profile_with(self.knowledge, values, facts)

    def inputs_of(self, facts: Iterable[Fact]) -> frozenset[Atom]:
        """The atoms that `facts` put in."""
        atoms: set[Atom] = {PROJECT}
        for fact in facts:
            known = self._atoms_by_fact.get(fact)
            if known is None:
                known = self._atoms_by_fact[fact] = frozenset(atoms_of(self.board.programs.argue, (fact,)))
            atoms |= known
        return frozenset(atoms)

    def _counted(self, variation: Variation) -> dict[Atom, int]:
        """How many more (or fewer) atoms stand for each conclusion: it holds while one of its alternatives does."""
        ends = self.board.ends
        delta: dict[Atom, int] = {}
        for numbers, change in ((variation.true, 1), (variation.false, -1)):
            for number in numbers:
                for end in ends.get(number, ()):
                    delta[end] = delta.get(end, 0) + change
        return delta

    # -- pictures: all that a ranking needs ------------------------------------------------------------

    def _picture(self, holds: set[int], ends: set[Atom], facts: tuple[Fact, ...]) -> _Picture:
        board = self.board
        atoms = {board.atom[number] for number in holds} | self.inputs_of(facts)
        picture = _Picture(profile_of(board.knowledge, sorted(atoms), facts))
        for end in sorted(ends):
            _add(picture.said, board.said(end), 1.0)
        picture.sums = picture.weighed(picture.said)
        picture.needed = {value for predicate, value in ends if predicate == NEED}
        picture.ends = ends & board.personal.keys()
        self._listen(picture)
        return picture

    def _listen(self, picture: _Picture) -> None:
        """Take in exclusions, and what is said about tools that the person named."""
        board = self.board
        picture.barred, said = set(), Points()
        for end in sorted(picture.ends):
            effect = board.personal[end].effect
            if not isinstance(effect, Argue | Exclude):
                continue
            tools = effect.tools if effect.of is None else picture.profile.values.get(effect.of, ())
            if isinstance(effect, Argue):
                _add(said, board.spoken(tools, effect.pillar, effect.points, effect.roles), 1.0)
            else:
                picture.barred.update((tool, role) for tool in tools for role in (effect.roles or ("",)))
        picture.personal = picture.weighed(said)

    def _moved(self, step: Step, facts: tuple[Fact, ...], personal: bool) -> _Picture:
        """The base picture after any change of facts."""
        board, base, come, gone = self.board, self.picture, step.come, step.gone
        picture = _Picture(self.profile(step, facts))
        if picture.weight == base.weight:
            picture.sums, picture.shift = base.sums, picture.weighed(self._shift(come, gone))
        else:
            said = {pillar: dict(points) for pillar, points in base.said.items()}
            picture.sums = picture.weighed(self._shift(come, gone, said))
        picture.needed = (base.needed | {end[1] for end in come if end[0] == NEED}) - {
            end[1] for end in gone if end[0] == NEED
        }
        picture.ends = (base.ends | (come & board.personal.keys())) - gone
        if personal or picture.weight != base.weight:
            self._listen(picture)
        else:
            picture.barred, picture.personal = base.barred, base.personal
        return picture

    def _shift(self, come: set[Atom], gone: set[Atom], said: Points | None = None) -> Points:
        """The points of what comes less those of what goes, on top of `said`."""
        said = {} if said is None else said
        for end in sorted(come):
            _add(said, self.board.said(end), 1.0)
        for end in sorted(gone):
            _add(said, self.board.said(end), -1.0)
        return said

    def _shifted(self, come: set[Atom], gone: set[Atom]) -> Leads:
        """The base with some plain arguments more and some fewer: only the roles that they reach are ranked anew."""
        board, base = self.board, self.picture
        shift = base.weighed(self._shift(come, gone))
        reached = shift.keys() & self.base.keys()
        if not reached:
            return self.base
        leads = dict(self.base)
        leaders: list[str] = []
        for role in board.roles:
            if role.id not in self.base:
                continue
            if role.id in reached:
                lead = self._best(role, base, tuple(leaders), shift)
                if lead is not None:
                    leads[role.id] = lead
            if role.leads:
                if leads[role.id].tool != self.base[role.id].tool:  # the other roles must fit in with another leader
                    reached = set(self.base)
                leaders.append(leads[role.id].tool)
        return leads

    # -- rankings ------------------------------------------------------------------------------------------

    def _leads(self, picture: _Picture) -> dict[str, Lead]:
        leads: dict[str, Lead] = {}
        leaders: list[str] = []
        for role in self.board.roles:
            if self.only not in (None, role.id) and not role.leads:
                continue
            lead = self._best(role, picture, tuple(leaders), picture.shift) if role.id in picture.needed else None
            if lead is not None:
                leads[role.id] = lead
                if role.leads:
                    leaders.append(lead.tool)
        return leads

    def _best(self, role: Role, picture: _Picture, leaders: tuple[str, ...], shift: Sums) -> Lead | None:
        board, profile, weight, barred, name = self.board, picture.profile, picture.weight, picture.barred, role.id
        always, order = board.always(name, weight), board.order
        deployment = weight.get(FITTING, 1.0)
        partners = set[str]().union(*(board.partners.get(t, ()) for t in (*leaders, *profile.running)))
        sums, personal, shifts = picture.sums.get(name, {}), picture.personal.get(name, {}), shift.get(name, {})
        served = [
            (match.points * deployment, match.attribute, value)
            for match in role.matches
            if match.points
            for value in profile.values.get(match.slot, ())
            if (match.slot, value) in profile.stated
        ]
        best: list[tuple[float, tuple[int, int, str]]] = []
        lacking = board.misfits(role, profile)
        for record in board.selector.filling(name):
            tool = record.id
            if tool in lacking or (barred and ((tool, name) in barred or (tool, "") in barred)):
                continue
            total = always[tool] + sums.get(tool, 0.0) + personal.get(tool, 0.0) + shifts.get(tool, 0.0)
            if tool in partners:
                total += WORKS_WITH * deployment
            for points_served, attribute, value in served:
                if value in getattr(record, attribute):
                    total += points_served
            best.append((-round(total, 9), order[tool]))
        if not best:
            return None
        first = min(best)
        if round(first[0], 4) >= 0:  # nothing speaks for any of them
            return None
        second = min((entry for entry in best if entry is not first), default=None)
        margin = second[0] - first[0] if second is not None else -first[0]
        return Lead(first[1][2], round(margin, 4))


class _Picture:
    """What holds in one trial: the profile, the weights, and all that was said for and against, summed up."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.weight = weight_of(profile)
        self.needed: set[str] = set()
        self.ends: set[Atom] = set()  # the exclusions and personal arguments that hold
        self.barred: set[Place] = set()
        self.said: Points = {}
        self.sums: Sums = {}
        self.shift: Sums = {}  # on top of the sums
        self.personal: Sums = {}

    def weighed(self, said: Points) -> Sums:
        """The points under this picture's weights."""
        sums: Sums = {}
        for pillar, points in said.items():
            weight = self.weight.get(pillar, 1.0)
            for (tool, role), worth in points.items():
                own = sums.setdefault(role, {})
                own[tool] = own.get(tool, 0.0) + weight * worth
        return sums


def _add(points: Points, said: Said, sign: float) -> None:
    if not said:
        return
    own = points.setdefault(said[0][0], {})  # a conclusion speaks of one pillar
    for _, place, worth in said:
        own[place] = own.get(place, 0.0) + sign * worth


def weight_of(profile: Profile) -> dict[str, float]:
    """What a point in each pillar is worth, the tie break between equal sums included."""
    return {p: w * (1 + _EPSILON * (p in profile.preferred)) for p, w in profile.weights.items()}
