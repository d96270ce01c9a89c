"""The shape of the database, as numbered steps. A step that was published is never changed; a new one is added.

This is the only place that needs sqlite-utils, and it is loaded only when a database is new or behind: it takes longer
to import than everything else that saving a turn does.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from assistant.sessions.connection import VERSION

steps = Migrations("ml-stack-assistant")


@steps()
def m001_sessions_and_turns(db: Database) -> None:
    """Sessions and their turns. `deleted` hides a session until it is deleted for good."""
    db.table("sessions").create(
        {"id": str, "title": str, "created": str, "updated": str, "deleted": str},
        pk="id",
        not_null={"id", "title", "created", "updated"},
        strict=True,
    )
    db.table("turns").create(
        {
            "id": int,
            "session": str,
            "number": int,
            "text": str,
            "answer": str,
            "utterance": str,
            "events": str,
            "reply": str,
            "choices": str,
            "knowledge": str,
            "created": str,
        },
        pk="id",
        not_null={
            "session",
            "number",
            "text",
            "answer",
            "utterance",
            "events",
            "reply",
            "choices",
            "knowledge",
            "created",
        },
        foreign_keys=[("session", "sessions", "id")],
        strict=True,
    )
    db.table("turns").create_index(["session", "number"], unique=True)
    db.table("sessions").create_index(["updated"])


@steps()
def m002_search(db: Database) -> None:
    """Full-text search over what was said and answered, kept up to date by triggers."""
    db.table("turns").enable_fts(["text", "answer"], fts_version="FTS5", create_triggers=True, tokenize="unicode61")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database up to VERSION. Each step is atomic, and two processes cannot migrate at the same time."""
    database = Database(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
            steps.apply(database)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
