"""Learn the weights that guess tasks from knowledge/phrases/projects.yaml and the briefs of tests/language/data/tasks.yaml.

Run `python scripts/train_tasks.py` after changing either; `--check` writes nothing and prints how well tasks are guessed
that were kept out: the briefs by weights of the projects alone (other lines, written apart), and each quarter of the
briefs by weights of all the rest.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import exp
from pathlib import Path

import msgspec
import yaml

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.language.guessing import NOTHING, features, outlines
from assistant.language.lexicon import Lexicon
from assistant.language.ranking import Ranking
from assistant.language.spans import choose
from assistant.language.understand import read

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "assistant" / "language" / "data" / "tasks.json"
BRIEFS = ROOT / "tests" / "language" / "data" / "tasks.yaml"
EPOCHS, RATE, PENALTY, SMALLEST = 20, 0.5, 0.05, 0.15
SILENT = ("recommend", "inform")  # acts whose examples may well speak of a task
Row = tuple[Mapping[str, float], str]


def found_in(text: str, lexicon: Lexicon) -> dict[str, float]:
    """What the model sees in a text of one sentence or more."""
    found: dict[str, float] = {}
    for reading in read(text, lexicon):
        for words, _ in outlines(reading, choose(reading, lexicon), lexicon.quantities.read(reading)):
            found |= features(words, lexicon)
    return found


def sources(knowledge: Knowledge) -> tuple[dict[str, list[str]], list[dict[str, object]]]:
    """Lines by task, among them those that say none; and the briefs with their tasks."""
    projects = msgspec.convert(knowledge.phrases["projects"], dict[str, list[str]])
    for act, lines in msgspec.convert(knowledge.phrases["examples"], dict[str, list[str]]).items():
        if act not in SILENT:
            projects[NOTHING] += [line.replace("{T}", "pytorch") for line in lines[::3] if "{S}" not in line]
    return projects, yaml.safe_load(BRIEFS.read_text("utf-8"))["briefs"]


def rows(knowledge: Knowledge, lexicon: Lexicon) -> tuple[list[Row], list[tuple[Mapping[str, float], list[str]]]]:
    """The lines and the briefs as what is found in them."""
    projects, briefs = sources(knowledge)
    lines = [(found_in(line, lexicon), task) for task, said in projects.items() for line in said]
    return lines, [(found_in(str(brief["text"]), lexicon), list(brief["task"])) for brief in briefs]  # type: ignore[call-overload]  # a list, as the file's head says


def spread(briefs: Sequence[tuple[Mapping[str, float], list[str]]]) -> list[Row]:
    """A brief that may be read as two tasks teaches both."""
    return [(found, task) for found, tasks in briefs for task in tasks[:2]]


def digest(knowledge: Knowledge) -> str:
    """Changes when the projects or the briefs do. The examples of acts are only a backdrop, and change more often."""
    briefs = yaml.safe_load(BRIEFS.read_text("utf-8"))
    return sha256(json.dumps([knowledge.phrases["projects"], briefs]).encode()).hexdigest()[:16]


def fit(data: Sequence[Row]) -> Ranking:
    """Multinomial logistic regression by stochastic gradient descent, with the squares of the weights held down.

    The step shrinks as in Bottou's "Stochastic Gradient Descent Tricks" (2012); all weights shrink at once through a common scale.
    """
    labels = sorted({label for _, label in data})
    index = {label: number for number, label in enumerate(labels)}
    todo = [(list(found.items()), index[label]) for found, label in data]
    weights: dict[str, list[float]] = {name: [0.0] * len(labels) for found, _ in data for name in found}
    scale, steps, shuffle = 1.0, 0, random.Random(7)
    for _ in range(EPOCHS):
        shuffle.shuffle(todo)
        for found, wanted in todo:
            step = RATE / (1 + RATE * steps / (4 * len(todo)))
            steps += 1
            sums = [0.0] * len(labels)
            for name, amount in found:
                for label, weight in enumerate(weights[name]):
                    sums[label] += weight * amount * scale
            top = max(sums)
            shares = [exp(value - top) for value in sums]
            total = sum(shares)
            errors = [(label, share / total - (label == wanted)) for label, share in enumerate(shares)]
            scale *= 1 - step * PENALTY / len(todo)
            for name, amount in found:
                row, pace = weights[name], step * amount / scale
                for label, error in errors:
                    row[label] -= pace * error
    packed = {}
    for name in sorted(weights):
        told = [(label, round(weight * scale, 2)) for label, weight in enumerate(weights[name])]
        flat = [x for label, weight in told if abs(weight) >= SMALLEST or not name for x in (label, weight)]
        if flat:
            packed[name] = flat
    return Ranking(labels, packed)


def rendered(ranking: Ranking, origin: str) -> str:
    """The weights as the file that is shipped: a line for each feature, with pairs of task number and weight."""
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in ranking.weights.items()
    )
    return f'{{"learnt from":"{origin}",\n"tasks":{json.dumps(ranking.labels)},\n"weights":{{\n{lines}\n}}}}\n'


def report(
    name: str, ranking: Ranking, briefs: Sequence[tuple[Mapping[str, float], list[str]]]
) -> list[tuple[float, bool]]:
    """How sure each guess was, and whether it was right."""
    told = []
    for found, tasks in briefs:
        task, share = ranking.shares(found)[0]
        if task != NOTHING:
            told.append((share, task in tasks))
    show(name, told, len(briefs))
    return told


def show(name: str, told: Sequence[tuple[float, bool]], total: int) -> None:
    print(f"{name}: {total} briefs")
    for sure in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6):
        kept = [right for share, right in told if share >= sure]
        print(f"  from {sure:.1f}: right {sum(kept) / total:.3f}, wrong {(len(kept) - sum(kept)) / total:.3f}")


def main() -> None:
    knowledge = load()
    lexicon = Lexicon(knowledge)
    lines, briefs = rows(knowledge, lexicon)
    if "--check" in sys.argv:
        report("learnt from the projects alone", fit(lines), briefs)
        told: list[tuple[float, bool]] = []
        for part in range(4):
            rest = [brief for number, brief in enumerate(briefs) if number % 4 != part]
            told += report(f"quarter {part}", fit(lines + spread(rest)), briefs[part::4])
        show("all quarters", told, len(briefs))
        return
    ranking = fit(lines + spread(briefs))
    TARGET.write_text(rendered(ranking, digest(knowledge)), "utf-8")
    print(f"{len(lines) + len(briefs)} lines, {len(ranking.weights)} features, {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
