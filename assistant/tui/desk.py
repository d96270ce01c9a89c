"""The one thread on which conversations and their store live, and what the app expects of them.

SQLite connections belong to a thread and a conversation is not shared, so everything goes through `Desk.run`. The
knowledge and the engine are loaded there too, after the first picture is on the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.dialogue.conversation import Panel, Turn
    from assistant.dialogue.blocks import Reply
    from assistant.knowledge.model import Knowledge

T = TypeVar("T")


class Talking(Protocol):
    """The part of a conversation that the app looks at."""

    def panel(self) -> Panel: ...


class Stored(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def reply(self) -> Reply: ...


class Info(Protocol):
    """A session as lists show it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def updated(self) -> str: ...
    @property
    def turns(self) -> int: ...
    @property
    def first_choice(self) -> str | None: ...


class Talk(Protocol):
    """One session, open."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def warning(self) -> str | None: ...
    @property
    def conversation(self) -> Talking: ...
    def say(self, text: str) -> Turn: ...
    def history(self) -> Sequence[Stored]: ...


class Service(Protocol):
    """All sessions."""

    def new(self) -> Talk: ...
    def resume(self, session: str) -> Talk: ...
    def last(self) -> Talk | None: ...
    def list(self, limit: int = ...) -> Sequence[Info]: ...
    def search(self, text: str) -> Sequence[Info]: ...
    def rename(self, session: str, title: str) -> object: ...
    def duplicate(self, session: str) -> object: ...
    def delete(self, session: str) -> object: ...
    def undelete(self, session: str) -> object: ...
    def export(self, session: str, format: str) -> str: ...


class Backend(NamedTuple):
    """What loading yields. `notice` says what is not as it should be (the engine fell back)."""

    sessions: Service
    knowledge: Knowledge
    notice: str | None = None


class Snapshot(NamedTuple):
    """A session as the screen needs it, taken on the desk's thread."""

    id: str
    title: str
    warning: str | None
    panel: Panel


def snapshot(talk: Talk) -> Snapshot:
    return Snapshot(talk.id, talk.title, talk.warning, talk.conversation.panel())


class Desk:
    """Runs work one piece after the other on its own thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="conversation")

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done on the desk's thread; its exception is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Take no more work; what is waiting is dropped, what is running ends."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def load(knowledge_dirs: tuple[Path, ...], debug: bool) -> Backend:
    """The real thing: knowledge, engine, store. Slow (some 0.3 s); call it on the desk."""
    from assistant.dialogue.advisor import Advisor
    from assistant.sessions.service import Sessions

    advisor = Advisor.load(knowledge_dirs=knowledge_dirs)
    return Backend(Sessions.open(lambda: advisor), advisor.knowledge, advisor.reasoner.notice)
