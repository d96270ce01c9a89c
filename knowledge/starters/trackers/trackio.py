"""Runs in Trackio, on this machine."""

from __future__ import annotations

import trackio


def record(project: str, params: dict[str, object], metrics: dict[str, float]) -> str:
    """Log one run; returns where it can be seen."""
    trackio.init(project=project, config=params)
    trackio.log(metrics)
    trackio.finish()
    return f"in Trackio: trackio show --project {project}"
