"""What a person sees, and what is kept, when the engine's process dies in the middle of a turn."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import logs
from assistant.dialogue.advisor import Advisor
from assistant.reasoning import isolated

from .conftest import Run

BRIEF = "detect defects in photos on an Android phone"


def dying() -> list[str]:
    """An engine that stands, and crashes at the first question."""
    start = (
        "import sys, ctypes; sys.path[:] = sys.argv[1:]; from assistant.reasoning import durable, worker; "
        "durable.Network.fired = lambda self, atoms: ctypes.string_at(0); worker.main()"
    )
    return [sys.executable, "-c", start, *filter(None, sys.path)]


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Every advisor has such an engine."""
    monkeypatch.setattr(isolated, "command", dying)
    monkeypatch.setattr(Advisor, "load", lambda **_: Advisor(loaded))
    from assistant.knowledge.loading import load

    loaded = load()


def answered(out: str) -> str:
    return out.partition("\n\nSession ")[0]


def test_ask_answers_warns_logs_and_stores(run: Run, crashing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fallen = run("ask", BRIEF)
    listed = run("sessions", "list").out
    monkeypatch.undo()
    assert fallen.code == 0
    assert "Warning: The rules run on the reference engine" in fallen.err
    assert "SIGSEGV" in fallen.err
    assert "Android" in fallen.out
    assert BRIEF in listed


def test_the_answer_is_the_same(run: Run, crashing: None, advisor: Advisor) -> None:
    from assistant.dialogue.conversation import Conversation

    assert answered(run("ask", BRIEF).out).strip() == Conversation(advisor).say(BRIEF).reply.plain().strip()


def test_what_happened_is_logged(run: Run, crashing: None) -> None:
    run("ask", BRIEF)
    lines = logs.file().read_text(encoding="utf-8").splitlines()
    assert any(re.search(r"^\d{4}-.* WARNING assistant\.reasoning\.engines: .*SIGSEGV", line) for line in lines)


def test_the_plain_chat_goes_on_and_warns_once(run: Run, crashing: None) -> None:
    result = run("chat", "--plain", input=f"{BRIEF}\nwhy?\nwe have 40000 labelled photos\n".encode())
    assert result.code == 0
    assert len(re.findall("SIGSEGV", result.err)) <= 2  # once for each of the two programs
    assert result.out.count("Android") > 1


def test_batch_answers_every_line(run: Run, crashing: None) -> None:
    lines = b'{"id": 1, "text": "churn on 80k rows"}\n{"id": 2, "text": "forecast sales"}\n'
    result = run("batch", "-", input=lines)
    assert (result.code, result.out.count('"error":null')) == (0, 2)
    assert "SIGSEGV" in result.err


def test_the_log_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST", 300)
    import logging

    logs.keep()
    for number in range(20):
        logging.getLogger("assistant.test").warning("line %d\nwith a second line", number)
    assert logs.file().stat().st_size < 600
    assert "line 19\n  with" in logs.file().read_text(encoding="utf-8")
    assert logs.file().with_suffix(".log.old").exists()


def test_nothing_is_logged_where_nothing_can_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code = """
import logging
from assistant import logs
logs.keep()
logging.getLogger("assistant.x").warning("lost")
"""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "file"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
