"""The conversation as the screen sees it: everything here happens on the desk, nothing here knows a widget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from assistant.tui.desk import Backend, Desk, Snapshot, snapshot

if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor
    from assistant.dialogue.blocks import AnyBlock, Reply, SoFar
    from assistant.dialogue.watching import Watched
    from assistant.knowledge.model import Knowledge
    from assistant.sessions.model import SessionInfo, StoredTurn
    from assistant.sessions.session import Session


class Opened(NamedTuple):
    """A session that goes on: its turns so far and where it stands."""

    turns: list[StoredTurn]
    taken: Snapshot


class Reloaded(NamedTuple):
    """Edited knowledge that holds now, what is different, and where the open session stands under it."""

    knowledge: Knowledge
    differences: str
    taken: Snapshot | None


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

    async def say(self, text: str, so_far: SoFar) -> tuple[Reply, Snapshot]:
        """One turn; the first of a conversation begins a session. `so_far` is called here, not on the desk's thread."""
        loop, here = asyncio.get_running_loop(), copy_context()

        def show(blocks: tuple[AnyBlock, ...]) -> None:
            loop.call_soon_threadsafe(so_far, blocks, context=here)

        return await self._desk.run(partial(self._say, text, show))

    async def edited(self) -> bool:
        """Whether watched knowledge was edited and came to rest."""
        watched = self._loaded().watched
        return watched is not None and await asyncio.to_thread(watched.changed)

    async def reload(self) -> Reloaded:
        """Take edited knowledge in. Raises whatever makes it unusable; then the one before goes on.

        It is built beside, on another thread, so that turns go on; only the swap waits for the turn under way.
        """
        watched = self._loaded().watched
        assert watched is not None
        fresh = await asyncio.to_thread(watched.build)
        return await self._desk.run(partial(self._swap, watched, fresh))

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

    def _swap(self, watched: Watched, fresh: Advisor) -> Reloaded:
        if self.talk is not None:
            self.talk.adopt(fresh)
        told = watched.swap(fresh)
        self.backend = self._loaded()._replace(knowledge=fresh.knowledge)
        return Reloaded(fresh.knowledge, told, snapshot(self.talk) if self.talk else None)

    def _say(self, text: str, so_far: SoFar) -> tuple[Reply, Snapshot]:
        if self.talk is None:
            self.talk = self._loaded().sessions.new()
        started = time.perf_counter()
        turn = self.talk.say(text, so_far)
        details = (f"{(time.perf_counter() - started) * 1000:.1f} ms", *self.talk.details(turn))
        return turn.reply, snapshot(self.talk)._replace(details="\n".join(details))
