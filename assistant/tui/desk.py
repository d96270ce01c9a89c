"""The one thread on which conversations and their store live.

SQLite connections belong to a thread and a conversation is not shared, so everything goes through `Desk.run`. The
knowledge and the engine are loaded there too, after the first picture is on the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from assistant.dialogue.blocks import AnyBlock
    from assistant.dialogue.conversation import Panel
    from assistant.dialogue.records import Records
    from assistant.dialogue.watching import Watched
    from assistant.knowledge.model import Knowledge
    from assistant.sessions.service import Sessions
    from assistant.sessions.session import Session

T = TypeVar("T")


class Backend(NamedTuple):
    """What loading yields. `notice` says what is not as it should be (the engine fell back, a folder is left out);
    `watched` is there if the folders of knowledge are watched."""

    sessions: Sessions
    knowledge: Knowledge
    notice: str | None = None
    watched: Watched | None = None


class Snapshot(NamedTuple):
    """A session as the screen needs it, taken on the desk's thread. `notice` is to be told once; `details` of the last
    turn are for developers."""

    id: str
    title: str
    warning: str | None
    panel: Panel
    notice: str | None = None
    details: str = ""


def snapshot(talk: Session) -> Snapshot:
    return Snapshot(talk.id, talk.title, talk.warning, talk.conversation.panel(), talk.notice)


class Desk:
    """Runs work one piece after the other on its own thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="conversation")

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done on the desk's thread; its exception is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self, last: Callable[[], object] | None = None) -> None:
        """Take no more work. What was given before still ends, then `last` is done; nobody waits for it here."""
        if last is not None:
            self._thread.submit(last)
        self._thread.shutdown(wait=False)


def load(knowledge_dirs: tuple[Path, ...], debug: bool, watch: bool = False) -> Backend:
    """The real thing: knowledge, engine, store. Slow (some 0.3 s); call it on the desk."""
    from assistant import logs
    from assistant.dialogue.advisor import Advisor
    from assistant.sessions.service import Sessions

    logs.keep()
    if not watch:
        advisor = Advisor.load(knowledge_dirs=knowledge_dirs)
        return Backend(Sessions.open(lambda: advisor, debug=debug), advisor.knowledge, advisor.notice)
    from assistant.dialogue.watching import Watched

    watched = Watched(knowledge_dirs)
    sessions = Sessions.open(lambda: watched.advisor, debug=debug)
    return Backend(sessions, watched.advisor.knowledge, watched.advisor.notice, watched)


def describe(knowledge: Knowledge, talk: Session | None, tool: str) -> tuple[AnyBlock, ...]:
    """A tool's record as blocks, related to the project under discussion if there is one."""
    return _records(knowledge, talk).about(knowledge.tools[tool])


def compare(knowledge: Knowledge, talk: Session | None, tools: Sequence[str]) -> tuple[AnyBlock, ...]:
    """Two or more tools side by side, for the project under discussion if there is one."""
    return _records(knowledge, talk).compare([knowledge.tools[tool] for tool in tools])


def _records(knowledge: Knowledge, talk: Session | None) -> Records:
    from assistant.dialogue.records import Records
    from assistant.dialogue.wording import Wording
    from assistant.reasoning.model import Conclusion

    nothing = Conclusion(facts=(), stack=(), excluded=(), caveats=(), plan=(), conflicts=(), firings=())
    conclusion = talk.conversation.conclusion() if talk else nothing
    return Records(Wording(knowledge), conclusion)
