"""How the screens look, as text. `UPDATE_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import BRIEF

FOLDER = Path(__file__).with_name("snapshots")
SIZES = ((50, 14), (80, 24), (120, 40), (200, 60))
SCENES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "welcome": ((), ()),
    "brief": ((BRIEF,), ()),
    "claim": ((BRIEF,), ("ctrl+down", "down", "down", "down")),
    "proof": ((BRIEF, "/why PyTorch"), ()),
    "panel": ((BRIEF,), ("ctrl+b", "ctrl+b", "ctrl+b")),
    "everything": (("everything",), ()),
    "plan": ((BRIEF, "/plan"), ("ctrl+down", "space")),
    "draft": ((BRIEF, "/whatif it ran in a browser"), ()),
    "tools": ((), ("ctrl+t",)),
    "compare": ((BRIEF,), ("f4", "down", "enter", "down", "enter")),
    "sessions": ((BRIEF,), ("ctrl+r",)),
    "explorer": (("/why",), ("f3", "e")),
}


async def stage(it: Any, scene: str) -> None:
    """Say and press what the scene asks for."""
    says, keys = SCENES[scene]
    for text in says:
        await it.say(text)
    for key in keys:
        await it.pilot.press(key)
        await it.pilot.pause(0.1)
    await it.pilot.pause(0.2)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_scene(running: Any, size: tuple[int, int], scene: str) -> None:
    """In the dark theme; the light one changes colours and nothing else."""
    path = FOLDER / f"{scene}-{size[0]}x{size[1]}.txt"
    async with running(size, theme="ink") as it:
        await stage(it, scene)
        dark = it.text + "\n"
        it.app.theme = "paper"
        await it.pilot.pause(0.1)
        light = it.text + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(dark, encoding="utf-8")
    assert dark == path.read_text(encoding="utf-8")
    assert light == dark


@pytest.mark.parametrize("theme", ["paper", "ansi-dark", "ansi-light"])
async def test_a_theme_from_the_start_and_the_terminals_own_colours_change_nothing_else(
    running: Any, theme: str
) -> None:
    async with running((80, 24), theme=theme) as it:
        await stage(it, "brief")
        assert it.text + "\n" == (FOLDER / "brief-80x24.txt").read_text(encoding="utf-8")
