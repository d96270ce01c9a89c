"""What the sessions hand out, and what can go wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec

from assistant.dialogue.blocks import Reply
from assistant.dialogue.events import Event
from assistant.dialogue.render import inert
from assistant.language.model import Utterance
from assistant.sessions.basis import Basis

_TITLE_LENGTH = 60
_TAG = re.compile(r"[\w-]{1,30}")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time in UTC: the clock that is used unless another is given."""
    return datetime.now(UTC)


def stamp(clock: Clock) -> str:
    """The clock's time as ISO text in UTC, so that texts sort like times."""
    return clock().astimezone(UTC).isoformat(timespec="milliseconds")


def clean(text: str) -> str:
    """`text` as it can be stored and sent: halves of characters, which no encoding has, are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def title_of(text: str) -> str:
    """The beginning of a message on one line, as a title."""
    line = " ".join(inert(text).split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


def tags_of(words: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: in small letters, sorted, each once. Raises SessionError for what is no tag."""
    tags = sorted({word.strip().lstrip("#").lower() for word in words})
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise SessionError(f"“{clean(tag)}” is no tag. A tag is up to 30 letters, digits, dashes and underscores.")
    return tuple(tags)


class SessionInfo(msgspec.Struct, frozen=True):
    """A session in a list. `first_choice` is the tool recommended last in its leading role, '' if none was yet."""

    id: str
    title: str
    created: str
    updated: str
    turns: int
    first_choice: str
    question: str = ""  # the one that is open
    tags: tuple[str, ...] = ()
    archived: bool = False


class StoredTurn(msgspec.Struct, frozen=True):
    """A turn as it is kept. `choices` are the first choices after it by role, the leading role first.

    `knowledge` is the version of the knowledge that gave the reply. `utterance` is None where a record was written by
    another version of the program and cannot be read any more; `reply` is then its plain text.
    """

    number: int
    text: str
    reply: Reply
    created: str
    utterance: Utterance | None = None
    events: tuple[Event, ...] = ()
    knowledge: str = ""
    choices: dict[str, str] = {}
    answer: str = ""  # the reply as plain text
    question: str = ""  # the one that is open after it
    basis: Basis = {}  # what the first choices stand on; empty if it is what it was before


class Hit(msgspec.Struct, frozen=True):
    """Where a search found something. `number` is None for a title; `marks` are the words found, as parts of `excerpt`."""

    session: SessionInfo
    number: int | None
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()


class SessionError(Exception):
    """A request that cannot be met; the message is for the person."""


class Unreadable(SessionError):
    """A session that another version of the program wrote: it can be shown, but not continued."""


class StoreError(Exception):
    """The database failed; the message says how and what can be done.

    `damaged`: its content cannot be read; setting it aside and starting afresh helps.
    """

    def __init__(self, message: str, *, damaged: bool = False) -> None:
        super().__init__(message)
        self.damaged = damaged


class Overtaken(Exception):
    """Somebody else has added turns to the session since it was read."""


class Gone(Exception):
    """The session, or a part of it, is not in the database any more."""
