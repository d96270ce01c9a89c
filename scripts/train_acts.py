"""Learn the weights that rank acts from knowledge/phrases/examples.yaml: multinomial logistic regression, plain Python.

Run `python scripts/train_acts.py` after changing examples or vocabulary; `--check` trains nothing on a fifth of the sentences
and prints how many of those it gets right. The result is the same on every machine that rounds like IEEE 754.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from math import exp, sqrt
from pathlib import Path

import msgspec

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.language.lexicon import Lexicon
from assistant.language.parts import outline
from assistant.language.ranking import Ranking, features

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "assistant" / "language" / "data" / "acts.json"
FILLERS = {
    "{T}": ("pytorch", "xgboost", "onnx runtime", "mlflow", "lightgbm", "vllm"),
    "{S}": ("image classification", "churn prediction", "forecasting", "object detection", "tabular data"),
    "{V}": (
        "android",
        "no gpu",
        "a gpu",
        "java",
        "kubernetes",
        "linux",
        "offline",
        "50k rows",
        "apple silicon",
        "python",
    ),
    "{N}": ("licence", "budget", "latency", "team size", "language", "deadline"),
}
EPOCHS, RATE, DECAY, SMALLEST, RAREST = 15, 0.2, 2e-5, 0.21, 2


def sentences(knowledge: Knowledge, lexicon: Lexicon) -> list[tuple[list[str], str]]:
    """Each example as abstract words with its act; a sentence with a placeholder is told with two fillings."""
    rows = []
    told: dict[str, list[str]] = msgspec.convert(knowledge.phrases["examples"], dict[str, list[str]])
    for act, examples in told.items():
        for number, example in enumerate(examples):
            for variant in range(2 if "{" in example else 1):
                text = example
                for place, words in FILLERS.items():
                    count = 0
                    while place in text:
                        text = text.replace(place, words[(number * 3 + variant + count) % len(words)], 1)
                        count += 1
                outlines = outline(text, lexicon)
                if outlines:
                    rows.append(([w for part in outlines for w in part] if len(outlines) == 1 else outlines[-1], act))
    return rows


def train(rows: list[tuple[list[str], str]]) -> Ranking:
    """Stochastic gradient descent with a step size per weight."""
    acts = sorted({act for _, act in rows})
    index = {act: number for number, act in enumerate(acts)}
    data = [(features(words), index[act]) for words, act in rows]
    weights: dict[str, list[float]] = {}
    grown: dict[str, list[float]] = {}
    shuffle = random.Random(7)
    for _ in range(EPOCHS):
        shuffle.shuffle(data)
        for names, wanted in data:
            sums = [0.0] * len(acts)
            for name in names:
                for act, weight in enumerate(weights.setdefault(name, [0.0] * len(acts))):
                    sums[act] += weight
            top = max(sums)
            shares = [exp(value - top) for value in sums]
            total = sum(shares)
            errors = [(act, share / total - (act == wanted)) for act, share in enumerate(shares)]
            errors = [(act, error) for act, error in errors if abs(error) > 0.002]
            for name in names:
                row, past = weights[name], grown.setdefault(name, [0.0] * len(acts))
                for act, error in errors:
                    gradient = error + DECAY * row[act]
                    past[act] += gradient * gradient
                    row[act] -= RATE * gradient / sqrt(past[act] + 1e-6) if past[act] else 0.0
    packed = {}
    counts = Counter(name for names, _ in data for name in names)
    for name in sorted(name for name in weights if counts[name] >= RAREST):
        flat = [x for act, w in enumerate(weights[name]) if abs(w) >= SMALLEST for x in (act, round(w, 2))]
        if flat:
            packed[name] = flat
    return Ranking(acts, packed)


def rendered(ranking: Ranking) -> str:
    """The weights as the file that is shipped."""
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in ranking.weights.items()
    )
    return f'{{"acts":{json.dumps(ranking.labels)},\n"weights":{{\n{lines}\n}}}}\n'


def main() -> None:
    knowledge = load()
    lexicon = Lexicon(knowledge)
    rows = sentences(knowledge, lexicon)
    if "--check" in sys.argv:
        held = rows[::5]
        ranking = train([row for number, row in enumerate(rows) if number % 5])
        right = sum(ranking.rank(words)[0][0] == act for words, act in held)
        print(f"{right} of {len(held)} held-out examples ranked first ({right / len(held):.2f})")
        return
    ranking = train(rows)
    TARGET.write_text(rendered(ranking), "utf-8")
    print(f"{len(rows)} sentences, {len(ranking.weights)} features, {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
