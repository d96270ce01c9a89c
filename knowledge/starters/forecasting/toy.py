"""Made-up daily sales of five shops: only there to see the baseline run before your own data is ready."""

from __future__ import annotations

import csv
import math
import random
from datetime import date, timedelta
from pathlib import Path


def make(file: Path) -> None:
    """Five series of 300 days, the same ones every time."""
    chance = random.Random(0)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["shop", "day", "sales"])
        for shop in range(5):
            level = chance.uniform(40, 200)
            for day in range(300):
                when = date(2026, 1, 1) + timedelta(days=day)
                level *= 1 + chance.gauss(0.0005, 0.01)
                week = 1 + 0.35 * math.sin(2 * math.pi * when.weekday() / 7)
                writer.writerow(
                    [f"shop {shop + 1}", when.isoformat(), round(level * week * chance.uniform(0.85, 1.15))]
                )
