"""The sessions in SQLite. Every method is one transaction and may be called from any thread.

All of them raise StoreError when the database fails. The statements that run at every message are plain SQL on
`sqlite3`, because importing more would double the time of a one-line answer; sqlite-utils shapes the database.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec

from assistant.dialogue.blocks import Reply, Text
from assistant.dialogue.events import Event
from assistant.language.model import Utterance
from assistant.sessions.basis import Basis
from assistant.sessions.connection import Opened, explained, open_database, set_aside
from assistant.sessions.model import Gone, Hit, Overtaken, SessionInfo, StoredTurn, StoreError

# The counts are made per row that is shown, not over all turns.
_INFO = """
    SELECT s.id, s.title, s.created, s.updated,
           (SELECT count(*) FROM turns t WHERE t.session = s.id),
           coalesce((SELECT l.choices FROM turns l WHERE l.session = s.id ORDER BY l.number DESC LIMIT 1), '{}'),
           coalesce((SELECT l.question FROM turns l WHERE l.session = s.id ORDER BY l.number DESC LIMIT 1), ''),
           s.tags, s.archived IS NOT NULL
    FROM sessions s
"""
_TURN = "number, text, answer, utterance, events, reply, choices, knowledge, created, question, basis"

_ALL = 1 << 62
_LATE = 20_000  # turns whose messages a search shows before answers

_encode = msgspec.json.Encoder().encode
_basis = msgspec.json.Decoder(Basis)
_choices = msgspec.json.Decoder(dict[str, str])


# Made when a session is read: a new one needs none of them, and they take as long as the turn.
@cache
def _events() -> msgspec.json.Decoder[tuple[Event, ...]]:
    return msgspec.json.Decoder(tuple[Event, ...])


@cache
def _reply() -> msgspec.json.Decoder[Reply]:
    return msgspec.json.Decoder(Reply)


@cache
def _utterance() -> msgspec.json.Decoder[Utterance | None]:
    return msgspec.json.Decoder(Utterance | None)


class Store:
    """The database at `path`, opened when it is first needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""  # what happened on opening that the person should know
        self._lock = threading.RLock()
        self._opened: Opened | None = None

    def close(self) -> None:
        with self._lock:
            if self._opened:
                self._opened.connection.close()
                self._opened = None

    def check_writable(self) -> None:
        """Raises StoreError when nothing can be saved."""
        with self._lock:
            if reason := self._open().read_only:
                raise StoreError(reason)

    # --- turns -------------------------------------------------------------------------------------------

    def append(self, session: str, title: str, turns: Sequence[StoredTurn]) -> None:
        """Add consecutive turns to a session; its first turn makes the session.

        Raises Overtaken when a turn of that number is there already, Gone when the turns before are not.
        """
        with self._write() as connection:
            last = connection.execute("SELECT max(number) FROM turns WHERE session = ?", (session,)).fetchone()[0]
            stored = 0 if last is None else last + 1
            if stored > turns[0].number:
                raise Overtaken
            if stored < turns[0].number:
                raise Gone
            self._insert(connection, session, title, turns)

    def insert(self, session: str, title: str, turns: Sequence[StoredTurn]) -> None:
        """Add a whole session. Raises StoreError when the id is taken."""
        with self._write() as connection:
            self._insert(connection, session, title, turns)

    def turns(self, session: str, before: int | None = None) -> list[StoredTurn]:
        """The turns of a session in order; with `before` only those with a smaller number."""
        with self._read() as connection:
            rows = connection.execute(
                f"SELECT {_TURN} FROM turns WHERE session = ? AND number < ? ORDER BY number",
                (session, _ALL if before is None else before),
            ).fetchall()
        return [stored_turn(row) for row in rows]

    def events(self, session: str) -> list[tuple[Event, ...]]:
        """What happened in each turn. Raises Gone when another version of the program wrote what this cannot read."""
        with self._read() as connection:
            rows = connection.execute(
                "SELECT events FROM turns WHERE session = ? ORDER BY number", (session,)
            ).fetchall()
        try:
            return [_events().decode(row[0]) for row in rows]
        except msgspec.DecodeError as error:
            raise Gone(str(error)) from error

    def stand(self, session: str) -> tuple[str, dict[str, str], Basis]:
        """The knowledge that gave the last reply, the first choices after it, and what they stood on."""
        with self._read() as connection:
            row = connection.execute(
                "SELECT knowledge, choices, coalesce((SELECT b.basis FROM turns b WHERE b.session = ?1 AND b.basis != '{}' "
                "ORDER BY b.number DESC LIMIT 1), '{}') FROM turns WHERE session = ?1 ORDER BY number DESC LIMIT 1",
                (session,),
            ).fetchone()
        try:
            return (row[0], _choices.decode(row[1]), _basis.decode(row[2])) if row else ("", {}, {})
        except msgspec.DecodeError:
            return row[0], {}, {}

    # --- sessions ----------------------------------------------------------------------------------------

    def recent(
        self, limit: int | None = None, *, deleted: bool = False, archived: bool = False, tag: str = ""
    ) -> list[SessionInfo]:
        """Sessions, the last used first. Those in the archive are apart, those that are deleted too."""
        shelf = "" if deleted else f"AND s.archived IS {'NOT ' if archived else ''}NULL"
        with self._read() as connection:
            rows = connection.execute(
                f"{_INFO} WHERE s.deleted IS {'NOT ' if deleted else ''}NULL {shelf} "
                "AND (?2 = '' OR instr(' ' || s.tags || ' ', ' ' || ?2 || ' ')) "
                "ORDER BY s.updated DESC, s.rowid DESC LIMIT ?1",
                (-1 if limit is None else limit, tag),
            ).fetchall()
        return [_info(row) for row in rows]

    def find(self, prefix: str, *, deleted: bool = False) -> list[SessionInfo]:
        """Sessions whose id starts with `prefix`."""
        with self._read() as connection:
            rows = connection.execute(
                f"{_INFO} WHERE substr(s.id, 1, length(?1)) = ?1 AND s.deleted IS {'NOT ' if deleted else ''}NULL "
                "ORDER BY s.updated DESC",
                (prefix,),
            ).fetchall()
        return [_info(row) for row in rows]

    def search(self, text: str, limit: int) -> list[Hit]:
        """Titles that hold `text`, then messages that hold all its words, then answers that do, then turns that hold words that start so.

        Each the newest first.
        """
        quoted = ['"' + word.replace('"', '""') + '"' for word in text.replace("\0", " ").split()]
        if not quoted:
            return []
        words, starts = " ".join(quoted), " ".join(word + "*" for word in quoted)
        with self._read() as connection:
            titles = connection.execute(
                f"{_INFO} WHERE instr(lower(s.title), lower(?)) AND s.deleted IS NULL ORDER BY s.updated DESC LIMIT ?",
                (text.strip(), limit),
            ).fetchall()
            # Newest first: an order by weight would have to read every turn that holds a common word.
            query = """
                SELECT t.id, t.session, t.number, snippet(turns_fts, -1, char(2), char(3), ' … ', 16)
                FROM turns_fts JOIN turns t ON t.id = turns_fts.rowid JOIN sessions s ON s.id = t.session
                WHERE turns_fts MATCH ? AND turns_fts.rowid > ? AND s.deleted IS NULL ORDER BY turns_fts.rowid DESC LIMIT ?
                """
            found: dict[int, tuple[str, int, str]] = {}
            # A word of every answer and of no message would be looked for in all turns, so only late messages go first.
            late = (connection.execute("SELECT max(id) FROM turns").fetchone()[0] or 0) - _LATE
            for wanted, after in ((f"text : ({words})", late), (words, 0), (starts, 0)):
                if len(found) < limit:
                    rows = connection.execute(query, (wanted, after, limit)).fetchall()
                    found |= {row[0]: row[1:] for row in rows if row[0] not in found}
            hits = [Hit(_info(row), None, row[1], _in_title(row[1], text.strip())) for row in titles]
            for session, number, excerpt in found.values():
                row = connection.execute(f"{_INFO} WHERE s.id = ?", (session,)).fetchone()
                hits.append(Hit(_info(row), number, *_marked(excerpt)))
        return hits[:limit]

    def rename(self, session: str, title: str) -> None:
        with self._write() as connection:
            connection.execute("UPDATE sessions SET title = ? WHERE id = ?", (title, session))

    def duplicate(self, session: str, new: str, title: str, created: str) -> None:
        """Copy a session with all its turns under the id `new`."""
        with self._write() as connection:
            connection.execute(
                "INSERT INTO sessions (id, title, created, updated, tags) SELECT ?, ?, ?, ?, tags FROM sessions WHERE id = ?",
                (new, title, created, created, session),
            )
            connection.execute(
                f"INSERT INTO turns (session, {_TURN}) SELECT ?, {_TURN} FROM turns WHERE session = ? ORDER BY number",
                (new, session),
            )

    def tag(self, session: str, tags: Sequence[str]) -> None:
        with self._write() as connection:
            connection.execute("UPDATE sessions SET tags = ? WHERE id = ?", (" ".join(tags), session))

    def archive(self, session: str, when: str | None) -> None:
        """Put a session into the archive, or with None back among the others."""
        with self._write() as connection:
            connection.execute("UPDATE sessions SET archived = ? WHERE id = ?", (when, session))

    def delete(self, session: str, when: str) -> None:
        """Hide a session from lists and searches."""
        with self._write() as connection:
            connection.execute("UPDATE sessions SET deleted = ? WHERE id = ?", (when, session))

    def undelete(self, session: str) -> None:
        with self._write() as connection:
            connection.execute("UPDATE sessions SET deleted = NULL WHERE id = ?", (session,))

    def erase(self, session: str) -> None:
        """Delete a session for good."""
        with self._write() as connection:
            connection.execute("DELETE FROM turns WHERE session = ?", (session,))
            connection.execute("DELETE FROM sessions WHERE id = ?", (session,))
        with self._read() as connection:
            # The words also leave the index's old segments and the log.
            connection.execute("INSERT INTO turns_fts(turns_fts) VALUES ('optimize')")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> str:
        """SQLite's own check of the whole file: 'ok', or what is wrong."""
        with self._read() as connection:
            return str(connection.execute("PRAGMA quick_check").fetchone()[0])

    # --- inside ------------------------------------------------------------------------------------------

    def _insert(self, connection: sqlite3.Connection, session: str, title: str, turns: Sequence[StoredTurn]) -> None:
        created, updated = turns[0].created, turns[-1].created
        connection.execute(
            "INSERT INTO sessions (id, title, created, updated) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET updated = max(updated, excluded.updated)",
            (session, title, created, updated),
        )
        connection.executemany(
            f"INSERT INTO turns (session, {_TURN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(session, *_row(turn)) for turn in turns],
        )

    def _open(self) -> Opened:
        if self._opened is None:
            self._opened = open_database(self.path)
            self.notice = self._opened.notice or self.notice
        return self._opened

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            opened = self._open()
            try:
                with explained(self.path):
                    yield opened.connection
            except StoreError as problem:
                if problem.damaged:
                    self._start_afresh()
                raise

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._read() as connection:
            if reason := self._open().read_only:
                raise StoreError(reason)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # Some failures (a full disk) have already rolled back.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _start_afresh(self) -> None:
        """Set a database aside that turned out to be damaged, so that the next message starts a new one."""
        self.close()
        aside = set_aside(self.path)
        self.notice = f"The session database was damaged. It is kept as {aside}, and a new one is started in its place."


