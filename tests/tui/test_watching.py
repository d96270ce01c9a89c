"""An author edits the knowledge while the app runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from assistant.knowledge import loading
from assistant.tui.app import AssistantApp
from assistant.tui.desk import load
from assistant.tui.screens import starting
from tests.knowledge.tiny import NEED, rule, write

from .conftest import screen_text, until
from .test_journey import say

BAN = rule("ban", "task: ocr", "exclude: [beta]")


async def test_edits_are_taken_in_and_broken_ones_are_told(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "tiny")
    monkeypatch.setattr(loading, "shipped", lambda: folder)
    monkeypatch.setattr(starting, "LOOKING", 0.05)
    app = AssistantApp(partial(load, (), False, True), config=home / "config", state=home / "state")
    async with app.run_test(size=(140, 40), notifications=True) as pilot:

        async def sees(words: str) -> None:
            await until(pilot, lambda: words in " ".join(screen_text(app).split()), 20)

        await until(pilot, lambda: app.chat.loaded, 20)
        await say(app, pilot, "ocr")
        assert app.chat.side.panel and app.chat.side.panel.recommendation
        assert app.chat.side.panel.recommendation.rows[0].name == "Beta"

        write(folder, rules=NEED + BAN)
        await sees("rules new: ban")
        assert app.chat.side.panel.recommendation.rows[0].name == "Alpha"

        write(folder, rules=NEED + BAN + "  - {id: [/red] half\n")
        await sees("has errors; the one before goes on")
        await sees("tiny/rules.yaml:14")
        await say(app, pilot, "why not beta?")
        assert app.chat.side.panel.recommendation.rows[0].name == "Alpha"

        write(folder)
        await sees("rules gone: ban")
        await say(app, pilot, "in production")
        assert app.chat.side.panel.recommendation.rows[0].name == "Beta"
        assert app.talker.talk is not None
        assert app.talker.talk.conversation.turns == 3


async def test_without_being_asked_nothing_is_watched(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "tiny")
    monkeypatch.setattr(loading, "shipped", lambda: folder)
    app = AssistantApp(partial(load, (), False), config=home / "config", state=home / "state")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.chat.loaded, 20)
        assert app.talker.backend is not None
        assert app.talker.backend.watched is None
        assert not await app.talker.edited()
