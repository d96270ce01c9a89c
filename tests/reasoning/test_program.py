"""Conditions become clauses that mean the same."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import (
    AMOUNTS,
    OPERATORS,
    allowed_amounts,
    leveled_program,
    naive,
    random_condition,
    random_facts,
    random_quantity,
    reads_true,
    satisfies,
    some_atoms,
)

from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import All, Any, Compare, Condition, Is, Known, Must, Nothing, Refused, Unknown
from assistant.reasoning import program as compiler
from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom, Premise
from assistant.reasoning.program import (
    PROJECT,
    Program,
    Threshold,
    atoms_of,
    compile_program,
    threshold_atoms,
)
from assistant.reasoning.reference import Reference

HEAD = ("argue", "r")
A, B, C, D = (Is(slot=slot, value="yes") for slot in "abcd")


def compile_one(when: Condition | None, *heads: Atom, default: bool = False) -> Program:
    return compile_program([("r", when, heads or (HEAD,))], defaults=("r",) if default else ())


def bodies(program: Program) -> list[tuple[tuple[Atom, ...], tuple[Atom, ...]]]:
    return [(clause.present, clause.absent) for clause in program.clauses]


# --- the compiler against a direct reading of the condition ------------------------------------------------


def check_one_condition(rng: random.Random) -> bool:
    """A random condition on random facts holds exactly when its direct reading says so. Returns whether it held."""
    when, facts = random_condition(rng), random_facts(rng)
    program = compiler.compile_program([("r", when, (HEAD,))])
    firings = Reference(program).infer(atoms_of(program, facts))
    held = reads_true(when, facts)
    assert bool(firings) == held, (when, facts)
    return held


def check_supported(rng: random.Random) -> None:
    """A rule fires exactly if its condition holds in the end, and nothing else makes an atom hold."""
    items, program = leveled_program(rng, rules=25)
    atoms = tuple(a for a in some_atoms(rng, program) if not a[0].startswith(("known:", compiler.FIRM)))
    given = tuple((f"known:{slot}", "yes") for slot, _ in atoms)
    atoms += given
    atoms += tuple(twin for atom in atoms if (twin := compiler.firm(atom)) in program.atoms)
    firings = Reference(program).infer(atoms)
    holding = set(atoms) | {firing.head for firing in firings}
    fired = {
        (firing.rule, firing.head) for firing in firings if not firing.head[0].startswith(("known:", compiler.FIRM))
    }
    expected = {
        (rule, head)
        for rule, when, heads in items
        for head in heads
        if _reads_true_in(when, holding)
        and (
            rule not in program.defaults or holding.isdisjoint(((f"known:{head[0]}", "yes"), (f"!{head[0]}", head[1])))
        )
    }
    assert fired == expected
    asked = {atom for clause in program.clauses for atom in clause.present + clause.absent}
    without = compiler.compile_program([item for item in items if item[0] not in program.defaults])
    firmly = Reference(without).infer(atoms)
    known = {(f"known:{firing.head[0]}", "yes") for firing in firmly if not firing.head[0].startswith("known:")}
    derived = {firing.head for firing in firings if firing.head[0].startswith("known:")}
    assert known & asked <= derived <= known | set(given)
    assert naive(program, atoms)[0] == holding


def _reads_true_in(condition: Condition | None, holding: set[Atom]) -> bool:
    match condition:
        case None:
            return True
        case Is(slot=slot, value=value):
            return (slot, value) in holding
        case Known(slot=slot):
            return (f"known:{slot}", "yes") in holding
        case Unknown(slot=slot):
            return (f"known:{slot}", "yes") not in holding
        case All(parts=parts):
            return all(_reads_true_in(part, holding) for part in parts)
        case Any(parts=parts):
            return any(_reads_true_in(part, holding) for part in parts)
        case Nothing(parts=parts):
            return not any(_reads_true_in(part, holding) for part in parts)
    raise AssertionError(condition)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_a_compiled_condition_means_what_it_says(rng: random.Random) -> None:
    check_one_condition(rng)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_rules_together_mean_what_they_say(rng: random.Random) -> None:
    check_supported(rng)


def run_both_checks() -> None:
    held = [check_one_condition(random.Random(seed)) for seed in range(1_500)]
    assert 300 < sum(held) < 1_200, "the random conditions decide nothing"
    for seed in range(100):
        check_supported(random.Random(seed))


def test_the_checks_pass_on_the_sound_compiler() -> None:
    run_both_checks()


def _drop_last_part(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = compiler._together
    monkeypatch.setattr(compiler, "_together", lambda rule, parts, holds: sound(rule, parts[:-1], holds))


def _ignore_alternative(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = compiler._either
    monkeypatch.setattr(compiler, "_either", lambda rule, parts, holds: sound(rule, parts[:1], holds))


def _forget_sign(kind: type) -> Callable[[pytest.MonkeyPatch], None]:
    def fault(monkeypatch: pytest.MonkeyPatch) -> None:
        sound = compiler._ways
        monkeypatch.setattr(
            compiler, "_ways", lambda rule, c, *, holds: sound(rule, c, holds=holds != isinstance(c, kind))
        )

    return fault


def _refused_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_refused", lambda slot, value: (slot, value))


def _wish_is_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_must", lambda slot, value: (slot, value))


def _default_insists(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = compiler._conclusions
    monkeypatch.setattr(compiler, "_conclusions", lambda way, heads, default: sound(way, heads, False))


def _bounds_are_included(monkeypatch: pytest.MonkeyPatch) -> None:
    def covers(self: Threshold, quantity: Quantity) -> bool:
        low, high = quantity.interval()
        return low >= self.bound if self.op in (">", ">=") else high <= self.bound

    monkeypatch.setattr(Threshold, "covers", covers)


@pytest.mark.parametrize(
    "fault",
    [
        _drop_last_part,
        _ignore_alternative,
        *(_forget_sign(kind) for kind in (Is, Refused, Must, Known, Unknown, Compare, All, Any, Nothing)),
        _refused_is_said,
        _wish_is_must,
        _default_insists,
        _bounds_are_included,
    ],
)
def test_a_fault_in_the_compiler_is_caught(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]
) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        run_both_checks()


# --- single conditions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "present", "absent"),
    [
        (A, [("a", "yes")], []),
        (Refused(slot="a", value="x"), [("!a", "x")], []),
        (Must(slot="a", value="x"), [("must:a", "x")], []),
        (Compare(slot="a", op=">=", bound=10000.0), [("a", ">=10000")], []),
        (Compare(slot="a", op="<", bound=0.5), [("a", "<0.5")], []),
        (Known(slot="a"), [("known:a", "yes")], []),
        (Unknown(slot="a"), [], [("known:a", "yes")]),
        (Nothing(parts=(A, B)), [], [("a", "yes"), ("b", "yes")]),
        (Nothing(parts=(Unknown(slot="a"),)), [("known:a", "yes")], []),
        (Nothing(parts=(Nothing(parts=(A,)),)), [("a", "yes")], []),
        (All(parts=(A, A, B, A)), [("a", "yes"), ("b", "yes")], []),
        (All(parts=()), [PROJECT], []),
        (Nothing(parts=()), [PROJECT], []),
        (None, [PROJECT], []),
    ],
)
def test_one_clause(when: Condition | None, present: list[Atom], absent: list[Atom]) -> None:
    assert bodies(compile_one(when)) == [(tuple(present), tuple(absent))]


def test_alternatives_become_branches_in_order() -> None:
    program = compile_one(All(parts=(Any(parts=(A, B)), Any(parts=(C, D)))))
    assert [clause.id for clause in program.clauses] == ["r#1", "r#2", "r#3", "r#4"]
    assert [[atom[0] for atom in present] for present, _ in bodies(program)] == [
        ["a", "c"],
        ["a", "d"],
        ["b", "c"],
        ["b", "d"],
    ]


def test_the_absence_of_a_conjunction_is_shown_by_the_atom_that_is_missing() -> None:
    program = compile_one(Nothing(parts=(All(parts=(A, B)), C)))
    assert bodies(program) == [((), (("a", "yes"), ("c", "yes"))), ((), (("b", "yes"), ("c", "yes")))]


def alternatives(slot: str, count: int) -> Any:
    return Any(parts=tuple(Is(slot=slot, value=str(number)) for number in range(count)))


def test_alternatives_that_multiply_out_are_refused_without_building_them() -> None:
    with pytest.raises(CompileError, match="into 1,099,511,627,776 alternatives; there is room for 64") as refused:
        compile_one(All(parts=tuple(alternatives(f"s{number}", 2) for number in range(40))))
    assert refused.value.rule_ids == ("r",) and "several rules" in refused.value.expected
    with pytest.raises(CompileError):
        compile_one(All(parts=(alternatives("s", 13), alternatives("t", 5))))
    assert len(compile_one(All(parts=(alternatives("s", 8), alternatives("t", 8)))).clauses) == 64


def test_a_long_list_of_alternatives_is_no_trouble() -> None:
    program = compile_one(All(parts=(A, alternatives("s", 300), Nothing(parts=(alternatives("t", 300),)))))
    assert len(program.clauses) == 300
    with pytest.raises(CompileError):
        compile_one(All(parts=(alternatives("s", 300), Any(parts=(A, B)))))


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (All(parts=(A, Nothing(parts=(A,)))), "`a: yes` to hold and not to hold"),
        (All(parts=(Known(slot="a"), Unknown(slot="a"))), "`known:a: yes` to hold and not to hold"),
        (Any(parts=()), "without alternatives"),
        (Nothing(parts=(All(parts=()),)), "without alternatives"),
        (
            All(parts=(Compare(slot="n", op=">=", bound=10.0), Compare(slot="n", op="<", bound=10.0))),
            "no n is both >=10 and <10",
        ),
    ],
)
def test_what_can_never_hold_is_dropped_and_reported(when: Condition, reason: str) -> None:
    program = compile_one(when)
    assert program.clauses == ()
    assert [never.rule for never in program.never] == ["r"]
    assert reason in program.never[0].reason


def test_an_exact_amount_can_be_asked_for() -> None:
    at_least, at_most = Compare(slot="n", op=">=", bound=10.0), Compare(slot="n", op="<=", bound=10.0)
    program = compile_one(All(parts=(at_least, at_most)))
    assert not program.never
    assert Reference(program).infer(threshold_atoms(program, "n", Quantity(10.0)))


@pytest.mark.parametrize("bound", [float("inf"), float("nan")])
def test_a_comparison_needs_a_number(bound: float) -> None:
    with pytest.raises(CompileError, match="no amount"):
        compile_one(Compare(slot="a", op="<", bound=bound))


# --- knowing and defaults ----------------------------------------------------------------------------------


def test_a_rule_makes_its_slot_known_where_that_is_asked() -> None:
    asks = ("asks", Known(slot="task"), [("argue", "asks")])
    program = compile_program([("r", A, [("task", "ocr"), ("task", "chat")]), asks])
    assert [(c.id, c.head) for c in program.clauses] == [
        ("r#1", ("task", "ocr")),
        ("r#2", ("task", "chat")),
        ("asks#1", ("argue", "asks")),
        ("known:task#1", ("known:task", "yes")),
        ("known:task#2", ("known:task", "yes")),
    ]
    assert [c.head for c in compile_one(A, ("task", "ocr")).clauses] == [("task", "ocr")]


def test_what_follows_from_a_default_is_no_knowledge_either() -> None:
    items: list[compiler.Item] = [
        ("default", None, [("task", "classification")]),
        ("narrower", Is(slot="task", value="classification"), [("task", "image_classification")]),
        ("unknown", Unknown(slot="task"), [("ask", "task")]),
    ]
    engine = Reference(compile_program(items, defaults=["default"]))
    assert [f.rule for f in engine.infer((compiler.PROJECT,))] == ["default", "narrower", "unknown"]


def test_a_default_gives_way_to_knowledge_and_is_none() -> None:
    items: list[compiler.Item] = [
        ("inference", A, [("language", "r")]),
        ("default", None, [("language", "python")]),
        ("unknown", Unknown(slot="language"), [("ask", "language")]),
        ("uses", Is(slot="language", value="python"), [("argue", "uses")]),
    ]
    program = compile_program(items, defaults=["default"])
    engine = Reference(program)

    def rules(*facts: Fact) -> list[str]:
        return [firing.rule for firing in engine.infer(atoms_of(program, facts))]

    assert rules() == ["default", "unknown", "uses"]
    assert rules(Fact("language", "python")) == ["uses"]
    assert rules(Fact("a", "yes")) == ["inference", "known:language"]
    assert rules(Fact("language", "java", negated=True)) == ["default", "unknown", "uses"]
    assert rules(Fact("language", "python", negated=True)) == ["unknown"]


def test_the_premises_of_a_default_show_what_was_not_known() -> None:
    program = compile_one(None, ("language", "python"), default=True)
    (firing,) = Reference(program).infer((PROJECT,))
    unless = (("known:language", "yes"), ("!language", "python"))
    assert firing.premises == (Premise(PROJECT), *(Premise(atom, holds=False) for atom in unless))


def test_a_default_that_needs_its_own_slot_known_never_fires() -> None:
    program = compile_one(Known(slot="language"), ("language", "python"), default=True)
    assert [never.rule for never in program.never] == ["r"]


def test_every_derivation_is_kept() -> None:
    program = compile_program([("one", A, [HEAD]), ("two", Any(parts=(A, B)), [HEAD])])
    firings = Reference(program).infer((("a", "yes"), ("b", "yes"), HEAD))
    assert [firing.clause for firing in firings] == ["one#1", "two#1", "two#2"]


# --- facts -> atoms ------------------------------------------------------------------------------------------


def test_atoms_of_facts() -> None:
    program = compile_one(Compare(slot="n", op=">=", bound=10.0))
    facts = [
        Fact("deployment", "android"),
        Fact("deployment", "ios", strength="soft"),
        Fact("deployment", "cloud", negated=True),
        Fact("modality", "image", origin="implied"),
        Fact("os", "linux", origin="assumed"),
        Fact("language", "python", origin="default"),
        Fact("task", "ocr", origin="inferred"),
        Fact("n", Quantity(12.0, ">=")),
        Fact("m", Quantity(5.0, ">", about=True), negated=True),
    ]
    assert atoms_of(program, facts) == (
        PROJECT,
        ("deployment", "android"),
        ("must:deployment", "android"),
        ("known:deployment", "yes"),
        ("deployment", "ios"),
        ("!deployment", "cloud"),
        ("modality", "image"),
        ("known:modality", "yes"),
        ("os", "linux"),
        ("must:os", "linux"),
        ("known:os", "yes"),
        ("n", ">=10"),
        ("known:n", "yes"),
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False), st.sampled_from(OPERATORS), st.sampled_from(AMOUNTS))
def test_a_threshold_holds_if_every_allowed_amount_satisfies_it(rng: random.Random, op: str, bound: float) -> None:
    quantity = random_quantity(rng)
    amounts = allowed_amounts(quantity)
    assert Threshold("n", op, bound).covers(quantity) == (
        bool(amounts) and all(satisfies(amount, op, bound) for amount in amounts)
    )


@pytest.mark.parametrize(
    ("quantity", "holds"),
    [
        (Quantity(100.0, "<"), "< <="),  # fewer than 100
        (Quantity(100.0, "<="), "<="),
        (Quantity(100.0, ">"), "> >="),
        (Quantity(100.0, ">="), ">="),
        (Quantity(100.0, "="), "<= >="),
        (Quantity(100.0, "=", about=True), "<= >="),
        (Quantity(100.0, "in", 200.0), ">="),
        (Quantity(50.0, "in", 100.0), "<="),
        (Quantity(200.0, "in", 100.0), ""),  # no amount at all
        (Quantity(0.0, "<"), ""),
        (Quantity(float("nan")), ""),
    ],
)
def test_bounds_at_a_threshold(quantity: Quantity, holds: str) -> None:
    program = compile_one(Any(parts=tuple(Compare(slot="n", op=op, bound=100.0) for op in OPERATORS)))
    assert [value.removesuffix("100") for _, value in threshold_atoms(program, "n", quantity)] == [
        op for op in OPERATORS if op in holds.split()
    ]
    assert threshold_atoms(program, "other", quantity) == ()


def test_the_room_left_is_told() -> None:
    program = compile_program([(f"r{n}", All(parts=(A, Nothing(parts=(B,)))), [HEAD]) for n in range(300)])
    room = {r.limit: (r.used, r.left) for r in program.room}
    assert room["clauses"] == (300, -284)
    assert list(room) == ["clauses"]
