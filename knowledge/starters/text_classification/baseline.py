"""The first honest numbers: always guessing the usual class, then logistic regression on the words.

python baseline.py                                              made-up messages, to see it run
python baseline.py FILE.csv --text COLUMN --target COLUMN       your own texts
... --group COLUMN    texts of one author, thread or document stay on one side of the split
... --time COLUMN     learn from the past, judge on what came later (ISO dates or numbers that sort like times)
... --test            also open the test set: once, when everything is decided
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from splits import folds, holdout, too_few
from table import read, take
from toy import make
from tracking import track

HERE = Path(__file__).resolve().parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", nargs="?", type=Path)
    options.add_argument("--text", default="text", help="the column with the texts")
    options.add_argument("--target", default="label", help="the column with the class")
    options.add_argument("--group")
    options.add_argument("--time")
    options.add_argument("--test", action="store_true")
    given = options.parse_args()
    if given.file is None:
        given.file = HERE / "toy.csv"
        if not given.file.exists():
            make(given.file)
        print("No file given: this runs on made-up messages.")

    columns = read(given.file)
    texts = take(columns, given.text)
    target = take(columns, given.target).astype(str)
    times = take(columns, given.time) if given.time else None
    # Without other groups, equal texts are one: a copy in the test set would be an answer given away.
    groups = take(columns, given.group) if given.group else np.unique(texts.astype(str), return_inverse=True)[1]
    if problem := too_few(target, groups, stratify=True):
        sys.exit(f"{given.file}: {problem}.")

    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), strip_accents="unicode")
    models = {
        "guess": make_pipeline(words, DummyClassifier(strategy="most_frequent")),
        "words": make_pipeline(words, LogisticRegression(max_iter=2000)),
    }
    develop, test = holdout(target, stratify=True, groups=groups, times=times)
    inside = {"groups": groups[develop], "times": None if times is None else times[develop]}
    print(f"{len(develop)} texts to develop with, {len(test)} kept for the test; f1_macro, higher is better:")
    metrics = {}
    for name, model in models.items():
        scores = [
            score(clone(model), texts, target, develop[learn], develop[judge])
            for learn, judge in folds(target[develop], stratify=True, **inside)
        ]
        metrics[f"{name}.f1_macro"] = float(np.nanmean(scores))
        print(f"  {name:<20} {np.nanmean(scores):.3f}  (from {np.nanmin(scores):.3f} to {np.nanmax(scores):.3f})")
        if given.test:
            metrics[f"{name}.test_f1_macro"] = final = score(clone(model), texts, target, develop, test)
            print(f"  {'':<20} {final:.3f}  on the test set")
    track({"file": given.file.name, "rows": len(target), "group": given.group, "time": given.time}, metrics)


def score(model, texts, target, learn, judge) -> float:
    """Learn from some texts, judge on others; nan where there is one class only to learn from."""
    if len(np.unique(target[learn])) < 2:
        return float("nan")
    model.fit(texts[learn], target[learn])
    return float(f1_score(target[judge], model.predict(texts[judge]), average="macro"))


if __name__ == "__main__":
    main()
