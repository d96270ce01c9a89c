"""Facts that cannot all be met: the sets that are named are the smallest, and giving one up brings what is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Conflicts, Proof
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.proofs import fact_ref
from assistant.knowledge.facts import Fact, Words
from assistant.reasoning.changes import DEFINING
from assistant.reasoning.clashes import clashes, smallest_sets
from assistant.reasoning.counterfactual import unfilled
from tests.dialogue.profiles import random_facts

Facts = tuple[Fact, ...]
LETTERS = tuple(Fact("existing_stack", letter) for letter in "abcdefg")


def smallest(clashing: Callable[[Facts], bool], facts: Facts) -> set[frozenset[Fact]]:
    """By brute force: the sets that clash and of which no part does."""
    parts = [p for size in range(len(facts) + 1) for p in combinations(facts, size) if clashing(p)]
    return {frozenset(p) for p in parts if not any(set(other) < set(p) for other in parts)}


def facts_of(*said: tuple[str, str]) -> Facts:
    return tuple(Fact(slot, value, words=Words(0, n, n + 1, value)) for n, (slot, value) in enumerate(said))


@given(st.lists(st.sets(st.sampled_from(LETTERS), min_size=1, max_size=3), max_size=4))
def test_the_search_finds_every_smallest_set_and_every_smallest_way_out(bad: list[set[Fact]]) -> None:
    """Over any sets that clash: those of brute force, and each way out hits all of them and none can be spared."""

    def clashing(part: Facts) -> bool:
        return any(one <= set(part) for one in bad)

    sets, ways = smallest_sets(clashing, LETTERS)
    expected = smallest(clashing, LETTERS)
    assert {frozenset(one) for one in sets} == expected
    hitting = {
        frozenset(way)
        for size in range(len(LETTERS) + 1)
        for way in combinations(LETTERS, size)
        if all(one.intersection(way) for one in expected)
    }
    least = {way for way in hitting if way and not any(other < way for other in hitting)}
    assert {frozenset(way) for way in ways} == least


@pytest.mark.parametrize(
    "said",
    [
        [("deployment", "microcontroller"), ("deployment", "browser"), ("privacy", "data_stays_local")],
        [("deployment", "browser"), ("special", "cuda_only"), ("hardware", "laptop"), ("stage", "prototype")],
        [("deployment", "browser"), ("special", "cuda_only"), ("deployment", "microcontroller"), ("os", "linux")],
    ],
)
def test_a_role_that_stays_empty_names_the_smallest_sets(advisor: Advisor, said: list[tuple[str, str]]) -> None:
    """By full selections over every part of the facts, given what the project is about."""
    task, *wishes = facts = facts_of(("task", "image_classification"), *said)

    def clashing(part: Facts) -> bool:
        return "edge_runtime" in unfilled(advisor.reasoner.conclude((task, *part)))

    found = clashes(advisor.reasoner, facts, advisor.reasoner.conclude(facts))
    empty = [clash for clash in found if clash.about == "edge_runtime"]
    named = {frozenset(f for f in clash.facts if f.slot not in DEFINING) for clash in empty}
    assert named == smallest(clashing, tuple(wishes)) and named
    for clash in empty:
        for fact, way in zip(clash.facts, clash.ways, strict=True):
            assert fact in way
            left = tuple(other for other in facts if other not in way)
            assert "edge_runtime" not in unfilled(advisor.reasoner.conclude(left))


@pytest.mark.parametrize("seed", range(5))
def test_every_clash_of_a_random_project_is_real(advisor: Advisor, seed: int) -> None:
    rng = random.Random(7100 + seed)
    extra = facts_of(("language", rng.choice(["php", "fortran", "rust"])), ("deployment", "offline"))
    facts = tuple(f for f in random_facts(advisor.knowledge, rng) if f.slot != "language") + extra
    conclusion = advisor.reasoner.conclude(facts)
    for clash in clashes(advisor.reasoner, facts, conclusion):
        assert set(clash.facts) <= set(facts)
        stack, excluded, _, profile = advisor.reasoner.hypothetical(clash.facts)
        if clash.kind == "empty":
            assert clash.about not in {choice.role for choice in stack}
        elif clash.kind == "named":
            assert clash.about in {exclusion.tool for exclusion in excluded}
        else:
            role = advisor.knowledge.roles[clash.about]
            (match,) = [match for match in role.matches if match.slot == clash.slot]
            wanted = {f.value for f in clash.facts if f.slot == clash.slot}
            for tool, _ in advisor.reasoner.selector.candidates(role, profile):
                if not any(e.tool == tool.id and (not e.roles or role.id in e.roles) for e in excluded):
                    offers = getattr(tool, match.attribute)
                    assert offers and wanted.isdisjoint(offers), tool.id


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("image classification in the browser, CUDA only", "empty", ["“in the browser”", "“CUDA only”"]),
        ("object detection with Ultralytics, no AGPL", "named", ["“Ultralytics”", "“no AGPL”"]),
        ("speech synthesis in Fortran", "unserved", ["“Fortran”", "“speech synthesis”"]),
        ("a chatbot that works offline, only hosted APIs", "empty", ["“works offline”", "“only hosted APIs”"]),
        ("churn prediction offline on AWS", "rule", ["“offline”", "“AWS”"]),
    ],
)
def test_what_cannot_be_met_is_told_in_the_persons_words_with_the_ways_out(
    advisor: Advisor, text: str, kind: str, words: list[str]
) -> None:
    conversation = Conversation(advisor)
    first = conversation.say(text)
    (block,) = [b for b in first.reply.blocks if isinstance(b, Conflicts)]  # by itself, beside the advice
    (item,) = [item for item in block.items if item.kind == kind]
    said = " ".join(line.text for line in item.facts)
    assert all(word in said for word in words), said
    facts = {fact_ref(fact): fact for fact in conversation.state.facts}
    for way in item.ways:
        left = tuple(fact for ref, fact in facts.items() if ref not in way.gives_up)
        conclusion = advisor.reasoner.conclude(left)
        if way.tool:
            assert conclusion.first(way.role) == way.tool
        if kind == "rule":
            assert item.about not in {conflict.id for conflict in conclusion.conflicts}
    assert item in conversation.say("do any of my wishes clash?").reply.blocks[0].items  # type: ignore[union-attr]  # Conflicts
    why = conversation.say(f"/why {item.ref}").reply
    assert any(isinstance(block, Proof) for block in why.blocks)
    assert "message 1" in why.plain()


def test_where_nothing_clashes_that_is_said(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    assert "not told me anything" in conversation.say("/conflicts").reply.plain()
    conversation.say("churn prediction on 80,000 rows, we write Python")
    assert "stands against anything else" in conversation.say("what is incompatible here?").reply.plain()
