"""The conversation as the screen sees it: everything here happens on the desk, nothing here knows a widget."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from assistant.tui.desk import Backend, Desk, Snapshot, snapshot

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Reply
    from assistant.sessions.model import SessionInfo, StoredTurn
    from assistant.sessions.session import Session


class Opened(NamedTuple):
    """A session that goes on: its turns so far and where it stands."""

    turns: list[StoredTurn]
    taken: Snapshot


class Talker:
    """Holds the loaded backend and the open session, None where there is none (yet)."""

    def __init__(self, desk: Desk, loader: Callable[[], Backend]) -> None:
        self._desk = desk
        self._loader = loader
        self.backend: Backend | None = None
        self.talk: Session | None = None

    async def load(self) -> Backend:
        """Load knowledge, engine and store. Raises whatever goes wrong with them."""
        self.backend = await self._desk.run(self._loader)
        return self.backend

    async def latest(self) -> SessionInfo | None:
        """The session that was used last. Raises StoreError."""
        found = await self._desk.run(partial(self._loaded().sessions.list, 1))
        return found[0] if found else None

    async def resume(self, session: str) -> Opened:
        """Open a session by its id or the beginning of it. Raises SessionError, StoreError."""
        return await self._desk.run(lambda: self._open(self._loaded().sessions.resume(session)))

    async def resume_last(self) -> Opened | None:
        """Open the session that was used last, if there is one. Raises SessionError, StoreError."""

        def work() -> Opened | None:
            talk = self._loaded().sessions.last()
            return self._open(talk) if talk else None

        return await self._desk.run(work)

    async def say(self, text: str) -> tuple[Reply, Snapshot]:
        """One turn; the first of a conversation begins a session."""
        return await self._desk.run(partial(self._say, text))

    def leave(self) -> None:
        """The next message begins another session."""
        self.talk = None

    def close(self) -> None:
        """Finish what was begun, close the store, take no more work."""
        self._desk.close(self.backend.sessions.close if self.backend else None)

    def _loaded(self) -> Backend:
        if self.backend is None:
            raise RuntimeError("nothing is loaded; see above, mend it and start again")
        return self.backend

    def _open(self, talk: Session) -> Opened:
        self.talk = talk
        return Opened(talk.history(), snapshot(talk))

    def _say(self, text: str) -> tuple[Reply, Snapshot]:
        if self.talk is None:
            self.talk = self._loaded().sessions.new()
        turn = self.talk.say(text)
        return turn.reply, snapshot(self.talk)
