#!/usr/bin/env python3
"""Draws the pictures in `docs/images/` from the real app: `python3 scripts/screenshots.py`.

The pictures are SVG files without outside references. Run it after a change that shows.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BRIEF = (
    "Churn prediction for a bank: 2 million rows of tabular data, on premises, Python, a team of three, "
    "every decision must be explained"
)


class Picture(NamedTuple):
    """A scene: what is said, then which keys are pressed."""

    name: str
    size: tuple[int, int]
    theme: str
    says: tuple[str, ...]
    keys: tuple[str, ...] = ()


PICTURES = (
    Picture("welcome", (100, 26), "ink", ()),
    Picture("answer", (130, 44), "ink", (BRIEF,), ("ctrl+down", *["down"] * 11)),
    Picture("why", (110, 40), "ink", (BRIEF, "why interpretml?")),
    Picture("proof", (110, 32), "ink", (BRIEF, "/why interpretml"), ("f3", "e", "down", "down")),
    Picture("compare", (110, 36), "paper", (BRIEF, "compare interpretml and lightgbm")),
    Picture("tools", (120, 34), "paper", (), ("ctrl+t", *"boost")),
)


async def draw(picture: Picture) -> str:
    from assistant.tui.app import AssistantApp
    from assistant.tui.desk import load

    app = AssistantApp(partial(load, (), False))
    app.theme = picture.theme
    async with app.run_test(size=picture.size, notifications=True) as pilot:
        app.chat.prompt.cursor_blink = False

        async def until(holds: Callable[[], bool]) -> None:
            for _ in range(1200):
                await pilot.pause(0.05)
                if holds():
                    return
            raise SystemExit(f"{picture.name}: the app did not get ready")

        await until(lambda: app.chat.loaded)
        for number, text in enumerate(picture.says, 1):
            app.chat.say(text)
            await until(lambda wanted=2 * number: len(app.chat.transcript.entries) >= wanted)  # type: ignore[misc]  # a default binds
            await pilot.pause(0.3)
        for key in picture.keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        await pilot.pause(0.5)
        return app.export_screenshot(title="ML stack assistant", simplify=True)


def self_contained(svg: str) -> str:
    """Without fonts from elsewhere and with ids that do not change from run to run."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+-", "terminal-", svg)
    svg = svg.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    return svg.replace("<text ", '<text xml:space="preserve" ')


def main() -> int:
    sys.path.insert(0, str(ROOT))
    wanted = set(sys.argv[1:])
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASSISTANT_HOME"] = home
        for picture in PICTURES:
            if not wanted or picture.name in wanted:
                path = IMAGES / f"{picture.name}.svg"
                path.write_text(self_contained(asyncio.run(draw(picture))), encoding="utf-8")
                print(path.relative_to(ROOT), f"{path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
