"""The first honest numbers: repeating the last season, then ridge regression on earlier values.

    python baseline.py                                              made-up sales, to see it run
    python baseline.py FILE.csv --time COLUMN --target COLUMN       your own series
    ... --series COLUMN   which series a row belongs to
    ... --season N        after how many rows the pattern repeats: 7 for days, 12 for months, 24 for hours
    ... --horizon N       how many rows ahead you need the forecast
    ... --test            also open the test period: once, when everything is decided

Every forecast uses only what was known on its day. All steps ahead are forecast from values at least `horizon` old,
so none of them needs another forecast.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from table import numbers, read, take
from toy import make
from tracking import track

HERE = Path(__file__).resolve().parent
CUTS = 4


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", nargs="?", type=Path)
    options.add_argument("--time", help="the column with the day or hour, in a form that sorts like time (ISO dates)")
    options.add_argument("--target", help="the column with the value")
    options.add_argument("--series")
    options.add_argument("--season", type=int, default=7)
    options.add_argument("--horizon", type=int, default=14)
    options.add_argument("--test", action="store_true")
    given = options.parse_args()
    if given.file is None:
        given.file = HERE / "toy.csv"
        if not given.file.exists():
            make(given.file)
        given.time, given.target, given.series = "day", "sales", "shop"
        print("No file given: this runs on made-up sales.")
    if not given.time or not given.target:
        options.error("--time and --target say which columns hold the time and the value")
    if given.season < 1 or given.horizon < 1:
        options.error("--season and --horizon are at least 1")

    series = load(given.file, given.time, given.target, given.series)
    lags = 2 * given.season
    least = given.horizon * (CUTS + 2) + lags + given.season
    usable = {name: values for name, values in series.items() if len(values) >= least}
    if not usable:
        sys.exit(f"A series needs {least} rows at least for this season and horizon; the longest has "
                 f"{max(map(len, series.values()))}.")  # fmt: skip
    if len(usable) < len(series):
        print(f"Left out: {len(series) - len(usable)} series with fewer than {least} rows.")

    print(f"{len(usable)} series, {given.horizon} rows ahead; mean absolute scaled error, lower is better:")
    found = {"last_season": [], "ridge": []}
    # The latest cut is the test; the others are for development.
    for back in range(CUTS, 0, -1) if given.test else range(CUTS, 1, -1):
        pasts = {name: values[: len(values) - back * given.horizon] for name, values in usable.items()}
        truths = {name: values[len(pasts[name]) : len(pasts[name]) + given.horizon] for name, values in usable.items()}
        scales = {name: scale(past, given.season) for name, past in pasts.items()}
        for name, forecasts in {
            "last_season": {one: last_season(past, given.season, given.horizon) for one, past in pasts.items()},
            "ridge": ridge(pasts, lags, given.season, given.horizon),
        }.items():
            errors = [np.abs(forecasts[one] - truths[one]).mean() / scales[one] for one in usable if scales[one] > 0]
            found[name].append(float(np.mean(errors)) if errors else float("nan"))
    metrics = {}
    for name, errors in found.items():
        develop = errors[: CUTS - 1]
        metrics[f"{name}.mase"] = float(np.mean(develop))
        print(f"  {name:<20} {np.mean(develop):.3f}  (from {min(develop):.3f} to {max(develop):.3f})")
        if given.test:
            metrics[f"{name}.test_mase"] = errors[-1]
            print(f"  {'':<20} {errors[-1]:.3f}  on the test period")
    track({"file": given.file.name, "series": len(usable), "season": given.season, "horizon": given.horizon}, metrics)


def load(file: Path, time: str, target: str, by: str | None) -> dict[str, np.ndarray]:
    """The values of each series in the order of time. Ends the program with a message where they are not sound."""
    columns = read(file)
    times = take(columns, time).astype(str)
    try:
        values = numbers(take(columns, target))
    except ValueError as problem:
        sys.exit(f"The column {target!r} holds something that is no number: {problem}.")
    names = take(columns, by).astype(str) if by else np.full(len(values), "all")
    if np.isnan(values).any():
        sys.exit(f"{int(np.isnan(values).sum())} rows have no {target!r}; fill them in, for a gap shifts the season.")
    found = {}
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        order = rows[np.argsort(times[rows], kind="stable")]
        if len(np.unique(times[order])) < len(order):
            sys.exit(
                f"Series {name!r} has the same {time!r} twice; name the column that tells series apart (--series)."
            )
        found[str(name)] = values[order]
    return found


def scale(past: np.ndarray, season: int) -> float:
    """The error of repeating the last season within the past: what a MASE of 1 stands for (Hyndman & Koehler 2006)."""
    return float(np.abs(past[season:] - past[:-season]).mean())


def last_season(past: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """The last season again and again."""
    return np.resize(past[-season:], horizon)


def ridge(pasts: dict[str, np.ndarray], lags: int, season: int, horizon: int) -> dict[str, np.ndarray]:
    """One model over all series: a value from the `lags` values that are `horizon` rows and more before it."""
    levels = {name: np.abs(past[-10 * season :]).mean() or 1.0 for name, past in pasts.items()}
    rows, answers = [], []
    for name, past in pasts.items():
        scaled = past / levels[name]
        for at in range(lags + horizon - 1, len(scaled)):
            rows.append(row(scaled, at, lags, season, horizon))
            answers.append(scaled[at])
    model = make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(-2, 4, 13)))
    model.fit(np.array(rows), np.array(answers))
    forecasts = {}
    for name, past in pasts.items():
        scaled = past / levels[name]
        ahead = [row(scaled, len(scaled) + step, lags, season, horizon) for step in range(horizon)]
        forecasts[name] = model.predict(np.array(ahead)) * levels[name]
    return forecasts


def row(values: np.ndarray, at: int, lags: int, season: int, horizon: int) -> np.ndarray:
    """What is known `horizon` rows before `at`: single values, and their averages by place in the season."""
    known = values[at - horizon - lags + 1 : at - horizon + 1]
    # The same place in the season, in the seasons that are known by then.
    same = [known[back] for back in range(len(known)) if (at - (at - horizon - lags + 1 + back)) % season == 0]
    return np.concatenate([known, [known.mean(), float(np.mean(same))]])


if __name__ == "__main__":
    main()
