"""Reads a CSV file and prepares its columns for a linear model."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

Columns = dict[str, np.ndarray]


def read(file: Path) -> Columns:
    """The columns by name, as texts. Ends the program with a message when the file is no such table."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        sys.exit(f"{file} cannot be read: {problem}")
    rows = [row for row in rows if row]
    if len(rows) < 2:
        sys.exit(f"{file} needs a header and rows under it.")
    header, body = rows[0], rows[1:]
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            sys.exit(f"{file}, row {number}: {len(row)} cells, but the header has {len(header)}.")
    return {name: np.array([row[at].strip() for row in body], dtype=object) for at, name in enumerate(header)}


def take(columns: Columns, name: str) -> np.ndarray:
    """Take the column `name` out of the table. Ends the program with a message when there is none."""
    if name not in columns:
        sys.exit(f"There is no column {name!r}. Columns: {', '.join(columns)}.")
    return columns.pop(name)


def numbers(column: np.ndarray) -> np.ndarray:
    """Texts as numbers, nan where there is none. Raises ValueError for other texts."""
    return np.array([float(cell) if cell != "" else np.nan for cell in column.ravel()]).reshape(column.shape)


def prepared(columns: Columns) -> tuple[np.ndarray, ColumnTransformer]:
    """The table as a matrix, and what turns it into numbers; it is fitted inside each fold, so nothing leaks."""
    numeric, named = [], []
    for at, column in enumerate(columns.values()):
        try:
            (numeric if np.isfinite(numbers(column)).any() else named).append(at)
        except ValueError:
            named.append(at)
    as_numbers = make_pipeline(
        FunctionTransformer(numbers), SimpleImputer(strategy="median", add_indicator=True), StandardScaler()
    )
    as_groups = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)
    matrix = np.column_stack(list(columns.values()))
    return matrix, ColumnTransformer([("numeric", as_numbers, numeric), ("named", as_groups, named)])
