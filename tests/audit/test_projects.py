from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audit.projects import Project, Space, between, told
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import Knowledge
from assistant.reasoning.programs import compile_programs


def space(knowledge: Knowledge, *only: str) -> Space:
    return Space(knowledge, compile_programs(knowledge), only)


def pairs(project: Project) -> set[tuple[str, str]]:
    return {(one, other) for one, other in combinations(sorted(map(told, project)), 2)}


def test_pairwise_projects_hold_every_pair_of_values(flawed: Knowledge) -> None:
    slots = ("task", "stage", "data_rows")
    every = set().union(*map(pairs, space(flawed, *slots).exhaustive()))
    covered = set().union(*map(pairs, space(flawed, *slots).pairwise()))

    assert covered == every
    assert len(list(space(flawed, *slots).pairwise())) < space(flawed, *slots).size()


def test_exhaustive_projects_are_all_there_are(flawed: Knowledge) -> None:
    everything = list(space(flawed, "task", "stage").exhaustive())

    assert len(everything) == len(set(everything)) == space(flawed, "task", "stage").size() == 9


def test_random_projects_depend_on_seed_and_number_alone(flawed: Knowledge) -> None:
    assert list(space(flawed).random(1, 20)) == list(space(flawed).random(1, 40))[:20]
    assert list(space(flawed).random(1, 20)) != list(space(flawed).random(2, 20))
    for project in space(flawed).random(3, 200):
        singles = [fact.slot for fact in project if fact.slot in ("stage", "data_rows")]
        assert len(singles) == len(set(singles))
        said = {(fact.slot, fact.value) for fact in project}
        assert len(said) == len(project)  # nothing is both wanted and refused


def test_slots_that_cannot_be_swept_are_refused(flawed: Knowledge) -> None:
    with pytest.raises(ValueError, match="“nonsense” is no slot"):
        space(flawed, "task", "nonsense")


@given(st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=6, unique=True))
def test_amounts_lie_between_the_bounds(bounds: list[float]) -> None:
    amounts = list(between(bounds))
    known = sorted(bounds)

    assert amounts == sorted(amounts)
    assert amounts[0] < known[0] and amounts[-1] > known[-1]
    for low, high in pairwise(known):
        assert any(low < amount < high for amount in amounts) or high - low < low * 1e-9


def test_amounts_are_round() -> None:
    assert list(between([100, 1000, 10_000])) == [20, 200, 2000, 20_000]
    assert list(between([2, 3], whole=True)) == [1, 10]
    assert told(Fact("data_rows", Quantity(20_000.0, ">="))) == "data_rows: >= 20_000"
