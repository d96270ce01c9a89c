"""The sessions in SQLite: adding a turn, lists, searches and going on, by how much there is already."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _bench_report as report
import msgspec
from _bench_common import BRIEFS, FOLLOW_UPS

from assistant.dialogue.advisor import Advisor
from assistant.sessions.model import StoredTurn
from assistant.sessions.service import Sessions
from assistant.sessions.store import Store

SIZES = (100, 1_000, 10_000)  # sessions of three turns
LENGTHS = (10, 100, 1_000)  # turns of the session that is gone on with


def store(quick: bool) -> str:
    """Write as many sessions as there may be, then do with them what the app does."""
    advisor = Advisor.load()
    spent: dict[tuple[str, int], list[float]] = {}
    megabytes = {}
    rounds = 2 if quick else 15
    for size in (50,) if quick else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            took, megabytes[size] = _with(advisor, Path(folder) / "sessions.db", size, rounds)
        spent |= {(what, size): found for what, found in took.items()}
    found = _long(advisor, (10,) if quick else LENGTHS, rounds)
    advisor.close()
    whats = list(dict.fromkeys(what for what, _ in spent))
    rows = [
        [what, f"{size:,} ({megabytes[size]:,.0f} MB)", report.milliseconds(spent[what, size])]
        for what in whats
        for size in megabytes
    ]
    rows += [["go on with a session", f"{turns:,} turns", report.milliseconds(took)] for turns, took in found.items()]
    text = [report.table(("what", "sessions (file)", "ms"), rows)]
    if not quick:
        lines = {what: [(float(size), report.spread(spent[what, size])[1]) for size in megabytes] for what in whats}
        text += ["", report.chart("store", "The store, by sessions of three turns", "sessions", "milliseconds", lines)]
    return "\n".join(text)


def _with(advisor: Advisor, path: Path, size: int, rounds: int) -> tuple[dict[str, list[float]], float]:
    """Milliseconds of each thing with `size` sessions in the database, and how many MB it has."""
    sessions, kept = Sessions.open(lambda: advisor, path), Store(path)
    said = _turns(sessions)
    for number in range(size):
        kept.insert(f"s{number:06}", f"{BRIEFS[number % len(BRIEFS)][:40]} {number}", said[number % len(said)][:3])
    second = [msgspec.structs.replace(said[0][1], number=1)]
    spent: dict[str, list[float]] = {}

    def timed(what: str, act: Callable[[], object]) -> None:
        started = time.perf_counter()
        act()
        spent.setdefault(what, []).append((time.perf_counter() - started) * 1000)

    for number in range(rounds):
        kept.insert(f"new{number}", "new", said[0][:1])
        timed("append a turn", partial(kept.append, f"new{number}", "new", second))
        timed("list 20", lambda: sessions.list(20))
        timed("search a word", lambda: sessions.search("tensorflow", 20))
        timed("search three words", lambda: sessions.search("photos android commercial", 20))
        timed("go on with a session", lambda: sessions.resume("s000005"))
    kept.close()
    sessions.close()
    return spent, path.stat().st_size / 1e6


def _turns(sessions: Sessions) -> list[list[StoredTurn]]:
    """Some turns about each brief, as they are stored."""
    found = []
    for brief in BRIEFS:
        session = sessions.new()
        for text in (brief, *FOLLOW_UPS):
            session.say(text)
        found.append(session.history())
    return found


def _long(advisor: Advisor, lengths: tuple[int, ...], rounds: int) -> dict[int, list[float]]:
    """Milliseconds to open a session of so many turns with all that it shows."""
    found: dict[int, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.db"
        sessions = Sessions.open(lambda: advisor, path)
        session = sessions.new()
        for text in (BRIEFS[0], *FOLLOW_UPS[:5]):
            session.say(text)
        said, kept = session.history(), Store(path)
        for turns in lengths:
            long = [msgspec.structs.replace(said[number % len(said)], number=number) for number in range(turns)]
            kept.insert(f"long{turns}", "long", long)
            for _ in range(rounds):
                started = time.perf_counter()
                sessions.resume(f"long{turns}").history()
                found.setdefault(turns, []).append((time.perf_counter() - started) * 1000)
        kept.close()
        sessions.close()
    return found
