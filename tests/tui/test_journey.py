"""The app over the real thing: shipped knowledge, real sessions, a real terminal."""

from __future__ import annotations

import os
import re
import select
import signal
import sqlite3
import struct
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from assistant import paths
from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Recommendation, Understood
from assistant.sessions.service import Sessions
from assistant.tui.app import AssistantApp, Wanted
from assistant.tui.desk import Backend
from assistant.tui.widgets.panel import SidePanel

from .conftest import screen_text, until

BRIEF = "Churn prediction on 2 million rows of tabular data, on premises, Python"


def app_over(advisor: Advisor, home: Path, wanted: Wanted | None = None) -> AssistantApp:
    def load() -> Backend:
        return Backend(Sessions.open(lambda: advisor), advisor.knowledge, advisor.reasoner.notice)

    return AssistantApp(load, wanted=wanted, config=home / "config", state=home / "state")


async def say(app: AssistantApp, pilot: Any, text: str) -> Any:
    """Type and send; the reply's blocks."""
    entries = app.chat.transcript.entries
    before = len(entries)
    app.chat.prompt.put(text)
    await pilot.press("enter")
    await until(pilot, lambda: len(entries) >= before + 2, 20)
    return entries[-1].blocks


def scores(app: AssistantApp) -> list[tuple[str, float]]:
    """The ranking that the panel shows."""
    panel = app.chat.side.panel
    assert panel is not None and panel.recommendation is not None
    return [(row.name, row.score) for row in panel.recommendation.rows]


def stated(app: AssistantApp) -> set[str]:
    panel = app.chat.side.panel
    assert panel is not None
    return {item.slot for item in panel.facts.items if item.origin == "stated"}


async def test_brief_answer_why_drop_edit_what_if_export_resume(advisor: Advisor, home: Path, tmp_path: Path) -> None:
    app = app_over(advisor, home)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.chat.loaded)
        blocks = await say(app, pilot, BRIEF)
        assert any(isinstance(block, Understood) for block in blocks)
        recommendation = next(block for block in blocks if isinstance(block, Recommendation))
        assert app.chat.transcript.entries[0].marks
        facts = stated(app)
        assert {"task", "data_rows", "deployment"} <= facts
        # each claim of the recommendation can be asked about
        await say(app, pilot, f"/why {recommendation.rows[0].ref}")
        await pilot.press("f3")
        await until(pilot, lambda: type(app.screen).__name__ == "ProofScreen")
        assert recommendation.rows[0].name in screen_text(app)
        await pilot.press("escape")
        await say(app, pilot, "/drop deployment")
        assert stated(app) == facts - {"deployment"}
        await say(app, pilot, "/undo")
        assert stated(app) == facts
        # a fact is edited in the panel, and the ranking moves at once
        panel = app.chat.side.query_one(SidePanel)
        before = scores(app)
        row = next(i for i, item in enumerate(app.chat.side.panel.facts.items, 1) if item.slot == "data_rows")
        panel.focus()
        panel.highlighted = row
        await pilot.press("e")
        assert app.chat.prompt.text.startswith("/set Amount of data ")
        turns = len(app.chat.transcript.entries)
        await pilot.press(*"300", "enter")
        await until(pilot, lambda: len(app.chat.transcript.entries) == turns + 2, 20)
        assert scores(app) != before
        await say(app, pilot, "/undo")
        assert scores(app) == before
        # a what-if is a draft until it is discarded
        await say(app, pilot, "what if it had to run in a browser?")
        await until(pilot, lambda: "✎ Draft, not kept yet" in screen_text(app))
        await pilot.click("#discard")
        await until(pilot, lambda: "✎ Draft" not in screen_text(app), 20)
        assert stated(app) == facts
        turns = len(app.chat.transcript.entries) // 2
        await pilot.press("ctrl+s")
        await until(pilot, lambda: BRIEF[:30] in screen_text(app) and "Export" in screen_text(app))
        target = tmp_path / "session.md"
        app.screen.query_one("#path", Input).value = str(target)
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, target.exists)
        assert recommendation.rows[0].name in target.read_text()
        talk = app.talker.talk
        assert talk is not None
        title, session = talk.title, talk.id
    with sqlite3.connect(paths.database()) as stored:
        assert stored.execute("select count(*) from turns").fetchone() == (turns,)
    again = app_over(advisor, home, Wanted(session[:5]))
    async with again.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: len(again.chat.transcript.entries) == 2 * turns, 20)
        assert title in screen_text(again)
        assert stated(again) == facts
        await say(again, pilot, "/facts")


async def test_the_record_of_every_tool_can_be_drawn(advisor: Advisor, home: Path) -> None:
    from assistant.tui.desk import describe
    from assistant.tui.draw.reply import draw_reply

    for tool in advisor.knowledge.tools.values():
        drawing = draw_reply(describe(advisor.knowledge, None, tool.id), 60)
        assert max(line.cell_length for line in drawing.content.split()) <= 60
        assert len(drawing.claims) == len(tool.strengths) + len(tool.weaknesses)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_installed_command_in_a_terminal(home: Path) -> None:
    pyte = pytest.importorskip("pyte")
    screen = pyte.Screen(100, 30)
    stream = pyte.ByteStream(screen)
    pid, end = start(100, 30)

    def wait_for(words: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([end], [], [], 0.1)[0]:
                data = os.read(end, 1 << 16)
                if b"\x1b[?2026$p" in data:
                    os.write(end, b"\x1b[?2026;2$y")
                stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]+|\x1b[P\]].*?(?:\x07|\x1b\\)", b"", data))
            if any(words in line for line in screen.display):
                return
        raise AssertionError(f"{words!r} was not seen:\n" + "\n".join(screen.display))

    try:
        wait_for("ML stack assistant")
        os.write(end, BRIEF.encode() + b"\r")  # in one go: the key must not overtake the letters
        wait_for("Understood")
        os.write(end, b"\x1b[200~pasted [b]text[/b]\x1b[201~")
        wait_for("pasted [b]text[/b]")
        os.write(end, b"\x11")
        status = ended(pid, end)
    finally:
        os.close(end)
    assert os.waitstatus_to_exitcode(status) == 0


def start(columns: int, rows: int) -> tuple[int, int]:
    """The command on a pseudo-terminal of this size."""
    import fcntl
    import pty
    import termios

    pid, end = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        root = str(Path(__file__).parents[2])
        changed = {"TERM": "xterm-256color", "PYTHONPATH": root, "LANG": "C.UTF-8"}
        dropped = ("COLUMNS", "LINES", "NO_COLOR")
        kept = {key: value for key, value in os.environ.items() if key not in dropped}
        os.execvpe(sys.executable, [sys.executable, "-m", "assistant"], {**kept, **changed})
    return pid, end


def ended(pid: int, end: int) -> int:
    """The wait status of the process, which must end by itself within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        if select.select([end], [], [], 0.05)[0]:
            try:
                os.read(end, 1 << 16)
            except OSError:
                time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError("the app did not end")
