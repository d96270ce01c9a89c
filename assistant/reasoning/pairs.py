"""First choices under two changes of facts at once, for every pair of many changes.

Two changes that do not meddle with each other simply add up: what either makes true stays true, and the points that
both bring can be summed. So each change is run once, and only pairs that could meddle (see `meddling.py`) are run
together. A test holds the sums to full selections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from functools import cached_property

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Argue, Exclude, Match, Role
from assistant.reasoning.forecast import Forecast, Step, weight_of
from assistant.reasoning.meddling import meddling
from assistant.reasoning.model import Atom
from assistant.reasoning.programs import NEED
from assistant.reasoning.selection import FITTING, WORKS_WITH, Profile

Entry = tuple[float, tuple[int, int, str]]
"""A candidate in a ranking: its sum turned round, and what decides between equal sums."""

Tally = dict[str, dict[str, float]]
"""By tool: points by pillar."""


class Pairs:
    """The first choice of `role` under any one or two of `changes`, each of which is a whole set of facts."""

    def __init__(
        self,
        forecast: Forecast,
        role: Role,
        changes: Sequence[tuple[Fact, ...]],
        steps: Sequence[Step],
    ) -> None:
        """`steps` are those of the forecast to each of `changes`."""
        self._forecast = forecast
        self._role = role
        self._filling = {tool.id: tool for tool in forecast.board.selector.filling(role.id)}
        self._friends: dict[tuple[str, ...], frozenset[str]] = {}
        self._sums: dict[tuple[float, ...], dict[str, float]] = {}
        self._heard: dict[Atom, list[tuple[str, str, float]]] = {}
        base = forecast.picture.profile
        self._unfit: Counter[str] = Counter(tool for match in role.matches for tool in self._lacking(match, base))
        self._barred = self._bars(forecast.picture.ends)
        self._points = self._base_points()
        self._shifts = [self._shift(facts, step) for facts, step in zip(changes, steps, strict=True)]
        leading = [other for other in forecast.board.roles if other.leads]
        before = leading[: leading.index(role)] if role in leading else leading
        self._leading = [Pairs(forecast, other, changes, steps=steps) for other in before]
        self._ranked: dict[int, list[Entry]] = {}

    # -- adding up ---------------------------------------------------------------------------------------

    def added(self, one: int, other: int) -> str | None:
        """The first choice under changes number `one` < `other` as the sum of both: a tool, "" for none, None if only a
        run of both can tell."""
        return None if (one, other) in self._meddling else self._sum(one, other, Pairs.added)

    def after(self, one: int, other: int) -> str | None:
        """The first choice under change number `other`, which has `one` in it, and that changes nothing: as `added`."""
        return self._sum(one, other, Pairs.after)

    def _sum(self, one: int, other: int, of: Callable[[Pairs, int, int], str | None]) -> str | None:
        base, extra = self._shifts[one], self._shifts[other]
        if base is None or extra is None:
            return None
        leaders = [of(leading, one, other) for leading in self._leading]
        if None in leaders:
            return None
        if extra.weighs:
            one, base, extra = other, extra, base
            if extra.weighs:
                return None
        if not (self._needed or base.need > 0 or extra.need > 0) or base.need < 0 or extra.need < 0:
            return ""
        ranking, weight, order = self._ranking(one), base.weight, self._forecast.board.order
        was = self._fitting([leading._alone(one) for leading in self._leading])
        fits = self._fitting([leader or "" for leader in leaders])
        touched = extra.reached | (was ^ fits)
        best = next((entry for entry in ranking if entry[1][2] not in touched), None)
        for tool in touched:
            if self._held_back(tool) + base.held_back(tool) + extra.held_back(tool):
                continue
            points = extra.points.get(tool, {})
            total = base.total[tool] + sum(worth * weight.get(pillar, 1.0) for pillar, worth in points.items())
            total += ((tool in fits) - (tool in was)) * WORKS_WITH * weight.get(FITTING, 1.0)
            entry = (-round(total, 9), order[tool])
            if best is None or entry < best:
                best = entry
        return best[1][2] if best is not None and round(best[0], 4) < 0 else ""

    def _fitting(self, leaders: Sequence[str]) -> frozenset[str]:
        """The tools of the role that work with one of `leaders`, or with what already runs."""
        key = tuple(leaders)
        known = self._friends.get(key)
        if known is None:
            partners = self._forecast.board.partners
            named = (*leaders, *self._forecast.picture.profile.running)
            found = frozenset[str]().union(*(partners.get(tool, ()) for tool in named))
            known = self._friends[key] = found.intersection(self._filling)
        return known

    def _alone(self, one: int) -> str:
        """The first choice under one change."""
        shift = self._shifts[one]
        assert shift is not None
        if not (self._needed or shift.need > 0) or shift.need < 0:
            return ""
        ranking = self._ranking(one)
        return ranking[0][1][2] if ranking and round(ranking[0][0], 4) < 0 else ""

    def _ranking(self, one: int) -> list[Entry]:
        """The candidates under one change, best first; what every tool would add up to is kept as `total`."""
        known = self._ranked.get(one)
        if known is None:
            shift = self._shifts[one]
            assert shift is not None
            fits = self._fitting([leading._alone(one) for leading in self._leading])
            known = self._ranked[one] = self._weighed(shift, fits) if shift.weighs else self._moved(shift, fits)
        return known

    def _moved(self, shift: _Shift, fits: frozenset[str]) -> list[Entry]:
        """The ranking after a change that leaves the weights as they are: the one before, but for what it touches."""
        before, total, was = self._before
        shift.total = dict(total)
        touched = shift.reached | (was ^ fits)
        ranking = [entry for entry in before if entry[1][2] not in touched]
        order, weight = self._forecast.board.order, shift.weight
        for tool in touched:
            points = shift.points.get(tool, {})
            shift.total[tool] += sum(worth * weight.get(pillar, 1.0) for pillar, worth in points.items())
            shift.total[tool] += ((tool in fits) - (tool in was)) * WORKS_WITH * weight.get(FITTING, 1.0)
            if not self._held_back(tool) + shift.held_back(tool):
                ranking.append((-round(shift.total[tool], 9), order[tool]))
        ranking.sort()
        return ranking

    def _weighed(self, shift: _Shift, fits: frozenset[str]) -> list[Entry]:
        """The ranking under other weights, made from the ground up."""
        board, weight = self._forecast.board, shift.weight
        worth_fitting = WORKS_WITH * weight.get(FITTING, 1.0)
        shift.total = dict(self._under(weight))
        for tool in fits:
            shift.total[tool] += worth_fitting
        for tool, points in shift.points.items():
            if tool in shift.total:
                shift.total[tool] += sum(worth * weight.get(pillar, 1.0) for pillar, worth in points.items())
        held, barred, unfit = shift.held, self._barred, self._unfit
        return sorted(
            (-round(total, 9), board.order[tool])
            for tool, total in shift.total.items()
            if not unfit[tool] + barred.get(tool, 0) + held.get(tool, 0)
        )

    def _under(self, weight: dict[str, float]) -> dict[str, float]:
        """The sums of what holds without any change under other weights, of which there are few."""
        key = tuple(weight.values())
        known = self._sums.get(key)
        if known is None:
            always = self._forecast.board.always(self._role.id, weight)
            known = self._sums[key] = {
                tool: always[tool]
                + sum(worth * weight.get(pillar, 1.0) for pillar, worth in self._points.get(tool, {}).items())
                for tool in self._filling
            }
        return known

    @cached_property
    def _before(self) -> tuple[list[Entry], dict[str, float], frozenset[str]]:
        """The ranking that no change has touched, the sums behind it, and the tools that fit in with what leads there."""
        forecast = self._forecast
        still = _Shift(forecast.step(forecast.facts), weight_of(forecast.picture.profile))
        leads = (forecast.base.get(leading._role.id) for leading in self._leading)
        fits = self._fitting([lead.tool if lead else "" for lead in leads])
        return self._weighed(still, fits), still.total, fits

    @cached_property
    def _meddling(self) -> Container[tuple[int, int]]:
        return meddling(self._forecast, self._role, [shift.step if shift else None for shift in self._shifts])

    @cached_property
    def _needed(self) -> bool:
        return self._role.id in self._forecast.picture.needed

    def _held_back(self, tool: str) -> int:
        return self._unfit[tool] + self._barred.get(tool, 0)

    # -- what one change does -------------------------------------------------------------------------------

    def _base_points(self) -> Tally:
        points: Tally = {}
        picture = self._forecast.picture
        for pillar, places in picture.said.items():
            for (tool, role), worth in places.items():
                if role == self._role.id and tool in self._filling:
                    _count(points, tool, pillar, worth)
        self._personal(points, picture.ends, 1.0)
        for match in self._role.matches:
            for value in _served(match, picture.profile):
                for tool in self._forecast.board.offering(self._role, match, value):
                    _count(points, tool, FITTING, match.points)
        return points

    def _shift(self, facts: tuple[Fact, ...], step: Step) -> _Shift | None:
        """What a change does by itself; None if it cannot be added to others."""
        forecast, board, role, filling = self._forecast, self._forecast.board, self._role, self._filling
        if not step.slots.isdisjoint(board.tool_slots):
            return None
        base = forecast.picture.profile
        profile = base
        if not step.slots.isdisjoint(board.matched) or "priorities" in step.slots:
            profile = forecast.profile(step, facts)
        shift = _Shift(step, weight_of(profile))
        shift.weighs = profile.weights != base.weights
        shift.need = ((NEED, role.id) in step.come) - ((NEED, role.id) in step.gone)
        for ends, sign in ((step.come, 1.0), (step.gone, -1.0)):
            for end in ends:
                for pillar, tool, worth in self._said_by(end):
                    _count(shift.points, tool, pillar, sign * worth)
            self._personal(shift.points, ends, sign)
        for ends, step_by in ((step.come, 1), (step.gone, -1)):
            for tool, count in self._bars(ends).items():
                shift.held[tool] = shift.held.get(tool, 0) + step_by * count
        if profile is not base:
            for match in role.matches:
                before, now = self._lacking(match, base), self._lacking(match, profile)
                for tools, more in ((now - before, 1), (before - now, -1)):
                    for tool in tools:
                        shift.held[tool] = shift.held.get(tool, 0) + more
                was, served = _served(match, base), _served(match, profile)
                for values, points in ((served - was, match.points), (was - served, -match.points)):
                    for value in values:
                        for tool in forecast.board.offering(role, match, value):
                            _count(shift.points, tool, FITTING, points)
        shift.reached = frozenset(tool for tool in (*shift.points, *shift.held) if tool in filling)
        return shift

    def _said_by(self, end: Atom) -> list[tuple[str, str, float]]:
        """The points that a conclusion gives in this role: pillar, tool, worth."""
        known = self._heard.get(end)
        if known is None:
            known = self._heard[end] = [
                (pillar, tool, worth)
                for pillar, (tool, role), worth in self._forecast.board.said(end)
                if role == self._role.id and tool in self._filling
            ]
        return known

    def _personal(self, points: Tally, ends: Iterable[Atom], sign: float) -> None:
        """Count what arguments about tools that the person named say in this role."""
        board, values = self._forecast.board, self._forecast.picture.profile.values
        for end in ends:
            rule = board.personal.get(end)
            if rule is None or not isinstance(rule.effect, Argue):
                continue
            effect = rule.effect
            tools = effect.tools if effect.of is None else values.get(effect.of, ())
            for pillar, (tool, place), worth in board.spoken(tools, effect.pillar, effect.points, effect.roles):
                if place == self._role.id:
                    _count(points, tool, pillar, sign * worth)

    def _bars(self, ends: Iterable[Atom]) -> dict[str, int]:
        """How many of the exclusions in force (or coming, or going) speak of each tool in this role."""
        found: dict[str, int] = {}
        for end in ends:
            rule = self._forecast.board.personal.get(end)
            if rule is None or not isinstance(rule.effect, Exclude):
                continue
            effect = rule.effect
            values = self._forecast.picture.profile.values
            for tool in effect.tools if effect.of is None else values.get(effect.of, ()):
                if not effect.roles or self._role.id in effect.roles:
                    found[tool] = found.get(tool, 0) + 1
        return found

    def _lacking(self, match: Match, profile: Profile) -> frozenset[str]:
        return self._forecast.board.lacking(self._role, match, profile.values.get(match.slot, ()))


def _served(match: Match, profile: Profile) -> frozenset[str]:
    """The values that a record earns points for serving."""
    values = profile.values.get(match.slot, ()) if match.points else ()
    return frozenset(value for value in values if (match.slot, value) in profile.stated)


class _Shift:
    """What one change does to the ranking, next to the facts in force."""

    def __init__(self, step: Step, weight: dict[str, float]) -> None:
        self.step = step
        self.weight = weight
        self.weighs = False  # whether it changes the weights of pillars
        self.need = 0  # 1 if the role comes to be needed, -1 if it no longer is
        self.points: Tally = {}
        self.held: dict[str, int] = {}  # more (or fewer) reasons for which a tool is no candidate
        self.reached: frozenset[str] = frozenset()
        self.total: dict[str, float] = {}

    def held_back(self, tool: str) -> int:
        return self.held.get(tool, 0)


def _count(tally: Tally, tool: str, pillar: str, worth: float) -> None:
    own = tally.setdefault(tool, {})
    own[pillar] = own.get(pillar, 0.0) + worth
