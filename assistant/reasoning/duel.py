"""Under which of many changes of facts a tool may come first in a role: those under which it beats the first choice.

Only the sums of two tools are made, so that the full ranking is needed for few changes. What the tool would gain by
fitting in with whatever leads is given to it unseen: no change under which it comes first is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge.model import Argue, Exclude, Role
from assistant.reasoning.cases import Cases
from assistant.reasoning.forecast import Forecast, weight_of
from assistant.reasoning.model import Atom
from assistant.reasoning.programs import NEED
from assistant.reasoning.selection import FITTING, WORKS_WITH, Mismatch, Profile, profile_with

_BARRIER = 1e6  # points that no argument makes up for


class Duel:
    """`tool` against `rival`, the present first choice of `role` (None if there is none), in all `cases`."""

    def __init__(self, forecast: Forecast, role: Role, tool: str, rival: str | None, cases: Cases) -> None:
        board = forecast.board
        self._forecast, self._role, self._cases = forecast, role, cases
        self._base = forecast.picture.profile
        self._slots = ("priorities", *(match.slot for match in role.matches))
        self._other = cases.touching(self._slots)
        self._untold = cases.touching(board.tool_slots)
        self._needed = cases.concluding((NEED, role.id))
        running = frozenset[str]().union(*(board.partners.get(name, ()) for name in self._base.running))
        leading = [other.id for other in board.roles if other.leads]
        before = leading[: leading.index(role.id)] if role.id in leading else leading
        partners = board.partners.get(tool, ())
        favoured = any(record.id in partners for other in before for record in board.selector.filling(other))
        self._tool = _Side(forecast, role, tool, cases, works_with=favoured or tool in running)
        self._rival = _Side(forecast, role, rival, cases, works_with=rival in running) if rival else None

    def may_win(self, place: int) -> bool:
        """Whether `tool` may come first in case number `place`; False if it cannot."""
        bit = 1 << place
        if self._untold & bit:  # the person's own tools are others: only a ranking can tell
            return True
        if not self._needed & bit:
            return False
        profile = self._profile(place) if self._other & bit else self._base
        if self._tool.is_out(place, profile):
            return False
        if self._rival is None or self._rival.is_out(place, profile):
            return True
        return self._tool.total(place, profile) >= self._rival.total(place, profile)

    def promise(self, place: int) -> float:
        """How near `tool` comes to beating the rival in case number `place`: fewest barriers first, then its lead in points."""
        profile = self._profile(place) if self._other >> place & 1 else self._base
        lead = self._tool.total(place, profile)
        if self._rival is not None and not self._rival.is_out(place, profile):
            lead -= self._rival.total(place, profile)
        return lead - _BARRIER * self._tool.barriers(place, profile)

    def _profile(self, place: int) -> Profile:
        values = dict(self._base.values)
        for slot in self._slots:
            values.pop(slot, None)
            if now := self._cases.values(place, slot):
                values[slot] = now
        return profile_with(self._forecast.knowledge, values, self._cases.changes[place])


class _Side:
    """What there is for and against one tool in each case."""

    def __init__(self, forecast: Forecast, role: Role, tool: str, cases: Cases, *, works_with: bool) -> None:
        self._forecast, self._role = forecast, role
        self._record = forecast.knowledge.tools[tool]
        self._works_with = WORKS_WITH if works_with else 0.0
        self._points: dict[str, float] = {}
        self._more: dict[int, dict[str, float]] = {}  # by case: points by pillar on top of those
        self._fits: dict[tuple[tuple[str, ...] | None, ...], bool] = {}
        self._barred = 0
        self._bars: list[int] = []  # for each exclusion the cases in which it holds
        for end, pillar, worth in self._said():
            differ = cases.concluding(end)
            if end in forecast.counts:
                self._points[pillar] = self._points.get(pillar, 0.0) + worth
                differ ^= cases.all
                worth = -worth
            while differ:
                lowest = differ & -differ
                more = self._more.setdefault(lowest.bit_length() - 1, {})
                more[pillar] = more.get(pillar, 0.0) + worth
                differ ^= lowest
        for end in self._exclusions():
            self._bars.append(cases.concluding(end))
            self._barred |= self._bars[-1]

    def is_out(self, place: int, profile: Profile) -> bool:
        """Whether it is no candidate."""
        if self._barred >> place & 1:
            return True
        key = tuple(profile.values.get(match.slot) for match in self._role.matches)
        known = self._fits.get(key)
        if known is None:
            fit = self._forecast.board.selector.fit(self._record, self._role, profile)
            known = self._fits[key] = not isinstance(fit, Mismatch)
        return not known

    def barriers(self, place: int, profile: Profile) -> int:
        """How many things keep it from being a candidate: exclusions, and slots that its record does not fit."""
        board, tool = self._forecast.board, self._record.id
        unfit = sum(
            tool in board.lacking(self._role, match, profile.values.get(match.slot, ())) for match in self._role.matches
        )
        return unfit + sum(bar >> place & 1 for bar in self._bars)

    def total(self, place: int, profile: Profile) -> float:
        """Its sum of points, made as in `forecast.py`."""
        weight = weight_of(profile)
        more = self._more.get(place, {})
        total = self._forecast.board.always(self._role.id, weight)[self._record.id]
        for pillar in {**self._points, **more}:
            total += weight.get(pillar, 1.0) * (self._points.get(pillar, 0.0) + more.get(pillar, 0.0))
        return round(total + weight.get(FITTING, 1.0) * (self._works_with + self._serves(profile)), 9)

    def _serves(self, profile: Profile) -> float:
        return sum(
            match.points
            for match in self._role.matches
            if match.points
            for value in profile.values.get(match.slot, ())
            if (match.slot, value) in profile.stated and value in getattr(self._record, match.attribute)
        )

    def _said(self) -> Iterator[tuple[Atom, str, float]]:
        """What speaks for or against it: conclusion, pillar, points."""
        board, tool = self._forecast.board, self._record.id
        yield from board.spoken_of(self._role.id).get(tool, ())
        for end, rule in board.personal.items():
            effect = rule.effect
            if isinstance(effect, Argue):
                for pillar, place, worth in board.spoken(
                    self._tools(effect), effect.pillar, effect.points, effect.roles
                ):
                    if place == (tool, self._role.id):
                        yield end, pillar, worth

    def _exclusions(self) -> Iterator[Atom]:
        for end, rule in self._forecast.board.personal.items():
            effect = rule.effect
            if isinstance(effect, Exclude) and (not effect.roles or self._role.id in effect.roles):
                if self._record.id in self._tools(effect):
                    yield end

    def _tools(self, effect: Argue | Exclude) -> tuple[str, ...]:
        return effect.tools if effect.of is None else self._forecast.picture.profile.values.get(effect.of, ())
