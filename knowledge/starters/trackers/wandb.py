"""Runs in Weights & Biases, kept on this machine until you send them with `wandb sync`. WANDB_MODE=online sends at once."""

from __future__ import annotations

import os

import wandb


def record(project: str, params: dict[str, object], metrics: dict[str, float]) -> str:
    """Log one run; returns where it can be seen."""
    run = wandb.init(project=project, config=params, mode=os.environ.get("WANDB_MODE", "offline"))
    run.log(metrics)
    run.finish()
    return "in Weights & Biases: wandb sync --sync-all sends what is kept here"
