"""The assistant from Python."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest

import assistant
from assistant import Assistant, api

_HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) \x1b[31m "quoted" & <img src=x onerror=y> churn'


@pytest.fixture(scope="module")
def loaded() -> Iterator[Assistant]:
    with Assistant.load(engine="reference") as one:
        yield one


def test_the_examples_of_the_documentation_hold() -> None:
    page = Path(__file__).parents[1] / "docs" / "api.md"
    results = [
        doctest.testfile(str(page), module_relative=False, encoding="utf-8"),
        doctest.testmod(api),
        doctest.testmod(assistant),
    ]

    assert [result.failed for result in results] == [0, 0, 0]
    assert min(result.attempted for result in results) >= 3


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, (value or "").partition(":")[0]) for name, value in attrs}


def test_what_a_person_writes_is_no_markup_in_a_notebook(loaded: Assistant) -> None:
    conversation = loaded.conversation()
    replies = [conversation.say(text) for text in (_HOSTILE, f"/set must_have {_HOSTILE}", "facts", f"/why {_HOSTILE}")]
    facts = {"task": "churn_prediction", "must_have": _HOSTILE}
    for shown in (*replies, loaded.conclude(facts), loaded.explain("fact/must_have/" + _HOSTILE, facts)):
        read = _Tags()
        read.feed(shown._repr_html_())

        assert not read.tags & {"script", "img", "style", "iframe", "svg"}
        assert {value for name, value in read.attributes if name == "href"} <= {"https", "http"}
        assert {name for name, _ in read.attributes} <= {"href", "rel", "class", "open"}
        assert "\x1b" not in shown._repr_html_() + shown._repr_markdown_() + str(shown)
        assert not re.search(r"(?<!\\)<(script|img)|(?<!\\)\]\(javascript", shown._repr_markdown_())


def test_facts_lead_to_the_same_stack_as_the_words_that_state_them(loaded: Assistant) -> None:
    conversation = loaded.conversation()
    conversation.say("churn prediction on 80k rows")

    by_facts = loaded.conclude({"task": "churn_prediction", "data_rows": 80_000})

    assert by_facts.stack == conversation.conclusion().stack
    assert by_facts.first("framework")
    assert by_facts.first("no such role") is None
    assert str(by_facts) in str(loaded.conclude({"data_rows": "80k", "task": ["churn_prediction"]}))


def test_what_is_not_so_is_refused_rather_than_stated(loaded: Assistant) -> None:
    conclusion = loaded.conclude({"task": "image_classification", "deployment": ["android", "!cloud"]})

    assert conclusion.facts["deployment"] == ["android"]
    assert conclusion.data["refused"] == {"deployment": ["cloud"]}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"colour": "blue"}, "no slot 'colour'"),
        ({"task": "fortune_telling"}, "no value of task"),
        ({"task": ""}, "needs a value"),
        ({"data_rows": "many"}, "not an amount"),
        ({"data_rows": -1}, "no amount"),
        ({"data_rows": float("nan")}, "no amount"),
        ({"data_rows": True}, "no amount"),
        ({"existing_stack": ["pytorch", "no such tool"]}, "no value of"),
    ],
)
def test_facts_that_the_vocabulary_does_not_have(
    loaded: Assistant, facts: dict[str, api.Value | list[api.Value]], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        loaded.conclude(facts)


def test_asking_where_it_stands_says_nothing(loaded: Assistant) -> None:
    asked, plain = loaded.conversation(), loaded.conversation()
    for text in ("churn prediction on 80k rows", "production", "compare xgboost and lightgbm", "what about the first"):
        told = asked.say(text)
        asked.conclusion()

        assert str(told) == str(plain.say(text))


def test_threads_may_share_a_conversation(loaded: Assistant) -> None:
    conversation = loaded.conversation()
    conversation.say("churn prediction")
    with ThreadPoolExecutor(8) as pool:
        pool.map(conversation.say, ["we write Python", "80k rows", "on a laptop", "for production"] * 3)
        several = [str(one) for one in pool.map(loaded.conclude, [{"task": "churn_prediction"}] * 8)]

    assert {"language", "data_rows", "hardware", "stage", "task"} <= set(conversation.conclusion().facts)
    assert len(set(several)) == 1


def test_one_folder_may_be_given_without_a_list(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "rules").mkdir(parents=True)
    (broken / "rules" / "one.yaml").write_text("- {id: nonsense}\n")
    with Assistant.load(knowledge=str(broken), engine="reference") as one:
        assert one.notice and str(broken) in one.notice
        assert one.conclude({"task": "churn_prediction"}).first("framework")
