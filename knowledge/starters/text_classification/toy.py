"""Made-up messages to a shop: only there to see the baseline run before your own data is ready."""

from __future__ import annotations

import csv
import random
from pathlib import Path

ABOUT = {
    "delivery": ["parcel", "courier", "late", "tracking", "address", "arrived", "shipping"],
    "invoice": ["charged", "refund", "card", "invoice", "price", "paid", "receipt"],
    "product": ["broken", "colour", "size", "battery", "screen", "works", "quality"],
}
COMMON = ["hello", "please", "my", "order", "yesterday", "help", "the", "is", "again", "thanks", "still", "why", "was"]


def make(file: Path) -> None:
    """450 texts, the same ones every time."""
    chance = random.Random(0)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["text", "label"])
        for _ in range(450):
            label = chance.choice(sorted(ABOUT))
            # Now and then people write about something else than their message is filed under.
            topic = label if chance.random() < 0.85 else chance.choice(sorted(ABOUT))
            words = chance.choices(ABOUT[topic], k=2) + chance.choices(COMMON, k=7)
            chance.shuffle(words)
            writer.writerow([" ".join(words), label])
