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


def test_what_can_be_recovered_is_told_and_recovered(run: Run, home: Path) -> None:
    for word in ("churn", "fraud", "forecasting"):
        run("ask", f"{word} with 80k rows")
        for _ in range(4):
            run("ask", "-c", "/about pytorch")
    file = home / "data" / "sessions.db"
    with file.open("r+b") as raw:  # a torn page in the middle of the turns
        size = file.stat().st_size
        assert size > 30 * 4096
        raw.seek(size // 2 // 4096 * 4096)
        raw.write(b"\xee" * 4096 * 3)
    aside = file.with_name("sessions.damaged-1.db")
    file.rename(aside)

    told = checks(run)["damaged"]
    assert "can be recovered" in told["found"] and told["mend"] == f"assistant sessions recover {aside}"
    found = json.loads(run("sessions", "recover", str(aside), "--json").out)
    assert 1 <= sum(one["turns"] for one in found) < 15
    assert f"{len(found)} sessions with {sum(one['turns'] for one in found)} messages" in told["found"]
    assert run("ask", "-s", found[0]["id"], "/facts").code == 0
    (home / "data" / "sessions.damaged-2.db").write_bytes(b"no database" * 1000)
    assert "nothing can be recovered" in run("doctor").out
    assert "Nothing can be read" in run("sessions", "recover", str(home / "data" / "sessions.damaged-2.db")).err


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
