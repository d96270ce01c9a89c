"""The quick forecast and the full selection are two ways to the same first choices."""

from __future__ import annotations

import random

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.knowledge.facts import Fact
from assistant.reasoning.changes import apply, edits, option_fact
from tests.dialogue.profiles import random_facts


def leads_by_selection(advisor: Advisor, facts: tuple[Fact, ...]) -> dict[str, tuple[str, float]]:
    stack = advisor.reasoner.hypothetical(facts)[0]
    return {
        c.role: (c.ranking[0].tool, round(c.ranking[0].score - (c.ranking[1].score if len(c.ranking) > 1 else 0.0), 3))
        for c in stack
    }


@pytest.mark.parametrize("seed", range(6))
def test_forecasts_equal_fresh_selections(advisor: Advisor, seed: int) -> None:
    rng = random.Random(seed)
    facts = random_facts(advisor.knowledge, rng)
    forecast = advisor.reasoner.forecast(facts)
    trials = [facts]
    for question in advisor.knowledge.questions:
        slot = advisor.knowledge.slots[question.slot]
        option = rng.choice(question.options)
        trials.append(apply_option(facts, option_fact(question, option.value, slot.unit, slot.kind)))
    tried = list(edits(advisor.reasoner, facts))
    trials += [apply(advisor.reasoner, facts, rng.sample(tried, min(2, len(tried)))) for _ in range(12)]
    for trial in trials:
        quick = {role: (lead.tool, round(lead.margin, 3)) for role, lead in forecast.leads(trial).items()}
        assert quick == leads_by_selection(advisor, trial), trial


def apply_option(facts: tuple[Fact, ...], fact: Fact) -> tuple[Fact, ...]:
    return (*(f for f in facts if f.slot != fact.slot), fact)


def test_the_reference_and_the_engine_of_record_conclude_the_same(advisor: Advisor) -> None:
    rng = random.Random(7)
    for _ in range(10):
        facts = random_facts(advisor.knowledge, rng)
        stack, excluded, _, _ = advisor.reasoner.hypothetical(facts)
        conclusion = advisor.reasoner.conclude(facts)
        assert (conclusion.stack, conclusion.excluded) == (stack, excluded)
