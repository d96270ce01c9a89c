"""Whatever a text says, the terminal never obeys it: no markup, no escape codes, no actions, through any way in."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from assistant.dialogue.blocks import Citation, Line, Lines
from assistant.tui.app import AssistantApp
from assistant.tui.draw.reply import Mark, draw_message, draw_reply
from assistant.tui.safe import one_line, safe, safe_link

from .conftest import BRIEF, until
from .fake import FakeSessions, everything, poison

HOSTILE = (
    " [/] [b]bold[/b] [@click=app.quit]leave[/] [link=https://x.example]l[/link] $x {x}"
    " \x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x1b]8;;https://x.example\x1b\\t\x1b]8;;\x1b\\ \x9b2J \x00\x08\x7f"
    " \u202egnp\u202c \u2066x\u2069 \ud800 日本語 👩‍👩‍👧 e\u0301"
)
FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def assert_inert(app: AssistantApp) -> None:
    """Nothing on the screen is a control character, and every link and action is ours."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not segment.control
            assert not FORBIDDEN.search(segment.text), segment.text
            if segment.style is not None:
                assert segment.style.link is None or safe_link(segment.style.link)
                assert "@click" not in segment.style.meta or "HOSTILE" not in str(segment.style.meta)
    assert app.return_code is None


def test_safe_keeps_places() -> None:
    assert len(safe(HOSTILE)) == len(HOSTILE)
    assert not FORBIDDEN.search(safe(HOSTILE))
    assert "\n" in safe("a\nb") and "\n" not in one_line("a\nb")
    assert all(unicodedata.category(character) != "Cc" for character in one_line(HOSTILE))


@pytest.mark.parametrize(
    "url", ["javascript:x", "file:///etc/passwd", "https://x y", "https://x\x1b\\", "https://", "http://a\nb"]
)
def test_only_plain_web_addresses_are_links(url: str) -> None:
    assert safe_link(url) == ""
    source = Citation(id="x", title="x", url=url, verified="2026-01-01")
    drawing = draw_reply((Lines(title="t", lines=(Line("text", "ref", (source,)),)),), 60)
    assert not [span for span in drawing.content.spans if getattr(span.style, "link", None)]
    assert drawing.claims[0].url == ""


@pytest.mark.parametrize("width", [8, 20, 46, 76, 100])
def test_drawings_hold_no_control_characters_and_keep_to_the_width(width: int) -> None:
    blocks = tuple(poison(block, HOSTILE) for block in everything("photos"))
    for drawing in (
        draw_reply(blocks, width, developer=True),
        draw_message(HOSTILE * 30, width, [Mark(*span, HOSTILE, HOSTILE) for span in ((3, 9), (5, 12), (40, 9999))]),
    ):
        assert not FORBIDDEN.search(drawing.content.plain)
        assert drawing.height == drawing.content.plain.count("\n") + 1
        assert max(line.cell_length for line in drawing.content.split()) <= max(width, 8)


async def test_hostile_replies_panel_titles_and_warnings(running: Any) -> None:
    async with running((120, 40), hostile=HOSTILE) as it:
        await it.say("everything")
        assert_inert(it.app)
        assert "[b]bold[/b]" in it.text
        it.app.talker.talk.title = HOSTILE
        it.app.talker.talk.warning = HOSTILE
        await it.say(BRIEF + HOSTILE.replace("\ud800", ""))
        await it.sees("▲  [/] [b]bold")
        mine = it.app.chat.transcript.views[-2]
        start = mine.claims[0].start
        assert await it.pilot.hover(mine, offset=(start + 3, 0))
        assert "[b]bold[/b]" in str(mine.tooltip) and not FORBIDDEN.search(str(mine.tooltip))
        await it.pilot.pause(0.5)
        assert_inert(it.app)
        for key in ("ctrl+down", "down", "down", "o", "y", "ctrl+b"):
            await it.pilot.press(key)
            await it.pilot.pause()
            assert_inert(it.app)
        await it.say("boom")
        assert_inert(it.app)
        await it.say("/whatif " + HOSTILE.replace("\ud800", ""))
        await it.sees("✎ Draft, not kept yet: [/] [b]bold")


@pytest.mark.parametrize("key", ["ctrl+r", "ctrl+t", "ctrl+s", "f3", "f4", "f1", "f2", "ctrl+p"])
async def test_hostile_texts_on_every_screen(running: Any, key: str) -> None:
    sessions = FakeSessions(HOSTILE)
    async with running((120, 40), hostile=HOSTILE, sessions=sessions) as it:
        await it.say("/why " + HOSTILE.replace("\ud800", ""))
        for session in sessions.open.values():
            session.title = HOSTILE
        screen = it.app.screen
        await it.pilot.press(key)
        await until(it.pilot, lambda: it.app.screen is not screen)
        await it.pilot.pause(0.2)
        for more in ("down", "tab", "down", "enter"):
            assert_inert(it.app)
            await it.pilot.press(more)
            await it.pilot.pause()
        assert_inert(it.app)


