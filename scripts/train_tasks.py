"""Learn the weights that guess tasks from knowledge/phrases/projects.yaml, scripts/projects/ and the briefs of
tests/language/data/tasks.yaml.

Run `python scripts/train_tasks.py` after changing any of them; `--check` writes nothing and prints how well tasks are guessed
that were kept out: each file of scripts/projects/ by weights of all else, and each quarter of everything by weights of the rest.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import yaml

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.language.guessing import NOTHING
from assistant.language.lexicon import Lexicon
from assistant.language.ranking import Ranking
from assistant.language.understand import described_by

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "assistant" / "language" / "data" / "tasks.json"
BRIEFS = ROOT / "tests" / "language" / "data" / "tasks.yaml"
TOLD = ROOT / "scripts" / "projects"
STRENGTH, TOLERANCE = 3.0, 1e-4
SMALLEST = 0.2  # a weight that is worth keeping
FEWEST = 2  # lines that a feature stands in
BACKDROP = 0.3  # what an example of an act counts beside a line about a project
USUAL = 4.0  # the logarithm of how seldom a word of middling weight is
SILENT = ("recommend", "inform")  # acts whose examples may well speak of a task


class Row(NamedTuple):
    """What is found in a line, the tasks that it may be read as (the first is meant), and the set it came with."""

    found: Mapping[str, float]
    tasks: Sequence[str]
    origin: str


def lines(knowledge: Knowledge) -> list[tuple[str, list[str], str]]:
    """Every line with its tasks and the set it came with."""
    projects = msgspec.convert(knowledge.phrases["projects"], dict[str, list[str]])
    found = [(line, [task], "projects") for task, said in projects.items() for line in said]
    for act, examples in msgspec.convert(knowledge.phrases["examples"], dict[str, list[str]]).items():
        if act not in SILENT:
            said = [line.replace("{T}", "pytorch") for line in examples[::3] if "{S}" not in line]
            found += [(line, [NOTHING], "examples") for line in said]
    for path in sorted(TOLD.glob("*.yaml")):
        for task, told in yaml.safe_load(path.read_text("utf-8")).items():
            for line in told:
                one = {"text": line, "also": []} if isinstance(line, str) else line
                found.append((one["text"], [task, *one["also"]], path.stem))
    briefs = yaml.safe_load(BRIEFS.read_text("utf-8"))["briefs"]
    return found + [(brief["text"], brief["task"], "briefs") for brief in briefs]


def rows(knowledge: Knowledge) -> list[Row]:
    """The lines as what is found in them."""
    lexicon = Lexicon(knowledge)
    return [Row(described_by(text, lexicon), tasks, origin) for text, tasks, origin in lines(knowledge)]


def digest(knowledge: Knowledge) -> str:
    """Changes when the lines do. The examples of acts are only a backdrop, and change more often."""
    kept = [line for line in lines(knowledge) if line[2] != "examples"]
    return sha256(json.dumps(kept).encode()).hexdigest()[:16]


def matrix(data: Sequence[Row], names: Sequence[str]) -> csr_matrix:
    """A line a row, a feature a column; features that are not among the names are left out."""
    from scipy.sparse import csr_matrix  # takes a second, and the digest is asked for without it

    column = {name: number for number, name in enumerate(names)}
    cells = [
        (amount, row, column[name])
        for row, one in enumerate(data)
        for name, amount in one.found.items()
        if name in column
    ]
    amounts, at, columns = zip(*cells, strict=True)
    return csr_matrix((amounts, (at, columns)), shape=(len(data), len(names)))


def fit(data: Sequence[Row]) -> Ranking:
    """Multinomial logistic regression with the squares of the weights held down, to its one optimum: the order of the lines
    does not matter. A line that may be read as two tasks teaches both."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    read = [(one, task) for one in data for task in one.tasks[:2]]
    shared = np.array([(BACKDROP if one.origin == "examples" else 1.0) / min(len(one.tasks), 2) for one, _ in read])
    lines_with = Counter(name for one in data for name in one.found)
    names = sorted(name for name, times in lines_with.items() if times >= FEWEST)
    found = matrix([one for one, _ in read], names)
    rarity = np.log(len(read) / found.getnnz(axis=0).clip(1)) / USUAL  # what is rare may weigh more
    rarity[names.index("")] = 1.0
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, tol=TOLERANCE, max_iter=2_000)
    model.fit(found.multiply(rarity).tocsr(), [task for _, task in read], sample_weight=shared)
    packed = {}
    for name, weights in zip(names, (model.coef_ * rarity).T, strict=True):
        told = [(label, round(float(weight), 2)) for label, weight in enumerate(weights)]
        if flat := [x for label, weight in told if abs(weight) >= SMALLEST or not name for x in (label, weight)]:
            packed[name] = flat
    return Ranking([str(label) for label in model.classes_], packed)


def rendered(ranking: Ranking, origin: str) -> str:
    """The weights as the file that is shipped: a line for each feature, with pairs of task number and weight."""
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in ranking.weights.items()
    )
    return f'{{"learnt from":"{origin}",\n"tasks":{json.dumps(ranking.labels)},\n"weights":{{\n{lines}\n}}}}\n'


def guesses(ranking: Ranking, data: Sequence[Row]) -> list[tuple[float, bool]]:
    """For each line how sure its guess was, and whether it was right; 0 for no task."""
    told = []
    for one in data:
        task, share = ranking.shares(one.found)[0]
        told.append((0.0, NOTHING in one.tasks) if task == NOTHING else (share, task in one.tasks))
    return told


def show(name: str, told: Sequence[tuple[float, bool]]) -> None:
    print(f"{name}: {len(told)} lines")
    for sure in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        kept = [right for share, right in told if share >= sure]
        print(f"  from {sure:.1f}: right {sum(kept) / len(told):.3f}, wrong {(len(kept) - sum(kept)) / len(told):.3f}")


def check(data: Sequence[Row]) -> None:
    for path in sorted(TOLD.glob("*.yaml")):
        kept_out = [one for one in data if one.origin == path.stem]
        show(f"{path.stem}, kept out", guesses(fit([one for one in data if one.origin != path.stem]), kept_out))
    told: dict[str, list[tuple[float, bool]]] = {}
    for part in range(4):
        ranking = fit([one for number, one in enumerate(data) if number % 4 != part])
        for origin in {one.origin: None for one in data}:
            told.setdefault(origin, []).extend(guesses(ranking, [o for o in data[part::4] if o.origin == origin]))
    for origin, found in told.items():
        show(f"{origin}, by quarters", found)


def main() -> None:
    knowledge = load()
    data = rows(knowledge)
    if "--check" in sys.argv:
        check(data)
        return
    ranking = fit(data)
    TARGET.write_text(rendered(ranking, digest(knowledge)), "utf-8")
    print(f"{len(data)} lines, {len(ranking.weights)} features, {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
