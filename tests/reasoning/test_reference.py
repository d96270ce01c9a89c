"""The chainer that says what every engine has to answer."""

from __future__ import annotations

import time

from assistant.knowledge.model import All, Is, Nothing
from assistant.reasoning.model import Clause, Firing, Premise
from assistant.reasoning.program import PROJECT, Item, compile_program
from assistant.reasoning.reference import Reference

A, B, C = ((slot, "yes") for slot in "abc")


def holds(atom: tuple[str, str]) -> Is:
    return Is(slot=atom[0], value=atom[1])


def test_firings_come_by_stratum_then_by_clause_with_their_premises() -> None:
    program = compile_program(
        [
            ("late", All(parts=(holds(A), Nothing(parts=(holds(C),)))), [("end", "1")]),
            ("second", holds(B), [C]),
            ("first", holds(A), [B]),
        ]
    )
    assert Reference(program).infer((A,)) == (
        Firing("second#1", "second", (Premise(B),), C),
        Firing("first#1", "first", (Premise(A),), B),
    )
    assert Reference(program).infer((PROJECT,)) == ()


def test_a_positive_circle_does_not_pull_itself_up() -> None:
    program = compile_program([("p", holds(A), [B]), ("q", holds(B), [A])])
    assert Reference(program).infer(()) == ()
    assert [firing.rule for firing in Reference(program).infer((B,))] == ["p", "q"]


def test_a_rule_whose_only_premise_is_an_absence() -> None:
    program = compile_program([("none", Nothing(parts=(holds(A),)), [B]), ("then", holds(B), [C])])
    assert [firing.rule for firing in Reference(program).infer(())] == ["none", "then"]
    assert Reference(program).infer((A,)) == ()


def test_a_premise_named_twice_counts_once() -> None:
    program = compile_program([("r", holds(A), [B])])
    clause = Clause("r", 1, (A, A), (), B)
    doubled = type(program)((clause,), 1, {}, program.atoms, frozenset(), (), ())
    assert [firing.clause for firing in Reference(doubled).infer((A,))] == ["r#1"]


def test_a_run_over_two_thousand_clauses_takes_well_under_a_millisecond() -> None:
    """So that searches may run it hundreds of times; the bound is ten times what an old laptop needs."""
    items: list[Item] = []
    for number in range(2_000):
        parts = (Is(slot=f"s{number % 60}", value=str(number % 8)), Is(slot=f"s{number % 47}", value=str(number % 5)))
        items.append((f"r{number}", All(parts=parts), [("derived", str(number % 300))]))
    engine = Reference(compile_program(items))
    atoms = tuple((f"s{number}", str(number % 8)) for number in range(40))
    assert len(engine.infer(atoms)) > 20
    best = min(_timed(engine, atoms) for _ in range(20))
    assert best < 0.002


def _timed(engine: Reference, atoms: tuple[tuple[str, str], ...]) -> float:
    start = time.perf_counter()
    engine.infer(atoms)
    return time.perf_counter() - start
