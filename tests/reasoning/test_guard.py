"""What would hang the engine or corrupt its memory never reaches it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.reasoning.errors import Refused
from assistant.reasoning.guard import (
    MAX_CONDITIONS_SHARING_A_TEST,
    MAX_PREMISES,
    MAX_RULES,
    MAX_TESTS_BELOW_A_NODE,
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
        (MAX_PREMISES, lambda n: {"r": rule(*(asks(str(i)) for i in range(n)))}, "1 to 16 conditions"),
        (8, lambda n: {"r": rule([{f"p{i}": "x"} for i in range(n)])}, "1 to 8 tests"),
        (65_535, lambda n: {"r": rule(asks("1"), pri=n)}, "priority"),
        (60_000, lambda n: {"r": rule(asks("x" * n))}, "too long"),
        (30_000, lambda n: {"r": rule(asks("é" * n))}, "too long"),
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
        ({"r": rule()}, "1 to 16 conditions"),
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
