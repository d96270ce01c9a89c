"""Keeps every run: in runs.jsonl always, and in the experiment tracker where it is installed."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = HERE / "runs.jsonl"


def track(params: dict[str, object], metrics: dict[str, float]) -> None:
    """Write down what was run and what came out. A tracker that fails costs a line on the screen, never the result."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    # A score that is no number (a fold without the class) has no place in JSON.
    metrics = {name: value for name, value in metrics.items() if math.isfinite(value)}
    with RUNS.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"time": now, "params": params, "metrics": metrics}) + "\n")
    if not (HERE / "tracker.py").exists():
        print(f"Tracked in {RUNS.name}.")
        return
    try:
        from tracker import record
    except ImportError as missing:
        print(f"Tracked in {RUNS.name} only: {missing.name} is not installed (pip install -r requirements.txt).")
        return
    try:
        print(f"Tracked in {RUNS.name}, and {record(HERE.name, params, metrics)}")
    except Exception as problem:
        print(f"Tracked in {RUNS.name} only: the tracker failed ({problem}).")
