"""What messages do: acts with their arguments, answers in context, refusals, and never a destructive guess."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from assistant.knowledge.facts import Quantity
from assistant.language.answers import picked
from assistant.language.model import Context

DATA = Path(__file__).parent / "data"
REFUSALS = {"out_of_scope", "not_understood", "greet", "thanks", "goodbye"}
DEPLOYMENT = Context(
    question="deployment",
    options=(
        ("cloud", "On a server or in the cloud"),
        ("android", "Inside an Android app"),
        ("browser", "In a browser"),
    ),
)
ROWS = Context(
    question="data_rows", options=(("< 1000", "Fewer than a thousand"), ("1k..100k", "Up to a hundred thousand"))
)
LABELS = Context(
    question="labels", options=(("labelled", "All of it"), ("few_labels", "Only some"), ("unlabelled", "None"))
)


def acts_of(utterance):
    return [act.act for act in utterance.acts]


def filled(example):
    return example.replace("{T}", "pytorch", 1).replace("{T}", "lightgbm").replace("{s}", "image classification")


def short_messages():
    data = yaml.safe_load((DATA / "acts.yaml").read_text("utf-8"))
    return [(act, filled(text)) for act, entry in data.items() for text in entry["examples"]]


def test_short_messages_are_read_right_and_seldom_wrong(told):
    found = [(act, text, acts_of(told(text))) for act, text in short_messages()]
    missed = [entry for entry in found if entry[0] not in entry[2]]
    wrong = [entry for entry in missed if entry[2] != ["not_understood"]]

    assert len(missed) / len(found) <= 0.06, missed
    assert len(wrong) / len(found) <= 0.03, wrong


@pytest.mark.parametrize("name", ["questions.jsonl", "messages.jsonl"])
def test_the_right_act_is_among_those_of_a_first_message(name, told):
    cases = [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]
    missed = [case["text"] for case in cases if case["act"] not in acts_of(told(case["text"]))]

    assert len(missed) / len(cases) <= 0.15, missed


@pytest.mark.parametrize(("kind", "most"), [("far", 0.05), ("near", 0.1)])
def test_what_is_not_about_choosing_tools_is_refused(kind, most, told):
    texts = yaml.safe_load((DATA / "refusals.yaml").read_text("utf-8"))[kind]
    taken = [text for text in texts if not set(acts_of(told(text))) <= REFUSALS]

    assert len(taken) / len(texts) <= most, taken


@pytest.mark.parametrize(
    "text",
    [
        "we had to reset the router", "can you undo the effect of quantisation", "forget gate in an lstm",
        "start over the weekend with tests", "clear winner?", "new data comes in every day", "reset my password",
        "redo the whole architecture?", "our back office uses sql", "restart the training job every night",
    ],
)  # fmt: skip
def test_destructive_acts_need_their_exact_words(text, told):
    assert not {"reset", "undo", "redo"} & set(acts_of(told(text)))


@pytest.mark.parametrize(
    ("text", "context", "slot", "value"),
    [
        ("b", DEPLOYMENT, "deployment", "android"),
        ("2", DEPLOYMENT, "deployment", "android"),
        ("the second one", DEPLOYMENT, "deployment", "android"),
        ("option 3", DEPLOYMENT, "deployment", "browser"),
        ("inside an android app", DEPLOYMENT, "deployment", "android"),
        ("server", DEPLOYMENT, "deployment", "cloud"),
        ("only some", LABELS, "labels", "few_labels"),
        ("no", LABELS, "labels", "unlabelled"),
        ("yes", LABELS, "labels", "labelled"),
        ("50k", ROWS, "data_rows", Quantity(50_000.0)),
        ("2", ROWS, "data_rows", Quantity(1_000.0, "in", 100_000.0)),
        ("about two thousand", ROWS, "data_rows", Quantity(2_000.0, about=True)),
        ("between 10 and 50k", ROWS, "data_rows", Quantity(10_000.0, "in", 50_000.0)),
        ("3", Context(question="team_size"), "team_size", Quantity(3.0)),
        ("two weeks", Context(question="deadline_days"), "deadline_days", Quantity(14.0)),
        ("100 ms", Context(question="latency_seconds"), "latency_seconds", Quantity(0.1)),
        ("16", Context(question="vram_bytes"), "vram_bytes", Quantity(16e9)),
    ],
)
def test_a_bare_answer_fills_the_slot_that_was_asked_for(text, context, slot, value, told):
    utterance = told(text, context)

    assert acts_of(utterance) == ["answer"]
    assert [(fact.slot, fact.value) for fact in utterance.facts if fact.slot == slot] == [(slot, value)]
    assert utterance.acts[0].facts


@pytest.mark.parametrize(("text", "act"), [("not sure", "dont_know"), ("skip", "skip"), ("why do you ask", "why_ask")])
def test_a_question_can_be_left_open(text, act, told):
    assert acts_of(told(text, DEPLOYMENT)) == [act]


@pytest.mark.parametrize("text", ["2", "b", "the second one", "option 2 please", "the last"])
def test_a_place_picks_what_was_offered(text, lexicon):
    assert picked(text, lexicon, 2) == 1


@pytest.mark.parametrize("text", ["both", "2 gpus", "a second opinion", "", "7"])
def test_what_says_more_or_less_than_one_place_picks_nothing(text, lexicon):
    assert picked(text, lexicon, 2) is None


@pytest.mark.parametrize(
    ("text", "act", "before", "tools"),
    [
        ("and jax?", "status", "status", ("jax",)),
        ("what about jax?", "licence", "licence", ("jax",)),
        ("and for jax and keras?", "about", "about", ("jax", "keras")),
        ("what about jax?", "what_about", "compare", ("jax",)),
        ("is it free?", "licence", "compare", ("pytorch",)),
        ("are both free?", "licence", "compare", ("pytorch", "tensorflow")),
        ("are they still maintained?", "status", "compare", ("pytorch", "tensorflow")),
        ("compare the two", "compare", "about", ("pytorch", "tensorflow")),
        ("why not the second one?", "why_not", "compare", ("tensorflow",)),
        ("and the licence of the second?", "licence", "compare", ("tensorflow",)),
        ("when was its last release?", "status", "compare", ("pytorch",)),
        ("what about its licence?", "licence", "compare", ("pytorch",)),
        ("is the seventh one maintained?", "status", "compare", ()),
        ("the latter", "about", "compare", ("tensorflow",)),
        ("both", "compare", "compare", ("pytorch", "tensorflow")),
    ],
)
def test_pronouns_places_and_ellipses_mean_what_was_named_or_shown(text, act, before, tools, told):
    context = Context(tools=("pytorch", "tensorflow"), listed=("pytorch", "tensorflow"), act=before)
    first = told(text, context).acts[0]

    assert (first.act, first.tools) == (act, tools)


def test_a_question_about_a_tool_is_no_answer(told):
    asked = Context(
        question="language", options=(("java", "Java"), ("python", "Python")), tools=("qdrant",), act="compare"
    )

    assert acts_of(told("does it have a java client?", asked))[0] == "capability"
    assert acts_of(told("java", asked)) == ["answer"]
    assert [f.value for f in told("1 and 2", asked).facts] == ["java", "python"]
    assert [f.value for f in told("both", asked).facts] == ["java", "python"]


def test_both_of_more_than_two_options_answers_nothing(told):
    assert acts_of(told("both", DEPLOYMENT)) == ["not_understood"]


@pytest.mark.parametrize("text", ["50k", "a few thousand", "about 20,000"])
def test_a_bare_number_is_asked_about_when_nothing_asked_for_it(text, told):
    for context in (Context(), Context(question="latency_seconds"), DEPLOYMENT):
        utterance = told(text, context)

        if acts_of(utterance) != ["answer"]:
            assert acts_of(utterance) == ["not_understood"]
            assert [fact.slot for reading in utterance.readings for fact in reading.facts] == ["data_rows", "users"]
    assert acts_of(told("50k", Context(question="latency_seconds"))) == ["not_understood"]


def test_places_and_pronouns_stand_for_tools(told):
    listed = Context(listed=("pytorch", "jax", "keras"), tools=("jax",))

    assert told("the second one", listed).acts[0].tools == ("jax",)
    assert told("is it free?", listed).acts[0].tools == ("jax",)
    assert told("why not the third?", listed).acts[0].tools == ("keras",)
    assert set(told("compare both", Context(tools=("pytorch", "jax"))).acts[0].tools) == {"pytorch", "jax"}


def test_acts_carry_what_they_are_about(told):
    assert told("what about jax?").acts[0].tools == ("jax",)
    assert [fact.value for fact in told("what if it had to run on android").acts[0].facts] == ["android"]
    assert told("forget the licence").acts[0].slots == ("licence",)
    assert [fact.value for fact in told("drop the android requirement").acts[0].facts] == ["android"]
    assert told("export as json").acts[0].argument == "json"
    assert told("my training run crashes, CUDA out of memory").acts[0].argument == "troubleshooting"
    assert set(told("pytorch or jax?").acts[0].tools) == {"pytorch", "jax"}


def test_a_description_of_a_project_asks_for_advice(told):
    assert {"inform", "recommend"} <= set(acts_of(told("churn prediction on 80,000 customer records, no gpu")))
    assert acts_of(told("we use java")) == ["inform"]


def test_the_likeliest_readings_are_offered_when_nothing_is_certain(told):
    utterance = told("the thing there")

    assert acts_of(utterance) == ["not_understood"]
    assert 1 <= len(utterance.readings) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "recommend a good restaurant", "which phone should I buy", "what's the best vacuum cleaner", "is pasta better than rice",
        "how do I migrate birds", "tell me about the roman empire",
    ],
)  # fmt: skip
def test_requests_in_the_form_of_advice_about_other_things_are_refused(text, told):
    assert set(acts_of(told(text))) <= REFUSALS


def test_asking_about_a_tool_does_not_put_it_up_for_a_choice(told):
    utterance = told("is dask still maintained?")

    assert [mention.role for mention in utterance.mentions] == ["asked_about"]
    assert not [fact for fact in utterance.facts if fact.slot == "considering"]


def test_a_long_paste_is_read_at_both_ends_and_says_so(told):
    utterance = told("We use pytorch. " + "lorem ipsum dolor. " * 6000 + " It must run on android.")

    assert {"pytorch", "android"} <= {fact.value for fact in utterance.facts}
    assert utterance.unread == (48_000, len(utterance.text) - 16_000)


def test_what_is_in_use_is_compared_only_when_it_is_weighed(told):
    assert "compare" not in acts_of(told("we use airflow and mlflow, which feature store fits?"))
    assert "compare" in acts_of(told("we use lightgbm and xgboost, which is better for churn?"))
