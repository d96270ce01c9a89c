"""The engine fails while somebody is talking in the app: the turn is answered, and the app says what happened."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.knowledge.loading import load
from assistant.reasoning import isolated

from .conftest import screen_text, until
from .test_journey import BRIEF, app_over, say


def process(advisor: Advisor) -> int:
    engine: Any = advisor.reasoner._argue
    return int(engine._engine.host.process.pid)


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGSTOP])
async def test_a_turn_survives_the_engine(how: int, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it dies, once it stands still."""
    monkeypatch.setattr(isolated, "RUNNING", 1.0)
    advisor = Advisor(load())
    app = app_over(advisor, home)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.chat.loaded)
        before = await say(app, pilot, BRIEF)
        os.kill(process(advisor), how)
        after = await say(app, pilot, "the licence must be permissive")
        assert before and after
        assert "This message could not be answered" not in screen_text(app)
        await until(pilot, lambda: "reference engine" in screen_text(app))
        await say(app, pilot, "why?")
        assert app.talker.backend is not None
        assert app.talker.backend.sessions.list(1)[0].turns == 3
    assert advisor.reasoner.engine_name == "reference"
    advisor.close()


async def test_the_app_takes_keys_while_the_engine_stands_still(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "RUNNING", 20.0)
    advisor = Advisor(load())
    app = app_over(advisor, home)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.chat.loaded)
        await say(app, pilot, BRIEF)
        os.kill(process(advisor), signal.SIGSTOP)
        app.chat.prompt.put("we have 40,000 labelled photos")
        await pilot.press("enter")
        await pilot.press(*"typing")
        assert app.chat.prompt.text == "typing"
        await until(pilot, lambda: "working…" in screen_text(app))
        await pilot.press("f1")
        await until(pilot, lambda: type(app.screen).__name__ == "HelpScreen")
        os.kill(process(advisor), signal.SIGCONT)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.chat.transcript.entries) >= 4, 20)
    assert advisor.notice is None
    advisor.close()
