"""All that may have a say under some condition, by id."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assistant.knowledge.model import Caveat, Condition, Conflict, Is, Knowledge, Step
from assistant.reasoning.programs import CHOSEN, implied_by


class Speaker(msgspec.Struct, frozen=True):
    """A record, when it has its say, the tools of which one has to be in play, and the roles that it names, if any."""

    id: str
    kind: str
    when: Condition | None
    about: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def shown(self) -> bool:
        """Whether it has its say when it is shown, and not already when it fires."""
        return self.kind in ("conflicts", "caveats", "plan steps")

    def waits_for(self) -> tuple[str, ...]:
        """The tools that its condition wants to be first choices; any one may do."""
        return tuple(dict.fromkeys(_chosen(self.when)))


def speakers(knowledge: Knowledge) -> dict[str, Speaker]:
    """Rules, claims under a condition, questions, what naming a tool implies, caveats and plan steps."""
    return {one.id: one for one in _speakers(knowledge)}


def _speakers(knowledge: Knowledge) -> Iterator[Speaker]:
    for rule in knowledge.rules:
        yield Speaker(rule.id, "conflicts" if isinstance(rule.effect, Conflict) else "rules", rule.when)
    for tool in knowledge.tools.values():
        for claim in (*tool.strengths, *tool.weaknesses):
            if claim.when is not None:
                yield Speaker(claim.id, "claims", claim.when)
    for question in knowledge.questions:
        if question.when is not None:
            yield Speaker(f"question/{question.slot}", "questions", question.when)
    for tool in knowledge.tools.values():
        if tool.implies:
            yield Speaker(implied_by(tool.id), "tools that imply something", Is(slot="existing_stack", value=tool.id))
    advice: tuple[tuple[str, tuple[Caveat | Step, ...]], ...] = (
        ("caveats", knowledge.caveats),
        ("plan steps", knowledge.steps),
    )
    for kind, listed in advice:
        for record in listed:
            texts = f"{record.text}{record.measure}{record.falsified_if}" if isinstance(record, Step) else ""
            roles = tuple(role for role in knowledge.roles if f"{{{role}}}" in texts)
            yield Speaker(record.id, kind, record.when, record.about, roles)


def _chosen(condition: object) -> Iterator[str]:
    if isinstance(condition, Is) and condition.slot == CHOSEN:
        yield condition.value
    for part in getattr(condition, "parts", ()):
        yield from _chosen(part)
