"""Made-up customers, some of whom leave: only there to see the baseline run before your own data is ready."""

from __future__ import annotations

import csv
import random
from pathlib import Path


def make(file: Path) -> None:
    """600 rows, two for each customer, the same ones every time."""
    chance = random.Random(0)
    rows = []
    for customer in range(300):
        plan = chance.choice(["basic", "family", "business"])
        for month in ("2026-03", "2026-09"):
            months, calls = chance.randint(1, 60), chance.randint(0, 8)
            fee = round(chance.uniform(5, 60), 2)
            risk = 0.1 + 0.06 * calls - 0.004 * months + (0.15 if plan == "basic" else 0)
            left = "yes" if chance.random() < risk else "no"
            rows.append([f"c{customer}", month, months if chance.random() > 0.05 else "", calls, fee, plan, left])
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["customer", "month", "months_with_us", "support_calls", "fee", "plan", "left"])
        writer.writerows(rows)
