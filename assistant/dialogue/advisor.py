"""What all conversations of a process share: the knowledge, the lexicon and the reasoner."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant.dialogue.trial import Unfinished, attempt
from assistant.knowledge.loading import KnowledgeError, is_kept, load, refuse
from assistant.knowledge.model import Knowledge
from assistant.language.lexicon import Lexicon
from assistant.language.patterns import BadPattern
from assistant.reasoning.engines import EngineName, start_host
from assistant.reasoning.errors import CompileError
from assistant.reasoning.heap import uncollected
from assistant.reasoning.isolated import Host
from assistant.reasoning.reasoner import Reasoner

if TYPE_CHECKING:
    from assistant.knowledge.reading import Finding

UNUSABLE = (KnowledgeError, CompileError, msgspec.ValidationError, BadPattern, Unfinished)
"""What knowledge that cannot be used raises: broken records, rules without a sound meaning, misshapen phrases and patterns, and
what takes more time or memory than can be meant."""


_TOLD = 8  # errors of a folder; `knowledge lint` tells all


class Advisor:
    """Immutable after construction and safe to share between threads and tasks."""

    def __init__(self, knowledge: Knowledge, engine: EngineName = "durable", host: Host | None = None) -> None:
        """`host` is a process for the engine that runs already. Raises what UNUSABLE lists."""
        self.knowledge = knowledge
        self.reasoner = Reasoner(knowledge, engine, host)  # first: its engine gets ready while the words are read
        try:
            self.lexicon = Lexicon(knowledge)
        except BaseException:
            self.reasoner.close()
            raise
        self.left_out: tuple[str, ...] = ()
        """Which folders could not be used, and why."""

    @classmethod
    def load(
        cls, *, knowledge_dirs: Iterable[Path] = (), engine: EngineName = "durable", host: Host | None = None
    ) -> Advisor:
        """With the shipped knowledge and the given folders laid over it.

        A folder that cannot be used is left out, and `left_out` says so: the others still answer. Raises what UNUSABLE
        lists when it is the shipped knowledge that cannot.
        """
        dirs = tuple(knowledge_dirs)
        with uncollected():
            try:
                return cls.build(dirs, engine, host)
            except UNUSABLE:
                if not dirs:
                    raise
                return cls._without_the_unusable(dirs, engine)

    @classmethod
    def build(cls, dirs: tuple[Path, ...] = (), engine: EngineName = "durable", host: Host | None = None) -> Advisor:
        """With all of `dirs` or not at all: raises KnowledgeError with file and line of whatever is wrong.

        Folders that are not known yet are compiled in another process first; raises Unfinished if that does not end.
        """
        if dirs and not is_kept(dirs):
            attempt(dirs)
        return cls.compile(dirs, engine, host)

    @classmethod
    def compile(cls, dirs: tuple[Path, ...] = (), engine: EngineName = "durable", host: Host | None = None) -> Advisor:
        """As `build`, in this process."""
        if host is None and engine == "durable":
            host = start_host()  # which takes as long as the rest
        try:
            return cls(load(dirs), engine, host)
        except (CompileError, msgspec.ValidationError, BadPattern) as error:
            findings = _placed(error, dirs)
            refuse(dirs, findings)
            raise KnowledgeError(findings) from error

    @classmethod
    def _without_the_unusable(cls, dirs: tuple[Path, ...], engine: EngineName) -> Advisor:
        """Lay one folder after the other on top, and leave out those with which it does not hold."""
        advisor = cls.build((), engine)
        sound: tuple[Path, ...] = ()
        left_out: list[str] = []
        for folder in dirs:
            try:
                higher = cls.build((*sound, folder), engine)
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


def _why(error: Exception) -> str:
    if isinstance(error, KnowledgeError):
        first = [f"\n  {finding}" for finding in error.findings[:_TOLD]]
        more = len(error.findings) - len(first)
        return "it has errors." + "".join(first) + (f"\n  ... and {more} more" if more else "")
    return str(error)


def _placed(error: Exception, dirs: tuple[Path, ...]) -> tuple[Finding, ...]:
    """What is wrong with rules that cannot be compiled or phrases that cannot be read, with file and line."""
    from assistant.knowledge.loading import build
    from assistant.knowledge.places import Places
    from assistant.language.lint import lint_phrases
    from assistant.reasoning.lint import refusal

    known, builder = build(dirs)
    places = Places(builder)
    if isinstance(error, CompileError):
        return (refusal(error, places),)
    found = tuple(finding for finding in lint_phrases(known, places) if finding.level == "error")
    return found or (places.general("error", f"the phrases have another form than they should: {error}"),)
