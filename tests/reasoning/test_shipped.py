"""The shipped knowledge compiles soundly, and the engines agree on it."""

from __future__ import annotations

import random

import pytest
from programs import naive, random_quantity

from assistant.knowledge.facts import Fact
from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.reasoning.durable import Durable
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Program, atoms_of
from assistant.reasoning.programs import compile_programs
from assistant.reasoning.reference import Reference

BOUNDS = (10.0, 1_000.0, 1e5, 1e7, 1e10)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module", params=["argue", "advise"])
def program(request: pytest.FixtureRequest, knowledge: Knowledge) -> Program:
    compiled = getattr(compile_programs(knowledge), request.param)
    assert isinstance(compiled, Program)
    return compiled


def random_project(rng: random.Random, knowledge: Knowledge, program: Program) -> tuple[Atom, ...]:
    """What a person may say, over the whole vocabulary, and a few atoms that only other programs derive."""
    facts = []
    for slot in rng.sample(sorted(knowledge.slots), rng.randint(0, 10)):
        kind = knowledge.slots[slot]
        choices = [value.id for value in kind.values] or (sorted(knowledge.tools) if kind.kind == "tools" else [])
        if kind.kind == "quantity":
            quantity = random_quantity(rng)
            facts.append(Fact(slot, type(quantity)(rng.choice(BOUNDS), quantity.op, 1e8 if quantity.high else None)))
        for value in rng.sample(choices, min(len(choices), rng.randint(1, 3))):
            strength = rng.choice(("hard", "soft"))
            facts.append(Fact(slot, value, negated=rng.random() < 0.15, strength=strength))
    return (*atoms_of(program, facts), *rng.sample(sorted(program.atoms), 5))


def test_no_rule_is_lost(program: Program) -> None:
    assert program.clauses
    assert program.never == ()


def test_the_engines_agree(knowledge: Knowledge, program: Program) -> None:
    durable, reference = Durable(program), Reference(program)
    total = 0
    for seed in range(25):
        atoms = random_project(random.Random(seed), knowledge, program)
        expected = reference.infer(atoms)
        assert durable.infer(atoms) == expected
        total += len(expected)
    durable.close()
    assert total > 100


@pytest.mark.nightly
def test_four_engines_agree(knowledge: Knowledge, program: Program) -> None:
    from oracles import Clingo, Clips

    durable, reference, clips, clingo = Durable(program), Reference(program), Clips(program), Clingo(program)
    total = 0
    for seed in range(300):
        atoms = random_project(random.Random(seed), knowledge, program)
        expected = reference.infer(atoms)
        ids = {firing.clause for firing in expected}
        assert durable.infer(atoms) == expected
        assert clips.run(atoms) == ids
        assert clingo.run(atoms) == ids
        assert naive(program, atoms)[1] == ids
        total += len(expected)
    durable.close()
    clips.close()
    print(f"\n{len(program.clauses)} clauses, 300 projects, {total} firings, 0 mismatches")
