from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import msgspec
import pytest

from assistant.sessions import connection
from assistant.sessions.model import Gone, Overtaken, StoredTurn, StoreError
from assistant.sessions.store import Store

from .support import turn


def fill(store: Store, session: str, count: int) -> list[StoredTurn]:
    turns = [turn(number, f"message {number} of {session}") for number in range(count)]
    for one in turns:
        store.append(session, f"Title of {session}", [one])
    return turns


def test_turns_come_back_as_they_went_in(store: Store) -> None:
    turns = fill(store, "a", 3)

    assert store.turns("a") == turns
    assert store.turns("a", before=2) == turns[:2]
    assert store.turns("a", before=0) == []
    assert store.events("a") == [one.events for one in turns]


def test_text_of_every_kind_survives(store: Store) -> None:
    odd = "'; DROP TABLE turns;--\x00\x1b[31m\u202e \U0001f600 “ß” \r\n\t"
    store.append("a", odd, [turn(0, odd, odd)])

    assert store.turns("a") == [turn(0, odd, odd)]
    assert store.recent()[0].title == odd


def test_only_the_owner_can_read_the_files(store: Store, path: Path) -> None:
    fill(store, "a", 1)

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = list(path.parent.iterdir())
    assert {file.name for file in files} == {"sessions.db", "sessions.db-wal", "sessions.db-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_opening_creates_nothing_until_it_is_needed(path: Path) -> None:
    Store(path)

    assert not path.parent.exists()


def test_a_number_that_is_taken_is_refused(store: Store, path: Path) -> None:
    fill(store, "a", 2)
    other = Store(path)

    with pytest.raises(Overtaken):
        other.append("a", "", [turn(1)])
    with pytest.raises(Gone):
        other.append("a", "", [turn(3)])
    assert len(store.turns("a")) == 2


def test_several_turns_are_saved_together_or_not_at_all(store: Store) -> None:
    with pytest.raises(StoreError):
        store.append("a", "", [turn(0), turn(0)])

    assert store.recent() == []


def test_many_threads_never_lose_or_mix_turns(path: Path) -> None:
    def write(session: str) -> None:
        own = Store(path)
        fill(own, session, 20)
        own.close()

    names = [f"s{number}" for number in range(4)]
    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    store = Store(path)
    for name in names:
        assert [one.text for one in store.turns(name)] == [f"message {number} of {name}" for number in range(20)]


def test_the_list_has_the_last_used_first(store: Store) -> None:
    store.append("a", "A", [turn(1 - 1)])
    store.append("b", "B", [turn(0)])
    later = turn(1)
    store.append("a", "ignored", [later])

    assert [(info.id, info.title, info.turns, info.updated) for info in store.recent()] == [
        ("a", "A", 2, later.created),
        ("b", "B", 1, turn(0).created),
    ]
    assert [info.id for info in store.recent(1)] == ["a"]
    assert store.recent()[0].first_choice == "tool"


@pytest.mark.parametrize("text", ['"', "z OR q", "NEAR(", "z:y", "*", "-z", "z\x00q", "'", "(", "^z", "text:hello"])
def test_no_search_text_is_a_query(store: Store, text: str) -> None:
    fill(store, "a", 1)

    assert store.search(text, 5) == []


def test_search_finds_messages_answers_and_titles(store: Store) -> None:
    store.append("a", "Titled Zürich", [turn(0, "we sell umbrellas", "take gradient boosting")])
    store.append("b", "Other", [turn(0, "hello", "nothing")])

    assert [(hit.session.id, hit.number) for hit in store.search("umbrella", 5)] == [("a", 0)]
    assert [(hit.session.id, hit.number) for hit in store.search("boost grad", 5)] == [("a", 0)]
    assert [(hit.session.id, hit.number) for hit in store.search("zürich", 5)] == [("a", None)]
    assert store.search("umbrella nothing", 5) == []
    assert store.search("  ", 5) == []


def test_deleted_sessions_are_hidden_and_can_come_back(store: Store) -> None:
    fill(store, "a", 1)
    store.delete("a", "2026-11-22")

    assert (store.recent(), store.find("a"), store.search("message", 5)) == ([], [], [])
    assert [info.id for info in store.recent(deleted=True)] == ["a"]
    store.undelete("a")
    assert [info.id for info in store.recent()] == ["a"]


def test_erased_words_are_gone_from_the_files(store: Store, path: Path) -> None:
    store.append("a", "secretplan", [turn(0, "the secretplan is tea", "secretplan heard")])
    store.append("b", "B", [turn(0, "kept")])
    store.erase("a")
    store.close()

    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"secretplan" not in left
    assert b"kept" in left


def test_a_copy_has_all_turns(store: Store) -> None:
    turns = fill(store, "a", 3)
    store.duplicate("a", "b", "Copy", "2026-11-23")
    store.append("b", "", [turn(3)])

    assert store.turns("b") == [*turns, turn(3)]
    assert store.turns("a") == turns


def test_a_newer_database_can_be_read_but_not_written(store: Store, path: Path) -> None:
    turns = fill(store, "a", 2)
    store.close()
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {connection.VERSION + 1}")
    raw.close()

    newer = Store(path)
    assert newer.turns("a") == turns
    with pytest.raises(StoreError, match="newer version"):
        newer.append("a", "", [turn(2)])
    newer.close()
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone() == (connection.VERSION + 1,)


@pytest.mark.parametrize(
    "content", [b"this is not a database at all, far from it" * 40, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_database_is_set_aside_and_a_new_one_started(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    store = Store(path)
    store.append("a", "A", [turn(0)])
    assert len(store.turns("a")) == 1
    aside = path.with_name("sessions.damaged-1.db")
    assert aside.read_bytes() == content
    assert str(aside) in store.notice


def test_damage_found_later_is_set_aside_too(store: Store, path: Path) -> None:
    for number in range(60):
        store.append("a", "A", [turn(number, "x" * 2000)])
    store.close()
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xee" * (path.stat().st_size - 3 * 4096))

    with pytest.raises(StoreError, match="damaged"):
        store.turns("a")
    store.append("b", "B", [turn(0)])
    assert [info.id for info in store.recent()] == ["b"]
    assert path.with_name("sessions.damaged-1.db").exists()


def test_a_locked_database_is_reported_and_works_again(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    fill(store, "a", 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    impatient = Store(path)
    with pytest.raises(StoreError, match="locked"):
        impatient.append("a", "", [turn(1)])
    other.execute("ROLLBACK")
    impatient.append("a", "", [turn(1)])
    assert len(store.turns("a")) == 2


def test_a_full_disk_is_reported_and_leaves_no_half_turn(store: Store) -> None:
    fill(store, "a", 1)
    with store._read() as raw:
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreError, match="full"):
        store.append("a", "", [turn(1, "x" * 100_000)])
    assert [one.number for one in store.turns("a")] == [0]
    with store._read() as raw:
        raw.execute(f"PRAGMA max_page_count = {pages + 1000}")
    store.append("a", "", [turn(1)])
    assert [one.number for one in store.turns("a")] == [0, 1]


def test_a_database_that_cannot_be_written_can_be_read(store: Store) -> None:
    turns = fill(store, "a", 1)
    with store._read() as raw:
        raw.execute("PRAGMA query_only = ON")

    with pytest.raises(StoreError, match="cannot be written"):
        store.append("a", "", [turn(1)])
    assert store.turns("a") == turns


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError, match="cannot be kept"):
        Store(tmp_path / "file" / "data" / "sessions.db").append("a", "A", [turn(0)])


def test_two_processes_may_open_a_new_database_at_once(path: Path) -> None:
    stores = [Store(path) for _ in range(6)]
    barrier = threading.Barrier(6)
    problems: list[Exception] = []

    def open_it(store: Store) -> None:
        barrier.wait()
        try:
            store.check_writable()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=open_it, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_records_of_another_version_are_shown_as_text(store: Store) -> None:
    fill(store, "a", 1)
    with store._write() as raw:
        raw.execute("""UPDATE turns SET reply = '{"blocks": [{"type": "hologram"}]}', events = '[{"type": "warp"}]'""")

    (shown,) = store.turns("a")
    assert (shown.text, shown.reply.plain(), shown.utterance) == ("message 0 of a", "answer", None)
    with pytest.raises(Gone):
        store.events("a")


def test_tags_and_the_archive_order_the_list(store: Store) -> None:
    for id in "abc":
        store.append(id, id.upper(), [turn(0, f"about {id}")])
    store.tag("a", ["churn", "old"])
    store.tag("b", ["churning"])
    store.archive("c", "2026-11-22")

    assert [info.id for info in store.recent(tag="churn")] == ["a"]
    assert {info.id for info in store.recent()} == {"a", "b"}
    assert [(info.id, info.archived) for info in store.recent(archived=True)] == [("c", True)]
    assert [hit.session.id for hit in store.search("about c", 5)] == ["c"]
    store.archive("c", None)
    store.duplicate("a", "d", "D", "2027")
    assert {info.id: info.tags for info in store.recent()} == {
        "a": ("churn", "old"), "b": ("churning",), "c": (), "d": ("churn", "old"),
    }  # fmt: skip


def test_a_search_marks_what_it_found(store: Store) -> None:
    store.append("a", "Umbrella shop", [turn(0, "we sell red umbrellas and umbrella stands", "\x02odd\x03 umbrella")])

    title, said = store.search("umbrella", 5)
    assert [title.excerpt[start:end] for start, end in title.marks] == ["Umbrella"]
    assert [said.excerpt[start:end] for start, end in said.marks] == ["umbrella"]
    (said,) = store.search("umbrel stan", 5)
    assert [said.excerpt[start:end] for start, end in said.marks] == ["umbrellas", "umbrella", "stands"]
    assert "\x02" not in said.excerpt


def test_other_tools_find_readable_views(store: Store, path: Path) -> None:
    store.append("a", "Umbrellas", [turn(0, "hello"), msgspec.structs.replace(turn(1, "more"), question="How many?")])
    store.tag("a", ["wet"])
    raw = sqlite3.connect(path)
    raw.row_factory = sqlite3.Row

    (overview,) = map(dict, raw.execute("SELECT * FROM session_overview"))
    assert (overview["messages"], overview["first_choice"], overview["open_question"]) == (2, "tool", "How many?")
    assert (overview["tags"], overview["state"]) == ("wet", "active")
    said = [tuple(row) for row in raw.execute("SELECT message, said, answered, first_choices FROM conversation")]
    assert said == [(1, "hello", "answer", "framework: tool"), (2, "more", "answer", "framework: tool")]
    store.delete("a", "2026")
    assert raw.execute("SELECT state FROM session_overview").fetchone()[0] == "deleted"
    assert raw.execute("SELECT count(*) FROM conversation").fetchone()[0] == 0
