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


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("speed matters more than accuracy", {"latency"}),
        ("time to first token matters more to us than raw throughput", {"latency"}),
        ("accuracy is less important than speed", {"latency"}),
        ("accuracy and interpretability matter", {"accuracy", "interpretability"}),
    ],
)
def test_of_two_wishes_the_lesser_is_not_what_matters(text, counts, told):
    assert counts == {fact.value for fact in told(text).facts if fact.slot == "priorities" and not fact.negated}


@pytest.mark.parametrize(
    ("text", "slot", "value", "negated"),
    [
        ("kubernetes: no, python: yes", "deployment", "kubernetes", True),
        ("kubernetes: no, python: yes", "language", "python", False),
        ("AGPL: no", "licence", "no_agpl", False),
        ("nobody here knows anything but Python", "language", "python", False),
        ("we have never used anything but pandas", "existing_stack", "pandas", False),
        ("GDPR, so nothing goes to US clouds", "deployment", "cloud", True),
        ("classify support tickets by topic", "task", "text_classification", False),
        ("classify bottle caps by camera at 25 fps", "task", "image_classification", False),
        ("just me and two people on call", "modality", "audio", None),
    ],
)
def test_small_words_turn_what_is_said(text, slot, value, negated, told):
    said = {(fact.slot, fact.value): fact.negated for fact in told(text).facts}

    assert said.get((slot, value)) is negated


def test_a_question_about_another_matter_states_nothing(told):
    assert not told("should I buy a 4090 or a used A6000 for my home lab?").facts
    assert told("should I buy a 4090? we build a churn model on a laptop. which library?").facts
