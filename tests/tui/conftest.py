"""Apps over fake sessions, and a way to wait for what should come true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from assistant.tui.app import AssistantApp, Wanted

from .fake import FakeSessions, backend

BRIEF = "Defect detection on 40,000 labelled photos, running inside an Android app, two people, six weeks"


async def until(pilot: Pilot[Any], holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until `holds()`; fail when it does not come true."""
    for _ in range(int(seconds / 0.02)):
        await pilot.pause()
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come true in time")


def screen_text(app: AssistantApp) -> str:
    """What stands on the screen, row by row, without styles."""
    rows = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
    return "\n".join(row.rstrip() for row in rows)


def shown(it: Running) -> str:
    """The name of the screen on top."""
    return type(it.app.screen).__name__


class Running:
    """An app under test with its pilot and its sessions."""

    def __init__(self, app: AssistantApp, pilot: Pilot[Any], sessions: FakeSessions) -> None:
        self.app, self.pilot, self.sessions = app, pilot, sessions

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def said(self) -> list[str]:
        talk: Any = self.app.talker.talk
        return [] if talk is None else list(talk.said)

    async def sees(self, words: str) -> None:
        await until(self.pilot, lambda: words in self.text)

    async def ready(self) -> None:
        await until(self.pilot, lambda: self.app.chat.loaded)

    async def say(self, text: str) -> None:
        """Type, send, wait for the reply."""
        before = len(self.app.chat.transcript.entries)
        self.app.chat.prompt.put(text)
        await self.pilot.press("enter")
        await until(self.pilot, lambda: len(self.app.chat.transcript.entries) >= before + 2)
        await self.pilot.pause()


@pytest.fixture(autouse=True)
def clipboard_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests leave the desktop's clipboard alone."""
    monkeypatch.setattr("assistant.tui.clipboard.put", lambda text: False)


@pytest.fixture
def running(tmp_path: Path) -> Callable[..., Any]:
    """`async with running(size, ...) as it:` an app that has loaded."""

    @asynccontextmanager
    async def start(
        size: tuple[int, int] = (80, 24),
        *,
        theme: str = "ink",
        sessions: FakeSessions | None = None,
        hostile: str = "",
        wanted: Wanted | None = None,
    ) -> AsyncIterator[Running]:
        kept = sessions or FakeSessions(hostile)
        app = AssistantApp(
            lambda: backend(kept, hostile), wanted=wanted, config=tmp_path / "config", state=tmp_path / "state"
        )
        app.theme = theme
        async with app.run_test(size=size, notifications=True) as pilot:
            app.chat.prompt.cursor_blink = False
            it = Running(app, pilot, kept)
            await it.ready()
            yield it

    return start
