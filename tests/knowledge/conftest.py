from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import loading
from tests.knowledge.tiny import write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the knowledge is taken from: a tiny one, read in milliseconds, stands in for the shipped one."""
    place = write(tmp_path / "tiny")
    monkeypatch.setattr(loading, "shipped", lambda: place)
    return place
