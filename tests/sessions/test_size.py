"""Ten thousand sessions of fifty turns, and one of two thousand. Minutes long and several gigabytes, so it runs at night."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from assistant.sessions.service import Sessions
from assistant.sessions.store import Store

from .support import turn

pytestmark = pytest.mark.nightly
WORDS = "android churn forecast kubernetes photos sensors laptop cloud licence budget".split()


def median(work: Callable[[], object]) -> float:
    """Seconds of the processor, which other work on the machine does not lengthen."""
    took = []
    for _ in range(5):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return sorted(took)[2]


def test_lists_and_searches_stay_quick(store: Store) -> None:
    answer = "we recommend gradient boosting for churn on a laptop " * 20
    for number in range(10_000):
        word = WORDS[number % len(WORDS)]
        store.insert(f"s{number}", f"{word} {number}", [turn(i, f"{word} {i} {number}", answer) for i in range(50)])

    assert median(lambda: store.recent(200)) < 0.1
    assert median(lambda: store.recent(20, tag="none")) < 0.1
    for text in ("kubernetes", "churn", "churn laptop", "boost", "9999", "nothing of the kind"):
        assert median(lambda text=text: store.search(text, 20)) < 0.1, text


def test_a_long_session_opens_quickly(sessions: Sessions, path: Path) -> None:
    session = sessions.new()
    for text in ("churn prediction on 80k rows of CRM data", "why?", "not in the cloud", "/facts"):
        session.say(text)
    said = session.history()
    long = [msgspec.structs.replace(said[number % 4], number=number) for number in range(2000)]
    Store(path).insert("long", "long", long)

    assert median(lambda: sessions.resume("long").history()) < 1
