"""The session browser, from the keyboard."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

from textual.events import Key
from textual.widgets import Input, OptionList

from .conftest import BRIEF, shown, until
from .fake import FakeSessions


async def browse(it: Any) -> None:
    """Open the browser on the first session."""
    await it.pilot.press("ctrl+r")
    await it.sees("· s1")


async def write(it: Any, key: str, field: str, value: str) -> None:
    """Open a field of the browser by its key and send `value`."""
    await it.pilot.press(key)
    await until(it.pilot, lambda: it.app.focused.id == field)
    it.app.screen.query_one(f"#{field}", Input).value = value
    await it.pilot.press("enter")


async def test_sessions_show_what_was_found_and_a_preview(running: Any) -> None:
    sessions = FakeSessions()
    sessions.new().say(BRIEF)

    def marked() -> list[str]:
        """What is underlined in the first session of the list."""
        found = it.app.screen.query_one("#list", OptionList)
        prompt = found.get_option_at_index(0).prompt if found.option_count else ""
        spans = [] if isinstance(prompt, str) else prompt.spans
        return [prompt.plain[span.start : span.end] for span in spans if "underline" in str(span.style)]

    async with running((140, 40), sessions=sessions) as it:
        await it.pilot.press("ctrl+r", "slash", *"labelled", "enter")
        await it.sees("› Defect detection on 40,000")
        await it.sees("PyTorch (11.5 points)")
        await until(it.pilot, lambda: len(marked()) == 2)
        assert marked() == ["labelled", "labelled"]


async def test_sessions_are_found_renamed_copied_deleted_and_brought_back(running: Any) -> None:
    sessions = FakeSessions()
    for text in ("Churn for a bank", "Defects on phones"):
        sessions.new().say(text)
    async with running(sessions=sessions) as it:
        await browse(it)
        await it.pilot.press("slash", *"churn", "enter")
        await it.sees("…churn…")
        await write(it, "r", "rename", "Bank customers")
        await until(it.pilot, lambda: sessions.open["s1"].title == "Bank customers")
        it.app.screen.query_one("#search", Input).value = ""
        await it.sees("Bank customers")
        await it.pilot.press("d")
        await until(it.pilot, lambda: len(sessions.open) == 3)
        before = list(sessions.open)
        await it.pilot.press("delete")
        await until(it.pilot, lambda: len(sessions.open) == 2)
        await it.sees("u brings it back")
        await it.pilot.press("u")
        await until(it.pilot, lambda: sorted(sessions.open) == sorted(before))
        await it.pilot.press("down", "enter")
        await until(it.pilot, lambda: shown(it) == "ChatScreen")
        await it.sees("Recommended stack")


async def test_sessions_are_given_tags_and_lose_them(running: Any) -> None:
    sessions = FakeSessions()
    sessions.new().say("Churn for a bank")

    async with running((140, 40), sessions=sessions) as it:
        await browse(it)
        await write(it, "t", "tags", "#Bank, urgent")
        await it.sees("#bank #urgent")
        await write(it, "t", "tags", "urgent")
        await until(it.pilot, lambda: sessions.tags["s1"] == ["urgent"])
        await write(it, "t", "tags", "no/tag")
        await it.sees("is no tag")
        assert sessions.tags["s1"] == ["urgent"]
        await it.pilot.press("t", "x", "escape")
        await until(it.pilot, lambda: it.app.focused.id == "list")
        assert sessions.tags["s1"] == ["urgent"]


async def test_deleting_the_open_session_leaves_an_empty_one(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await it.pilot.press("ctrl+r")
        await it.sees("Sessions")
        await until(it.pilot, lambda: it.app.screen.query_one("#list", OptionList).highlighted == 0)
        await it.pilot.press("delete")
        await until(it.pilot, lambda: not it.sessions.open)
        await it.pilot.press("escape")
        await it.sees("Which machine-learning stack, and why?")
        assert it.app.talker.talk is None


async def test_a_deletion_is_taken_back_until_the_app_ends(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await it.pilot.press("ctrl+n")
        await browse(it)
        await it.pilot.press("delete")
        await it.sees("Deleted")
        await it.pilot.press("escape")
        await until(it.pilot, lambda: shown(it) == "ChatScreen")
        await it.pilot.press("ctrl+r")
        await it.sees("No sessions yet")
        await it.pilot.press("u")
        await it.sees("Brought back")
        await it.sees("· s1")


async def test_the_archive_is_a_list_of_its_own(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await browse(it)
        await it.pilot.press("a")
        await it.sees("Archived (A shows the archive)")
        await it.sees("No sessions yet")
        await it.pilot.press("A")
        await it.sees("· s1")
        await it.pilot.press("a")
        await it.sees("The archive is empty")
        await it.pilot.press("A")
        await it.sees("· s1")


async def test_keys_that_come_before_the_list_are_meant_for_what_it_shows(running: Any, monkeypatch: Any) -> None:
    sessions = FakeSessions()
    for text in ("Churn for a bank", "Defects on phones", "Sales of shops"):
        sessions.new().say(text)
    asked, readable, listed = Event(), Event(), sessions.list

    def slow(*limits: Any, **options: Any) -> Any:
        asked.set()
        readable.wait(60)
        return listed(*limits, **options)

    async with running(sessions=sessions) as it:
        second = sessions.list()[1].id
        monkeypatch.setattr(sessions, "list", slow)
        it.app.post_message(Key("ctrl+r", None))  # not pressed by the pilot, which would wait for the list
        await asyncio.to_thread(asked.wait, 60)
        for key in ("down", "x"):
            it.app.post_message(Key(key, None))
        await asyncio.sleep(0)
        readable.set()
        await until(it.pilot, lambda: len(sessions.open) == 2)
        assert second not in sessions.open
