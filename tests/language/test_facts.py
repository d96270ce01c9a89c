"""Facts, tools and their roles, unknown names, contradictions, strength."""

from __future__ import annotations

import pytest


def values(utterance, slot):
    return {fact.value for fact in utterance.facts if fact.slot == slot and not fact.negated}


def roles(utterance):
    return {mention.tool: mention.role for mention in utterance.mentions}


def test_several_facts_of_one_sentence_each_point_at_their_words(told):
    text = "We have 40k labelled product photos; the app must run on Android offline, Apache or MIT only."
    utterance = told(text)
    said = {(fact.slot, str(fact.value)): text[fact.start : fact.end] for fact in utterance.facts}

    assert said[("deployment", "android")] == "Android"
    assert said[("deployment", "offline")] == "offline"
    assert said[("labels", "labelled")] == "labelled"
    assert said[("modality", "image")] == "product photos"
    licence = next(fact for fact in utterance.facts if fact.slot == "licence")
    assert (licence.value, licence.closed, licence.strength) == ("permissive_only", True, "hard")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we use pandas and dask today", {"pandas": "existing_stack", "dask": "existing_stack"}),
        ("we want to get rid of airflow", {"airflow": "migrating_from"}),
        ("airflow -> dagster, worth it?", {"airflow": "migrating_from", "dagster": "considering"}),
        ("moving from tensorflow to jax", {"tensorflow": "migrating_from", "jax": "considering"}),
        ("anything but keras", {"keras": "avoid"}),
        ("pytorch or jax?", {"pytorch": "considering", "jax": "considering"}),
        ("torchserve is archived, what now?", {"torchserve": "migrating_from"}),
        ("our stack is scikit-learn with mlflow", {"scikit-learn": "existing_stack"}),
        ("wouldn't pytorch be simpler than tensorflow?", {"pytorch": "answer_candidate"}),
    ],
)
def test_roles_of_tools(text, expected, told):
    found = roles(told(text))

    assert {tool: found.get(tool) for tool in expected} == expected


def test_roles_that_are_slots_are_facts_too(told):
    utterance = told("we use airflow, avoid luigi")

    assert values(utterance, "existing_stack") == {"airflow"}
    assert values(utterance, "avoid") == {"luigi"}


@pytest.mark.parametrize(
    "text",
    [
        "A ray of light fell on the floor and the candle began to burn.",
        "She took the flower with a flair for drama, to my surprise.",
        "The prophet was determined to feast by the river.",
        "We chose a dash of salt, an acme of taste, and a piper played.",
        "He would whisper that the spark came from lightning.",
        "Make sure to go and see the phoenix and the hydra at the gym.",
        "It is implicit that we aim to accelerate the harvest.",
    ],
)
def test_ordinary_words_are_no_tools(text, told):
    assert not told(text).mentions


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("Dask or Ray for preprocessing?", "ray"),
        ("does flower support android", "flower"),
        ("prophet vs neuralprophet", "prophet"),
        ("we train with Ray and PyTorch", "ray"),
        ("is the candle framework mature", "candle"),
    ],
)
def test_ordinary_words_are_tools_in_fitting_company(text, tool, told):
    assert tool in roles(told(text))


def test_a_name_without_a_record_is_named_back_with_the_nearest(told):
    utterance = told("is Foobarium.jl better than PyTorch?")

    assert [unknown.text for unknown in utterance.unknown] == ["Foobarium.jl"]
    assert [unknown.text for unknown in told("pytorch vs torchfoo").unknown] == ["torchfoo"]


def test_wishes_are_soft_and_demands_are_hard(told):
    strengths = {
        fact.value: fact.strength for fact in told("ideally it runs on kubernetes, but it must run on linux").facts
    }

    assert strengths == {"kubernetes": "soft", "linux": "hard"}


def test_what_contradicts_itself_is_told_and_not_taken(told):
    utterance = told("we have no gpu. training happens on two A100 gpus with cuda")
    clashing = {(c.first.slot, c.second.slot) for c in utterance.contradictions}

    assert ("hardware", "hardware") in clashing
    assert not {f.value for f in utterance.facts if f.slot == "hardware" and not f.negated} >= {
        "cpu_only",
        "nvidia_gpu",
    }


def test_words_that_nothing_was_made_of_are_told(told):
    utterance = told("the purple elephant committee deliberates on zebra stripes for pytorch")

    assert any("elephant" in words for words in utterance.not_understood)
    assert not told("compare pytorch and jax for image classification on android").not_understood
