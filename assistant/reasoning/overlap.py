"""What rules say about each other: the same twice, the opposite under the same condition, or in vain.

One condition covers another if it holds whenever the other does. Judged by the forms of the conditions alone, so what is
reported is so, whatever a project says; what rules conclude from one another is left out of account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from assistant.knowledge.model import Argue, Exclude, Infer, Knowledge, Need, Rule
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom, Premise
from assistant.reasoning.program import Threshold, branches, thresholds_in

_MOST = 5
"""Findings about what one rule does next to others; whoever mends them sees the next."""

Ways = tuple[frozenset[Premise], ...]
"""The ways in which a condition holds, each a set of premises."""


class Conditions:
    """The conditions of all rules, and which covers which."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._ways: dict[str, Ways] = {}
        self._thresholds: dict[Atom, Threshold] = {}
        for rule in knowledge.rules:
            self._thresholds |= {threshold.atom(): threshold for threshold in thresholds_in(rule.when)}
            try:
                self._ways[rule.id] = tuple(map(frozenset, branches(rule.id, rule.when)))
            except CompileError:
                self._ways[rule.id] = ()  # so many that they are not multiplied out: nothing is said about it

    def covers(self, wide: Rule, narrow: Rule) -> bool:
        """Whether `wide` surely fires whenever `narrow` does."""
        wider, narrower = self._ways[wide.id], self._ways[narrow.id]
        return bool(wider and narrower) and all(any(self._within(n, w) for w in wider) for n in narrower)

    def covering(self, group: Sequence[Rule]) -> Iterator[tuple[Rule, list[Rule]]]:
        """Each rule of a group with those others that may cover it: of one of their ways it speaks of what the fewest
        rules speak of. So that many rules about one tool do not cost their square."""
        spoken = [{key for way in self._ways[rule.id] for key in self._keys(way)} for rule in group]
        often = Counter(key for keys in spoken for key in keys)
        asking: dict[object, list[int]] = {}
        for place, rule in enumerate(group):
            for way in self._ways[rule.id]:
                rarest = min(self._keys(way), key=often.__getitem__, default=None)  # None: it needs nothing
                asking.setdefault(rarest, []).append(place)
        for place, (rule, keys) in enumerate(zip(group, spoken, strict=True)):
            found = {other for key in (*keys, None) for other in asking.get(key, ())} - {place}
            yield rule, [group[other] for other in sorted(found)]

    def _keys(self, way: Collection[Premise]) -> list[object]:
        """What a way asks about, bounds of one amount being the same."""
        amounts = self._thresholds
        return [amounts[p.atom].slot if p.holds and p.atom in amounts else p for p in sorted(way, key=_sorting)]

    def always(self, rule: Rule) -> bool:
        """Whether the rule fires in every project: one of its ways needs nothing, or two are each other's opposite."""
        single = {premise for way in self._ways[rule.id] if len(way) == 1 for premise in way}
        return any(
            premise.atom[0] == "project" or Premise(premise.atom, not premise.holds) in single for premise in single
        )

    def _within(self, narrow: Collection[Premise], wide: Collection[Premise]) -> bool:
        return all(premise in narrow or self._follows(premise, narrow) for premise in wide)

    def _follows(self, premise: Premise, given: Collection[Premise]) -> bool:
        """Whether an amount in `given` is a tighter bound than the amount that `premise` asks for."""
        wanted = self._thresholds.get(premise.atom)
        if wanted is None or not premise.holds:
            return False
        tighter = (self._thresholds[p.atom] for p in given if p.holds and p.atom in self._thresholds)
        return any(_tighter(bound, wanted) for bound in tighter)


def _sorting(premise: Premise) -> tuple[Atom, bool]:
    return premise.atom, premise.holds


def _tighter(one: Threshold, other: Threshold) -> bool:
    lower = one.op in (">", ">=")
    if one.slot != other.slot or lower != (other.op in (">", ">=")):
        return False
    if one.bound == other.bound:
        return len(one.op) <= len(other.op)  # `>` is tighter than `>=`
    return (one.bound > other.bound) == lower


