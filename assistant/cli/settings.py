"""What the options before the command say, and what commands make of it when they need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli import diagnostics
from assistant.cli.exits import Refused

if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor
    from assistant.dialogue.watching import Watched
    from assistant.reasoning.isolated import Host
    from assistant.sessions.service import Sessions


class Settings:
    """`knowledge` are folders laid over the shipped knowledge, later ones on top."""

    def __init__(self, knowledge: tuple[Path, ...] = ()) -> None:
        self.knowledge = knowledge
        self._advisor: Advisor | None = None
        self._host: Host | None = None

    def start_engine(self) -> None:
        """Let the engine's process start while this one does, for a command that is sure to need it."""
        from assistant.reasoning.engines import start_host

        self._host = start_host()

    def advisor(self, *, strict: bool = False) -> Advisor:
        """Knowledge and engine, loaded once. A folder that has errors is left out with a warning.

        Refused when the shipped knowledge has errors or, if `strict`, any folder.
        """
        if self._advisor is None:
            from assistant import logs
            from assistant.dialogue.advisor import Advisor

            logs.keep()

            with knowledge_errors():
                self._advisor = Advisor.load(knowledge_dirs=self.knowledge, host=self._host)
            if strict and self._advisor.left_out:
                raise Refused("\n".join(self._advisor.left_out))
            for why in self._advisor.left_out:
                diagnostics.warn(why)
        return self._advisor

    def watch(self) -> Watched:
        """As `advisor`, over knowledge whose edits can be taken in."""
        from assistant import logs
        from assistant.dialogue.watching import Watched

        logs.keep()
        with knowledge_errors():
            watched = Watched(self.knowledge)
        self._advisor = watched.advisor
        for why in watched.advisor.left_out:
            diagnostics.warn(why)
        return watched

    def sessions(self, *, debug: bool = False) -> Sessions:
        """The sessions, for as long as the command runs; at its end it is told what happened to their database."""
        from assistant.sessions.service import Sessions

        opened = Sessions.open(self.advisor, debug=debug)
        click.get_current_context().call_on_close(partial(_close, opened))
        return opened


def _close(sessions: Sessions) -> None:
    if sessions.notice:
        diagnostics.warn(sessions.notice)
    sessions.close()


pass_settings = click.make_pass_decorator(Settings, ensure=True)


@contextmanager
def knowledge_errors() -> Iterator[None]:
    """Broken knowledge ends the command with file and line."""
    from assistant.knowledge.loading import KnowledgeError
    from assistant.reasoning.errors import CompileError

    try:
        yield
    except KnowledgeError as error:
        raise Refused(str(error)) from error
    except CompileError as error:
        raise Refused(f"The rules of the knowledge cannot be compiled: {error}") from error


@contextmanager
def session_errors() -> Iterator[None]:
    """A session that is not there, or a database that cannot be used, ends the command with a message."""
    from assistant.sessions.model import SessionError, StoreError

    try:
        yield
    except (SessionError, StoreError) as error:
        raise Refused(str(error)) from error
