"""The prompt: history, completion, new lines."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from textual import events

from assistant.tui.actions import Slash
from assistant.tui.app import AssistantApp
from assistant.tui.completion import Completion
from assistant.tui.prompts import KEPT, LONGEST, Prompts
from assistant.tui.screens.chat import ChatScreen

from .conftest import until
from .fake import FakeSessions, backend

COMMANDS = (
    Slash("why", "explain: Why", "[CLAIM]", "x"),
    Slash("whynot", "explain: Why not", "TOOL", "x"),
    Slash("undo", "y", "", "x"),
)


def test_completion_offers_commands_hints_and_names() -> None:
    completion = Completion(COMMANDS, ("PyTorch", "LiteRT"))
    assert completion.ghost("/un") == ("do", True)
    assert completion.ghost("/why") == (" [CLAIM]", False)
    assert completion.ghost("/why ") == ("[CLAIM]", False)
    assert completion.ghost("/why lit") == ("eRT", True)
    assert completion.ghost("shall I use pyt") == ("orch", True)
    assert completion.ghost("/nonsense") == ("", True)
    assert completion.ghost("py") == ("", True)
    assert [command.name for command in completion.matching("/wh")] == ["why", "whynot"]


def test_history_is_private_bounded_and_survives_damage(tmp_path: Path) -> None:
    path = tmp_path / "state" / "prompts.jsonl"
    prompts = Prompts(path)
    for text in ("first", "second", "second", "  ", "x" * (LONGEST + 1)):
        prompts.add(text)
    assert Prompts(path).texts == ["first", "second"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open("a") as file:
        file.write('not json\n17\n"\\u001b[31mred"\n')
    assert Prompts(path).texts == ["first", "second", "\N{REPLACEMENT CHARACTER}[31mred"]
    path.write_text("".join(json.dumps(str(number)) + "\n" for number in range(3 * KEPT)))
    assert len(Prompts(path).texts) == KEPT
    assert len(path.read_text().splitlines()) == KEPT


def test_history_without_a_disk_lasts_for_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    prompts = Prompts(tmp_path / "file" / "prompts.jsonl")
    prompts.add("kept in memory")
    assert prompts.texts == ["kept in memory"]


async def test_up_and_down_walk_through_what_was_said(running: Any) -> None:
    async with running() as it:
        await it.say("first thing")
        await it.say("second thing")
        prompt = it.app.chat.prompt
        await it.pilot.press("d", "r", "a", "f", "t", "up")
        assert prompt.text == "second thing"
        await it.pilot.press("up")
        assert prompt.text == "first thing"
        await it.pilot.press("up")
        assert prompt.text == "first thing"
        await it.pilot.press("down", "down")
        assert prompt.text == "draft"


async def test_new_lines_and_growth(running: Any) -> None:
    async with running() as it:
        prompt = it.app.chat.prompt
        before = prompt.size.height
        await it.pilot.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert prompt.text == "a\nb\nc"
        await it.pilot.pause()
        assert prompt.size.height == before + 2
        for _ in range(20):
            await it.pilot.press("ctrl+j")
        await it.pilot.pause()
        assert prompt.size.height == 10
        assert not it.said


async def test_tab_completes_and_a_hint_is_never_inserted(running: Any) -> None:
    async with running() as it:
        prompt = it.app.chat.prompt
        await it.pilot.press("slash", "w", "h", "y", "n")
        assert prompt.suggestion == "ot"
        await it.sees("/whynot")
        await it.pilot.press("tab")
        assert prompt.text == "/whynot"
        await it.pilot.press("space")
        assert prompt.suggestion == "TOOL"
        await it.pilot.press("right")
        assert prompt.text == "/whynot "


async def test_own_commands_are_done_by_the_app_and_not_said(running: Any) -> None:
    async with running() as it:
        it.app.chat.prompt.put("/settings")
        await it.pilot.press("enter")
        await it.sees("Widest column")
        assert not it.said


async def test_lines_of_a_paste_are_kept_however_they_end(running: Any) -> None:
    async with running() as it:
        it.app.post_message(events.Paste("one\rtwo\r\nthree\nfour"))
        await until(it.pilot, lambda: it.app.chat.prompt.text == "one\ntwo\nthree\nfour")
        assert not it.said


class TypedEarly(AssistantApp):
    """Keys and a paste arrive before there is a screen."""

    def on_load(self) -> None:
        for letter in "2 ro":
            self.post_message(events.Key("space" if letter == " " else letter, letter))
        self.post_message(events.Paste("ws\rof"))


async def test_what_is_typed_before_the_prompt_is_there_is_kept_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    welcome = ChatScreen._welcome

    async def slow(screen: ChatScreen) -> None:
        """More is typed while the first picture is made."""
        for letter in "abc":
            screen.app.post_message(events.Key(letter, letter))
        await welcome(screen)

    monkeypatch.setattr(ChatScreen, "_welcome", slow)
    app = TypedEarly(lambda: backend(FakeSessions(), ""))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.chat.prompt.text == "2 rows\nofabc")
        await pilot.press("d")
        assert app.chat.prompt.text == "2 rows\nofabcd"
