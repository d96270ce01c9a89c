"""What-ifs, smallest changes and differences are what fresh runs say they are."""

from __future__ import annotations

import random

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Diff
from assistant.dialogue.conversation import Conversation
from assistant.knowledge.facts import Fact, Words
from assistant.reasoning.counterfactual import (
    apply,
    changes_of_mind,
    edits,
    next_question,
    open_questions,
    smallest_changes,
)
from tests.dialogue.profiles import random_facts

TASK = Fact("task", "image_classification", words=Words(0, 0, 1, "x"))


def first(advisor: Advisor, facts: tuple[Fact, ...], role: str) -> str | None:
    stack = advisor.reasoner.hypothetical(facts)[0]
    return next((c.ranking[0].tool for c in stack if c.role == role), None)


@pytest.mark.parametrize("seed", range(3))
def test_each_change_of_mind_really_changes_it_and_none_is_missed(advisor: Advisor, seed: int) -> None:
    facts = random_facts(advisor.knowledge, random.Random(500 + seed))
    before = first(advisor, facts, "framework")
    found = {o.edits[0]: o.after for o in changes_of_mind(advisor.reasoner, facts, "framework")}
    for edit in edits(advisor.reasoner, facts):
        after = first(advisor, apply(advisor.reasoner, facts, (edit,)), "framework")
        assert found.get(edit) == (after if after not in (before, None) else None), edit


def test_the_smallest_change_makes_the_tool_first_and_no_smaller_one_does(advisor: Advisor) -> None:
    facts = (TASK,)
    for tool in ("keras", "fastai", "tensorflow"):
        outcomes = smallest_changes(advisor.reasoner, facts, "framework", tool, pairs=False)
        for outcome in outcomes:
            assert first(advisor, apply(advisor.reasoner, facts, outcome.edits), "framework") == tool
        if not outcomes:
            singles = [apply(advisor.reasoner, facts, (edit,)) for edit in edits(advisor.reasoner, facts)]
            assert all(first(advisor, trial, "framework") != tool for trial in singles)


def test_a_question_is_asked_only_while_an_answer_could_move_something(advisor: Advisor) -> None:
    conclusion = advisor.reasoner.conclude((TASK,))
    asked = next_question(advisor.reasoner, (TASK,), conclusion)
    assert asked is not None and asked.swing > 0
    everything = [question.slot for question in advisor.knowledge.questions]
    assert next_question(advisor.reasoner, (TASK,), conclusion, everything) is None
    open_slots = [question.slot for question in open_questions(advisor.reasoner, (TASK,), conclusion)]
    assert asked.slot in open_slots and "task" not in open_slots


def test_what_if_tells_the_difference_and_changes_nothing_until_it_is_kept(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    conversation.say("/set task image_classification")
    before = conversation.concluded(conversation.state.facts)
    turn = conversation.say("/whatif it must run on android")
    assert conversation.concluded(conversation.state.facts) == before
    (told,) = [block for block in turn.reply.blocks if isinstance(block, Diff)]
    conversation.say("keep it")
    after = conversation.concluded(conversation.state.facts)
    added = {choice.role for choice in after.stack} - {choice.role for choice in before.stack}
    assert added
    for role in added:
        title = advisor.knowledge.roles[role].title
        name = advisor.knowledge.tools[after.first(role) or ""].name
        assert any(c.sign == "+" and c.text.startswith(f"{title}: {name}") for c in told.changes)


def test_discard_forgets_the_draft(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    conversation.say("/set task image_classification")
    conversation.say("/whatif it must run on android")
    assert conversation.panel().draft
    conversation.say("discard")
    assert not conversation.panel().draft
    assert len(conversation.state.facts) == 1


def test_what_cannot_be_met_is_named_with_the_ways_out(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    for command in ("/set task image_classification", "/set deployment microcontroller", "/set deployment browser"):
        turn = conversation.say(command)
    said = turn.reply.plain()
    assert "giving up one of these would" in said
    assert "Without “it runs" in said