async def test_hostile_pastes_and_notifications(running: Any) -> None:
    async with running() as it:
        it.app.chat.prompt.post_message(events.Paste(HOSTILE))
        await it.sees("[b]bold[/b]")
        assert_inert(it.app)
        it.app.chat.prompt.clear_all()
        it.app.chat.prompt.put("x")
        it.app.show_link("https://x.example/[b]")
        await it.pilot.pause()
        assert_inert(it.app)


async def test_hostile_words_in_every_field_one_can_type_in(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say(BRIEF)
        for screen, seen, keys in (
            ("ctrl+r", "· s1", ("slash",)),
            ("ctrl+r", "· s1", ("r",)),
            ("ctrl+r", "· s1", ("t",)),
            ("ctrl+s", "markdown of s1", ("tab", "tab")),
            ("ctrl+t", "7 of 7", ()),
            ("ctrl+p", "Search for commands", ()),
        ):
            await it.pilot.press(screen)
            await it.sees(seen)
            await it.pilot.press(*keys)
            await until(it.pilot, lambda: isinstance(it.app.focused, Input))
            it.app.post_message(events.Paste(HOSTILE))
            await until(it.pilot, lambda: "bold" in it.app.focused.value)
            await it.pilot.pause(0.1)
            assert_inert(it.app)
            await it.pilot.press("enter")
            await it.pilot.pause(0.1)
            assert_inert(it.app)
            while len(it.app.screen_stack) > 1:
                await it.pilot.press("escape")
                await it.pilot.pause()
        await it.pilot.pause(0.1)
        assert_inert(it.app)


async def test_a_hostile_name_of_an_export(running: Any, tmp_path: Path) -> None:
    sessions = FakeSessions()
    async with running((100, 30), sessions=sessions) as it:
        await it.say(BRIEF)
        sessions.open["s1"].title = "../../" + HOSTILE
        await it.pilot.press("ctrl+s")
        await it.sees("markdown of s1")
        field = it.app.screen.query_one("#path", Input)
        assert re.fullmatch(r"[a-z0-9-]+\.md", field.value)

        async def name(path: Path) -> None:
            field.value = ""
            field.focus()
            it.app.post_message(events.Paste(str(path)))
            await until(it.pilot, lambda: field.value.startswith(str(tmp_path)))
            await it.pilot.pause()
            assert_inert(it.app)

        await name(tmp_path / "nowhere" / "[b]x[/b] \x1b[31mred")
        await it.pilot.press("ctrl+s")
        await it.sees("Not saved")
        assert_inert(it.app)
        await name(tmp_path / "[b]x[@click=app.quit] \x1b[31mred.md")
        await it.pilot.press("ctrl+s")
        await until(it.pilot, lambda: len(it.app.screen.query("Toast")) == 1)
        assert_inert(it.app)
    (written,) = tmp_path.glob("*red.md")
    assert written.name.startswith("[b]x[@click=app.quit] ") and "\x1b" not in written.name


async def test_hostile_steps_are_ticked(running: Any, tmp_path: Path) -> None:
    async with running((100, 30), hostile=HOSTILE.replace("\ud800", "")) as it:
        await it.say("/plan")
        await it.pilot.press("ctrl+down", "space")
        await it.sees("☑")
        assert_inert(it.app)
    (tmp_path / "state" / "ticks.json").write_text(json.dumps({"s1": [HOSTILE, 7, None], HOSTILE: "x"}))
    async with running((100, 30), hostile=HOSTILE) as it:
        await it.say("/plan")
        await it.sees("☐")
        assert_inert(it.app)


async def test_hostile_tags(running: Any) -> None:
    sessions = FakeSessions()
    sessions.new().say(BRIEF)
    sessions.tags["s1"] = [HOSTILE]
    async with running((140, 40), sessions=sessions) as it:
        await it.pilot.press("ctrl+r")
        await it.sees("#")
        assert_inert(it.app)
        await it.pilot.press("t", "enter")
        await it.sees("is no tag")
        assert_inert(it.app)


async def test_hostile_failures_and_notices(running: Any) -> None:
    async def fail() -> None:
        raise RuntimeError(HOSTILE)

    async with running((120, 40)) as it:
        await it.say(BRIEF)
        it.app.talker.talk.notice = HOSTILE
        await it.say("/facts")
        await until(it.pilot, lambda: len(it.app.screen.query("Toast")) == 1)
        assert_inert(it.app)
        it.app.chat.run_worker(fail(), exit_on_error=False)
        await until(it.pilot, lambda: len(it.app.screen.query("Toast")) == 2)
        await it.sees("Something went wrong on the screen:")
        assert_inert(it.app)
        await it.app.chat.fail("It failed", RuntimeError(HOSTILE))
        await it.sees("It failed")
        assert_inert(it.app)
