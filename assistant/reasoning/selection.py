"""From arguments to a stack: who is a candidate, what speaks for whom, and who comes first.

Points are additive, so that a sum on the screen can be checked by hand: an argument's worth is its points times the
weight of its pillar, a tool's score is the sum of its arguments' worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Argue, Claim, Exclude, Knowledge, Match, Role, Rule, Tool
from assistant.reasoning.model import Argument, Atom, Choice, Exclusion, Firing, Premise, Ranked
from assistant.reasoning.program import PROJECT
from assistant.reasoning.programs import CLAIM, NEED, RULE, Programs

WORKS_WITH = 2.0
"""Points for fitting in with the leading choice, or with what already runs."""

FITTING = "production_deployment"
"""The pillar in which fitting the task and fitting in with other tools count."""

PRIORITY_WEIGHT = 0.5
"""What each stated priority adds to the weight of its pillar (from 1, up to 2)."""

_KEPT = 1024  # remembered lists of candidates, of some ten KB each

_STATUS_ORDER = ("active", "maintenance", "superseded", "archived", "retired")
_LICENCE_ORDER = ("permissive", "weak_copyleft", "copyleft", "network_copyleft", "source_available", "proprietary")


class Profile(msgspec.Struct):
    """What holds, for matching records: values by slot, those in the person's own words, and what already runs."""

    values: dict[str, tuple[str, ...]]
    stated: frozenset[Atom]
    running: tuple[str, ...]
    weights: dict[str, float]
    preferred: frozenset[str]  # pillars that the stated priorities raise


def profile_of(knowledge: Knowledge, atoms: Iterable[Atom], facts: Iterable[Fact]) -> Profile:
    """The profile that `atoms` (all that holds) and `facts` (as stated) make."""
    values: dict[str, list[str]] = {}
    slots = knowledge.slots
    for slot, value in atoms:
        if slot in slots:
            values.setdefault(slot, []).append(value)
    return profile_with(knowledge, {slot: tuple(listed) for slot, listed in values.items()}, facts)


def profile_with(knowledge: Knowledge, values: dict[str, tuple[str, ...]], facts: Iterable[Fact]) -> Profile:
    """The profile that `values` (all that holds, by slot) and `facts` (as stated) make."""
    stated = frozenset((f.slot, f.value) for f in facts if isinstance(f.value, str) and not f.negated)
    priorities = frozenset(values.get("priorities", ()))
    raised = {p.id: len(priorities.intersection(p.priorities)) for p in knowledge.pillars.values()}
    return Profile(
        values=values,
        stated=stated,
        running=tuple(values.get("existing_stack", ())),
        weights={pillar: min(2.0, 1.0 + PRIORITY_WEIGHT * count) for pillar, count in raised.items()},
        preferred=frozenset(pillar for pillar, count in raised.items() if count),
    )


def tie_order(tool: Tool) -> tuple[int, int, str]:
    """What decides between equal sums: the livelier, the freer, at last the alphabet."""
    kind = tool.licence.kind
    freedom = _LICENCE_ORDER.index(kind) if kind in _LICENCE_ORDER else len(_LICENCE_ORDER)
    return (_STATUS_ORDER.index(tool.status.state), freedom, tool.id)


class Mismatch(msgspec.Struct, frozen=True):
    """Why a tool is no candidate in a role: its record does not list the role, or lacks what the profile wants."""

    slot: str  # "role" when it does not fill the role at all
    wanted: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


