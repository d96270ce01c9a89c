"""Strata are as low as they can be, and a negation in a cycle is refused by the names of its rules."""

from __future__ import annotations

import pytest

from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom, Clause
from assistant.reasoning.strata import stratify


def atoms(text: str) -> tuple[Atom, ...]:
    return tuple((name, "yes") for name in text.split())


def clause(rule: str, head: str, present: str = "", absent: str = "") -> Clause:
    return Clause(rule, 1, atoms(present), atoms(absent), (head, "yes"))


def levels(*clauses: Clause) -> dict[str, int]:
    return {atom[0]: level for atom, level in stratify(clauses).items()}


def test_a_head_lies_above_what_must_be_absent_and_no_lower_than_what_must_hold() -> None:
    assert levels(
        clause("top", "d", "c", absent="b"),
        clause("middle", "c", "x", absent="a"),
        clause("low", "b", "a"),
        clause("base", "a", "x"),
    ) == {"x": 0, "a": 0, "b": 0, "c": 1, "d": 1}


def test_a_cycle_without_absence_is_one_stratum() -> None:
    cycle = [clause("p", "a", "b", absent="x"), clause("q", "b", "c"), clause("r", "c", "a")]
    assert levels(*cycle) == {"x": 0, "a": 1, "b": 1, "c": 1}


def test_the_order_of_the_clauses_does_not_matter() -> None:
    chain = [clause(f"r{n}", f"a{n + 1}", "x", absent=f"a{n}") for n in range(40)]
    expected = {"x": 0} | {f"a{n}": n for n in range(41)}
    assert levels(*chain) == levels(*reversed(chain)) == levels(*chain[1::2], *chain[::2]) == expected


def test_long_chains_need_no_recursion() -> None:
    chain = [clause(f"r{n}", f"a{n + 1}", f"a{n}") for n in range(5_000)]
    assert set(levels(*chain).values()) == {0}


@pytest.mark.parametrize(
    ("clauses", "named"),
    [
        ([clause("self", "a", absent="a")], {"self"}),
        ([clause("p", "a", absent="b"), clause("q", "b", "a")], {"p", "q"}),
        ([clause("p", "a", absent="b"), clause("q", "b", absent="a"), clause("other", "a", "x")], {"p", "q"}),
        (
            [
                clause("innocent", "b", "x"),
                clause("p", "a", absent="b"),
                clause("q", "b", "c"),
                clause("r", "c", "a x"),
                clause("aside", "d", "a"),
            ],
            {"p", "q", "r"},
        ),
    ],
)
def test_a_negation_in_a_cycle_is_refused(clauses: list[Clause], named: set[str]) -> None:
    with pytest.raises(CompileError, match="absent") as refused:
        stratify(clauses)
    assert set(refused.value.rule_ids) == named
