"""What all conversations of a process share: the knowledge, the lexicon and the reasoner."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from assistant.knowledge.loading import KnowledgeError, load
from assistant.knowledge.model import Knowledge
from assistant.language.lexicon import Lexicon
from assistant.reasoning.engines import EngineName
from assistant.reasoning.errors import CompileError
from assistant.reasoning.reasoner import Reasoner

UNUSABLE = (KnowledgeError, CompileError, msgspec.ValidationError)
"""What knowledge that cannot be used raises: broken records, rules without a sound meaning, misshapen phrases."""


_TOLD = 8  # errors of a folder; `knowledge lint` tells all


class Advisor:
    """Immutable after construction and safe to share between threads and tasks."""

    def __init__(self, knowledge: Knowledge, engine: EngineName = "durable") -> None:
        """Raises what UNUSABLE lists."""
        self.knowledge = knowledge
        self.lexicon = Lexicon(knowledge)
        self.reasoner = Reasoner(knowledge, engine)
        self.left_out: tuple[str, ...] = ()
        """Which folders could not be used, and why."""

    @classmethod
    def load(cls, *, knowledge_dirs: Iterable[Path] = (), engine: EngineName = "durable") -> Advisor:
        """With the shipped knowledge and the given folders laid over it.

        A folder that cannot be used is left out, and `left_out` says so: the others still answer. Raises what UNUSABLE
        lists when it is the shipped knowledge that cannot.
        """
        dirs = tuple(knowledge_dirs)
        with _uncollected():
            if not dirs:
                return cls(load(), engine)
            try:
                return cls(load(dirs), engine)
            except UNUSABLE:
                return cls._without_the_unusable(dirs, engine)

    @classmethod
    def _without_the_unusable(cls, dirs: tuple[Path, ...], engine: EngineName) -> Advisor:
        """Lay one folder after the other on top, and leave out those with which it does not hold."""
        advisor = cls(load(), engine)
        sound: tuple[Path, ...] = ()
        left_out: list[str] = []
        for folder in dirs:
            try:
                higher = cls(load((*sound, folder)), engine)
            except UNUSABLE as error:
                left_out.append(f"The knowledge in {folder} is left out: {_why(error)}")
            else:
                advisor.close()
                advisor, sound = higher, (*sound, folder)
        advisor.left_out = tuple(left_out)
        return advisor

    @property
    def notice(self) -> str | None:
        """What is not as it should be: folders that are left out, an engine that fell back."""
        return " ".join(filter(None, (*self.left_out, self.reasoner.notice))) or None

    def close(self) -> None:
        """Free the engines; conversations that still use this advisor must be done."""
        self.reasoner.close()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look through all that is being loaded again and again.

    What was loaded stays for good, so it is kept out of later collections as well.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.freeze()
            gc.enable()


def _why(error: Exception) -> str:
    if isinstance(error, KnowledgeError):
        first = [f"\n  {finding}" for finding in error.findings[:_TOLD]]
        more = len(error.findings) - len(first)
        return "it has errors." + "".join(first) + (f"\n  ... and {more} more" if more else "")
    if isinstance(error, CompileError):
        return f"its rules cannot be compiled: {error}"
    return f"its phrases have another form than they should: {error}"
