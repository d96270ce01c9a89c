from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.sessions.model import SessionInfo
from assistant.sessions.service import Sessions
from assistant.sessions.session import Session
from assistant.sessions.store import Store

from .support import Fake, FakeAdvisor

Clock = Callable[[], datetime]


@pytest.fixture
def clock() -> Clock:
    """A clock that goes on by a second whenever it is read."""
    seconds = count()
    return lambda: datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(seconds=next(seconds))


@pytest.fixture
def path(home: Path) -> Path:
    return home / "data" / "sessions.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def sessions(path: Path, clock: Clock, advisor: Advisor) -> Iterator[Sessions]:
    """The service on the real knowledge, which is loaded when a conversation is opened."""
    numbers = count(1)
    opened = Sessions.open(lambda: advisor, path, clock=clock, ids=lambda: f"session{next(numbers)}")
    yield opened
    opened.close()


@pytest.fixture
def start(store: Store, clock: Clock) -> Callable[[str], Session]:
    """A session on the fake conversation, written to `store`."""

    def start(id: str) -> Session:
        info = SessionInfo(id, "", "2026-11-22T12:00:00.000+00:00", "2026-11-22T12:00:00.000+00:00", 0, "")
        return Session(store, info, FakeAdvisor(), Fake(), clock=clock)

    return start