def _row(turn: StoredTurn) -> tuple[int | str, ...]:
    return (
        turn.number,
        turn.text,
        turn.answer,
        _encode(turn.utterance).decode(),
        _encode(turn.events).decode(),
        _encode(turn.reply).decode(),
        _encode(turn.choices).decode(),
        turn.knowledge,
        turn.created,
        turn.question,
        _encode(turn.basis).decode(),
    )


def stored_turn(row: tuple[int, str, str, str, str, str, str, str, str, str, str]) -> StoredTurn:
    """A turn from the columns of its row; as plain text if another version of the program wrote them."""
    number, text, answer, utterance, events, reply, choices, knowledge, created, question, basis = row
    try:
        return StoredTurn(
            number=number,
            text=text,
            reply=_reply().decode(reply),
            created=created,
            utterance=_utterance().decode(utterance),
            events=_events().decode(events),
            knowledge=knowledge,
            choices=_choices.decode(choices),
            answer=answer,
            question=question,
            basis=_basis.decode(basis),
        )
    except msgspec.DecodeError:
        return StoredTurn(
            number=number,
            text=text,
            reply=Reply((Text(text=answer),)),
            created=created,
            knowledge=knowledge,
            choices={},
            answer=answer,
            question=question,
        )


def _info(row: tuple[str, str, str, str, int, str, str, str, int]) -> SessionInfo:
    id, title, created, updated, turns, choices, question, tags, archived = row
    try:
        first = next(iter(_choices.decode(choices).values()), "")
    except msgspec.DecodeError:
        first = ""
    return SessionInfo(id, title, created, updated, turns, first, question, tuple(tags.split()), bool(archived))


def _in_title(title: str, text: str) -> tuple[tuple[int, int], ...]:
    at = title.lower().find(text.lower())
    return ((at, at + len(text)),) if at >= 0 else ()


def _marked(excerpt: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """An excerpt in which words found stand between char(2) and char(3), as plain text and where they are."""
    text, marks = "", []
    for part in excerpt.split("\x02"):
        found, ended, after = part.partition("\x03")
        if ended:
            marks.append((len(text), len(text) + len(found)))
        text += found + after
    return text, tuple(marks)
