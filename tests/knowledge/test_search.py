"""Records are found by words and by any of their names, with everything that refers to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import loading
from assistant.knowledge.model import Knowledge
from assistant.knowledge.search import search, stats
from assistant.knowledge.showing import nearest, show
from tests.knowledge.tiny import NEED, TOOLS, rule, strength, tool, write

RULES = (
    NEED
    + rule(
        "for-alpha",
        "task: ocr",
        "for: [alpha]\n    points: 2\n    pillar: production_deployment\n    roles: [framework]",
    )
    + rule("beta-in-use", "existing_stack: beta", "then: {stage: production}")
)
MORE = tool(
    "delta",
    f"    say: [dee, delta engine]\n    works_with: [alpha]\n    superseded_by: [alpha]\n    strengths: [{strength(1, 'task: ocr')}]\n",
    state="superseded",
)
CAVEATS = """caveats:
  - {id: mind-alpha, severity: note, about: [alpha], text: Mind its memory, source: book, verified: 2026-11-22}
  - {id: mind-beta, severity: note, when: {in_play: beta}, text: Mind its age, source: book, verified: 2026-11-22}
"""
STEPS = """steps:
  - {id: first, phase: poc, order: 1, text: "Train {framework} on a slice", source: book, verified: 2026-11-22}
"""


@pytest.fixture
def known(folder: Path) -> Knowledge:
    write(folder, rules=RULES, tools=TOOLS + MORE, caveats=CAVEATS, steps=STEPS)
    return loading.load(cache=False)


def references(known: Knowledge, name: str) -> dict[str, list[str]]:
    found = show(known, name)
    assert found is not None
    referring = found["referred_to_by"]
    assert isinstance(referring, dict)
    return referring


def test_a_tool_is_shown_with_everything_that_refers_to_it(known: Knowledge) -> None:
    assert references(known, "alpha") == {
        "rules_about_it": ["for-alpha"],
        "caveats_about_it": ["mind-alpha"],
        "works_with_it": ["delta"],
        "it_supersedes": ["delta"],
    }
    assert references(known, "beta") == {"conditions_of_rules": ["beta-in-use"], "conditions_of_caveats": ["mind-beta"]}


@pytest.mark.parametrize("name", ["delta", "Delta", "DEE", "delta engine", " delta  engine "])
def test_a_tool_is_found_by_any_of_its_names(known: Knowledge, name: str) -> None:
    found = show(known, name)
    assert found and found["kind"] == "tool"
    assert isinstance(found["record"], dict) and found["record"]["id"] == "delta"


def test_sources_roles_slots_and_values_are_shown_with_what_uses_them(known: Knowledge) -> None:
    book = references(known, "book")
    assert {"alpha", "alpha licence", "alpha status", "alpha/+1"} <= set(book["tools"])
    assert book["caveats"] == ["mind-alpha", "mind-beta"] and book["steps"] == ["first"]
    assert references(known, "framework") == {
        "tools": ["alpha", "beta", "delta"],
        "rules": ["need", "for-alpha"],
        "steps": ["first"],
    }
    assert references(known, "task")["roles_that_match_it"] == ["framework"]
    ocr = references(known, "task: ocr")
    assert ocr == references(known, "ocr") == references(known, "task=ocr")
    assert ocr["conditions_of_rules"] == ["for-alpha"]
    assert ocr["conditions_of_claims"] == ["beta/+2", "delta/+1"]
    assert references(known, "production")["concluded_by"] == ["beta-in-use"]


def test_rules_caveats_and_steps_are_shown(known: Knowledge) -> None:
    for name, kind in (("for-alpha", "rule"), ("mind-alpha", "caveat"), ("first", "step")):
        found = show(known, name)
        assert found and found["kind"] == kind
    rule_record = show(known, "for-alpha")
    assert rule_record and isinstance(rule_record["record"], dict)
    assert (rule_record["record"]["file"], rule_record["record"]["line"]) == ("tiny/rules.yaml", 8)


def test_what_is_not_there_has_neighbours(known: Knowledge) -> None:
    assert show(known, "alhpa") is None
    assert nearest(known, "alhpa")[0] == "alpha"


@pytest.mark.parametrize(
    "words", ['"', "*", "a AND NOT b", "'; DROP TABLE record; --", "NEAR(a b)", "name:alpha", "\x00"]
)
def test_words_are_never_read_as_a_query(known: Knowledge, words: str) -> None:
    assert isinstance(search(known, words), list)


def test_search_finds_records_of_all_kinds(known: Knowledge) -> None:
    assert [hit.id for hit in search(known, "alpha", limit=1)] == ["alpha"]
    assert ("caveat", "mind-alpha") in [(hit.kind, hit.id) for hit in search(known, "mem")]
    assert ("value", "task: ocr") in [(hit.kind, hit.id) for hit in search(known, "reading text")]
    assert search(known, "alpha", limit=1) == search(known, "alpha")[:1]


def test_the_counts_add_up(known: Knowledge) -> None:
    counts = stats(known)
    assert counts["tools"] == 4 and counts["rules"] == 3 and counts["caveats"] == 2
    assert counts["tools_by_role"] == {"framework": 3, "serving": 1}
