"""What leaves the app as files: exports, project starters, pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from textual.widgets import Input

from assistant.tui.screens.export import slug, write_whole

from .conftest import BRIEF, shown, until


async def export_dialog(it: Any) -> None:
    """A conversation, and the export dialog over it."""
    await it.say(BRIEF)
    await it.pilot.press("ctrl+s")
    await it.sees("markdown of s1")


async def starter_dialog(it: Any) -> None:
    await it.pilot.press(*"/starter", "enter")
    await it.sees("docs/why.md")


async def write_to(it: Any, path: Path, key: str = "ctrl+s") -> None:
    """Save the dialog's file under `path`."""
    it.app.screen.query_one("#path", Input).value = str(path)
    await it.pilot.pause()
    await it.pilot.press(key)


async def test_export_saves_and_asks_before_it_overwrites(running: Any, tmp_path: Path) -> None:
    async with running() as it:
        await export_dialog(it)
        await it.pilot.press("down")
        await it.sees("json of s1")
        target = tmp_path / "out.json"
        target.write_text("precious")
        await write_to(it, target)
        await it.sees("Save again to overwrite")
        assert target.read_text() == "precious"
        await it.pilot.press("ctrl+s")
        await until(it.pilot, lambda: shown(it) == "ChatScreen")
        assert target.read_text() == f"json of s1\n{BRIEF}"


async def test_the_content_of_an_export_is_chosen(running: Any) -> None:
    async with running() as it:
        await export_dialog(it)
        await it.pilot.press("c")
        await it.sees("markdown of s1 (conversation)")
        await it.pilot.press("c")
        await it.sees("markdown of s1 (advice)")
        await it.pilot.press("down")
        await it.sees("json of s1 (advice)")
        await it.pilot.press("up", "c")
        await it.sees("Export · all")


async def test_export_tells_why_it_cannot_save(running: Any, tmp_path: Path) -> None:
    async with running() as it:
        await export_dialog(it)
        await write_to(it, tmp_path / "nowhere" / "x.md")
        await it.sees("Not saved")
        assert shown(it) == "ExportScreen"


async def test_a_project_is_written_and_never_over_another(running: Any, tmp_path: Path) -> None:
    async with running() as it:
        await it.pilot.press(*"/starter", "enter")
        await it.sees("nothing to start with yet")
        await it.say(BRIEF)
        await starter_dialog(it)
        await it.sees("A note")
        await write_to(it, tmp_path / "project", "enter")
        await until(it.pilot, lambda: shown(it) == "ChatScreen")
        assert (tmp_path / "project" / "docs" / "why.md").read_text() == "because\n"
        await starter_dialog(it)
        await write_to(it, tmp_path / "project")
        await it.sees("Nothing is written")


async def test_a_picture_of_the_screen(running: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running() as it:
        await it.say('detect <script>alert(1)</script> & "defects"')
        for number in (1, 2):
            await it.pilot.press(*"/picture", "enter")
            await until(it.pilot, lambda number=number: len([*tmp_path.glob("*.svg")]) == number)
    for file in tmp_path.glob("*.svg"):
        root = ElementTree.parse(file).getroot()
        assert not [one for one in root.iter() if one.tag.endswith("script")]
        assert "alert(1)" in "".join(root.itertext()).replace("\xa0", " ")


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: Path) -> None:
        raise OSError("no")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError):
        write_whole(tmp_path / "home" / "x.md", "text")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["cache"]


def test_slug() -> None:
    assert slug("Fehler: 40,000 Fotos/../x") == "fehler-40-000-fotos-x"
    assert slug("日本語") == "session"
