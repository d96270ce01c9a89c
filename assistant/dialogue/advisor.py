"""What all conversations of a process share: the knowledge, the lexicon and the reasoner."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.language.lexicon import Lexicon
from assistant.reasoning.engines import EngineName
from assistant.reasoning.reasoner import Reasoner


class Advisor:
    """Immutable after construction and safe to share between threads and tasks."""

    def __init__(self, knowledge: Knowledge, engine: EngineName = "durable") -> None:
        """Raises CompileError when a rule of `knowledge` cannot be compiled soundly."""
        self.knowledge = knowledge
        self.lexicon = Lexicon(knowledge)
        self.reasoner = Reasoner(knowledge, engine)

    @classmethod
    def load(cls, *, knowledge_dirs: Iterable[Path] = (), engine: EngineName = "durable") -> Advisor:
        """With the shipped knowledge and the given folders laid over it. Raises KnowledgeError, CompileError."""
        return cls(load(tuple(knowledge_dirs)), engine)

    def close(self) -> None:
        """Free the engines; conversations that still use this advisor must be done."""
        self.reasoner.close()
