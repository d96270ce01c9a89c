"""Quantities, refusals and misspelt words, case by case: the tables in `data/` say what is to be read from each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.knowledge.facts import Quantity

DATA = Path(__file__).parent / "data"


def table(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


def several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def written(slot: str, quantity: Quantity) -> str:
    high = "" if quantity.high is None else f" {quantity.high:g}"
    return f"{slot} {quantity.op} {quantity.value:g}{high}"


def normal(wanted: str) -> str:
    slot, op, *numbers = wanted.split()
    return " ".join([slot, op, *(f"{float(number):g}" for number in numbers)])


@pytest.mark.parametrize("case", table("quantities.yaml"), ids=lambda case: case["text"])
def test_quantities(case, told):
    found = [written(fact.slot, fact.value) for fact in told(case["text"]).facts if isinstance(fact.value, Quantity)]

    assert sorted(found) == sorted(map(normal, case["says"]))


@pytest.mark.parametrize("case", table("negation.yaml"), ids=lambda case: case["text"])
def test_negation(case, told):
    utterance = told(case["text"])
    affirmed = {(fact.slot, fact.value) for fact in utterance.facts if not fact.negated}
    refused = {(fact.slot, fact.value) for fact in utterance.facts if fact.negated}
    roles = {mention.tool: mention.role for mention in utterance.mentions}

    assert {(s, v) for s, values in case.get("says", {}).items() for v in several(values)} <= affirmed
    expected = {(s, v) for s, values in case.get("refuses", {}).items() for v in several(values)}
    assert expected <= refused
    assert not expected & affirmed
    assert not {(s, v) for s, values in case.get("not", {}).items() for v in several(values)} & affirmed
    assert all(roles[tool] == "avoid" for tool in case.get("avoid", []))
    assert all(roles[tool] != "avoid" for tool in case.get("not_avoid", []))


@pytest.mark.parametrize(("word", "tool"), [(w, t) for w, t in table("typos.yaml")["names"].items() if t])
def test_misspelt_names_are_read_and_marked(word, tool, told):
    mentions = told(f"we want to use {word} for training").mentions

    assert [mention.tool for mention in mentions] == [tool]
    assert mentions[0].assumed


@pytest.mark.parametrize(("word", "facts"), [(w, f) for w, f in table("typos.yaml")["words"].items() if f])
def test_misspelt_words_are_read_and_marked(word, facts, told):
    found = {(fact.slot, fact.value): fact.assumed for fact in told(f"it is about {word} for us").facts}

    for fact in facts.items():
        assert found[fact]


@pytest.mark.parametrize("word", table("typos.yaml")["leave"])
def test_words_that_resemble_names_stay_what_they_are(word, told):
    utterance = told(f"the {word} here is what we like to train")

    assert not utterance.mentions
    assert not any(fact.assumed for fact in utterance.facts)
