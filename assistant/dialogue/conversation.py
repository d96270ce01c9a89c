"""One conversation: what the person types goes in, a turn with its reply comes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from assistant.dialogue import advising
from assistant.dialogue.advisor import Advisor
from assistant.dialogue.answering import Answers
from assistant.dialogue.asking import known_in_records, plainly_asked
from assistant.dialogue.blocks import Ask, FactItem, Facts, Recommendation, Reply, SoFar
from assistant.dialogue.commanding import command_utterance
from assistant.dialogue.events import Draft, Event, State, Step, fold, with_changes
from assistant.dialogue.pointing import role_asked
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.surviving import surviving
from assistant.dialogue.updating import fact_events, taken_for_a_project, understood
from assistant.dialogue.wording import Wording
from assistant.knowledge.facts import Fact, Quantity
from assistant.language.answers import picked
from assistant.language.model import Act, Context, Recent, Utterance
from assistant.language.parts import told_amount
from assistant.language.understand import understand
from assistant.reasoning.counterfactual import next_question
from assistant.reasoning.model import Asked, Conclusion

_LIFESPAN = 4
"""Turns after which "it" and "the second one" no longer mean tools that were named or shown before them."""
_REMEMBERED = 8
"""Conclusions and next questions kept by the facts they follow from, so that undo and what-if cost nothing twice."""


class Turn(msgspec.Struct, frozen=True):
    """One exchange. `number` counts from 0; `text` is what the person said, to the letter."""

    number: int
    text: str
    utterance: Utterance
    events: tuple[Event, ...]
    reply: Reply


class Panel(msgspec.Struct, frozen=True):
    """What a face may show beside the conversation."""

    facts: Facts
    recommendation: Recommendation | None
    ask: Ask | None
    draft: str  # the words of the what-if under discussion, or ""


class Conversation:
    """Mixed initiative over one project. Not for several threads at once; many conversations may share an advisor."""

    def __init__(self, advisor: Advisor, *, debug: bool = False) -> None:
        self.advisor = advisor
        self.debug = debug
        self.state = State()
        self.turns = 0
        self.wording = Wording(advisor.knowledge)
        self._conclusions: dict[tuple[Fact, ...], Conclusion] = {}
        self._asked: dict[tuple[tuple[Fact, ...], tuple[str, ...]], Asked | None] = {}

    @classmethod
    def resume(cls, advisor: Advisor, turns: Iterable[tuple[Event, ...]], *, debug: bool = False) -> Conversation:
        """The conversation whose turns logged these events; nothing is inferred again until it is needed."""
        conversation = cls(advisor, debug=debug)
        for events in turns:
            conversation.state = fold(conversation.state, events, advisor.knowledge.slots)
            conversation.turns += 1
        conversation.state = surviving(conversation.state, advisor.knowledge)
        return conversation

    def under(self, advisor: Advisor) -> Conversation:
        """This conversation where another advisor holds: the same state, of which nothing was concluded yet."""
        moved = type(self)(advisor, debug=self.debug)
        moved.state, moved.turns = surviving(self.state, advisor.knowledge), self.turns
        return moved

    # -- the one entry point -----------------------------------------------------------------------------

    def say(self, text: str, so_far: SoFar | None = None) -> Turn:
        """Take in a message and answer it. Any text is fine; the same texts always give the same turns.

        `so_far` is told the beginning of an answer that takes longer, as often as it has grown.
        """
        before = self.state
        meant = self._chosen_reading(text)
        command = command_utterance(meant, self)
        utterance = command or understand(meant, self.advisor.lexicon, self._context())
        utterance = utterance if command else plainly_asked(taken_for_a_project(utterance))
        utterance = known_in_records(utterance, self.advisor.knowledge)
        if before.facts and not command:
            utterance = role_asked(utterance, self.conclusion(), self.advisor.knowledge)
        if meant != text:  # a proposal was picked: what stands for the facts is the picking
            facts = tuple(msgspec.structs.replace(fact, start=0, end=len(text)) for fact in utterance.facts)
            utterance = msgspec.structs.replace(utterance, text=text, facts=facts)
        utterance = self._about_the_draft(utterance)
        events: list[Event] = [*self._drafting(utterance)] or [
            *fact_events(utterance, before, self.turns, self.advisor.knowledge.slots)
        ]
        self.state = fold(before, events, self.advisor.knowledge.slots)
        told = understood(before, self.state, utterance, self.turns, self.wording)
        answered = Answers(self, before, utterance, told).reply(so_far)
        after = [*events, *answered.events]
        self.state = fold(self.state, answered.events, self.advisor.knowledge.slots)
        turn = Turn(self.turns, text, utterance, tuple(after), answered.reply)
        self.turns += 1
        return turn

    # -- what holds ----------------------------------------------------------------------------------------

    def conclusion(self) -> Conclusion:
        """What follows from the facts in force."""
        return self.concluded(self.state.facts)

    def next_question(self) -> Asked | None:
        """The open question whose answer matters most. Looking for it takes as long as all the rest of a turn."""
        facts = self.state.facts
        key = (facts, self.state.skipped)
        if key not in self._asked:
            _make_room(self._asked)
            self._asked[key] = next_question(self.advisor.reasoner, facts, self.concluded(facts), self.state.skipped)
        return self._asked[key]

    def concluded(self, facts: tuple[Fact, ...]) -> Conclusion:
        """What would follow from `facts`."""
        known = self._conclusions.get(facts)
        if known is None:
            known = self.advisor.reasoner.conclude(facts)
            _make_room(self._conclusions)
            self._conclusions[facts] = known
        return known

    def panel(self) -> Panel:
        """Facts in force, live ranking and open question; with a draft under discussion, as the draft would have it."""
        facts = self.state.facts
        if self.state.draft.changes:
            facts = with_changes(facts, self.state.draft.changes, self.advisor.knowledge.slots)
        conclusion = self.concluded(facts) if facts else None
        return Panel(
            facts=self.facts(conclusion),
            recommendation=advising.recommendation(conclusion, self.wording) if conclusion else None,
            ask=self.open_question(),
            draft=self.state.draft.words if self.state.draft.changes else "",
        )

    def facts(self, conclusion: Conclusion | None) -> Facts:
        """All facts with where they come from: stated first, then what follows, then defaults."""
        order = {"stated": 0, "assumed": 0, "implied": 1, "inferred": 2, "default": 3}
        listed = sorted(conclusion.facts if conclusion else (), key=lambda fact: order[fact.origin])
        return Facts(items=tuple(self._fact_item(fact) for fact in listed))

    def _fact_item(self, fact: Fact) -> FactItem:
        if fact.words is not None:
            words = fact.words.text
        elif fact.origin == "implied" and fact.rule:
            words = f"you named {self.wording.tool(fact.rule)}"
        else:
            rule = self.advisor.reasoner.programs.rules.get(fact.rule or "")
            words = rule.because if rule else "set by hand"
        return FactItem(
            says=self.wording.fact(fact),
            origin=fact.origin,
            words=words,
            slot=fact.slot,
            value=fact.key()[1],
            negated=fact.negated,
            strength=fact.strength,
            ref=fact_ref(fact),
            title=self.wording.slot_title(fact.slot),
            written=self.wording.written(fact.slot, fact.value),
        )

    def open_question(self) -> Ask | None:
        """The question that waits for an answer."""
        for question in self.advisor.knowledge.questions:
            if question.slot == self.state.question:
                return advising.ask(question)
        return None

    # -- reading the message ---------------------------------------------------------------------------------

    def _chosen_reading(self, text: str) -> str:
        """The proposal that the text picks by number or place, else the text itself."""
        readings = self.state.focus.readings
        place = picked(text, self.advisor.lexicon, len(readings)) if readings else None
        return text if place is None else readings[place]

    def _context(self) -> Context:
        asked = self.open_question()
        focus = self.state.focus
        return Context(
            question=asked.slot if asked else None,
            options=tuple((option.value, option.label) for option in asked.options) if asked else (),
            tools=focus.tools if focus.age < _LIFESPAN else (),
            listed=focus.listed if focus.age < _LIFESPAN else (),
            act=focus.act,
            amount=self._last_amount(),
        )

    def _last_amount(self) -> Recent | None:
        """The amount that the person told last."""
        told = [
            (fact.words.turn, fact.words.start, fact.slot, fact.words.text)
            for fact in self.state.facts
            if fact.words is not None and isinstance(fact.value, Quantity)
        ]
        return told_amount(*max(told)[2:], self.advisor.lexicon) if told else None

    def _about_the_draft(self, utterance: Utterance) -> Utterance:
        """The utterance as the act `keep` or `discard`, where it is nothing but words for that and a what-if is open."""
        phrases = self.advisor.knowledge.phrases.get("drafts")
        words: dict[str, list[str]] = phrases if self.state.draft.changes and isinstance(phrases, dict) else {}
        said = " ".join(utterance.text.lower().replace(",", " ").rstrip(" .!\n").split())
        act = next((act for act in ("keep", "discard") if _says(said, words, act)), None)
        return utterance if act is None else Utterance(utterance.text, (Act(act, because=utterance.text.strip()),))

    def _drafting(self, utterance: Utterance) -> list[Event]:
        """Events of keeping or discarding the what-if on the table."""
        draft = self.state.draft
        if draft.changes and utterance.has("keep"):
            return [Step(), *draft.changes, Draft(())]
        return [Draft(())] if draft.changes and utterance.has("discard") else []


def _says(said: str, words: dict[str, list[str]], act: str) -> bool:
    """Whether words are nothing but those for an act, with or without one before them ("no, forget it")."""
    first, _, rest = said.partition(" ")
    return said in words.get(act, ()) or (first in words.get(f"before_{act}", ()) and rest in words.get(act, ()))


def _make_room(kept: dict[Any, Any]) -> None:
    while len(kept) >= _REMEMBERED:
        kept.pop(next(iter(kept)))
