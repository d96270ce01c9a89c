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


@steps()
def m003_order_and_overview(db: Database) -> None:
    """Tags and an archive, the question that a turn leaves open, and views for whoever opens the file with other tools."""
    sessions = db.table("sessions")
    sessions.add_column("archived", str)
    sessions.add_column("tags", str, not_null_default="")
    db.table("turns").add_column("question", str, not_null_default="")
    last = "(SELECT {} FROM turns WHERE session = s.id ORDER BY number DESC LIMIT 1)"
    db.create_view(
        "session_overview",
        f"""
        SELECT s.id, s.title, s.tags, s.created, s.updated,
               (SELECT count(*) FROM turns WHERE session = s.id) AS messages,
               {last.format("(SELECT value FROM json_each(choices) LIMIT 1)")} AS first_choice,
               {last.format("question")} AS open_question,
               CASE WHEN s.deleted IS NOT NULL THEN 'deleted' WHEN s.archived IS NOT NULL THEN 'archived' ELSE 'active' END
                   AS state
        FROM sessions s ORDER BY s.updated DESC
        """,
    )
    db.create_view(
        "conversation",
        """
        SELECT s.id AS session, s.title, t.number + 1 AS message, t.text AS said, t.answer AS answered,
               (SELECT group_concat(key || ': ' || value, ', ') FROM json_each(t.choices)) AS first_choices,
               t.question AS open_question, t.created AS at, t.knowledge
        FROM turns t JOIN sessions s ON s.id = t.session WHERE s.deleted IS NULL ORDER BY s.updated DESC, t.number
        """,
    )


@steps()
def m004_basis(db: Database) -> None:
    """What the first choices of a turn stood on ('{}': the same as before)."""
    db.table("turns").add_column("basis", str, not_null_default="{}")


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
