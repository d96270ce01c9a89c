"""Four engines and a naive sweep give one answer on random stratified programs."""

from __future__ import annotations

import os
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import leveled_program, naive, some_atoms

from assistant.reasoning.durable import Durable
from assistant.reasoning.model import Premise
from assistant.reasoning.reference import Reference


def check_agreement(rng: random.Random, turns: int = 4, rules_per_shard: int = 1_500) -> int:
    """One random program on a few random projects: the same firings in the same order. Returns how many."""
    _, program = leveled_program(rng)
    clauses = {clause.id: clause for clause in program.clauses}
    durable, reference = Durable(program, rules_per_shard=rules_per_shard), Reference(program)
    total = 0
    try:
        for _ in range(turns):
            atoms = some_atoms(rng, program)
            expected = reference.infer(atoms)
            assert durable.infer(atoms) == expected
            assert {firing.clause for firing in expected} == naive(program, atoms)[1]
            order = [(clauses[f.clause].stratum, program.clauses.index(clauses[f.clause])) for f in expected]
            assert order == sorted(set(order))
            for firing in expected:
                clause = clauses[firing.clause]
                premises = [Premise(a) for a in clause.present] + [Premise(a, holds=False) for a in clause.absent]
                assert (firing.rule, firing.head, firing.premises) == (clause.rule, clause.head, tuple(premises))
            total += len(expected)
    finally:
        durable.close()
    return total


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False), st.sampled_from((1_500, 7, 1)))
def test_durable_answers_like_the_reference(rng: random.Random, rules_per_shard: int) -> None:
    check_agreement(rng, rules_per_shard=rules_per_shard)


def test_the_random_programs_are_worth_running(caplog: pytest.LogCaptureFixture) -> None:
    """Enough firings, strata and absences, so that agreement means something, and no run that needed a second try."""
    programs = [leveled_program(random.Random(seed))[1] for seed in range(60)]
    assert sum(program.strata > 1 for program in programs) > 15
    assert sum(bool(clause.absent) for program in programs for clause in program.clauses) > 200
    assert sum(check_agreement(random.Random(seed)) for seed in range(15)) > 300
    assert not caplog.records


@pytest.mark.nightly
def test_four_engines_agree_on_thousands_of_programs() -> None:
    """Prints its numbers (pytest -s); `DIFFERENTIAL_PROGRAMS` and `DIFFERENTIAL_SEED` widen the net."""
    from oracles import Clingo, Clips

    count = int(os.environ.get("DIFFERENTIAL_PROGRAMS", "2500"))
    first = int(os.environ.get("DIFFERENTIAL_SEED", "0"))
    turns = firings = absences = 0
    strata: dict[int, int] = {}
    spent = dict.fromkeys(("reference", "durable", "clips", "clingo"), 0.0)

    for seed in range(first, first + count):
        rng = random.Random(seed)
        _, program = leveled_program(rng)
        strata[program.strata] = strata.get(program.strata, 0) + 1
        durable = Durable(program, rules_per_shard=rng.choice((1_500, 1_500, 11)))
        clips = Clips(program)
        engines = {"reference": Reference(program).infer, "durable": durable.infer}
        oracles = {"clips": clips.run, "clingo": Clingo(program).run}
        for _ in range(4):
            atoms = some_atoms(rng, program)
            answers = {}
            for name, run in (engines | oracles).items():
                start = time.process_time()
                answers[name] = run(atoms)
                spent[name] += time.process_time() - start
            ids = {firing.clause for firing in answers["reference"]}
            assert answers["durable"] == answers["reference"], seed
            assert answers["clips"] == ids, seed
            assert answers["clingo"] == ids, seed
            assert naive(program, atoms)[1] == ids, seed
            turns += 1
            firings += len(ids)
            absences += sum(not premise.holds for firing in answers["reference"] for premise in firing.premises)
        durable.close()
        clips.close()
    per_turn = {name: f"{1000 * seconds / turns:.2f} ms" for name, seconds in spent.items()}
    print(f"\n{count} programs, {turns} turns, {firings} firings, {absences} absent premises, 0 mismatches")
    print(f"programs by number of strata {dict(sorted(strata.items()))}, CPU per turn {per_turn}")
