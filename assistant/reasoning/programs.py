"""The knowledge as two programs: what argues for a stack, and what to say about the stack once it is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assistant.knowledge.model import (
    All,
    Any,
    Argue,
    Caveat,
    Claim,
    Condition,
    Conflict,
    Exclude,
    Infer,
    Is,
    Knowledge,
    Need,
    Rule,
    Step,
)
from assistant.reasoning.factoring import Members, factored, joined
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Item, Program, compile_program

NEED, RULE, CLAIM, QUESTION, ADVICE = "need", "rule", "claim", "question", "advice"
"""Predicates of heads that are no facts: a role is needed, a rule or claim argues, a question applies, advice holds."""

ENDS = frozenset((NEED, RULE, CLAIM, QUESTION, ADVICE))
IN_PLAY, CHOSEN = "in_play", "chosen"
_CHUNK = 30  # tools per branch set, below the compiler's cap on alternatives


class Programs(msgspec.Struct, frozen=True):
    """`argue` runs on the profile; `advise` runs on the profile, what `argue` derived, and the choice.

    Both are joined (see `factoring.py`); the members say what their joined conclusions stand for.
    """

    argue: Program
    argue_members: Members
    advise: Program
    advise_members: Members
    rules: dict[str, Rule]
    claims: dict[str, tuple[str, Claim]]  # claim id -> (tool id, claim)
    caveats: dict[str, Caveat]
    steps: dict[str, Step]


def compile_programs(knowledge: Knowledge) -> Programs:
    """Both programs of `knowledge`. Raises CompileError for what cannot be compiled soundly."""
    defaults = {r.id for r in knowledge.rules if isinstance(r.effect, Infer) and r.effect.default}
    argue = joined(compile_program(factored(_arguing(knowledge)), defaults=defaults), ENDS)
    advise = joined(compile_program(factored(_advising(knowledge))), ENDS)
    return records_of(knowledge, argue, advise)


def records_of(knowledge: Knowledge, argue: tuple[Program, Members], advise: tuple[Program, Members]) -> Programs:
    """The compiled programs beside the records that their heads name."""
    return Programs(
        argue=argue[0],
        argue_members=argue[1],
        advise=advise[0],
        advise_members=advise[1],
        rules={rule.id: rule for rule in knowledge.rules},
        claims={c.id: (t.id, c) for t in knowledge.tools.values() for c in (*t.strengths, *t.weaknesses)},
        caveats={caveat.id: caveat for caveat in knowledge.caveats},
        steps={step.id: step for step in knowledge.steps},
    )


def implied_by(tool: str) -> str:
    """The rule id under which naming `tool` implies facts."""
    return f"implied-by/{tool}"


def implier(rule: str) -> str | None:
    """The tool behind such a rule id; None for the id of any other rule."""
    prefix = implied_by("")
    return rule.removeprefix(prefix) if rule.startswith(prefix) else None


def _arguing(knowledge: Knowledge) -> Iterator[Item]:
    for tool in knowledge.tools.values():
        facts = [(slot, value) for slot, values in tool.implies.items() for value in values]
        if facts:
            named = Any(parts=(Is(slot="existing_stack", value=tool.id), Is(slot="considering", value=tool.id)))
            yield implied_by(tool.id), named, facts
    for rule in knowledge.rules:
        match rule.effect:
            case Infer(facts=derived):
                yield rule.id, rule.when, derived
            case Need(roles=roles):
                yield rule.id, rule.when, [(NEED, role) for role in roles]
            case Argue() | Exclude():
                yield rule.id, rule.when, [(RULE, rule.id)]
            case Conflict():
                pass
    for tool in knowledge.tools.values():
        for claim in (*tool.strengths, *tool.weaknesses):
            if claim.when is not None:
                yield claim.id, claim.when, [(CLAIM, claim.id)]
    for question in knowledge.questions:
        if question.when is not None:
            yield f"question/{question.slot}", question.when, [(QUESTION, question.slot)]


def _advising(knowledge: Knowledge) -> Iterator[Item]:
    for rule in knowledge.rules:
        if isinstance(rule.effect, Conflict):
            yield rule.id, rule.when, [(ADVICE, rule.id)]
    records: tuple[Caveat | Step, ...] = (*knowledge.caveats, *knowledge.steps)
    for record in records:
        head: list[Atom] = [(ADVICE, record.id)]
        for condition in _about(record.when, record.about):
            yield record.id, condition, head


def _about(when: Condition | None, about: tuple[str, ...]) -> Iterator[Condition | None]:
    """`when`, and one of `about` is in play; long lists come in several conditions."""
    if not about:
        yield when
    for start in range(0, len(about), _CHUNK):
        named = Any(parts=tuple(Is(slot=IN_PLAY, value=tool) for tool in about[start : start + _CHUNK]))
        yield named if when is None else All(parts=(when, named))
