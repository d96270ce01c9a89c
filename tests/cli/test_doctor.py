from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .conftest import Run


def checks(run: Run) -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in json.loads(run("doctor", "--json").out)}


def test_all_is_fine_on_a_new_machine(run: Run) -> None:
    result = run("doctor")

    assert (result.code, result.err) == (0, "")
    found = checks(run)
    assert set(found) == {
        "assistant", "python", "engine", "knowledge", "data", "config", "cache", "state", "sessions", "terminal",
    }  # fmt: skip
    assert all(one["level"] == "fine" for name, one in found.items() if name not in ("terminal", "engine"))


def test_it_changes_nothing(run: Run, home: Path) -> None:
    run("doctor")

    assert not (home / "data").exists()


def test_it_knows_the_database(run: Run) -> None:
    run("ask", "churn prediction")

    assert "1 sessions, sound" in checks(run)["sessions"]["found"]


def test_a_damaged_database_is_told(run: Run, home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "sessions.db").write_bytes(b"no database" * 1000)

    found = checks(run)["sessions"]
    assert found["level"] == "note" and "sessions.damaged-1.db" in found["found"]


def test_a_newer_database_is_told(run: Run, home: Path) -> None:
    import sqlite3

    run("ask", "churn prediction")
    raw = sqlite3.connect(home / "data" / "sessions.db")
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    result = run("doctor", "--json")

    assert result.code == 1
    assert "newer version" in checks(run)["sessions"]["found"]


def test_a_missing_engine_is_a_note_that_says_how_to_mend_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.reasoning import engines

    monkeypatch.setattr(
        engines,
        "available",
        lambda: (engines.Availability("durable", "it is not installed"), engines.Availability("reference")),
    )
    found = checks(run)["engine"]

    assert found["level"] == "note"
    assert "it is not installed" in found["found"]
    assert "build-essential" in found["mend"] and "--no-cache-dir" in found["mend"]


def test_a_folder_that_cannot_be_written_is_a_note(run: Run, home: Path) -> None:
    (home / "state").write_text("a file in the way")

    assert checks(run)["state"]["level"] == "note"


@pytest.mark.parametrize(("term", "level"), [("dumb", "note"), ("", "note"), ("xterm-256color", "fine")])
def test_a_poor_terminal_is_a_note(run: Run, monkeypatch: pytest.MonkeyPatch, term: str, level: str) -> None:
    monkeypatch.setitem(os.environ, "TERM", term)

    assert checks(run)["terminal"]["level"] == level
