"""What to do for each act: the blocks of a reply, and what the conversation should remember of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from assistant.dialogue import advising, talking
from assistant.dialogue.blocks import AnyBlock, Choices, Notice, Recommendation, Reply, SoFar, Text, Understood
from assistant.dialogue.claims import grounds
from assistant.dialogue.clashing import Clashes
from assistant.dialogue.events import Asked, Draft, Drop, Event, Focus, Put, State, with_changes
from assistant.dialogue.explaining import Explainer
from assistant.dialogue.foreseeing import Foresight
from assistant.dialogue.hypotheses import changes_of
from assistant.dialogue.noticing import leftovers, notices
from assistant.dialogue.offering import option
from assistant.dialogue.pointing import claim_in, deeper, role_in
from assistant.dialogue.records import Records, asked_of
from assistant.dialogue.supposing import in_words, supposed
from assistant.dialogue.updating import states_facts
from assistant.knowledge.model import Tool
from assistant.language.model import AGAIN, Act, Utterance
from assistant.reasoning.model import Conclusion

if TYPE_CHECKING:
    from assistant.dialogue.conversation import Conversation

_ADVISING = frozenset(
    ("recommend", "inform", "answer", "correct", "retract", "undo", "redo", "dont_know", "skip", "compare", "keep")
)
_SEARCHING = frozenset(("what_would_change", "why_not"))
"""Acts whose answer begins before all of it was found."""
_MANY = 3  # tools answered about in one reply


class Answered(msgspec.Struct, frozen=True):
    reply: Reply
    events: tuple[Event, ...]


class Answers:
    """Builds the reply to one utterance. `before` is the state it met, `told` what was understood."""

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

    def reply(self, so_far: SoFar | None = None) -> Answered:
        """The blocks in reading order: notices, what was understood, answers, advice, what was left over.

        `so_far` is told what there is while a search still runs.
        """
        blocks: list[AnyBlock] = [*notices(self._utterance, self._words)]
        if self._told:
            blocks.append(self._told)
        for act in self._utterance.acts:
            handler: Callable[[Act], Iterable[AnyBlock]] | None = getattr(self, f"_on_{act.act}", None)
            if act.act in talking.SET_ANSWERS:
                blocks.append(Text(text=talking.SET_ANSWERS[act.act]))
            elif handler is not None:
                for block in handler(act):
                    blocks += [] if block in blocks else [block]
                    if so_far and act.act in _SEARCHING:
                        so_far(tuple(blocks))
        if self._wants_advice():
            passed_over = self._state.facts == self._before.facts and not self._utterance.has("recommend")
            blocks += self._question(self._conclusion()) if passed_over else self._advice()
        blocks += leftovers(self._utterance)
        if not blocks:
            blocks.append(Text(text=talking.not_understood(self._knowledge)))
        acts = [act.act for act in self._utterance.acts]
        self._events.append(msgspec.structs.replace(self._focus, act=acts[0] if acts else None))
        command, argument = self._command
        return Answered(Reply(tuple(blocks), command, argument), tuple(self._events))  # type: ignore[arg-type]  # all are blocks

    # -- around the answers ------------------------------------------------------------------------------

    def _wants_advice(self) -> bool:
        acts = {act.act for act in self._utterance.acts}
        changed = self._state.facts != self._before.facts or self._state.skipped != self._before.skipped
        return "recommend" in acts or (changed and bool(self._state.facts) and bool(acts & _ADVISING))

    def _role_wanted(self) -> str:
        return next((act.argument for act in self._utterance.acts if act.act == "recommend"), "")

    def _conclusion(self) -> Conclusion:
        if self._current is None:
            self._current = self._conversation.concluded(self._state.facts)
        return self._current

    def _advice(self) -> Iterable[AnyBlock]:
        conclusion = self._conclusion()
        earlier = self._conversation.concluded(self._before.facts) if self._before.facts else None
        if assumed := advising.assumed(conclusion, earlier, self._words):
            yield assumed
        updated = earlier is not None and bool(earlier.stack) and self._state.facts != self._before.facts
        changed = advising.diff(earlier, conclusion, self._words, "What this changes") if updated and earlier else None
        if role := self._role_wanted():
            yield from (changed,) if changed else ()
            yield from self._role_choice(role)
            yield from self._question(conclusion)
            return
        recommended = advising.recommendation(conclusion, self._words)
        if recommended is None:
            yield Text(text=talking.nothing_yet(bool(self._state.facts)))
        elif updated and changed is None:
            yield Text(text=f"That changes nothing in the advice: {advising.firsts(recommended)}.")
        else:
            # After a change the new caveats stand in the difference; repeating the others would bury them.
            caveats = None if updated else advising.caveats(conclusion.caveats, self._words)
            yield from (block for block in (changed, recommended) if block is not None)
            yield from self._clashes().blocks()
            yield from (caveats,) if caveats else ()
        if recommended is not None:
            if conclusion.plan and not updated:
                first = next((s for s in conclusion.plan if s.phase == "poc"), conclusion.plan[0])
                yield Text(
                    text=f"Begin this week: {first.text}. Ask for the “plan” to see every step.", ref=f"step/{first.id}"
                )
            leads = advising.leading(conclusion, self._knowledge)
            rows = sorted(recommended.rows, key=lambda row: leads is not None and row.role != leads.role)
            tools, refs = tuple(dict.fromkeys(row.tool for row in rows)), tuple(row.ref for row in rows)
            shown = self._focus.listed if self._utterance.has("compare") and self._focus.age == 0 else tools
            self._focus = msgspec.structs.replace(self._focus, tools=tools, listed=shown, refs=refs, age=0)
        yield from self._question(conclusion)

    def _role_choice(self, role: str) -> Iterable[AnyBlock]:
        """What the advice is for one role."""
        conclusion = self._conclusion()
        choice, recommended = conclusion.choice(role), advising.recommendation(conclusion, self._words)
        if choice is None or recommended is None:
            yield Text(
                text=f"Nothing you said calls for {self._words.as_role(role)} yet, or nothing that I know fills it."
            )
            return
        (row,) = (row for row in recommended.rows if row.role == role)
        yield Recommendation(rows=(row,))
        yield from (table,) if (table := advising.matrix(conclusion, role, self._words)) else ()
        ranking = tuple(ranked.tool for ranked in choice.ranking)
        self._focus = msgspec.structs.replace(self._focus, tools=ranking[:8], listed=ranking, refs=(row.ref,), age=0)

    def _question(self, conclusion: Conclusion) -> Iterable[AnyBlock]:
        asked = self._conversation.next_question()
        self._events.append(Asked(asked.slot if asked else None))
        if asked is None:
            if conclusion.stack:
                yield Text(text=talking.ROBUST)
            return
        question = next(q for q in self._knowledge.questions if q.slot == asked.slot)
        yield advising.ask(question)

    # -- which tools are meant -----------------------------------------------------------------------------

    def _tools(self, act: Act) -> list[Tool]:
        """The tools that the act names, else the one in focus."""
        named = [t for t in act.tools if t in self._knowledge.tools]
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

    def _each(self, act: Act, answer: Callable[[Records, Tool], Iterable[AnyBlock]]) -> Iterable[AnyBlock]:
        tools = self._tools(act)
        if not tools:
            if not self._utterance.unknown:
                yield Notice(text="Which tool do you mean? Name it, and I will look it up.")
            return
        records = Records(self._words, self._conclusion())
        for tool in tools[:_MANY]:
            yield from answer(records, tool)

    def _explainer(self) -> Explainer:
        return Explainer(self._reasoner, self._words, self._conclusion())

    def _foresight(self) -> Foresight:
        return Foresight(self._reasoner, self._words, self._state, self._conclusion())

    def _clashes(self) -> Clashes:
        return Clashes(self._reasoner, self._words, self._conclusion(), self._state.facts, self._foresight())

    # -- advice ------------------------------------------------------------------------------------------------

    def _on_compare(self, act: Act) -> Iterable[AnyBlock]:
        avoided = {f.value for f in self._utterance.facts if f.slot == "avoid" and not f.negated}
        if avoided.issuperset(act.tools) and act.tools:
            return  # "neither X nor Y" names two tools and compares none
        tools = self._tools(act)
        if len(tools) == 1 and not self._utterance.unknown:
            others = [t for t in self._before.focus.tools if t != tools[0].id]
            tools += [self._knowledge.tools[t] for t in others[:1]]
        if len(tools) < 2:
            if tools and self._utterance.unknown:
                yield from Records(self._words, self._conclusion()).about(tools[0])
            else:
                yield Notice(text="Name two or more tools to compare, such as “compare PyTorch and JAX”.")
            return
        names = [tool.id for tool in tools[:4]]
        self._show(names)
        yield from Records(self._words, self._conclusion()).compare(tools[:4])
        yield from self._explainer().rests_on(names)

    def _on_alternatives(self, act: Act) -> Iterable[AnyBlock]:
        for tool in self._tools(act)[:1]:
            self._show(Records(self._words, self._conclusion()).instead(tool))
        yield from self._each(act, lambda records, tool: records.alternatives(tool))

    def _on_what_about(self, act: Act) -> Iterable[AnyBlock]:
        for tool in self._tools(act)[:_MANY]:
            if self._conclusion().stack:
                yield from self._explainer().why_not(tool.id)
            else:
                yield from Records(self._words, self._conclusion()).about(tool)

    # -- explanations ----------------------------------------------------------------------------------------------

    def _on_why(self, act: Act) -> Iterable[AnyBlock]:
        explainer, named, conclusion = self._explainer(), self._named(act), self._conclusion()
        refs = self._before.focus.refs
        claim = act.argument if "/" in act.argument else None
        if claim is None and not act.because.startswith("/"):
            claim = claim_in(self._utterance, conclusion, self._words, named)
        if claim is None and named:
            blocks = tuple(block for tool in self._tools(act)[:_MANY] for block in explainer.why_tool(tool.id))
        elif claim is None and not conclusion.stack and not refs:
            return (Text(text=talking.NOTHING_TO_EXPLAIN),)
        else:
            first = advising.leading(conclusion, self._knowledge)
            ref = claim or (refs[0] if refs else f"tool/{first.role}/{first.ranking[0].tool}" if first else "")
            if changes := changes_of(ref):
                return self._tried(changes)
            blocks = grounds(self._conversation, ref)
        self._focus = msgspec.structs.replace(self._focus, refs=deeper(blocks) or (refs[1:] if claim is None else ()))
        return blocks

    def _on_why_not(self, act: Act) -> Iterable[AnyBlock]:
        tools = self._tools(act)
        if not tools:
            yield Notice(text="Which tool do you mean? Ask, for example, “why not TensorFlow?”.")
        for tool in tools[:_MANY]:
            yield from self._explainer().why_not(tool.id)
            yield from self._foresight().smallest_changes(tool.id, pairs=False)

    def _on_sources(self, act: Act) -> Iterable[AnyBlock]:
        if self._named(act):
            return self._on_about(act)
        return self._explainer().sources()

    def _on_how_sure(self, act: Act) -> Iterable[AnyBlock]:
        return self._foresight().how_sure()

    def _on_what_would_change(self, act: Act) -> Iterable[AnyBlock]:
        foresight, named = self._foresight(), self._named(act)
        leads = {choice.ranking[0].tool: choice.role for choice in self._conclusion().stack}
        if len(named) == 1 and named[0] in leads:  # what would take it from the top, then
            return foresight.changes_of_mind(leads[named[0]])
        if named:
            return (block for tool in named[:_MANY] for block in foresight.smallest_changes(tool))
        every = act.because.startswith("/") and act.argument.strip() == "all"
        return foresight.changes_of_mind(role_in(self._utterance.text, self._knowledge), every=every)

    def _on_why_ask(self, act: Act) -> Iterable[AnyBlock]:
        return self._foresight().why_ask(self._before.question)

    def _on_caveats(self, act: Act) -> Iterable[AnyBlock]:
        if self._named(act):
            for tool in self._tools(act)[:_MANY]:
                yield from talking.weaknesses(tool, self._knowledge, self._conclusion(), self._words)
            return
        found = advising.caveats(self._conclusion().caveats, self._words, most=None)
        yield found or Text(text="I know of nothing to warn about in what you have told me so far.")

    # -- what if ------------------------------------------------------------------------------------------------------

    def _on_what_if(self, act: Act) -> Iterable[AnyBlock]:
        changes = supposed(act, self._utterance, self._state, self._conversation.turns, self._knowledge)
        if not changes:
            yield Notice(text="I found no fact in that to try out. Say, for example, “what if we had a GPU?”.")
            return
        yield from self._tried(changes, self._utterance.text)

    def _tried(self, changes: list[Put | Drop], words: str = "") -> Iterable[AnyBlock]:
        """What the changes would make different; they lie on the table until they are kept or discarded."""
        told = in_words(changes, self._state, self._words)
        self._events.append(Draft(tuple(changes), words or f"What if {told}?"))
        facts = with_changes(self._state.facts, changes, self._knowledge.slots)
        before, after = self._conversation.concluded(self._state.facts), self._conversation.concluded(facts)
        difference = advising.diff(before, after, self._words, f"If {told}")
        yield difference or Text(text=f"If {told}: nothing would change in the advice.")
        yield Text(text="Nothing has changed yet. Say “keep it” to make it so, or “discard”.")

    def _on_keep(self, act: Act) -> Iterable[AnyBlock]:
        if not self._before.draft.changes:
            yield Notice(text="There is no what-if on the table to keep.")

    def _on_discard(self, act: Act) -> Iterable[AnyBlock]:
        text = "The what-if is forgotten." if self._before.draft.changes else "There is no what-if on the table."
        yield Text(text=text)

    # -- tool records --------------------------------------------------------------------------------------------------

    def _on_about(self, act: Act) -> Iterable[AnyBlock]:
        return self._each(act, lambda records, tool: records.about(tool))

    def _on_status(self, act: Act) -> Iterable[AnyBlock]:
        return self._each(act, lambda records, tool: records.status(tool))

    def _on_licence(self, act: Act) -> Iterable[AnyBlock]:
        return self._each(act, lambda records, tool: records.licence(tool))

    def _on_migrate(self, act: Act) -> Iterable[AnyBlock]:
        return self._each(act, lambda records, tool: records.migrate(tool))

    def _on_capability(self, act: Act) -> Iterable[AnyBlock]:
        tools = self._tools(act)
        if not tools:
            yield Notice(text="Which tool do you mean? Ask, for example, “does PyTorch run on Android?”.")
            return
        asked = asked_of((*act.facts, *self._utterance.facts))
        wanted = [(f.slot, f.value) for f in asked if isinstance(f.value, str) and f.value not in self._knowledge.tools]
        if not wanted and act.argument == AGAIN:
            wanted = list(self._before.focus.wanted)
        self._focus = msgspec.structs.replace(self._focus, wanted=tuple(dict.fromkeys(wanted)))
        partners = [tool.id for tool in tools[1:_MANY]]
        records = Records(self._words, self._conclusion())
        yield from records.capability(tools[0], dict.fromkeys(wanted), partners)

    # -- facts and session -----------------------------------------------------------------------------------------------

    def _on_show_facts(self, act: Act) -> Iterable[AnyBlock]:
        if self._state.facts:
            yield self._conversation.facts(self._conclusion())
        else:
            yield Text(text="You have not told me anything about your project yet.")

    def _on_plan(self, act: Act) -> Iterable[AnyBlock]:
        found = advising.plan(self._conclusion(), self._words)
        yield found or Text(text="There is no plan yet. Tell me what you want to build first.")

    def _on_undo(self, act: Act) -> Iterable[AnyBlock]:
        return () if self._before.past else (Text(text="There is nothing to undo."),)

    def _on_redo(self, act: Act) -> Iterable[AnyBlock]:
        return () if self._before.future else (Text(text="There is nothing to redo."),)

    def _on_reset(self, act: Act) -> Iterable[AnyBlock]:
        self._events.append(Asked(None))
        text = "All facts are forgotten; undo brings them back. " if self._before.facts else ""
        yield Text(text=f"{text}What would you like to build?")

    def _on_retract(self, act: Act) -> Iterable[AnyBlock]:
        if self._state.facts == self._before.facts:
            yield Text(text=talking.nothing_to_forget([self._words.tool(tool) for tool in act.tools]))

    def _on_dont_know(self, act: Act) -> Iterable[AnyBlock]:
        yield Text(text="Fine, I leave that open." if self._before.question else talking.NOTHING_ASKED)

    _on_skip = _on_dont_know

    def _on_export(self, act: Act) -> Iterable[AnyBlock]:
        self._command = ("export", act.argument)
        yield Text(text=talking.EXPORT)

    def _on_help(self, act: Act) -> Iterable[AnyBlock]:
        return talking.help_blocks()

    def _on_greet(self, act: Act) -> Iterable[AnyBlock]:
        if not self._told:
            yield Text(text=talking.GREETING)

    def _on_out_of_scope(self, act: Act) -> Iterable[AnyBlock]:
        yield Text(text=talking.REFUSALS.get(act.argument, talking.OUT_OF_SCOPE))

    def _on_bad_command(self, act: Act) -> Iterable[AnyBlock]:
        word, _, near = act.argument.partition("|")
        tail = f"Did you mean {near}?" if near else "“/help” lists them all."
        yield Notice(text=f"There is no command “{word}”. {tail}", level="warning")

    def _on_refused(self, act: Act) -> Iterable[AnyBlock]:
        yield Notice(text=act.argument, level="warning")

    def _on_not_understood(self, act: Act) -> Iterable[AnyBlock]:
        turn = self._conversation.turns
        offered = [option(reading, self._utterance, turn, self._words) for reading in self._utterance.readings]
        options = tuple(choice for choice in offered if choice)
        if options:
            self._focus = msgspec.structs.replace(self._focus, readings=tuple(choice.value for choice in options))
            yield Choices(text="I am not sure what you want. Did you mean:", options=options)
        elif self._before.question and not self._utterance.facts:
            yield Notice(text="I could not take that as an answer. You can also say “skip”.")
            yield advising.ask(next(q for q in self._knowledge.questions if q.slot == self._before.question))
        elif not states_facts(self._utterance) or not self._told:
            yield Text(text=talking.not_understood(self._knowledge))
