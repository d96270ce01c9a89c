"""The first honest numbers: always guessing the median, then ridge regression.

python baseline.py                                      made-up flats, to see it run
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
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from splits import folds, holdout, too_few
from table import numbers, prepared, read, take
from toy import make
from tracking import track

HERE = Path(__file__).resolve().parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", nargs="?", type=Path)
    options.add_argument("--target", help="the column with the answer")
    options.add_argument("--group")
    options.add_argument("--time")
    options.add_argument("--drop", action="append", default=[])
    options.add_argument("--test", action="store_true")
    given = options.parse_args()
    if given.file is None:
        given.file = HERE / "toy.csv"
        if not given.file.exists():
            make(given.file)
        given.target, given.group = "rent", "house"
        print("No file given: this runs on made-up flats.")
    if given.group and given.time:
        options.error("--group and --time are two ways to split; give the one that matters more")
    if not given.target:
        options.error("--target says which column holds the answer")

    columns = read(given.file)
    try:
        target = numbers(take(columns, given.target))
    except ValueError as problem:
        sys.exit(f"The column {given.target!r} holds something that is no number: {problem}.")
    for name in given.drop:
        take(columns, name)
    groups = take(columns, given.group) if given.group else None
    times = take(columns, given.time) if given.time else None
    if np.isnan(target).any():
        sys.exit(f"{int(np.isnan(target).sum())} rows have no {given.target!r}; fill or delete them.")
    if not columns:
        sys.exit("No column is left to learn from.")
    if problem := too_few(target, groups, stratify=False):
        sys.exit(f"{given.file}: {problem}.")

    matrix, preparation = prepared(columns)
    models = {
        "median": make_pipeline(preparation, DummyRegressor(strategy="median")),
        "ridge": make_pipeline(preparation, RidgeCV(alphas=np.logspace(-3, 3, 13))),
    }
    develop, test = holdout(target, stratify=False, groups=groups, times=times)
    inside = {
        "groups": None if groups is None else groups[develop],
        "times": None if times is None else times[develop],
    }
    print(f"{len(develop)} rows to develop with, {len(test)} kept for the test; mean absolute error, lower is better:")
    metrics = {}
    for name, model in models.items():
        errors = [
            error(clone(model), matrix, target, develop[learn], develop[judge])
            for learn, judge in folds(target[develop], stratify=False, **inside)
        ]
        metrics[f"{name}.mae"] = float(np.mean(errors))
        print(f"  {name:<20} {np.mean(errors):.4g}  (from {min(errors):.4g} to {max(errors):.4g})")
        if given.test:
            metrics[f"{name}.test_mae"] = final = error(clone(model), matrix, target, develop, test)
            print(f"  {'':<20} {final:.4g}  on the test set")
    track({"file": given.file.name, "rows": len(target), "group": given.group, "time": given.time}, metrics)


def error(model, matrix, target, learn, judge) -> float:
    """Learn from some rows, judge on others."""
    model.fit(matrix[learn], target[learn])
    return float(mean_absolute_error(target[judge], model.predict(matrix[judge])))


if __name__ == "__main__":
    main()
