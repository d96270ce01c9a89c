"""Whatever a text says, the terminal never obeys it: no markup, no escape codes, no actions, through any way in."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from textual import events

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
