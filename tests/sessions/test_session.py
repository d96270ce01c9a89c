from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.sessions import connection
from assistant.sessions.service import Sessions
from assistant.sessions.session import Session
from assistant.sessions.store import Store

Start = Callable[[str], Session]


def test_a_turn_is_stored_before_it_is_returned(start: Start, path: Path) -> None:
    session = start("a")
    said = session.say("hello")

    (stored,) = Store(path).turns("a")
    assert (stored.text, stored.reply, stored.events, stored.utterance) == (
        "hello",
        said.reply,
        said.events,
        said.utterance,
    )
    assert (stored.knowledge, stored.choices, stored.answer) == ("fake", {"framework": "tool-1"}, "1: hello")
    assert stored.created.startswith("2026-11-22T12:00:0")
    assert session.warning is None


def test_a_session_without_a_turn_is_not_stored(start: Start, store: Store) -> None:
    start("a")

    assert store.recent() == []


def test_without_facts_there_is_no_choice(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("hello")
    assert session.info().first_choice == ""
    session.say("churn prediction on 80k rows of CRM data")

    assert session.info().first_choice == session.conversation.conclusion().first("framework")
    assert [info.first_choice for info in sessions.list()] == [session.info().first_choice]


def test_the_first_message_becomes_the_title_on_one_harmless_line(start: Start) -> None:
    session = start("a")
    session.say("  churn\n on \x1b[31m data " + "x" * 100)
    session.say("more")

    assert session.title.startswith("churn on \N{REPLACEMENT CHARACTER}[31m data xxx")
    assert session.title.endswith("…")
    assert len(session.title) <= 60


def test_half_characters_do_not_stop_it(start: Start, store: Store) -> None:
    session = start("a")
    session.say("a \ud83d b \ud83d\ude00")

    assert store.turns("a")[0].text == "a \N{REPLACEMENT CHARACTER} b \U0001f600"
    assert session.warning is None


def test_history_is_what_was_stored_and_what_was_said(start: Start, store: Store) -> None:
    session = start("a")
    for text in ("one", "two"):
        session.say(text)

    assert session.history() == store.turns("a")
    assert session.info().turns == 2
    assert session.info().first_choice == "tool-2"


def test_turns_of_two_windows_are_all_kept_in_one_order(start: Start, store: Store) -> None:
    first, second = start("a"), start("a")
    first.say("one")
    late = second.say("two")

    assert late.number == 1
    assert late.reply.plain() == "2: one | two"
    assert second.warning is not None and "another window" in second.warning
    first.say("three")
    assert [(one.number, one.text, one.answer) for one in store.turns("a")] == [
        (0, "one", "1: one"),
        (1, "two", "2: one | two"),
        (2, "three", "3: one | two | three"),
    ]
    assert [one.text for one in first.history()] == ["one", "two", "three"]
    second.say("four")
    second.say("five")
    assert second.warning is None


def test_windows_that_write_at_the_same_time_lose_nothing(start: Start, store: Store) -> None:
    def talk(session: Session, name: str) -> None:
        for number in range(8):
            session.say(f"{name}{number}")

    threads = [threading.Thread(target=talk, args=(start("a"), name)) for name in "pqr"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    turns = store.turns("a")
    assert [one.number for one in turns] == list(range(24))
    heard: list[str] = []
    for one in turns:
        heard.append(one.text)
        assert one.answer == f"{one.number + 1}: {' | '.join(heard)}"
    for name in "pqr":
        assert [text for text in heard if text.startswith(name)] == [f"{name}{number}" for number in range(8)]


def test_what_could_not_be_saved_is_saved_with_the_next_turn(
    start: Start, store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start("a")
    session.say("one")
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.01)
    store.close()
    locker = Store(path)
    with locker._write():
        assert session.say("two").reply.plain() == "2: one | two"
        assert session.warning is not None and "locked" in session.warning
        assert [one.text for one in session.history()] == ["one", "two"]
    session.say("three")

    assert session.warning is None
    assert [one.text for one in locker.turns("a")] == ["one", "two", "three"]


def test_the_conversation_goes_on_where_nothing_can_be_saved(tmp_path: Path, start: Start) -> None:
    session = start("a")
    (tmp_path / "file").write_text("in the way")
    session._store = Store(tmp_path / "file" / "sessions.db")

    assert session.say("one").reply.plain() == "1: one"
    assert session.warning is not None and "cannot be kept" in session.warning
    assert [one.text for one in session.history()] == ["one"]
    assert "one" in session.export("markdown", "conversation")


def test_a_session_deleted_for_good_elsewhere_is_not_written_again(start: Start, store: Store) -> None:
    session = start("a")
    session.say("one")
    store.erase("a")

    assert session.say("two").reply.plain() == "2: one | two"
    session.say("three")
    assert session.warning is not None and "deleted" in session.warning
    assert store.recent() == []


WRITER = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from sessions.support import Fake, FakeAdvisor
    from assistant.sessions.model import SessionInfo
    from assistant.sessions.session import Session
    from assistant.sessions.store import Store

    info = SessionInfo("a", "", "", "", 0, "")
    session = Session(Store(Path(sys.argv[2])), info, FakeAdvisor(), Fake(), clock=lambda: datetime.now(UTC))
    for number in range(100_000):
        session.say(f"message {number} " + "x" * 500)
        assert session.warning is None, session.warning
        print(number, flush=True)
"""


@pytest.mark.parametrize("confirmed", [1, 7, 40])
def test_a_confirmed_turn_survives_a_kill(path: Path, confirmed: int) -> None:
    tests = Path(__file__).parent.parent
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(tests), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(tests.parent)})
    assert process.stdout is not None
    for _ in range(confirmed):
        last = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    last = max([last, *map(int, rest)])

    store = Store(path)
    texts = [one.text.split(" x")[0] for one in store.turns("a")]
    assert len(texts) >= last + 1
    assert texts == [f"message {number}" for number in range(len(texts))]
    assert store.check() == "ok"
    assert len(store.search(f'"message {last}"', 1000)) >= 1


def test_damage_met_while_saving_loses_nothing_that_was_said_here(
    start: Callable[[str], Session], store: Store, path: Path
) -> None:
    session = start("s1")
    session.say("one")
    store.close()
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (whole - 4096))

    session.say("two")

    assert session.warning and "a new one is started in its place" in session.warning
    assert [turn.text for turn in store.turns("s1")] == ["one", "two"]
    session.say("three")
    assert session.warning is None
    assert [turn.text for turn in store.turns("s1")] == ["one", "two", "three"]
