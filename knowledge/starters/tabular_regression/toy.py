"""Made-up flats and their rents: only there to see the baseline run before your own data is ready."""

from __future__ import annotations

import csv
import random
from pathlib import Path


def make(file: Path) -> None:
    """500 rows, the same ones every time."""
    chance = random.Random(0)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["house", "area", "rooms", "year", "district", "rent"])
        for flat in range(500):
            area, rooms = chance.randint(20, 140), chance.randint(1, 5)
            year = chance.randint(1900, 2025) if chance.random() > 0.05 else ""
            district = chance.choice(["north", "river", "hill"])
            rent = 150 + 11 * area + 40 * rooms + (250 if district == "river" else 0) + chance.gauss(0, 90)
            writer.writerow([f"h{flat // 5}", area, rooms, year, district, round(rent)])
