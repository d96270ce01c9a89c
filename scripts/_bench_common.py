"""What several measurements share: the messages, and a clean environment for processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable

BRIEFS = (
    "I need to detect defects on 40,000 labelled photos, inside an Android app, commercial, two people, six weeks",
    "Churn prediction for a bank with 2 million rows of tabular data, on premises, decisions must be explainable",
    "Semantic search over 300,000 internal PDFs, nothing may leave our network, one NVIDIA GPU with 24 GB",
    "Forecast the sales of 3,000 shops, daily data of four years, Python, a team of three, beginner level",
    "Fine-tune an open LLM with 7B parameters on our support tickets, two A100 GPUs, latency below 300 ms",
    "Anomaly detection on vibration sensors, runs on a microcontroller, offline, C++",
    "Which is better for me, PyTorch or TensorFlow? I am new to deep learning and have a laptop without a GPU",
    "Recommendations in a web shop with implicit feedback, 50 million interactions, Kubernetes, AWS",
)
FOLLOW_UPS = (
    "why?",
    "why not TensorFlow?",
    "what about JAX?",
    "not in the cloud",
    "the licence must be permissive",
    "/facts",
    "/plan",
    "/undo",
    "/sources",
)


def environment(home: Path, compiled: Path | None = None) -> dict[str, str]:
    """A clean home, and Python allowed to keep its compiled files (as an installed program may), in `compiled` if given."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES", "NO_COLOR")
    }
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    if compiled:
        kept["PYTHONPYCACHEPREFIX"] = str(compiled)
    return {**kept, "ASSISTANT_HOME": str(home), "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor",
            "LANG": "C.UTF-8", "PYTHONPATH": path}  # fmt: skip


def prepare(home: Path) -> None:
    """Compile the knowledge and all bytecode."""
    subprocess.run(
        [PYTHON, "-m", "assistant", "ask", BRIEFS[0]],
        env=environment(home), cwd=home, check=True, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
