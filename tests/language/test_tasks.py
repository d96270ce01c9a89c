"""The task of a project is heard in the words of people who do not know its name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

BRIEFS = yaml.safe_load((Path(__file__).parent / "data" / "tasks.yaml").read_text("utf-8"))["briefs"]
ROUNDS = sorted({brief["round"] for brief in BRIEFS})


def heard(told, text):
    return {str(fact.value) for fact in told(text).facts if fact.slot == "task" and not fact.negated}


@pytest.mark.parametrize("number", ROUNDS)
def test_the_task_is_heard_without_its_name(number, told):
    briefs = [brief for brief in BRIEFS if brief["round"] == number]
    missed = [brief["text"] for brief in briefs if not heard(told, brief["text"]) & set(brief["task"])]

    assert len(missed) <= 0.05 * len(briefs), missed


@pytest.mark.parametrize("number", ROUNDS)
def test_no_other_task_is_heard(number, told):
    briefs = [brief for brief in BRIEFS if brief["round"] == number]
    wrong = {brief["text"]: extra for brief in briefs if (extra := heard(told, brief["text"]) - set(brief["task"]))}

    assert len(wrong) <= 0.03 * len(briefs), wrong


def test_every_task_has_its_briefs(lexicon):
    named = {task for brief in BRIEFS for task in brief["task"]}
    slot = next(slot for slot in lexicon.knowledge.slots.values() if slot.id == "task")

    assert {value.id for value in slot.values} <= named


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("grumbling or delighted: what do the letters of our passengers sound like", "sentiment_analysis"),
        ("work out the resale price of used forklifts from their age and hours", "regression"),
        ("pupils borrow novels, which ones should we propose to them next", "recommendation"),
        ("tell ripe from unripe apricots with a lens over the belt", "image_classification"),
    ],
)
def test_a_task_in_words_that_no_rule_knows_is_guessed_and_marked(text, task, told):
    facts = [fact for fact in told(text).facts if fact.slot == "task"]

    assert [fact.value for fact in facts] == [task]
    assert facts[0].assumed
    assert text[facts[0].start : facts[0].end]


@pytest.mark.parametrize(
    "text",
    [
        "is pytorch faster than jax on our old workstation",
        "the meeting was moved to the afternoon",
        "we are five people and the budget is small",
        "my cat sleeps on the keyboard",
    ],
)
def test_nothing_is_guessed_where_nothing_is_described(text, told):
    assert not heard(told, text)


@pytest.mark.parametrize(
    "text",
    [
        "explain in plain words why you chose this model",
        "which library has the latest features",
        "what is your opinion of pytorch",
        "how long will tensorflow be supported",
        "does it make a difference",
        "we want to launch next month",
        "give me the answer in bullet points",
        "go back to the earlier answer",
        "I can not decide which framework to take",
        "what would you do first",
        "is keras still as good as pytorch",
        "our customers are not happy with the latency",
    ],
)
def test_talk_about_the_advice_is_no_task(text, told):
    assert not heard(told, text)


def test_a_task_that_is_not_sure_is_asked_about(told):
    said = told("type up the tapes of our witness hearings")

    assert not [fact for fact in said.facts if fact.slot == "task"]
    assert said.likely[0] == "speech_recognition"
    assert said.has("recommend")


@pytest.mark.parametrize(
    ("text", "task", "stray"),
    [
        (
            "Our bank needs reasons for each refusal of the credit model that is in use; it must not be replaced",
            "explainability",
            "classification",
        ),
    ],
)
def test_words_that_only_happen_to_name_a_task_do_not_stand_against_what_is_described(text, task, stray, told):
    assert task in heard(told, text)
    assert stray not in heard(told, text)


def test_a_task_that_is_called_by_its_name_stands(told):
    assert {"object_detection", "ocr"} <= heard(
        told, "object detection and OCR on photos of parcels, then sort them by address"
    )
