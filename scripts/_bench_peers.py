"""The conversation engine beside others that can be had: what it takes to tell what a message wants, and how often it is right.

All learn from the same sentences (`knowledge/phrases/examples.yaml`) and are asked the same others
(`tests/language/data/acts.yaml`). What the others lack is not asked: facts, amounts, refusals, proofs.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import _bench_report as report
import yaml
from _bench_common import PYTHON, ROOT, environment, prepare

WORKER = Path(__file__).resolve().parent / "_bench_peer.py"
PEERS = {
    "assistant": ("the assistant (acts, facts, tools and their places)", "assistant"),
    "rivescript": ("RiveScript (triggers)", "rivescript"),
    "retrieval": ("retrieval bot (nearest sentence by TF-IDF, scikit-learn)", "sklearn"),
    "pipeline": ("scikit-learn pipeline (TF-IDF, logistic regression)", "sklearn"),
}
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # as the others have
FILLERS = {
    "{T}": ("pytorch", "xgboost", "onnx runtime", "mlflow"),
    "{S}": ("image classification", "churn prediction", "forecasting"),
    "{s}": ("image classification", "churn prediction", "forecasting"),
    "{V}": ("android", "no gpu", "java", "kubernetes"),
    "{N}": ("licence", "budget", "latency"),
}


def peers(quick: bool) -> str:
    """Each in a process of its own, in turns."""
    lines, absent = {}, []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        material = home / "material.json"
        material.write_text(json.dumps(_material(quick)))
        for name, (title, module) in PEERS.items():
            if importlib.util.find_spec(module) is None:
                absent.append(title)
                continue
            done = subprocess.run(
                [PYTHON, str(WORKER), name, str(material), "0" if quick else "5"],
                env=environment(home) | ONE_CORE, stdout=subprocess.PIPE, check=True, cwd=home,
            )  # fmt: skip
            lines[title] = json.loads(done.stdout)
    rows = [
        [
            title, report.number(one["load"]), f"{one['mean']:.2f}", report.milliseconds(one["spent"]),
            f"{one['right']} of {one['asked']}", f"{one['memory']:.0f}",
        ]
        for title, one in lines.items()
    ]  # fmt: skip
    head = ("engine", "ready after, ms", "mean, ms", "a message: median (quartiles), ms", "right act", "memory, MB")
    missing = [f"Not installed here: {', '.join(absent)}.", ""] if absent else []
    return "\n".join(
        [report.table(head, rows), "", *missing, "The processor's time; ready after imports and learning or loading."]
    )


def _material(quick: bool) -> dict[str, Any]:
    """Sentences to learn from and to be asked, each with its act."""
    told = yaml.safe_load((ROOT / "knowledge" / "phrases" / "examples.yaml").read_text("utf-8"))
    asked = yaml.safe_load((ROOT / "tests" / "language" / "data" / "acts.yaml").read_text("utf-8"))
    learn = [(_filled(text, number), act) for act, texts in told.items() for number, text in enumerate(texts)]
    ask = [(_filled(text, number), act) for act, own in asked.items() for number, text in enumerate(own["examples"])]
    known = {act for _, act in learn}
    step = 10 if quick else 1
    return {"learn": learn[::step], "ask": [(text, act) for text, act in ask if act in known][::step]}


def _filled(text: str, number: int) -> str:
    for place, words in FILLERS.items():
        while place in text:
            text, number = text.replace(place, words[number % len(words)], 1), number + 1
    return text
