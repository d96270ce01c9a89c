"""What a recommendation stood on, kept so that later knowledge can be held against it: which claim made the difference?"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assistant.dialogue.wording import Wording, points, sentence
from assistant.reasoning.model import Argument, Conclusion, Ranked

_KEPT = 3  # candidates of a role
_TOLD = 4  # reasons of a change


class Ground(msgspec.Struct, frozen=True):
    """An argument as it was: its worth and its words."""

    worth: float
    text: str


Basis = dict[str, dict[str, dict[str, Ground]]]
"""By role and tool: arguments by id."""


class Changed(msgspec.Struct, frozen=True):
    """A role whose first choice is another now ('' where the role is not filled), and the claims that made it so."""

    role: str
    before: str
    after: str
    because: tuple[str, ...] = ()


def basis_of(conclusion: Conclusion) -> Basis:
    """The arguments of the leading candidates of each role."""
    return {
        choice.role: {
            ranked.tool: {one.id: Ground(one.worth, one.text) for one in ranked.arguments}
            for ranked in choice.ranking[:_KEPT]
        }
        for choice in conclusion.stack
    }


def changes(
    before: dict[str, str], after: dict[str, str], basis: Basis, conclusion: Conclusion, wording: Wording
) -> tuple[Changed, ...]:
    """The roles whose first choices differ; `basis` is what `before` stood on, `conclusion` what `after` stands on."""
    found = []
    for role in dict.fromkeys([*before, *after]):
        old, new = before.get(role, ""), after.get(role, "")
        if old != new:
            reasons = tuple(_reasons(role, old, new, basis.get(role, {}), conclusion, wording))
            found.append(Changed(role, old, new, reasons[:_TOLD]))
    return tuple(found)


def told(change: Changed, wording: Wording) -> str:
    """A change in a sentence, without its reasons."""
    role = wording.role(change.role)
    old, new = wording.tool(change.before), wording.tool(change.after)
    if not change.before:
        return f"{role}: {new} now; the role was not filled before"
    return f"{role}: {new} instead of {old}" if change.after else f"{role}: no longer filled, it was {old}"


def _reasons(
    role: str, old: str, new: str, basis: dict[str, dict[str, Ground]], conclusion: Conclusion, wording: Wording
) -> Iterator[str]:
    for one in conclusion.excluded:
        if one.tool == old and (not one.roles or role in one.roles):
            yield f"{sentence(one.text).rstrip('.')}{_cited(wording, one.source, one.verified, one.layer)}"
    choice = conclusion.choice(role)
    ranking = {ranked.tool: ranked for ranked in choice.ranking} if choice else {}
    if old and choice is None:
        yield "Nothing calls for this role any more"
    elif old and old not in ranking and all(one.tool != old for one in conclusion.excluded):
        yield f"{wording.tool(old)} no longer fits by its record"
    # Without what it stood on, nobody can tell which claim is new.
    for tool in (one for one in (old, new) if one in basis and one in ranking):
        yield from _moved(wording.tool(tool), basis[tool], ranking[tool], wording)
    if new and new not in basis and new in ranking and old in ranking:
        best = max(ranking[new].arguments, key=lambda one: (one.worth, one.id), default=None)
        if best is not None:
            yield f"{_speaks(wording.tool(new), best)}{_cited(wording, best.source, best.verified, best.layer)}"


def _moved(name: str, before: dict[str, Ground], ranked: Ranked, wording: Wording) -> Iterator[str]:
    """Arguments that are new, gone or weighed otherwise, those that moved most first."""
    now = {one.id: one for one in ranked.arguments}
    moved = {one.id: one.worth - (before[one.id].worth if one.id in before else 0.0) for one in now.values()}
    moved |= {id: -ground.worth for id, ground in before.items() if id not in now}
    for id in sorted((id for id, by in moved.items() if by), key=lambda id: (-abs(moved[id]), id)):
        if id not in now:
            yield f"{name}: no longer said that {before[id].text[:1].lower()}{before[id].text[1:]} ({points(moved[id])})"
        else:
            one = now[id]
            was = f", {points(before[id].worth)} before" if id in before else ", new"
            yield f"{_speaks(name, one)}{was}{_cited(wording, one.source, one.verified, one.layer)}"


def _speaks(name: str, argument: Argument) -> str:
    return f"{name}: {argument.text} ({points(argument.worth)})"


def _cited(wording: Wording, source: str, verified: str, layer: str) -> str:
    return "".join(f" [{one.title}, {one.verified}]" for one in wording.cite(source, verified, layer))
