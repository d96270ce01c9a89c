"""The first honest numbers: always guessing the usual class, then logistic regression on simple features.

    python baseline.py                 drawn discs and squares, to see it run
    python baseline.py FOLDER          your own images: one folder for each class inside FOLDER
    ... --group           images whose names begin alike up to the first _ (of one object, one day) stay together
    ... --test            also open the test set: once, when everything is decided

The features are the shares of edges by direction, seen in a coarse grid, and of colours. A pre-trained network must
beat this clearly to be worth its weight.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from splits import folds, holdout, too_few
from toy import make
from tracking import track

HERE = Path(__file__).resolve().parent
ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
SIDE, CELLS, DIRECTIONS, SHADES = 64, 4, 8, 4


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--group", action="store_true")
    options.add_argument("--test", action="store_true")
    given = options.parse_args()
    if given.folder is None:
        given.folder, given.group = HERE / "toy", True
        if not given.folder.exists():
            make(given.folder)
        print("No folder given: this runs on drawn discs and squares.")
    if not given.folder.is_dir():
        sys.exit(f"{given.folder} is no folder.")

    files = sorted(file for file in given.folder.glob("*/*") if file.suffix.lower() in ENDINGS)
    if not files:
        sys.exit(f"{given.folder} holds no folders with images.")
    seen = [(file, features(file)) for file in files]
    files = [file for file, found in seen if found is not None]
    if not files:
        sys.exit(f"None of the {len(seen)} images in {given.folder} can be read.")
    matrix = np.array([found for _, found in seen if found is not None])
    target = np.array([file.parent.name for file in files])
    groups = np.array([f"{file.parent.name}/{file.name.split('_')[0]}" for file in files]) if given.group else None
    if problem := too_few(target, groups, stratify=True):
        sys.exit(f"{given.folder}: {problem}.")

    models = {
        "guess": DummyClassifier(strategy="most_frequent"),
        "edges_and_colours": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, C=0.1)),
    }
    develop, test = holdout(target, stratify=True, groups=groups)
    inside = None if groups is None else groups[develop]
    print(f"{len(develop)} images to develop with, {len(test)} kept for the test; f1_macro, higher is better:")
    metrics = {}
    for name, model in models.items():
        scores = [
            score(clone(model), matrix, target, develop[learn], develop[judge])
            for learn, judge in folds(target[develop], stratify=True, groups=inside)
        ]
        metrics[f"{name}.f1_macro"] = float(np.nanmean(scores))
        print(f"  {name:<20} {np.nanmean(scores):.3f}  (from {np.nanmin(scores):.3f} to {np.nanmax(scores):.3f})")
        if given.test:
            metrics[f"{name}.test_f1_macro"] = final = score(clone(model), matrix, target, develop, test)
            print(f"  {'':<20} {final:.3f}  on the test set")
    track({"folder": given.folder.name, "images": len(target), "group": given.group}, metrics)


def features(file: Path) -> np.ndarray | None:
    """Edges by direction in each cell of a grid, then the shares of colours; None for what cannot be read (it is said)."""
    try:
        with Image.open(file) as image:
            pixels = np.asarray(image.convert("RGB").resize((SIDE, SIDE)), dtype=float) / 255
    except (OSError, ValueError, Image.DecompressionBombError) as problem:
        print(f"Left out: {file}: {problem}")
        return None
    down, across = np.gradient(pixels.mean(axis=2))
    strength = np.hypot(down, across)
    direction = ((np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS).astype(int) % DIRECTIONS
    cell = SIDE // CELLS
    edges = [
        np.bincount(
            direction[y : y + cell, x : x + cell].ravel(), strength[y : y + cell, x : x + cell].ravel(), DIRECTIONS
        )
        for y in range(0, SIDE, cell)
        for x in range(0, SIDE, cell)
    ]
    overall = np.bincount(direction.ravel(), strength.ravel(), DIRECTIONS)
    shades = np.minimum((pixels * SHADES).astype(int), SHADES - 1) @ np.array([SHADES * SHADES, SHADES, 1])
    colours = np.bincount(shades.ravel(), minlength=SHADES**3) / shades.size
    return np.concatenate([*edges, overall / (overall.sum() + 1e-9), colours])


def score(model, matrix, target, learn, judge) -> float:
    """Learn from some images, judge on others; nan where there is one class only to learn from."""
    if len(np.unique(target[learn])) < 2:
        return float("nan")
    model.fit(matrix[learn], target[learn])
    return float(f1_score(target[judge], model.predict(matrix[judge]), average="macro"))


if __name__ == "__main__":
    main()
