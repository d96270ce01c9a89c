"""The first honest numbers: always guessing the usual answer, then logistic regression.

python baseline.py                                      made-up customers, to see it run
python baseline.py FILE.csv --target COLUMN             your own table
... --group COLUMN    rows of one customer, device or document stay on one side of the split
... --time COLUMN     learn from the past, judge on what came later (ISO dates or numbers that sort like times)
... --drop COLUMN     leave out a column that would not be known yet when you predict; may be given several times
... --test            also open the test set: once, when everything is decided
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.pipeline import make_pipeline
from splits import folds, holdout, too_few
from table import prepared, read, take
from toy import make
from tracking import track

HERE = Path(__file__).resolve().parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", nargs="?", type=Path)
    options.add_argument("--target", help="the column with the answer")
    options.add_argument("--positive", help="the answer that you look for; else the rarer of two")
    options.add_argument("--group")
    options.add_argument("--time")
    options.add_argument("--drop", action="append", default=[])
    options.add_argument("--test", action="store_true")
    given = options.parse_args()
    if given.file is None:
        given.file = HERE / "toy.csv"
        if not given.file.exists():
            make(given.file)
        given.target, given.group, given.drop = "left", "customer", ["month"]
        print("No file given: this runs on made-up customers.")
    if given.group and given.time:
        options.error("--group and --time are two ways to split; give the one that matters more")
    if not given.target:
        options.error("--target says which column holds the answer")

    columns = read(given.file)
    answer = take(columns, given.target)
    for name in given.drop:
        take(columns, name)
    groups = take(columns, given.group) if given.group else None
    times = take(columns, given.time) if given.time else None
    if not columns:
        sys.exit("No column is left to learn from.")
    values, counts = np.unique(answer, return_counts=True)
    if len(values) == 2:
        positive = given.positive or values[counts.argmin()]
        if positive not in values:
            sys.exit(f"--positive {positive}: the answers are {values[0]} and {values[1]}.")
        target, metric = (answer == positive).astype(int), "average_precision"
    else:
        target, metric = answer.astype(str), "f1_macro"
    if problem := too_few(answer.astype(str), groups, stratify=True):
        sys.exit(f"{given.file}: {problem}.")

    matrix, preparation = prepared(columns)
    models = {
        "guess": make_pipeline(preparation, DummyClassifier(strategy="prior")),
        "logistic_regression": make_pipeline(preparation, LogisticRegression(max_iter=2000)),
    }
    develop, test = holdout(target, stratify=True, groups=groups, times=times)
    inside = {
        "groups": None if groups is None else groups[develop],
        "times": None if times is None else times[develop],
    }
    print(f"{len(develop)} rows to develop with, {len(test)} kept for the test; {metric}, higher is better:")
    metrics = {}
    for name, model in models.items():
        scores = [
            score(clone(model), matrix, target, develop[learn], develop[judge])
            for learn, judge in folds(target[develop], stratify=True, **inside)
        ]
        metrics[f"{name}.{metric}"] = float(np.nanmean(scores))
        print(f"  {name:<20} {np.nanmean(scores):.3f}  (from {np.nanmin(scores):.3f} to {np.nanmax(scores):.3f})")
        if given.test:
            metrics[f"{name}.test_{metric}"] = final = score(clone(model), matrix, target, develop, test)
            print(f"  {'':<20} {final:.3f}  on the test set")
    track({"file": given.file.name, "rows": len(target), "group": given.group, "time": given.time}, metrics)


def score(model, matrix, target, learn, judge) -> float:
    """Learn from some rows, judge on others; nan where the judged rows hold one class only."""
    if len(np.unique(target[learn])) < 2 or len(np.unique(target[judge])) < 2:
        return float("nan")
    model.fit(matrix[learn], target[learn])
    if target.dtype.kind == "i":
        return float(average_precision_score(target[judge], model.predict_proba(matrix[judge])[:, 1]))
    return float(f1_score(target[judge], model.predict(matrix[judge]), average="macro"))


if __name__ == "__main__":
    main()
