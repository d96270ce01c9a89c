"""Which rows are for learning, which for judging. A test set is opened once, at the end (`--test`)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

FOLDS = 5
Fold = tuple[np.ndarray, np.ndarray]


def holdout(
    target: np.ndarray, *, stratify: bool, groups: np.ndarray | None = None, times: np.ndarray | None = None
) -> Fold:
    """Rows for development and a fifth for the test: the latest ones if there are times, else as the folds are made."""
    if times is not None:
        order = np.argsort(times, kind="stable")
        cut = len(order) - len(order) // FOLDS
        # Rows of the same moment stay on one side.
        cut = int(np.searchsorted(times[order], times[order[cut]], side="left"))
        return order[:cut], order[cut:]
    return next(folds(target, stratify=stratify, groups=groups))


def folds(
    target: np.ndarray, *, stratify: bool, groups: np.ndarray | None = None, times: np.ndarray | None = None
) -> Iterator[Fold]:
    """Five pairs of rows: learn from the first, judge on the second. With times the judged rows are always later."""
    rows = np.arange(len(target))
    if times is not None:
        order = np.argsort(times, kind="stable")
        for learn, judge in TimeSeriesSplit(FOLDS).split(order):
            earlier = learn[times[order[learn]] < times[order[judge[0]]]]
            if len(earlier):
                yield order[earlier], order[judge]
    elif groups is not None:
        by_group = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0) if stratify else GroupKFold(FOLDS)
        yield from by_group.split(rows, target, groups)
    elif stratify:
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(rows, target)
    else:
        yield from KFold(FOLDS, shuffle=True, random_state=0).split(rows)


def too_few(target: np.ndarray, groups: np.ndarray | None, *, stratify: bool) -> str:
    """What makes the folds impossible, '' if nothing does."""
    # One fold is set aside for the test, and the rest is cut again.
    if stratify:
        values, counts = np.unique(target, return_counts=True)
        if len(values) < 2:
            return "all rows have the same answer"
        if counts.min() <= FOLDS:
            rare = values[counts.argmin()]
            return f"the class “{rare}” has {counts.min()} rows; {FOLDS + 1} at least are needed"
    elif len(target) < 4 * FOLDS:
        return f"{len(target)} rows; {4 * FOLDS} at least are needed"
    if groups is not None and len(np.unique(groups)) <= FOLDS:
        return f"{len(np.unique(groups))} groups; {FOLDS + 1} at least are needed"
    return ""
