from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from assistant.sessions.connection import VERSION
from assistant.sessions.migrations import migrate, steps
from assistant.sessions.store import Store

from .support import turn


def test_the_version_counts_the_steps(store: Store, path: Path) -> None:
    store.check_writable()
    raw = sqlite3.connect(path)

    assert raw.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert len(steps.applied(Database(raw))) == VERSION
    assert steps.pending(Database(raw)) == []


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_older_database_is_brought_up_with_all_it_holds(path: Path, version: int) -> None:
    path.parent.mkdir(parents=True)
    old = sqlite3.connect(path, isolation_level=None)
    steps.apply(Database(old), stop_before=steps._migrations[version].name)
    old.execute(f"PRAGMA user_version = {version}")
    old.execute("INSERT INTO sessions (id, title, created, updated) VALUES ('a', 'A', '2026', '2026')")
    columns = "id, session, number, text, answer, utterance, events, reply, choices, knowledge, created"
    values = "1, 'a', 0, 'about umbrellas', 'answer', 'null', '[]', '{\"blocks\": []}', '{}', 'k', '2026'"
    old.execute(f"INSERT INTO turns ({columns}) VALUES ({values})")
    old.close()
    store = Store(path)

    assert [one.text for one in store.turns("a")] == ["about umbrellas"]
    assert [(hit.session.id, hit.number) for hit in store.search("umbrellas", 5)] == [("a", 0)]
    store.append("a", "", [turn(1, "and raincoats")])
    assert [hit.number for hit in store.search("raincoats", 5)] == [1]
    store.tag("a", ["wet"])
    assert [(info.tags, info.turns, info.question) for info in store.recent(tag="wet")] == [(("wet",), 2, "")]
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_step_that_fails_leaves_no_trace(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir(parents=True)
    raw = sqlite3.connect(path, isolation_level=None)

    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half (a)")
        raise RuntimeError

    monkeypatch.setattr(steps._migrations[-1], "fn", broken)
    with pytest.raises(RuntimeError):
        migrate(raw)

    assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert raw.execute("PRAGMA user_version").fetchone() == (0,)
    monkeypatch.undo()
    migrate(raw)
    assert raw.execute("PRAGMA user_version").fetchone() == (VERSION,)
