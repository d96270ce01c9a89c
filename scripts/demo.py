#!/usr/bin/env python3
"""Draws `docs/images/demo.svg`, a film of a conversation in the real app: `python3 scripts/demo.py`.

Nothing in it is made up: the app runs, is typed into, and what it draws is taken down. Run it after a change that shows.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _film import Frame
    from textual.pilot import Pilot

    from assistant.tui.app import AssistantApp

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images" / "demo.svg"
SIZE = (116, 32)
KEY, PAUSE = 0.05, 0.5  # seconds for a key, and before Enter


class Scene(NamedTuple):
    """What is typed, and how long the answer is looked at."""

    text: str
    seconds: float


SCENES = (
    Scene("Churn prediction for a bank: 2 million rows, on premises, every decision must be explained", 5.0),
    Scene("why interpretml?", 4.5),
    Scene("what if we had only 2,000 rows?", 4.5),
    Scene("discard", 2.0),
    Scene("compare interpretml and lightgbm", 5.0),
)
STILL = "Recommended stack"  # the film's still is the first frame in which this is read


class Camera:
    """Takes down what the app draws."""

    def __init__(self, app: AssistantApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot
        self.frames: list[Frame] = []

    async def take(self, seconds: float) -> None:
        from _film import Frame

        await self.pilot.pause()
        strips = self.app.screen._compositor.render_strips()
        self.frames.append(Frame(tuple(tuple(strip) for strip in strips), seconds))

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(1200):
            await self.pilot.pause(0.05)
            if holds():
                return
        raise SystemExit("the app did not get ready")

    async def play(self, scene: Scene) -> None:
        entries = self.app.chat.transcript.entries
        before = len(entries)
        for at in range(0, len(scene.text), 2):
            self.app.chat.prompt.put(scene.text[: at + 2])
            await self.take(2 * KEY)
        await self.take(PAUSE)
        await self.pilot.press("enter")
        await self.until(lambda: len(self.app.chat.transcript.entries) >= before + 2)
        await self.pilot.pause(0.4)
        await self.take(scene.seconds)


async def record() -> list[Frame]:
    """The frames of all scenes."""
    from assistant.tui.app import AssistantApp
    from assistant.tui.desk import load

    app = AssistantApp(partial(load, (), False))
    app.animation_level = "none"
    async with app.run_test(size=SIZE, notifications=False) as pilot:
        app.chat.prompt.cursor_blink = False
        camera = Camera(app, pilot)
        await camera.until(lambda: app.chat.loaded)
        await camera.take(1.5)
        for scene in SCENES:
            await camera.play(scene)
        return camera.frames


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from _film import film

    from assistant.tui.themes import INK

    with tempfile.TemporaryDirectory() as home:
        os.environ["ASSISTANT_HOME"] = home
        frames = asyncio.run(record())
    read = ["\n".join("".join(part.text for part in row) for row in frame.rows) for frame in frames]
    still = next(number for number, text in enumerate(read) if STILL in text)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(film(frames, SIZE[0], INK.background or "#000000", still), encoding="utf-8")
    seconds = sum(frame.seconds for frame in frames)
    print(f"{TARGET.relative_to(ROOT)} {TARGET.stat().st_size // 1000} kB, {len(frames)} frames, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
