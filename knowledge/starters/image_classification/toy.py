"""Drawn discs and squares: only there to see the baseline run before your own images are ready."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw


def make(folder: Path) -> None:
    """120 images of 40 objects in two classes, the same ones every time."""
    chance = random.Random(0)
    for kind in ("disc", "square"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for thing in range(20):
            size, colour = chance.randint(14, 26), tuple(chance.randint(90, 255) for _ in range(3))
            for view in range(3):
                image = Image.new("RGB", (48, 48), tuple(chance.randint(0, 80) for _ in range(3)))
                left, top = chance.randint(2, 46 - size), chance.randint(2, 46 - size)
                draw = ImageDraw.Draw(image)
                shape = draw.ellipse if kind == "disc" else draw.rectangle
                shape((left, top, left + size, top + size), fill=colour)
                image.save(folder / kind / f"{thing:02}_{view}.png")