def overlaps(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Rules that always fire, repeat or contradict one another, or argue for what is excluded whenever they do."""
    conditions = Conditions(knowledge)
    for rule in knowledge.rules:
        if conditions.always(rule):
            expected = "a condition that some project does not meet"
            yield places.finding("warning", "rules", rule.id, f"{rule.id} fires in every project", expected, "when")
    told: set[tuple[str, str]] = set()
    times: dict[str, int] = {}
    order = {rule.id: place for place, rule in enumerate(knowledge.rules)}

    def said(wide: Rule, narrow: Rule, *, same: bool) -> str | None:
        return _repeats(wide, narrow, same=same) or _against(wide, narrow, knowledge, places)

    for group in _about_the_same(knowledge):
        for narrow, wider in conditions.covering(group):
            for wide in wider:
                if times.get(narrow.id, 0) >= _MOST:
                    break
                if (wide.id, narrow.id) in told or not conditions.covers(wide, narrow):
                    continue
                same = conditions.covers(narrow, wide)
                if same and order[wide.id] > order[narrow.id] and said(narrow, wide, same=True):
                    continue  # of two, the second is told to repeat the first
                message = said(wide, narrow, same=same)
                if message:
                    told.add((wide.id, narrow.id))
                    times[narrow.id] = times.get(narrow.id, 0) + 1
                    other = places.finding("note", "rules", wide.id, "")
                    message = f"{message} ({wide.id}: {other.file}:{other.line})"
                    # A team's own rule may well go against a shipped one: that is what layers are for.
                    level = "warning" if wide.layer == narrow.layer else "note"
                    yield places.finding(level, "rules", narrow.id, message)


def _about_the_same(knowledge: Knowledge) -> Iterator[list[Rule]]:
    """Rules that speak of one tool, one slot or one role, in the order of the rules; only those can get in each other's way."""
    groups: dict[tuple[str, str], list[Rule]] = {}
    for rule in knowledge.rules:
        match rule.effect:
            case Argue(tools=tools) | Exclude(tools=tools):
                keys = [("tool", tool) for tool in tools]
            case Infer(facts=facts):
                keys = [("slot", slot) for slot, _ in facts]
            case Need(roles=roles):
                keys = [("role", role) for role in roles]
            case _:
                keys = []
        for key in dict.fromkeys(keys):
            groups.setdefault(key, []).append(rule)
    yield from groups.values()


def _repeats(wide: Rule, narrow: Rule, *, same: bool) -> str | None:
    """What `narrow` says is said by `wide` as well, which fires whenever it does."""
    under = "under the same condition" if same else "under a wider condition"
    match wide.effect, narrow.effect:
        case Argue() as one, Argue() as other:
            alike = one.pillar == other.pillar and one.points == other.points and _spans(one.roles, other.roles)
            # A narrower condition may well add points; for the very same tools it is more likely a slip.
            if alike and (set(other.tools) <= set(one.tools) if same else one.tools == other.tools):
                return f"{narrow.id} says of the same tools what {wide.id} says {under}"
        case Exclude() as one, Exclude() as other:
            # Under a narrower condition it gives a better reason, as a second reason for a need does.
            if same and set(other.tools) <= set(one.tools) and _spans(one.roles, other.roles):
                return f"{narrow.id} excludes what {wide.id} excludes {under}"
        case Infer() as one, Infer() as other:
            if one.default == other.default and set(other.facts) <= set(one.facts):
                return f"{narrow.id} concludes what {wide.id} concludes {under}"
        case Need() as one, Need() as other:
            if same and set(other.roles) <= set(one.roles):
                return f"{narrow.id} needs what {wide.id} needs {under}"
        case _:
            pass
    return None


def _against(wide: Rule, narrow: Rule, knowledge: Knowledge, places: Places) -> str | None:
    """`wide`, which fires whenever `narrow` does, says the opposite."""
    match wide.effect, narrow.effect:
        case Argue() as one, Argue() as other:
            both = [tool for tool in other.tools if tool in one.tools]
            if one.points * other.points < 0 and one.pillar == other.pillar and _meet(one.roles, other.roles) and both:
                sides = ("for", "against") if other.points > 0 else ("against", "for")
                return f"{narrow.id} speaks {sides[0]} {', '.join(both)}, {wide.id} {sides[1]}, in the same pillar"
        case Exclude() as one, Argue() as other:
            both = [tool for tool in other.tools if tool in one.tools]
            field = "for" if other.points > 0 else "against"
            listed = isinstance(places.written("rules", narrow.id, field), list)
            # A filter may well pick tools that another rule puts aside; only if all are gone does the rule say nothing.
            if both and _spans(one.roles, other.roles) and (listed or len(both) == len(other.tools)):
                return f"{narrow.id} argues about {', '.join(both)} in vain: {wide.id} excludes it then"
        case Infer(default=False) as one, Infer(default=False) as other:
            for slot, value in other.facts:
                rival = next((v for s, v in one.facts if s == slot and v != value), None)
                if rival is not None and knowledge.slots[slot].kind == "single":
                    return f"{narrow.id} concludes {slot}: {value}, {wide.id} then concludes {slot}: {rival}"
        case _:
            pass
    return None


def _spans(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Whether roles include others; none stands for all."""
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or not other or bool(set(one) & set(other))
