"""What handlers of acts share: the state a message met, what it is about, and what will be remembered of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from assistant.dialogue.blocks import AnyBlock, Notice, Understood
from assistant.dialogue.clashing import Clashes
from assistant.dialogue.events import Event, Focus, State
from assistant.dialogue.explaining import Explainer
from assistant.dialogue.foreseeing import Foresight
from assistant.dialogue.records import Records
from assistant.knowledge.model import Tool
from assistant.language.model import Act, Utterance
from assistant.reasoning.model import Conclusion

if TYPE_CHECKING:
    from assistant.dialogue.conversation import Conversation

MANY = 3  # tools answered about in one reply


class Handling:
    """The ground under the handlers of one utterance. `before` is the state it met, `told` what was understood."""

    def __init__(
        self, conversation: Conversation, before: State, utterance: Utterance, told: Understood | None
    ) -> None:
        self._conversation = conversation
        self._before = before
        self._state = conversation.state
        self._utterance = utterance
        self._told = told
        self._words = conversation.wording
        self._knowledge, self._reasoner = conversation.advisor.knowledge, conversation.advisor.reasoner
        self._events: list[Event] = []
        held = before.focus
        self._focus = Focus(held.tools, held.listed, refs=held.refs, wanted=held.wanted, age=held.age + 1)
        self._command: tuple[str, str] = ("", "")
        self._current: Conclusion | None = None

    def _conclusion(self) -> Conclusion:
        if self._current is None:
            self._current = self._conversation.concluded(self._state.facts)
        return self._current

    # -- which tools are meant -----------------------------------------------------------------------------

    def _tools(self, act: Act) -> list[Tool]:
        """The tools that the act names, else the one in focus; none if all that it names are unknown."""
        if self._unheard(act):
            return []
        meant = self._named(act) if self._utterance.unknown else act.tools
        named = [t for t in meant if t in self._knowledge.tools]
        if not named and act.because.startswith("/"):  # in a sentence, pronouns are resolved by now
            named = list(self._before.focus.tools[:1])
        tools = [self._knowledge.tools[tool] for tool in dict.fromkeys(named)]
        if tools:
            rest = [t for t in self._focus.tools if t not in named]
            self._focus = msgspec.structs.replace(self._focus, tools=(*(t.id for t in tools), *rest)[:8], age=0)
        return tools

    def _show(self, tools: Iterable[str]) -> None:
        """Remember a list of tools as the one shown last, for "the second one"."""
        self._focus = msgspec.structs.replace(self._focus, listed=tuple(tools), age=0)

    def _named(self, act: Act) -> tuple[str, ...]:
        """The tools that the message itself names, rather than those in focus."""
        if act.because.startswith("/"):
            return act.tools
        said = {mention.tool for mention in self._utterance.mentions}
        return tuple(tool for tool in act.tools if tool in said)

    def _unheard(self, act: Act) -> bool:
        """Whether the message names tools of which there is no record, and no others: then no other is meant."""
        return bool(self._utterance.unknown) and not self._named(act)

    def _each(self, act: Act, answer: Callable[[Records, Tool], Iterable[AnyBlock]]) -> Iterable[AnyBlock]:
        tools = self._tools(act)
        if not tools:
            if not self._utterance.unknown:
                yield Notice(text="Which tool do you mean? Name it, and I will look it up.")
            return
        records = Records(self._words, self._conclusion())
        for tool in tools[:MANY]:
            yield from answer(records, tool)

    def _explainer(self) -> Explainer:
        return Explainer(self._reasoner, self._words, self._conclusion())

    def _foresight(self) -> Foresight:
        return Foresight(self._reasoner, self._words, self._state, self._conclusion())

    def _clashes(self) -> Clashes:
        return Clashes(self._reasoner, self._words, self._conclusion(), self._state.facts, self._foresight())
