"""A variation of a finished run says exactly what a run from scratch would, or that it cannot tell."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from programs import leveled_program

from assistant.knowledge.model import Is, Nothing
from assistant.reasoning.incremental import BaseRun, Index
from assistant.reasoning.model import Atom
from assistant.reasoning.program import PROJECT, Program, compile_program
from assistant.reasoning.reference import Reference


def holding(reference: Reference, atoms: set[Atom]) -> set[int]:
    number = reference.number
    return {number[a] for a in atoms if a in number} | {number[f.head] for f in reference.infer(tuple(atoms))}


def check(rng: random.Random, program: Program, variations: int = 8) -> tuple[int, int]:
    """How many variations were told, and how many were left to a new run."""
    reference = Reference(program)
    index = Index(program, reference)
    asked = sorted(program.atoms)
    start = {PROJECT, *rng.sample(asked, rng.randint(0, min(len(asked), 20)))}
    base = BaseRun(index, start)
    before = holding(reference, start)
    assert base.holds == before
    told = left = 0
    for _ in range(variations):
        added = set(rng.sample(asked, rng.randint(0, min(len(asked), 3))))
        removed = set(rng.sample(sorted(start), rng.randint(0, min(len(start), 3)))) - added
        variation = base.vary(added, removed)
        if variation is None:
            left += 1
            continue
        after = holding(reference, (start | added) - removed)
        assert variation.true == after - before
        assert variation.false == before - after
        told += 1
    assert base.holds == before  # a variation leaves the base as it is
    return told, left


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_a_variation_is_what_a_new_run_would_be(rng: random.Random) -> None:
    check(rng, leveled_program(rng)[1])


def test_most_variations_can_be_told() -> None:
    counts = [check(rng, leveled_program(rng)[1]) for rng in map(random.Random, range(40))]
    assert sum(left for _, left in counts) < sum(told for told, _ in counts)


def test_a_circle_does_not_hold_itself_up() -> None:
    program = compile_program(
        [
            ("in", Is(slot="a", value="1"), [("b", "1")]),
            ("round", Is(slot="b", value="1"), [("c", "1")]),
            ("back", Is(slot="c", value="1"), [("b", "1")]),
            ("without", Nothing(parts=(Is(slot="c", value="1"),)), [("d", "1")]),
        ]
    )
    reference = Reference(program)
    base = BaseRun(Index(program, reference), [PROJECT, ("a", "1")])
    variation = base.vary([], [("a", "1")])
    assert variation is None or variation.true == {reference.number[("d", "1")]}


def test_a_variation_costs_what_it_changes() -> None:
    """Of two thousand clauses, those that a change does not reach are never looked at."""
    chains = [(f"r{n}", Is(slot=f"s{n}", value="1"), [(f"t{n}", "1")]) for n in range(2_000)]
    program = compile_program(chains)
    index = Index(program, Reference(program))
    base = BaseRun(index, [PROJECT, *((f"s{n}", "1") for n in range(0, 2_000, 2))])
    looked: list[int] = []

    class Counted(list[int]):
        def __getitem__(self, clause):  # type: ignore[no-untyped-def]  # slices are never taken
            looked.append(clause)
            return super().__getitem__(clause)

    base.missing = Counted(base.missing)
    variation = base.vary([("s1", "1")], [("s2", "1")])
    assert variation is not None and len(variation.true) == len(variation.false) == 2
    assert len(set(looked)) == 2
