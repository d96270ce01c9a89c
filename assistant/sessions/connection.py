"""Opens the database of sessions, and says in plain words what is wrong when it cannot be used.

The database is in WAL mode with synchronous=NORMAL: a commit is in the operating system's hands before it returns, so a
turn that was confirmed survives the death of the process. Only a power cut can take the last turns, and it never
damages the file; waiting for the disk at every message would cost ten times as much.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant import paths
from assistant.sessions.model import StoreError

VERSION = 4  # the number of steps in migrations.py
BUSY_SECONDS = 3.0


class Opened:
    """A connection; `read_only` says why nothing can be written, `notice` what happened on the way. '' is all fine."""

    def __init__(self, connection: sqlite3.Connection, read_only: str = "", notice: str = "") -> None:
        self.connection = connection
        self.read_only = read_only
        self.notice = notice


def open_database(path: Path) -> Opened:
    """Open the database, creating or migrating it. A damaged one is set aside under a new name first.

    Raises StoreError when there is no way to use it.
    """
    try:
        return _open(path)
    except StoreError as problem:
        if not problem.damaged:
            raise
        aside = set_aside(path)
    opened = _open(path)
    opened.notice = f"The session database was damaged. It is kept as {aside}, and a new one was started in its place."
    return opened


def set_aside(path: Path) -> Path:
    """Give a damaged database a new name beside the old one. Raises StoreError if that fails."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    try:
        path.rename(aside)
        for ending in ("-wal", "-shm"):
            side = path.with_name(path.name + ending)
            if side.exists():
                side.rename(aside.with_name(aside.name + ending))
    except OSError as error:
        raise StoreError(
            f"The session database {path} is damaged and cannot be moved away: {error.strerror}"
        ) from error
    return aside


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        # Only what SQLite itself reports has a code; Python's own checks have none.
        code = getattr(error, "sqlite_errorcode", None)
        raise _explain(error, None if code is None else code & 0xFF, path) from error


def _open(path: Path) -> Opened:
    _create(path)
    with explained(path):
        connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
        try:
            version = _version(connection)
            if version > VERSION:
                connection.close()
                return _open_newer(path)
            _enable_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            # What is deleted for good is overwritten, not just unlinked.
            connection.execute("PRAGMA secure_delete = ON")
            if version < VERSION:
                from assistant.sessions.migrations import migrate

                migrate(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            if _only_readable(error):
                return _open_read_only(path)
            raise
        except BaseException:
            connection.close()
            raise
    return Opened(connection)


def _only_readable(error: sqlite3.OperationalError) -> bool:
    """True for failures to write to a database that can be read."""
    code = error.sqlite_errorcode & 0xFF
    return code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def _open_newer(path: Path) -> Opened:
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
    return Opened(
        connection,
        f"The session database {path} was written by a newer version of the assistant. It can be read here but not "
        "written, so this conversation is not saved. Update the assistant to go on with your sessions.",
    )


def _open_read_only(path: Path) -> Opened:
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
    try:
        readable = _version(connection) == VERSION
        connection.execute("SELECT count(*) FROM sessions")
    except sqlite3.Error:
        readable = False
    if not readable:
        connection.close()
        raise StoreError(_cannot_write(path))
    return Opened(connection, _cannot_write(path))


def _create(path: Path) -> None:
    """An empty file that only its owner may read; SQLite gives its side files the same mode."""
    try:
        paths.ensure(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        if path.exists() and not path.is_dir():
            return  # there, but not writable: it may still be read
        raise StoreError(f"Sessions cannot be kept in {path.parent}: {error.strerror}. Nothing is saved.") from error


def _connect(uri: str) -> sqlite3.Connection:
    # Transactions are begun and ended by hand; the store's lock lets several threads share the connection.
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    # The header alone can look sound; the list of tables is the first page that can be torn.
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return version


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL mode. SQLite does not wait for others who do so at the same moment; this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _cannot_write(path: Path) -> str:
    return f"The session database {path} cannot be written, so this conversation is not saved."


def _explain(error: sqlite3.Error, code: int | None, path: Path) -> StoreError:
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreError(f"The session database {path} is damaged.", damaged=True)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            "Another process keeps the session database locked. This turn is not saved yet; the next one tries again."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreError("The disk is full: this turn is not saved yet; the next one tries again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(_cannot_write(path))
    return StoreError(f"The session database {path} failed ({error}). This conversation goes on unsaved.")
