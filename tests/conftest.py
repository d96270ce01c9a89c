"""What all tests share: a home of their own, and one advisor for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor

# A slow machine, or one that does other work, is no reason to fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that outlives single tests, so that the knowledge is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh ASSISTANT_HOME for each test: no test sees the developer's own sessions or settings."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "cache").symlink_to(shared_cache, target_is_directory=True)
    monkeypatch.setenv("ASSISTANT_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def advisor() -> Iterator[Advisor]:
    """The shipped knowledge on the engine of record."""
    from assistant.dialogue.advisor import Advisor

    loaded = Advisor.load()
    yield loaded
    loaded.close()
