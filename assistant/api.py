"""The assistant from Python, for notebooks, services and scripts: its names and what they promise stay.

    >>> from assistant import Assistant
    >>> with Assistant.load() as assistant:
    ...     conclusion = assistant.conclude({"task": "churn_prediction", "data_rows": "80k"})
    >>> sorted(conclusion.facts)
    ['data_rows', 'task']

Threads may share all of it. Everything shown comes from the same conversation as in the terminal.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from math import isfinite
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from assistant import batch
from assistant.dialogue import conversation as dialogue
from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import AnyBlock
from assistant.dialogue.commanding import value_of
from assistant.dialogue.events import Put, State, fold
from assistant.dialogue.render import markdown, plain
from assistant.knowledge.conditions import ConditionError
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.loading import KnowledgeError
from assistant.reasoning.engines import EngineName
from assistant.sessions.export.page import body

__all__ = ["Assistant", "Conclusion", "Conversation", "KnowledgeError", "Reply"]

Value = str | int | float
"""An id of the vocabulary or a tool's id, with `!` before it for what is not so; an amount ("80k", "<= 2 GB") or, as a
number, in the unit of its slot; free words."""


class Shown:
    """What can be shown: `str()` gives plain text, a notebook takes HTML or Markdown. Text from outside is inert."""

    def __init__(self, blocks: tuple[AnyBlock, ...]) -> None:
        self.blocks = blocks
        """What it is made of, as typed records."""

    def __str__(self) -> str:
        return plain(self.blocks)

    def markdown(self) -> str:
        """As CommonMark."""
        return markdown(self.blocks)

    def html(self) -> str:
        """As a piece of HTML without script or style, to put into a page."""
        return f"<div>\n{body(self.blocks)}\n</div>"

    _repr_markdown_ = markdown
    _repr_html_ = html


class Reply(Shown):
    """What the assistant said to one message."""

    def __init__(self, turn: dialogue.Turn) -> None:
        super().__init__(turn.reply.blocks)
        self.text = turn.text
        """The message, to the letter."""
        self.claims = tuple(dict.fromkeys(_refs(turn.reply.blocks)))
        """What `explain` can be asked about, in the order of the reply."""

    def __repr__(self) -> str:
        return f"<Reply to {self.text[:60]!r}>"


class Conclusion(Shown):
    """What follows from the facts: shown as advice, and as data in the form of `assistant ask --json`."""

    def __init__(self, blocks: tuple[AnyBlock, ...], data: dict[str, Any]) -> None:
        super().__init__(blocks)
        self.data = data
        """Plain data, ready for JSON."""

    @property
    def facts(self) -> dict[str, list[Any]]:
        """What was stated, by slot."""
        facts: dict[str, list[Any]] = self.data["profile"]
        return facts

    @property
    def stack(self) -> dict[str, list[str]]:
        """The candidates of each role that the project needs, by id, best first."""
        return {role: [one["tool"] for one in ranking] for role, ranking in self.data["stack"].items()}

    def first(self, role: str) -> str | None:
        """The first choice for a role; None where the project does not need the role."""
        return next(iter(self.stack.get(role, ())), None)

    @property
    def question(self) -> str | None:
        """The slot whose answer matters most now, if any does."""
        slot: str | None = self.data["question"]
        return slot

    def __repr__(self) -> str:
        first = ", ".join(f"{role}={tools[0]}" for role, tools in self.stack.items())
        return f"<Conclusion {first}>" if first else "<Conclusion: nothing yet>"


class Conversation:
    """A conversation about one project. Threads take turns; nothing is stored."""

    def __init__(self, advisor: Advisor) -> None:
        """From `Assistant.conversation()`."""
        self._talk = dialogue.Conversation(advisor)
        self._lock = threading.Lock()

    def say(self, text: str) -> Reply:
        """Say something; any text is fine. The same texts always get the same replies."""
        with self._lock:
            return Reply(self._talk.say(text))

    def explain(self, claim: str) -> Reply:
        """Why a claim holds: one of a reply's `claims`, or a tool. This is a message too (`/why ...`)."""
        return self.say(_why(claim))

    def conclusion(self) -> Conclusion:
        """Where the conversation stands. Nothing is said by asking for it."""
        with self._lock:
            state = State(facts=self._talk.state.facts, skipped=self._talk.state.skipped)
        return _concluded(self._talk.advisor, state)


