"""Whatever is pasted: a reply, nothing lost, nothing rendered as markup."""

from __future__ import annotations

import html
import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Reply
from assistant.dialogue.conversation import Conversation, Turn
from assistant.dialogue.render import escape, inert

HOSTILE = [
    "",
    " \n\t ",
    "x",
    "\x00\x01\x02\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07link\x1b]8;;\x07",
    "[bold red]markup[/] [@click=app.quit]x[/] [/]",
    "مرحبا أريد تصنيف الصور \u202egnp.exe",
    "👩‍👩‍👧‍👦 🚀 日本語 é",
    "'; DROP TABLE turns; --",
    "<script>alert(1)</script> ![x](javascript:alert(1))",
    "/",
    "//",
    "/set",
    "/why caveat/nothing",
    "../../etc/passwd",
    "pytorch " * 2000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_text_gets_a_reply_and_is_kept(advisor: Advisor, text: str) -> None:
    conversation = Conversation(advisor)
    turn = conversation.say(text)
    assert turn.text == text
    assert turn.reply.plain().strip()
    assert msgspec.json.decode(msgspec.json.encode(turn), type=Turn) == turn
    for said in (turn.reply.plain(), turn.reply.markdown()):
        assert not any(ord(c) < 32 and c != "\n" for c in said)
        assert "\u202e" not in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=80), max_size=4))
def test_no_text_raises_and_replies_round_trip(advisor: Advisor, texts: list[str]) -> None:
    conversation = Conversation(advisor)
    for text in texts:
        reply = conversation.say(text).reply
        assert msgspec.json.decode(msgspec.json.encode(reply), type=Reply) == reply


def test_the_same_texts_give_the_same_turns_and_resume_the_same_state(advisor: Advisor) -> None:
    texts = [
        "40k labelled photos on android",
        "why?",
        "what if we had a gpu?",
        "keep it",
        "undo",
        "2 devs",
        "/drop labels",
    ]
    one, other = Conversation(advisor), Conversation(advisor)
    turns = [one.say(text) for text in texts]
    assert [other.say(text) for text in texts] == turns
    resumed = Conversation.resume(advisor, [turn.events for turn in turns])
    assert resumed.state == one.state
    assert resumed.say("why?") == one.say("why?")


def test_a_megabyte_is_read_and_answered(advisor: Advisor) -> None:
    text = "some words about nothing in particular " * 26_000
    reply = Conversation(advisor).say(text).reply.plain()
    assert "I read its first 48,000 characters and its last 16,000" in reply


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="ab 1.)(#+-=*_[]!<>|~&`\\{}:/", max_size=16))
def test_markdown_means_nothing_but_the_text(text: str) -> None:
    markdown = MarkdownIt("commonmark")
    shown = markdown.render(f"- {escape(text)}")
    assert re.sub(r"</?(ul|li|p)>", "", shown).count("<") == 0
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)).split() == text.split()


def test_markdown_shows_outside_text_literally() -> None:
    assert escape("a*b_[c](d)<e>") == r"a\*b\_\[c\](d)\<e\>"
    assert escape("+1, (-2) and C#") == r"\+1, (-2) and C\#"
    assert escape("1. one") == r"1\. one"
    assert escape("# no heading") == r"\# no heading"
    assert "\x1b" not in inert("\x1b[31m")
