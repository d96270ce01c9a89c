"""Many cases run at once give what each gives alone."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from programs import leveled_program

from assistant.dialogue.advisor import Advisor
from assistant.knowledge.model import Is
from assistant.reasoning.cases import Cases
from assistant.reasoning.changes import apply, edits
from assistant.reasoning.incremental import Index
from assistant.reasoning.model import Atom
from assistant.reasoning.parallel import in_order, run
from assistant.reasoning.program import PROJECT, Program, compile_program
from assistant.reasoning.reference import Reference
from tests.dialogue.profiles import random_facts


def check(program: Program, cases: list[set[Atom]]) -> None:
    reference = Reference(program)
    index = Index(program, reference)
    holds = run(index, in_order(index), cases)
    for place, atoms in enumerate(cases):
        number = reference.number
        alone = {number[a] for a in atoms if a in number} | {number[f.head] for f in reference.infer(tuple(atoms))}
        assert {atom for atom, bits in enumerate(holds) if bits >> place & 1} == alone


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_every_case_holds_what_a_run_of_its_own_derives(rng: random.Random) -> None:
    program = leveled_program(rng)[1]
    asked = sorted(program.atoms)
    check(
        program, [{PROJECT, *rng.sample(asked, rng.randint(0, min(len(asked), 20)))} for _ in range(rng.randint(1, 70))]
    )


def test_a_circle_holds_where_it_is_entered_and_nowhere_else() -> None:
    a, b, c = ("slot", "a"), ("slot", "b"), ("slot", "c")
    program = compile_program(
        [
            ("r1", Is(slot="slot", value="a"), [b]),
            ("r2", Is(slot="slot", value="b"), [c]),
            ("r3", Is(slot="slot", value="c"), [a]),
        ]
    )
    check(program, [{PROJECT}, {PROJECT, a}, {PROJECT, b}, {PROJECT, c}, set()])


def test_all_steps_at_once_are_the_steps_one_by_one(advisor: Advisor) -> None:
    """On the shipped knowledge, over every change of facts; what is uncertain about circles is said to be."""
    for seed in range(3):
        rng = random.Random(seed)
        facts = random_facts(advisor.knowledge, rng)
        for role in (None, rng.choice(list(advisor.knowledge.roles))):
            forecast = advisor.reasoner.forecast(facts, role)
            changes = [apply(advisor.reasoner, facts, (edit,)) for edit in edits(advisor.reasoner, facts)]
            cases = Cases(forecast, changes)
            for place, (changed, at_once) in enumerate(zip(changes, cases.steps(), strict=True)):
                alone = forecast.step(changed)
                assert at_once.variation.true == alone.variation.true
                assert at_once.variation.false == alone.variation.false
                assert at_once[2:6] == alone[2:6] == cases.step(place)[2:6]
                assert alone.counted or not at_once.counted
