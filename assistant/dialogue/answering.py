"""What to do for each act: the blocks of a reply, and what the conversation should remember of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from assistant.dialogue import advising, talking
from assistant.dialogue.asking import named_values, spoken_of
from assistant.dialogue.blocks import AnyBlock, Ask, Choices, Notice, Option, Recommendation, Reply, SoFar, Text
from assistant.dialogue.comparing import Comparer
from assistant.dialogue.defending import Defending
from assistant.dialogue.events import Asked, Event
from assistant.dialogue.handling import MANY
from assistant.dialogue.noticing import leftovers, notices
from assistant.dialogue.offering import option, to_settle
from assistant.dialogue.records import Records, asked_of
from assistant.dialogue.updating import states_facts
from assistant.language.model import AGAIN, Act
from assistant.reasoning.model import Conclusion

_ADVISING = frozenset(
    ("recommend", "inform", "answer", "correct", "retract", "undo", "redo", "dont_know", "skip", "compare", "keep")
)
_SEARCHING = frozenset(("what_would_change", "why_not"))
"""Acts whose answer begins before all of it was found."""


class Answered(msgspec.Struct, frozen=True):
    reply: Reply
    events: tuple[Event, ...]


class Answers(Defending):
    """Builds the reply to one utterance."""

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
            only_names = self._utterance.has("compare") and not Comparer(self._words, self._conclusion()).described
            blocks += self._question(self._conclusion()) if passed_over or only_names else self._advice()
        blocks += leftovers(self._utterance)
        unsettled = to_settle(self._utterance, self._conversation.turns, self._words)
        if unsettled is not None:  # asked before anything else is
            blocks = [*(block for block in blocks if not isinstance(block, Ask)), self._offered(unsettled)]
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

    def _advice(self) -> Iterable[AnyBlock]:
        conclusion = self._conclusion()
        earlier = self._conversation.concluded(self._before.facts) if self._before.facts else None
        if assumed := advising.assumed(conclusion, earlier, self._words):
            yield assumed
        updated = earlier is not None and bool(earlier.stack) and self._state.facts != self._before.facts
        changed = advising.diff(earlier, conclusion, self._words, "What this changes") if updated and earlier else None
        denied = [fact for fact in self._state.facts if fact.negated and fact not in self._before.facts]
        yield from advising.holding(conclusion, denied, self._words)
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
            yield from (block for block in (self._clashes().block(), caveats) if block is not None)
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
        likely = self._utterance.likely
        if likely and all(fact.slot != "task" for fact in self._state.facts):
            options = tuple(Option(f"/set task {task}", self._words.value("task", task)) for task in likely)
            self._events.append(Asked("task"))
            self._focus = msgspec.structs.replace(self._focus, readings=tuple(choice.value for choice in options))
            yield Choices(text="What should it do? Pick one of these, or say it in other words:", options=options)
            return
        asked = self._conversation.next_question()
        self._events.append(Asked(asked.slot if asked else None))
        if asked is None:
            if conclusion.stack:
                yield Text(text=talking.ROBUST)
            return
        question = next(q for q in self._knowledge.questions if q.slot == asked.slot)
        yield advising.ask(question)

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
                yield Text(text=f"So I cannot compare {tools[0].name} with it; this is what I know of {tools[0].name}.")
                yield from Records(self._words, self._conclusion()).about(tools[0])
            elif not self._utterance.unknown:
                yield Notice(text="Name two or more tools to compare, such as “compare PyTorch and JAX”.")
            return
        names = [tool.id for tool in tools[:4]]
        self._show(names)
        yield from Records(self._words, self._conclusion()).compare(tools[:4])
        if Comparer(self._words, self._conclusion()).described:
            yield from self._explainer().rests_on(names)

    def _on_alternatives(self, act: Act) -> Iterable[AnyBlock]:
        for tool in self._tools(act)[:1]:
            self._show(Records(self._words, self._conclusion()).instead(tool))
        yield from self._each(act, lambda records, tool: records.alternatives(tool))

    def _on_what_about(self, act: Act) -> Iterable[AnyBlock]:
        for tool in self._tools(act)[:MANY]:
            if self._conclusion().stack:
                yield from self._explainer().why_not(tool.id)
            else:
                yield from Records(self._words, self._conclusion()).about(tool)

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
        stated = asked_of((*act.facts, *self._utterance.facts))
        wanted = [
            (f.slot, f.value) for f in stated if isinstance(f.value, str) and f.value not in self._knowledge.tools
        ]
        if not wanted and act.argument != AGAIN:
            wanted = named_values(self._utterance, self._knowledge)
        if not wanted and act.argument == AGAIN:
            wanted = list(self._before.focus.wanted)
        self._focus = msgspec.structs.replace(self._focus, wanted=tuple(dict.fromkeys(wanted)))
        partners = [tool.id for tool in tools[1:MANY]]
        records = Records(self._words, self._conclusion())
        asked = self._utterance.text
        for mention in self._utterance.mentions:
            asked = asked.replace(self._utterance.text[mention.start : mention.end], " ")
        spoken = () if wanted or partners else spoken_of(tools[0], asked)
        yield from records.capability(tools[0], dict.fromkeys(wanted), partners, spoken)

    # -- facts and session -----------------------------------------------------------------------------------------------

    def _on_show_facts(self, act: Act) -> Iterable[AnyBlock]:
        if self._state.facts:
            yield self._conversation.facts(self._conclusion())
        else:
            yield Text(text=talking.NO_FACTS)

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

    def _offered(self, choices: Choices) -> Choices:
        """Choices whose numbers the next message may give."""
        readings = tuple(choice.value for choice in choices.options)
        self._focus = msgspec.structs.replace(self._focus, readings=readings)
        return choices

    def _on_not_understood(self, act: Act) -> Iterable[AnyBlock]:
        turn = self._conversation.turns
        offered = [option(reading, self._utterance, turn, self._words) for reading in self._utterance.readings]
        options = tuple(choice for choice in offered if choice)
        if options:
            yield self._offered(Choices(text="I am not sure what you want. Did you mean:", options=options))
        elif self._before.question and not self._utterance.facts:
            yield Notice(text="I could not take that as an answer. You can also say “skip”.")
            yield advising.ask(next(q for q in self._knowledge.questions if q.slot == self._before.question))
        elif not states_facts(self._utterance) or not self._told:
            yield Text(text=talking.not_understood(self._knowledge))
