"""Runs in MLflow, in files beside this one. MLFLOW_TRACKING_URI names a server instead."""

from __future__ import annotations

import os
from pathlib import Path

import mlflow

HERE = Path(__file__).resolve().parent


def record(project: str, params: dict[str, object], metrics: dict[str, float]) -> str:
    """Log one run; returns where it can be seen."""
    if "MLFLOW_TRACKING_URI" not in os.environ:
        mlflow.set_tracking_uri(f"sqlite:///{HERE / 'mlflow.db'}")
    mlflow.set_experiment(project)
    with mlflow.start_run():
        mlflow.log_params(params)
        mlflow.log_metrics(metrics)
    return f"in MLflow: mlflow ui --backend-store-uri {mlflow.get_tracking_uri()}"
