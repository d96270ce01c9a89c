"""What would hang the engine or corrupt its memory never reaches it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.reasoning.errors import Refused
from assistant.reasoning.guard import (
    MAX_CONDITIONS_SHARING_A_TEST,
    MAX_PREMISES,
    MAX_PRIORITY,
    MAX_RULES,
    MAX_RULES_PER_SHARD,
    MAX_TESTS_BELOW_A_NODE,
    MAX_TESTS_IN_A_CONDITION,
    MAX_TEXT_BYTES,
    check,
)

Rule = dict[str, Any]


def rule(*conditions: list[dict[str, str]], **changes: Any) -> Rule:
    return {"all": [{f"c{n}": {"$and": tests}} for n, tests in enumerate(conditions)], "pri": 1} | changes


def asks(value: str, key: str = "a") -> list[dict[str, str]]:
    """A condition whose first test, `b`, spreads many values over few tests below one node."""
    return [{"b": str(int(value) % 100) if value.isdigit() else "x"}, {key: value}]


SOUND = {"r": rule(asks("1"), asks("2"))}


def test_a_sound_ruleset_passes_and_tells_its_room() -> None:
    assert {room.limit: room.used for room in check(SOUND)} == {
        "rules of a ruleset": 1,
        "tests below one node": 2,
        "conditions sharing a test": 1,
        "premises of a rule": 2,
    }


@pytest.mark.parametrize(
    ("limit", "at", "message"),
    [
        (MAX_RULES, lambda n: {f"r{i}": rule(asks(str(i))) for i in range(n)}, "4097 rules"),
        (MAX_TESTS_BELOW_A_NODE, lambda n: {f"r{i}": rule([{"a": str(i)}]) for i in range(n)}, "hangs"),
        (
            MAX_TESTS_BELOW_A_NODE,
            lambda n: {f"r{i}": rule([{"b": "x"}, {"a": str(i)}]) for i in range(n)},
            "hangs",
        ),
        (
            MAX_CONDITIONS_SHARING_A_TEST,
            lambda n: {f"r{i}": rule(asks(str(i), key="o"), asks("x")) for i in range(n)},
            "corrupts memory",
        ),
        (MAX_PREMISES, lambda n: {"r": rule(*(asks(str(i)) for i in range(n)))}, "1 to 2 conditions"),
        (MAX_TESTS_IN_A_CONDITION, lambda n: {"r": rule([{f"p{i}": "x"} for i in range(n)])}, "1 to 8 tests"),
        (MAX_PRIORITY, lambda n: {"r": rule(asks("1"), pri=n)}, "priority"),
        (MAX_TEXT_BYTES, lambda n: {"r": rule(asks("x" * n))}, "too long"),
        (MAX_TEXT_BYTES // 2, lambda n: {"r": rule(asks("é" * n))}, "too long"),
    ],
)
def test_a_limit_holds_to_the_unit(limit: int, at: Any, message: str) -> None:
    check(at(limit))
    with pytest.raises(Refused, match=message):
        check(at(limit + 1))


@pytest.mark.parametrize(
    ("ruleset", "message"),
    [
        ({}, "0 rules"),
        ({'r"': rule(asks("1"))}, "quote or backslash"),
        ({"r\\": rule(asks("1"))}, "quote or backslash"),
        ({"": rule(asks("1"))}, "rule name"),
        ({"r": {"any": rule(asks("1"))["all"], "pri": 1}}, "only `all` and `pri`"),
        ({"r": rule(asks("1"), count=2)}, "only `all` and `pri`"),
        ({"r": rule(asks("1"), pri=-1)}, "priority"),
        ({"r": rule(asks("1"), pri=True)}, "priority"),
        ({"r": rule(asks("1"), pri=1.0)}, "priority"),
        ({"r": rule()}, "1 to 2 conditions"),
        ({"r": {"all": [{"c0": {"$and": asks("1")}, "c1": {"$and": asks("2")}}], "pri": 1}}, "one name"),
        ({"r": {"all": [{"c0": {"$and": asks("1")}}, {"c0": {"$and": asks("2")}}], "pri": 1}}, "used twice"),
        ({"r": {"all": [{"c0$not": {"$and": asks("1")}}], "pri": 1}}, "condition name"),
        ({"r": {"all": [{"c0": {"$or": asks("1")}}], "pri": 1}}, "equality tests"),
        ({"r": {"all": [{"c0": {"$not": {"a": "1"}}}], "pri": 1}}, "equality tests"),
        ({"r": rule([])}, "1 to 8 tests"),
        ({"r": rule([{"a": "1", "b": "2"}])}, "ignores all but the first"),
        ({"r": rule([{"$gt": {"a": "1"}}])}, "property '\\$gt'"),  # type: ignore[dict-item]
        ({"r": rule([{"$s": "1"}])}, "property"),
        ({"r": rule([{"id": "1"}])}, "property"),
        ({"r": rule([{"sid": "1"}])}, "property"),
        ({"r": rule([{"o.p": "1"}])}, "property"),
        ({"r": rule([{"": "1"}])}, "property"),
        ({"r": rule([{"a": 1}])}, "no text"),  # type: ignore[dict-item]
        ({"r": rule([{"a": None}])}, "no text"),  # type: ignore[dict-item]
        ({"r": rule([{"a": ""}])}, "no text"),
        ({"r": rule([{"a": "\ud800"}])}, "no valid Unicode"),
        ({"r": rule([{"a": "nul\0"}])}, "NUL"),
        ({"r": rule([{"costarring": "1"}, {"liquid": "1"}])}, "same hash"),
    ],
)
def test_an_untrusted_shape_is_refused(ruleset: dict[str, Rule], message: str) -> None:
    with pytest.raises(Refused, match=message):
        check(ruleset)


def test_the_documented_limits_are_the_ones_that_are_checked() -> None:
    text = (Path(__file__).parents[2] / "docs" / "engine.md").read_text(encoding="utf-8")
    section = text.split("## Limits")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("|")]
    assert {what: allowed for what, _, allowed, _ in rows[2:]} == {
        "rules of a ruleset": f"{MAX_RULES}, shared out from {MAX_RULES_PER_SHARD}",
        "distinct tests below one node": f"{MAX_TESTS_BELOW_A_NODE}",
        "conditions that share a test": f"{MAX_CONDITIONS_SHARING_A_TEST}",
        "premises of a rule": f"{MAX_PREMISES}, then joined",
        "tests in a condition": f"{MAX_TESTS_IN_A_CONDITION}",
        "bytes of a text": f"{MAX_TEXT_BYTES}",
        "priority": f"{MAX_PRIORITY}",
        "live sessions of a ruleset": "1",
    }
