"""All sessions: start, go on with, find, rename, copy, delete, export."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant import paths
from assistant.sessions.model import (
    Clock,
    Gone,
    Hit,
    SessionError,
    SessionInfo,
    StoredTurn,
    StoreError,
    Unreadable,
    clean,
    now,
    stamp,
    tags_of,
    title_of,
)
from assistant.sessions.store import Store

# Conversations are imported when one is opened: a list of sessions needs none.
if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor
    from assistant.dialogue.conversation import Conversation
    from assistant.sessions.session import Session

# 32 letters and digits that are not mistaken for each other.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ID_LENGTH = 8

# Inside the class, `list` is its method.
Infos = list[SessionInfo]
Turns = list[StoredTurn]
Hits = list[Hit]


def random_id() -> str:
    """Short, and safe in file names and addresses."""
    return "".join(_ALPHABET[byte & 31] for byte in os.urandom(_ID_LENGTH))


class Sessions:
    """The sessions in one database. Everything but `new` may raise StoreError when the database cannot be used,
    and SessionError for an id that is not there."""

    def __init__(
        self, advisor: Callable[[], Advisor], path: Path | None, *, clock: Clock, ids: Callable[[], str], debug: bool
    ) -> None:
        self._advisor = advisor
        self._store = Store(path or paths.database())
        self._clock = clock
        self._ids = ids
        self._debug = debug

    @classmethod
    def open(
        cls,
        advisor: Callable[[], Advisor],
        path: Path | None = None,
        *,
        clock: Clock = now,
        ids: Callable[[], str] = random_id,
        debug: bool = False,
    ) -> Sessions:
        """`advisor` is called when a conversation needs one, so that lists and searches do not load the knowledge.

        Opening touches nothing; the database is opened when it is first needed.
        """
        return cls(advisor, path, clock=clock, ids=ids, debug=debug)

    @property
    def path(self) -> Path:
        return self._store.path

    @property
    def notice(self) -> str:
        """What happened to the database that the person should know, '' if nothing."""
        return self._store.notice

    def close(self) -> None:
        self._store.close()

    def new(self) -> Session:
        """A fresh session. It is stored with its first turn; `warning` says at once if that will not be possible."""
        from assistant.dialogue.conversation import Conversation

        created = stamp(self._clock)
        info = SessionInfo(self._ids(), "", created, created, 0, "")
        warning = None
        try:
            self._store.check_writable()
            warning = self._store.notice or None
        except StoreError as problem:
            warning = str(problem)
        advisor = self._advisor()
        return self._session(info, advisor, Conversation(advisor, debug=self._debug), warning)

    def resume(self, session: str) -> Session:
        """Go on with a session, named by its id or the beginning of it."""
        from assistant.dialogue.conversation import Conversation

        info = self.info(session)
        try:
            events = self._store.events(info.id)
        except Gone as error:
            raise Unreadable(
                f"Session {info.id} was written by another version of the assistant and cannot be continued. "
                "It can still be shown and exported."
            ) from error
        advisor = self._advisor()
        conversation = Conversation.resume(advisor, events, debug=self._debug)
        warning = None
        try:
            self._store.check_writable()
        except StoreError as problem:
            warning = str(problem)
        return self._session(info, advisor, conversation, warning, self._news(info, advisor, conversation))

    def _news(self, info: SessionInfo, advisor: Advisor, conversation: Conversation) -> str | None:
        """What the knowledge of today makes of the advice that was given last, None if it is the same knowledge."""
        from assistant.dialogue.wording import Wording
        from assistant.sessions.basis import changes, told
        from assistant.sessions.session import first_choices

        version, before, basis = self._store.stand(info.id)
        if version == advisor.knowledge.version or not before:
            return None
        wording = Wording(advisor.knowledge)
        now = first_choices(advisor.knowledge, conversation)
        found = changes(before, now, basis, conversation.conclusion(), wording)
        if not found:
            return "The knowledge has changed since your last message; the first choices are the same."
        lines = [told(one, wording) + (f", because: {'; '.join(one.because)}" if one.because else "") for one in found]
        return "The knowledge has changed since your last message, and so has the advice. " + ". ".join(lines) + "."

    def last(self) -> Session | None:
        """The session that was used last, None if there is none."""
        found = self._store.recent(1)
        return self.resume(found[0].id) if found else None

    def info(self, session: str) -> SessionInfo:
        """The session that an id or the beginning of one names."""
        return self._find(session, deleted=False)

    def turns(self, session: str) -> Turns:
        return self._store.turns(self.info(session).id)

    def hits(self, text: str, limit: int = 20) -> Hits:
        """Titles and turns that hold all words of `text`, with an excerpt of each: titles first, then messages, then answers."""
        return self._store.search(clean(text), limit)

    def search(self, text: str, limit: int = 20) -> Infos:
        """The sessions in which `hits` finds something, in its order."""
        found = {hit.session.id: hit.session for hit in self.hits(text, limit * 4)}
        return [*found.values()][:limit]

    def rename(self, session: str, title: str) -> SessionInfo:
        wanted = title_of(clean(title))
        if not wanted:
            raise SessionError("A title needs at least one visible character.")
        info = self.info(session)
        self._store.rename(info.id, wanted)
        return msgspec.structs.replace(info, title=wanted)

    def duplicate(self, session: str) -> SessionInfo:
        """Copy a session, to try another way from here."""
        info, new = self.info(session), self._ids()
        self._store.duplicate(info.id, new, title_of(f"Copy of {info.title}"), stamp(self._clock))
        return self.info(new)

    def tag(self, session: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> SessionInfo:
        """Give a session tags and take others away."""
        info = self.info(session)
        tags = tuple(sorted({*info.tags, *tags_of(add)} - {*tags_of(remove)}))
        self._store.tag(info.id, tags)
        return msgspec.structs.replace(info, tags=tags)

    def archive(self, session: str, *, back: bool = False) -> SessionInfo:
        """Put a session out of the way; it can still be found, shown and continued. With `back` it is listed again."""
        info = self.info(session)
        self._store.archive(info.id, None if back else stamp(self._clock))
        return msgspec.structs.replace(info, archived=not back)

    def delete(self, session: str, *, forever: bool = False) -> SessionInfo:
        """Hide a session; `undelete` brings it back. With `forever` its words are removed from the file."""
        if not forever:
            info = self.info(session)
            self._store.delete(info.id, stamp(self._clock))
            return info
        try:
            info = self._find(session, deleted=True)
        except SessionError:
            info = self.info(session)
        self._store.erase(info.id)
        return info

    def undelete(self, session: str) -> SessionInfo:
        info = self._find(session, deleted=True)
        self._store.undelete(info.id)
        return info

    def export(self, session: str, format: str, content: str = "all") -> str:
        """A session as text; see `assistant.sessions.export.render`."""
        from assistant.sessions.export import Document, format_of, needs_conclusion, render

        info = self.info(session)
        if needs_conclusion(format, content):
            try:
                return self.resume(info.id).export(format, content)
            except Unreadable:
                if content != "all" or format_of(format) == "adr":
                    raise
        return render(Document.of(info, self._store.turns(info.id)), format, content)

    def load(self, text: str) -> SessionInfo:
        """Take in what `export` wrote as JSON, with its tags, under a new id. Raises SessionError for anything else."""
        from assistant.sessions.export import Document

        document, new = Document.parse(text), self._ids()
        tags = tags_of(document.session.tags)  # before anything is written: a document may hold what is no tag
        self._store.insert(new, title_of(document.session.title) or "Untitled", document.turns)
        self._store.tag(new, tags)
        return self.info(new)

    def recover(self, file: Path) -> Infos:
        """Take in what can be read from a damaged database, under new ids. Raises SessionError if nothing can."""
        from assistant.sessions.recovery import readable

        found = readable(file) if file.is_file() else []
        if not found:
            raise SessionError(f"Nothing can be read from {file}.")
        infos = []
        for title, turns in found:
            new = self._ids()
            self._store.insert(new, title_of(title) or title_of(turns[0].text) or "Untitled", turns)
            infos.append(self.info(new))
        return infos

    def check(self) -> str:
        """SQLite's check of the whole database: 'ok', or what is wrong."""
        return self._store.check()

    def check_writable(self) -> None:
        """Raises StoreError when nothing can be saved."""
        self._store.check_writable()

    def list(self, limit: int | None = None, *, deleted: bool = False, archived: bool = False, tag: str = "") -> Infos:
        """Sessions, the last used first: those in use, in the archive or deleted, or of them those with a tag."""
        return self._store.recent(limit, deleted=deleted, archived=archived, tag="".join(tags_of([tag])) if tag else "")

    def _session(
        self,
        info: SessionInfo,
        advisor: Advisor,
        conversation: Conversation,
        warning: str | None,
        notice: str | None = None,
    ) -> Session:
        from assistant.sessions.session import Session

        return Session(
            self._store,
            info,
            advisor,
            conversation,
            clock=self._clock,
            debug=self._debug,
            warning=warning,
            notice=notice,
        )

    def _find(self, session: str, *, deleted: bool) -> SessionInfo:
        found = self._store.find(clean(session), deleted=deleted) if session else []
        exact = [info for info in found if info.id == session]
        if len(found) == 1 or exact:
            return (exact or found)[0]
        if found:
            several = ", ".join(info.id for info in found[:5])
            raise SessionError(f"Several sessions begin with “{clean(session)}”: {several}. Give more letters.")
        known = self._store.recent(200, deleted=deleted)
        from difflib import get_close_matches

        near = get_close_matches(session, [info.id for info in known], n=1, cutoff=0.6)
        what = "deleted session" if deleted else "session"
        if near:
            hint = f" Did you mean {near[0]}?"
        elif known:
            hint = " The last ones are " + "; ".join(f"{info.id} ({info.title})" for info in known[:3]) + "."
        else:
            hint = f" There is no {what} yet." if not deleted else ""
        raise SessionError(f"There is no {what} “{clean(session)}”.{hint}")
