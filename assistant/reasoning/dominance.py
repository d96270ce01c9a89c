"""Tools that can never come first in a role, because another one always comes before them there.

What is reported is so for every project whose person has no say of their own about either tool (what they use, consider
or avoid): the other tool fits whenever this one does, is never ruled out alone, has every argument for it that this one
has, and this one every argument against it that the other has. What merely never happens to win is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.knowledge.model import Argue, Condition, Exclude, Knowledge, Role, Tool
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.reasoning.selection import tie_order

_LIVE = ("active", "maintenance")
Said = dict[tuple[str, Condition | None], float]
"""What is said: points by pillar and condition."""


class Case:
    """All that the knowledge says about one tool in one role."""

    def __init__(self, tool: Tool, role: Role, knowledge: Knowledge) -> None:
        self.tool = tool
        self.said: Said = {}
        for claim in (*tool.strengths, *tool.weaknesses):
            if not claim.roles or role.id in claim.roles:
                self._say(claim.pillar, claim.when, claim.points)
        self.barring: set[str] = set()
        self.partners = {t for t in tool.works_with if t != tool.id}
        self.fits = {match.slot: frozenset(getattr(tool, match.attribute)) for match in role.matches}
        self.serves = {match.slot: frozenset(getattr(tool, match.attribute)) for match in role.matches if match.points}

    def _say(self, pillar: str, when: Condition | None, points: float) -> None:
        self.said[pillar, when] = self.said.get((pillar, when), 0.0) + points

    def hear(self, rule: str, when: Condition, effect: Argue | Exclude) -> None:
        """Take in a rule that speaks of the tool in this role."""
        if isinstance(effect, Exclude):
            self.barring.add(rule)
        else:
            self._say(effect.pillar, when, effect.points)

    def beats(self, other: Case) -> bool:
        """Whether this one is ahead of `other` in every project."""
        if not self.barring <= other.barring or not other.partners <= self.partners:
            return False
        for slot, offers in self.fits.items():
            if offers and not (other.fits[slot] and other.fits[slot] <= offers):
                return False
        if any(not other.serves[slot] <= served for slot, served in self.serves.items()):
            return False
        keys = dict.fromkeys((*self.said, *other.said))
        margins = {key: self.said.get(key, 0.0) - other.said.get(key, 0.0) for key in keys}
        if any(margin < 0 for margin in margins.values()):
            return False
        ahead = any(margin > 0 for (_, when), margin in margins.items() if when is None)
        return ahead or tie_order(self.tool) < tie_order(other.tool)


def dominated(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """A warning for each active tool and role in which another tool is always ahead.

    For a tool that is only kept up a note: that something newer always comes before it may be as it should.
    """
    for role in knowledge.roles.values():
        cases = _cases(role, knowledge)
        for case in cases:
            better = next((other for other in cases if other is not case and other.beats(case)), None)
            if better is not None and case.tool.status.state in _LIVE:
                message = (
                    f"{case.tool.id} can never come first as {role.id}: {better.tool.id} fits wherever it does, and "
                    "nothing is said for it or against the other that would put it ahead"
                )
                expected = "a strength, or a rule, that tells when to take it"
                level = "warning" if case.tool.status.state == "active" else "note"
                yield places.finding(level, "tools", case.tool.id, message, expected, "roles")


def _cases(role: Role, knowledge: Knowledge) -> list[Case]:
    cases = {tool.id: Case(tool, role, knowledge) for tool in knowledge.tools.values() if role.id in tool.roles}
    for tool in knowledge.tools.values():
        for partner in tool.works_with:
            if partner in cases and partner != tool.id:
                cases[partner].partners.add(tool.id)
    for rule in knowledge.rules:
        effect = rule.effect
        if isinstance(effect, Argue | Exclude) and (not effect.roles or role.id in effect.roles):
            for tool_id in _heard(effect.tools, cases):
                cases[tool_id].hear(rule.id, rule.when, effect)
    return list(cases.values())


def _heard(tools: Iterable[str], cases: dict[str, Case]) -> Iterator[str]:
    return (tool for tool in tools if tool in cases)