class Assistant:
    """The knowledge and the engine, loaded once for any number of conversations. `close` it, or use it in `with`."""

    def __init__(self, advisor: Advisor) -> None:
        """From `Assistant.load()`."""
        self._advisor = advisor

    @classmethod
    def load(cls, *, knowledge: Iterable[str | PathLike[str]] = (), engine: EngineName = "durable") -> Assistant:
        """With the shipped knowledge and the folders of `knowledge` laid over it.

        A folder that cannot be used is left out, and `notice` says so. `engine` may be `reference`: the same answers
        from Python alone, without a process beside it. Raises KnowledgeError if the shipped knowledge is damaged.
        """
        if isinstance(knowledge, str | PathLike):
            knowledge = (knowledge,)
        return cls(Advisor.load(knowledge_dirs=tuple(Path(folder) for folder in knowledge), engine=engine))

    @property
    def notice(self) -> str | None:
        """What is not as it should be: folders left out, an engine that fell back; None if all is well."""
        return self._advisor.notice

    @property
    def knowledge_version(self) -> str:
        """The hash of all that it knows: answers can differ only where this does."""
        return self._advisor.knowledge.version

    def conversation(self) -> Conversation:
        """A new conversation."""
        return Conversation(self._advisor)

    def conclude(self, facts: Mapping[str, Value | Iterable[Value]]) -> Conclusion:
        """What follows from facts by slot, such as `{"task": "churn_prediction", "deployment": ["android", "!cloud"]}`.

        Raises ValueError for a slot or value that the vocabulary does not have, with what it has.
        """
        return _concluded(self._advisor, self._state(facts))

    def explain(self, claim: str, facts: Mapping[str, Value | Iterable[Value]]) -> Reply:
        """Why a claim or a tool stands where it stands, given the facts. Raises ValueError as `conclude`."""
        talk = dialogue.Conversation(self._advisor)
        talk.state = self._state(facts)
        return Reply(talk.say(_why(claim)))

    def close(self) -> None:
        """End the engine; conversations must be done."""
        self._advisor.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _state(self, facts: Mapping[str, Value | Iterable[Value]]) -> State:
        puts = [Put(fact) for slot, values in facts.items() for fact in self._facts(slot, values)]
        return fold(State(), puts, self._advisor.knowledge.slots)

    def _facts(self, name: str, values: Value | Iterable[Value]) -> Iterable[Fact]:
        knowledge = self._advisor.knowledge
        slot = knowledge.slots.get(name)
        if slot is None:
            raise ValueError(f"There is no slot {name!r}. The slots are: {', '.join(sorted(knowledge.slots))}.")
        for value in (values,) if isinstance(values, str | int | float) else values:
            if slot.kind == "quantity" and isinstance(value, int | float):
                if isinstance(value, bool) or not isfinite(value) or value < 0:
                    raise ValueError(f"{value!r} is no amount for {name}.")
                yield Fact(name, Quantity(float(value)))
                continue
            text = str(value).strip()
            negated = text.startswith("!")
            try:
                yield Fact(name, value_of(slot, text.removeprefix("!"), knowledge), negated=negated)
            except ConditionError as error:
                expected = f" Expected {error.expected}." if error.expected else ""
                raise ValueError(f"{name}: {error}.{expected}") from None


def _concluded(advisor: Advisor, state: State) -> Conclusion:
    """The advice of a conversation that stands at `state`, held aside so that the one it comes from goes on unchanged."""
    talk = dialogue.Conversation(advisor)
    talk.state = state
    blocks = talk.say("/recommend").reply.blocks
    return Conclusion(blocks, batch.describe(advisor, talk, (), id=None))


def _why(claim: str) -> str:
    return f"/why {' '.join(claim.split())}"


def _refs(blocks: Iterable[AnyBlock]) -> Iterable[str]:
    """Every `ref` of the blocks, in order."""

    def within(value: object) -> Iterable[str]:
        if isinstance(value, dict):
            if value.get("ref"):
                yield value["ref"]
            for part in value.values():
                yield from within(part)
        elif isinstance(value, list | tuple):
            for part in value:
                yield from within(part)

    return within(msgspec.to_builtins(tuple(blocks)))
