"""What the options before the command say, and what commands make of it when they need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.exits import Refused

if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor
    from assistant.sessions.service import Sessions


class Settings:
    """`knowledge` are folders laid over the shipped knowledge, later ones on top."""

    def __init__(self, knowledge: tuple[Path, ...] = ()) -> None:
        self.knowledge = knowledge
        self._advisor: Advisor | None = None

    def advisor(self) -> Advisor:
        """Knowledge and engine, loaded once. Refused when the knowledge has errors."""
        if self._advisor is None:
            from assistant.dialogue.advisor import Advisor

            with knowledge_errors():
                self._advisor = Advisor.load(knowledge_dirs=self.knowledge)
        return self._advisor

    def sessions(self, *, debug: bool = False) -> Sessions:
        from assistant.sessions.service import Sessions

        return Sessions.open(self.advisor, debug=debug)


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
