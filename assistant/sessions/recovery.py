"""What can still be read from a database that was set aside as damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assistant.sessions.model import StoredTurn
from assistant.sessions.store import stored_turn

# The columns of the first version, which every later one has as well.
_TURN = "id, session, number, text, answer, utterance, events, reply, choices, knowledge, created"
_LONGEST_GAP = 1 << 16  # lost turns in a row after which nothing more is looked for

Found = tuple[str, list[StoredTurn]]
"""The title of a session and its turns from the first one to the last one before a gap."""


def set_aside(database: Path) -> list[Path]:
    """The damaged databases that lie beside `database`."""
    return sorted(database.parent.glob(f"{database.stem}.damaged-*{database.suffix}"))


def readable(file: Path) -> list[Found]:
    """The sessions of which at least the first turn can be read. Nothing is changed; never raises for damage."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return []
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    turns: dict[str, list[StoredTurn]] = {}
    try:
        for session, turn in _turns(connection):
            kept = turns.setdefault(session, [])
            if turn.number == len(kept):
                kept.append(turn)
        return [(_title(connection, session), kept) for session, kept in turns.items() if kept]
    finally:
        connection.close()


def _turns(connection: sqlite3.Connection) -> Iterator[tuple[str, StoredTurn]]:
    """Turn after turn; behind a page that cannot be read it goes on with the next that can."""
    after, step = 0, 1
    while step <= _LONGEST_GAP:
        try:
            for row in connection.execute(f"SELECT {_TURN} FROM turns WHERE id > ? ORDER BY id", (after,)):
                after, step = row[0], 1
                yield str(row[1]), stored_turn((*row[2:], "", "{}"))
            return
        except (sqlite3.Error, TypeError, ValueError):
            after, step = after + step, step * 2


def _title(connection: sqlite3.Connection, session: str) -> str:
    try:
        row = connection.execute("SELECT title FROM sessions NOT INDEXED WHERE id = ?", (session,)).fetchone()
    except sqlite3.Error:
        row = None
    return str(row[0]) if row else ""
