"""Sudden death, a full disk and a disk that turns read-only. Long, or in need of root, so these run at night."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.sessions.session import Session
from assistant.sessions.store import Store

from .test_session import WRITER

pytestmark = pytest.mark.nightly
TURNS = 200


def test_kills_at_random_moments_lose_no_confirmed_turn(path: Path) -> None:
    """Kill the writer again and again until 200 turns were confirmed in all; each time it goes on where it stood."""
    tests = Path(__file__).parent.parent
    environment = os.environ | {"PYTHONPATH": str(tests.parent)}
    moments = random.Random(8)
    confirmed = kills = 0
    while confirmed < TURNS:
        session = f"s{kills}"
        writer = textwrap.dedent(WRITER).replace('SessionInfo("a"', f'SessionInfo("{session}"')
        process = subprocess.Popen(
            [sys.executable, "-c", writer, str(tests), str(path)], stdout=subprocess.PIPE, env=environment
        )
        assert process.stdout is not None
        last = int(process.stdout.readline())
        time.sleep(moments.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        last = max([last, *map(int, process.stdout.read().split())])
        process.wait()
        kills += 1
        confirmed += last + 1
        raw = sqlite3.connect(path)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = raw.execute("SELECT number FROM turns WHERE session = ? ORDER BY number", (session,)).fetchall()
        raw.close()
        assert [row[0] for row in stored][: last + 1] == list(range(last + 1))
        assert len(stored) - (last + 1) in (0, 1)  # the turn that was being told of may be there
    assert kills >= 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte in memory."""
    place = tmp_path / "small"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if mount.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_loses_nothing_and_says_so(small_disk: Path, start: Callable[[str], Session]) -> None:
    path = small_disk / "data" / "sessions.db"
    session = start("a")
    session._store = store = Store(path)
    said = 0
    while session.warning is None and said < 1000:
        session.say(f"message {said}")
        said += 1
        filler = small_disk / f"filler-{said}"
        try:
            filler.write_bytes(b"x" * 20_000)
        except OSError:
            filler.unlink(missing_ok=True)

    assert session.warning is not None and "disk is full" in session.warning
    assert len(session.history()) == said
    kept = len(store.turns("a"))
    assert kept >= said - 1
    for filler in small_disk.glob("filler-*"):
        filler.unlink()
    session.say("there is room again")
    assert session.warning is None
    assert [one.number for one in Store(path).turns("a")] == list(range(said + 1))
    assert store.check() == "ok"


def test_a_disk_that_turns_read_only_loses_nothing_and_says_so(
    small_disk: Path, start: Callable[[str], Session]
) -> None:
    path = small_disk / "data" / "sessions.db"
    session = start("a")
    session._store = store = Store(path)
    session.say("saved")
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    session.say("not saved")

    assert session.warning is not None and "cannot be written" in session.warning
    assert [one.text for one in session.history()] == ["saved", "not saved"]
    store.close()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    session.say("saved again")
    assert session.warning is None
    assert [one.text for one in store.turns("a")] == ["saved", "not saved", "saved again"]