class Selector:
    """Chooses stacks over one knowledge. Safe to share between threads: only a cache changes after construction."""

    def __init__(self, knowledge: Knowledge, programs: Programs) -> None:
        self._knowledge = knowledge
        self._programs = programs
        self._filling = {
            role: tuple(tool for tool in knowledge.tools.values() if role in tool.roles) for role in knowledge.roles
        }
        self._offered = {
            (role.id, match.attribute): frozenset(
                value for tool in self._filling[role.id] for value in getattr(tool, match.attribute)
            )
            for role in knowledge.roles.values()
            for match in role.matches
        }
        self._titles = {(slot.id, value.id): value.title for slot in knowledge.slots.values() for value in slot.values}
        self._candidates: dict[tuple[object, ...], tuple[tuple[Tool, Firing], ...]] = {}
        self._always = {
            tool.id: tuple(c for c in (*tool.strengths, *tool.weaknesses) if c.when is None)
            for tool in knowledge.tools.values()
        }

    def select(self, profile: Profile, firings: Iterable[Firing]) -> tuple[tuple[Choice, ...], tuple[Exclusion, ...]]:
        """The ranked stack and the exclusions that follow from the firings of the arguing program."""
        needed: dict[str, list[Firing]] = {}
        spoken: dict[str, Firing] = {}
        claimed: dict[str, Firing] = {}
        for firing in firings:
            predicate, value = firing.head
            if predicate == NEED:
                needed.setdefault(value, []).append(firing)
            elif predicate == RULE:
                spoken.setdefault(value, firing)
            elif predicate == CLAIM:
                claimed.setdefault(value, firing)
        excluded = tuple(self._exclusions(profile, spoken))
        barred = {(e.tool, role) for e in excluded for role in (e.roles or ("",))}
        roles = self._knowledge.roles
        wanted = sorted((r for r in roles.values() if r.id in needed), key=lambda r: not r.leads)
        heard = {tool.id for role in wanted for tool, _ in self.candidates(role, profile)}
        speaking = self._speaking(profile, spoken, claimed, heard)
        choices: dict[str, Choice] = {}
        leaders: list[str] = []
        for role in wanted:
            ranking = self._rank(role, profile, barred, speaking, leaders)
            if ranking and ranking[0].score > 0:  # what nothing speaks for is no advice
                choices[role.id] = Choice(role=role.id, ranking=ranking, needed=tuple(needed[role.id]))
                if role.leads:
                    leaders.append(ranking[0].tool)
        return tuple(choices[role] for role in roles if role in choices), excluded

    def candidates(self, role: Role, profile: Profile) -> tuple[tuple[Tool, Firing], ...]:
        """The candidates of a role with why each is one; kept, since conversations ask for the same again and again."""
        key = (role.id, *(profile.values.get(match.slot) for match in role.matches))
        known = self._candidates.get(key)
        if known is None:
            fits = ((tool, self.fit(tool, role, profile)) for tool in self._filling[role.id])
            known = tuple((tool, fit) for tool, fit in fits if isinstance(fit, Firing))
            if len(self._candidates) >= _KEPT:
                self._candidates.clear()
            self._candidates[key] = known
        return known

    def filling(self, role: str) -> tuple[Tool, ...]:
        """The tools whose records list the role."""
        return self._filling[role]

    def unconditional(self, tool: str) -> tuple[Claim, ...]:
        """The claims of a tool's record that hold wherever it is a candidate."""
        return self._always[tool]

    def partner(self, tool: Tool, leaders: Iterable[str], running: Iterable[str]) -> tuple[str, str] | None:
        """The first leading choice, else the first tool already in use, that `tool` works with."""
        for names, how in ((leaders, "chosen"), (running, "running")):
            for other in names:
                record = self._knowledge.tools.get(other)
                if (
                    record is not None
                    and other != tool.id
                    and (tool.id in record.works_with or other in tool.works_with)
                ):
                    return other, how
        return None

    def fit(self, tool: Tool, role: Role, profile: Profile) -> Firing | Mismatch:
        """Why `tool` is a candidate in `role` (premises: the facts that its record serves), or why it is none."""
        if role.id not in tool.roles:
            return Mismatch("role", (role.id,), tool.roles)
        premises: list[Premise] = []
        for match in role.matches:
            wanted = self._wanted(match, profile.values.get(match.slot, ()))
            offers: tuple[str, ...] = getattr(tool, match.attribute)
            if not wanted or not offers:
                continue
            demanded = self._demanded(role, match, wanted)
            if _lacks(match, demanded, offers):
                return Mismatch(match.slot, demanded, offers)
            premises += [Premise((match.slot, value)) for value in wanted if value in offers]
        clause = f"fit/{role.id}/{tool.id}"
        return Firing(clause, clause, tuple(premises) or (Premise(PROJECT),), ("candidate", f"{role.id}/{tool.id}"))

    def lacking(self, role: Role, match: Match, values: tuple[str, ...]) -> frozenset[str]:
        """The tools of a role whose records do not fit `values` of the one slot that `match` is about."""
        wanted = self._wanted(match, values)
        demanded = self._demanded(role, match, wanted)
        offered = ((tool.id, getattr(tool, match.attribute)) for tool in self._filling[role.id])
        return frozenset(tool for tool, offers in offered if wanted and offers and _lacks(match, demanded, offers))

    def _wanted(self, match: Match, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value for value in values if value in match.values) if match.values else values

    def _demanded(self, role: Role, match: Match, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The wanted values that some tool of the role offers: what nobody offers separates nobody."""
        if match.mode == "any":
            return wanted
        offered = self._offered[role.id, match.attribute]
        return tuple(value for value in wanted if value in offered)

    # -- exclusions and arguments ---------------------------------------------------------------------

    def _exclusions(self, profile: Profile, spoken: Mapping[str, Firing]) -> Iterator[Exclusion]:
        for rule_id, firing in spoken.items():
            rule = self._programs.rules[rule_id]
            if isinstance(rule.effect, Exclude):
                for tool, own in self._targets(rule, profile, firing):
                    yield Exclusion(
                        tool=tool,
                        roles=rule.effect.roles,
                        rule=rule_id,
                        text=self._filled(rule.because, tool),
                        source=rule.source,
                        verified=rule.verified,
                        firing=own,
                        layer=rule.layer,
                    )

    def _targets(self, rule: Rule, profile: Profile, firing: Firing) -> Iterator[tuple[str, Firing]]:
        """The tools that the rule speaks about; for `of: slot` each with its own premise."""
        effect = rule.effect
        assert isinstance(effect, Argue | Exclude)
        if effect.of is None:
            for tool in effect.tools:
                yield tool, firing
            return
        for tool in profile.values.get(effect.of, ()):
            if tool in self._knowledge.tools:
                general = ((f"known:{effect.of}", "yes"), PROJECT)
                kept = tuple(p for p in firing.premises if p.atom not in general)
                yield tool, msgspec.structs.replace(firing, premises=(*kept, Premise((effect.of, tool))))

    def _filled(self, text: str, tool: str) -> str:
        if "{" not in text:
            return text
        record = self._knowledge.tools[tool]
        return text.replace("{tool}", record.name).replace("{licence}", record.licence.spdx)

    def _speaking(
        self, profile: Profile, spoken: Mapping[str, Firing], claimed: Mapping[str, Firing], heard: set[str]
    ) -> dict[str, list[tuple[Rule | Claim, float, str, tuple[str, ...], Firing]]]:
        """By tool that is a candidate anywhere: what argues for or against it, with points, pillar, roles and firing."""
        speaking: dict[str, list[tuple[Rule | Claim, float, str, tuple[str, ...], Firing]]] = {}
        for rule_id, firing in spoken.items():
            rule = self._programs.rules[rule_id]
            effect = rule.effect
            if isinstance(effect, Argue):
                for tool, own in self._targets(rule, profile, firing):
                    if tool not in heard:
                        continue
                    speaking.setdefault(tool, []).append((rule, effect.points, effect.pillar, effect.roles, own))
        for claim_id, firing in claimed.items():
            tool, claim = self._programs.claims[claim_id]
            if tool not in heard:
                continue
            speaking.setdefault(tool, []).append((claim, claim.points, claim.pillar, claim.roles, firing))
        return speaking

    def _rank(
        self,
        role: Role,
        profile: Profile,
        barred: set[tuple[str, str]],
        speaking: Mapping[str, list[tuple[Rule | Claim, float, str, tuple[str, ...], Firing]]],
        leaders: list[str],
    ) -> tuple[Ranked, ...]:
        ranking: list[Ranked] = []
        for tool, fit in self.candidates(role, profile):
            if (tool.id, "") in barred or (tool.id, role.id) in barred:
                continue
            arguments = [*self._fitting(tool, role, profile, fit, leaders)]
            for record, points, pillar, roles, firing in speaking.get(tool.id, ()):
                if not roles or role.id in roles:
                    text = self._filled(record.because if isinstance(record, Rule) else record.text, tool.id)
                    arguments.append(self._argument(record, tool.id, role.id, points, pillar, text, profile, firing))
            for claim in self._always[tool.id]:
                if not claim.roles or role.id in claim.roles:
                    arguments.append(
                        self._argument(claim, tool.id, role.id, claim.points, claim.pillar, claim.text, profile, fit)
                    )
            arguments.sort(key=lambda a: (-abs(a.worth), a.id))
            score = round(sum((a.worth for a in arguments), 0.0), 4)
            ranking.append(Ranked(tool=tool.id, score=score, arguments=tuple(arguments), fit=fit))
        return tuple(sorted(ranking, key=lambda r: self._order(r, profile)))

    def _order(self, ranked: Ranked, profile: Profile) -> tuple[float, float, int, int, str]:
        """Higher sum first; then points in the preferred pillars, the livelier, the freer, the alphabet."""
        preferred = sum(a.worth for a in ranked.arguments if a.pillar in profile.preferred)
        return (-ranked.score, -preferred, *tie_order(self._knowledge.tools[ranked.tool]))

    def _argument(
        self,
        record: Rule | Claim | Tool,
        tool: str,
        role: str,
        points: float,
        pillar: str,
        text: str,
        profile: Profile,
        firing: Firing,
        name: str = "",
    ) -> Argument:
        return Argument(
            id=name or record.id,
            tool=tool,
            role=role,
            pillar=pillar,
            points=points,
            worth=round(points * profile.weights.get(pillar, 1.0), 4),
            text=text,
            source=record.source,
            verified=record.verified,
            firing=firing,
            layer=self._knowledge.tools[tool].layer if isinstance(record, Claim) else record.layer,
        )

    def _fitting(self, tool: Tool, role: Role, profile: Profile, fit: Firing, leaders: list[str]) -> Iterator[Argument]:
        """What the record itself says: it serves what was asked, it works with what is chosen or already runs."""
        for match in role.matches:
            met = [p.atom[1] for p in fit.premises if p.atom[0] == match.slot and p.atom in profile.stated]
            if match.points and met:
                text = f"{tool.name} is made for {_listed([self._titles[match.slot, value] for value in met])}"
                points = match.points * len(met)
                name = f"serves/{tool.id}/{match.slot}"
                yield self._argument(tool, tool.id, role.id, points, FITTING, text, profile, fit, name)
        partner = self.partner(tool, leaders, profile.running)
        if partner is not None:
            other, how = partner
            said = "the framework chosen here" if how == "chosen" else "which you already use"
            premise = Premise(("chosen" if how == "chosen" else "existing_stack", other))
            name = f"works-with/{tool.id}/{other}"
            firing = Firing(name, name, (premise,), fit.head)
            text = f"{tool.name} works with {self._knowledge.tools[other].name}, {said}"
            yield self._argument(tool, tool.id, role.id, WORKS_WITH, FITTING, text, profile, firing, name)


def _lacks(match: Match, demanded: tuple[str, ...], offers: tuple[str, ...]) -> bool:
    if match.mode == "all":
        return any(value not in offers for value in demanded)
    return bool(demanded) and not any(value in offers for value in demanded)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
