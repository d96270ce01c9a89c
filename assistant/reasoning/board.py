"""What hypothetical rankings over one knowledge share: who says what about whom, in points, ready to be summed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from assistant.knowledge.model import Argue, Claim, Exclude, Knowledge, Match, Role, Rule
from assistant.reasoning.incremental import Index
from assistant.reasoning.model import Atom
from assistant.reasoning.parallel import Order, in_order
from assistant.reasoning.programs import CLAIM, NEED, RULE, Programs
from assistant.reasoning.reference import Reference
from assistant.reasoning.selection import Profile, Selector, tie_order

_KEPT = 1024

Place = tuple[str, str]
"""A tool in a role."""

Said = tuple[tuple[str, Place, float], ...]
"""What a conclusion says: pillar, tool in role, points."""


class Board:
    """Safe to share between threads: only a cache changes after construction."""

    def __init__(
        self,
        knowledge: Knowledge,
        programs: Programs,
        selector: Selector,
        reference: Reference,
        ends: Mapping[int, tuple[Atom, ...]],
    ) -> None:
        """`ends` is what each joined conclusion stands for."""
        self.knowledge = knowledge
        self.programs = programs
        self.selector = selector
        self.index = Index(programs.argue, reference)
        self.atom: tuple[Atom, ...] = tuple(self.index.number)
        self.order = {tool.id: tie_order(tool) for tool in knowledge.tools.values()}
        self.matching = {role.id: {match.slot for match in role.matches} for role in knowledge.roles.values()}
        self.matched = frozenset[str]().union(*self.matching.values())
        self.tool_slots = frozenset(slot.id for slot in knowledge.slots.values() if slot.kind == "tools")
        self.roles = sorted(knowledge.roles.values(), key=lambda role: not role.leads)  # the order of choosing
        self.partners = _partners(knowledge)
        self.ends = ends
        self.personal: dict[Atom, Rule] = {}  # exclusions, and arguments about tools that the person named
        self._spoken_of: dict[str, dict[str, list[tuple[Atom, str, float]]]] = {}
        self._lacking: dict[object, frozenset[str]] = {}
        self._offering: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self._narrowed: dict[str, Index] = {}
        self._orders: dict[str | None, Order] = {}
        self._concerns: dict[str, frozenset[int]] = {}
        self._always: dict[object, dict[str, float]] = {}
        self._said: dict[Atom, Said] = {}
        for end in dict.fromkeys(end for standing in ends.values() for end in standing):
            if end[0] == RULE:
                rule = programs.rules[end[1]]
                effect = rule.effect
                if isinstance(effect, Exclude) or (isinstance(effect, Argue) and effect.of is not None):
                    self.personal[end] = rule

    @cached_property
    def standing(self) -> dict[Atom, tuple[int, ...]]:
        """By conclusion: the atoms of which any makes it hold."""
        found: dict[Atom, tuple[int, ...]] = {}
        for number, ends in self.ends.items():
            for end in ends:
                found[end] = (*found.get(end, ()), number)
        return found

    def said(self, end: Atom) -> Said:
        """What a conclusion says; nothing if it is no argument, or one about tools that the person named."""
        known = self._said.get(end)
        if known is None:
            tools, argument = self._argument(end)
            known = self.spoken(tools, argument.pillar, argument.points, argument.roles) if argument else ()
            self._said[end] = known
        return known

    def _argument(self, end: Atom) -> tuple[tuple[str, ...], Claim | Argue | None]:
        """The tools that a conclusion argues about, and how."""
        predicate, value = end
        if predicate == CLAIM:
            tool, claim = self.programs.claims[value]
            return (tool,), claim
        if predicate == RULE and end not in self.personal:
            effect = self.programs.rules[value].effect
            assert isinstance(effect, Argue)
            return effect.tools, effect
        return (), None

    def spoken(self, tools: Iterable[str], pillar: str, points: float, roles: tuple[str, ...]) -> Said:
        """The points of an argument, by the roles that it counts in."""
        records = self.knowledge.tools
        return tuple(
            (pillar, (tool, role), points)
            for tool in tools
            if tool in records
            for role in records[tool].roles
            if not roles or role in roles
        )

    def spoken_of(self, role: str) -> dict[str, list[tuple[Atom, str, float]]]:
        """By tool: who says what about it in `role`, as conclusion, pillar, points."""
        known = self._spoken_of.get(role)
        if known is None:
            known = {}
            for end in self.standing:
                for pillar, (tool, place), worth in self.said(end):
                    if place == role:
                        known.setdefault(tool, []).append((end, pillar, worth))
            self._spoken_of[role] = known
        return known

    def lacking(self, role: Role, match: Match, values: tuple[str, ...]) -> frozenset[str]:
        """The tools of a role whose records do not fit `values` in one slot."""
        key = (role.id, match.slot, values)
        known = self._lacking.get(key)
        if known is None:
            known = self.selector.lacking(role, match, values)
            _remember(self._lacking, key, known)
        return known

    def misfits(self, role: Role, profile: Profile) -> frozenset[str]:
        """The tools of a role that are no candidates, because their records do not fit the profile in some slot."""
        found = frozenset[str]()
        for match in role.matches:
            values = profile.values.get(match.slot)
            if values:
                found |= self.lacking(role, match, values)
        return found

    def offering(self, role: Role, match: Match, value: str) -> tuple[str, ...]:
        """The tools of a role whose records have `value` where `match` looks."""
        key = (role.id, match.slot, value)
        known = self._offering.get(key)
        if known is None:
            filling = self.selector.filling(role.id)
            known = self._offering[key] = tuple(tool.id for tool in filling if value in getattr(tool, match.attribute))
        return known

    def concerns(self, role: Role) -> frozenset[int]:
        """The atoms (by number) that could change who comes first in `role`, through whatever rules."""
        known = self._concerns.get(role.id)
        if known is None:
            slots = {"priorities", *self.tool_slots, *(match.slot for match in role.matches)}
            found = {
                number
                for number, (slot, _) in enumerate(self.atom)
                if slot in slots or any(self._speaks_of(end, role.id) for end in self.ends.get(number, ()))
            }
            waiting = list(found)
            while waiting:
                for clause in self.index.supporting[waiting.pop()]:
                    for atom in (*self.index.present[clause], *self.index.absent[clause]):
                        if atom not in found:
                            found.add(atom)
                            waiting.append(atom)
            known = self._concerns[role.id] = frozenset(found)
        return known

    def index_for(self, role: str | None) -> Index:
        """Who waits for whom: of all, or only as far as it matters to `role` and the roles that lead it."""
        if role is None:
            return self.index
        known = self._narrowed.get(role)
        if known is None:
            known = self._narrowed[role] = self.index.narrowed(self.concerning(role))
        return known

    def order_for(self, role: str | None) -> Order:
        """The clauses of `index_for(role)` in the order in which many cases run at once."""
        known = self._orders.get(role)
        if known is None:
            whole = in_order(self.index) if role is None else self.order_for(None)
            known = self._orders[role] = whole if role is None else whole.among(self.concerning(role))
        return known

    def concerning(self, role: str) -> frozenset[int]:
        """The atoms that could change who comes first in `role`, or in the roles that lead it."""
        asked = [r for r in self.roles if r.leads or r.id == role]
        return frozenset[int]().union(*map(self.concerns, asked))

    def _speaks_of(self, end: Atom, role: str) -> bool:
        rule = self.personal.get(end)
        if rule is not None:
            assert isinstance(rule.effect, Argue | Exclude)
            return not rule.effect.roles or role in rule.effect.roles
        tools, argument = self._argument(end)
        if argument is None:
            return end == (NEED, role)
        records = self.knowledge.tools
        heard = not argument.roles or role in argument.roles
        return heard and any(tool in records and role in records[tool].roles for tool in tools)

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


def _partners(knowledge: Knowledge) -> dict[str, set[str]]:
    """For each tool those that it works with by either one's record."""
    partners: dict[str, set[str]] = {tool: set() for tool in knowledge.tools}
    for tool in knowledge.tools.values():
        for other in tool.works_with:
            if other != tool.id:
                partners[tool.id].add(other)
                partners.setdefault(other, set()).add(tool.id)
    return partners
