"""How sure, what would change it, and why a question is asked: the searches of `reasoning.counterfactual` in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from assistant.dialogue.advising import leading
from assistant.dialogue.blocks import AnyBlock, Line, Lines, Text, scored
from assistant.dialogue.events import State
from assistant.dialogue.hypotheses import hypothesis
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.wording import Wording, listed, points, sentence, within
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Option, Question
from assistant.reasoning.changes import Edit, apply
from assistant.reasoning.counterfactual import Outcome, Search, answers, open_questions, smallest_changes
from assistant.reasoning.forecast import Forecast, Leads
from assistant.reasoning.model import Choice, Conclusion
from assistant.reasoning.reasoner import Reasoner

_SHOWN = 12
_CLOSE = 1.0  # points; whoever is ahead by less could as well be second
_ROLES = 3  # of a tool that no needed role could use

_NO_CHOICE = "There is no choice yet that could change. Tell me about your project first."


class Foresight:
    """Answers about projects that might be."""

    def __init__(self, reasoner: Reasoner, wording: Wording, state: State, conclusion: Conclusion) -> None:
        self._reasoner = reasoner
        self._words = wording
        self._state = state
        self._conclusion = conclusion

    def smallest_changes(self, tool: str, *, every: bool = True) -> Iterable[AnyBlock]:
        """The smallest changes under which a tool would come first: single facts, else two together.

        Of two together every pair is tried, or without `every` those alone that promise most.
        """
        name = self._words.tool(tool)
        offers = self._words.knowledge.tools[tool].roles
        first = [choice.role for choice in self._conclusion.stack if choice.ranking[0].tool == tool]
        needed = [choice.role for choice in self._conclusion.stack if choice.role in offers]
        roles = [role for role in needed or offers[:_ROLES] if role not in first]
        if first:
            yield Text(text=f"{name} comes first already for {self._roles(first)}.", ref=f"tool/{first[0]}/{tool}")
        if not roles or not self._conclusion.stack:
            return
        lines: list[Line] = []
        both = True
        for role in roles:
            for outcome in smallest_changes(self._reasoner, self._state.facts, role, tool, every=every, most=_SHOWN):
                told = f"For {self._words.as_role(role)}: if {self.in_words(outcome.edits)}"
                lines.append(Line(told, hypothesis(outcome.edits)))
                both = both and len(outcome.edits) > 1
        if lines:
            title = f"The smallest change that would bring {name} to the top"
            yield Lines(title=title + (" (no single one does)" if both else ""), lines=tuple(lines[:_SHOWN]))
        elif every:
            yield Text(
                text=f"No fact that could be stated or dropped, and no two answers to my questions together, would bring "
                f"{name} to the top for {self._roles(roles)}."
            )
        else:
            yield Text(
                text=f"No fact that could be stated or dropped would bring {name} to the top for {self._roles(roles)}, and of two "
                f"together none of the likeliest pairs; ask “what would make {name} first?” and I try them all."
            )

    def if_only(self, fact: Fact) -> Text:
        """Why something that is no tool plays no part, or what it does if it holds; and what it would change."""
        says = self._words.says(fact.slot, fact.value)
        slot, value, _ = fact.key()
        held = next((f for f in self._conclusion.facts if f.key()[:2] == (slot, value)), None)
        if held is not None and not held.negated:
            return Text(text=f"It is taken into account already that {says}.", ref=fact_ref(held))
        edit = Edit(add=Fact(slot, fact.value))
        changed = apply(self._reasoner, self._state.facts, (edit,))
        leads = self._reasoner.forecast(self._state.facts).leads(changed)
        would = self._difference(leads, none="would keep its first choices")
        why = f"You ruled it out that {says}" if held else f"Nothing that you said means that {says}"
        return Text(text=f"{why}. If it were so, the advice {would}.", ref=hypothesis((edit,)))

    def changes_of_mind(
        self, role: str | None = None, *, pairs: bool = True, every: bool = False
    ) -> Iterable[AnyBlock]:
        """All minimal changes that give a role (else the leading one) another first choice: single facts, then pairs."""
        choice = self._conclusion.choice(role) if role else leading(self._conclusion, self._words.knowledge)
        if choice is None:
            nothing = f"Nothing you said calls for {self._words.as_role(role)}." if role else _NO_CHOICE
            yield Text(text=nothing)
            return
        name, title = self._words.tool(choice.ranking[0].tool), self._words.as_role(choice.role)
        search = Search(self._reasoner, self._state.facts, choice.role)
        alone = [o for o in search.singles if o.turned]
        single = search.plausible(search.joined(alone))
        if single:
            yield self._some(f"What would replace {name} as {title}", single, every=every)
        else:
            yield Text(text=f"No single fact that you could state or drop would replace {name} as {title}.")
        if not pairs:
            return
        double = search.plausible(o for o in search.pairs({o.edits[0] for o in alone}) if o.turned)
        if double:
            yield self._some("Two changes together, of which neither does it alone", double, every=every)
        else:
            more = "further " if single else ""
            yield Text(text=f"No {more}two answers to my questions together take {name} from the top.")
        if not every and max(len(single), len(double)) > _SHOWN:
            yield Text(text="The likeliest come first; “/mind all” lists every one.")

    def _some(self, title: str, found: Sequence[Outcome], *, every: bool) -> Lines:
        shown = found if every else found[:_SHOWN]
        more = f" ({len(shown)} of {len(found)})" if len(shown) < len(found) else ""
        return Lines(title=title + more, lines=tuple(self._outcome(outcome) for outcome in shown))

    def _outcome(self, outcome: Outcome) -> Line:
        told = f"{self._words.tool(outcome.after or '')}, if {self.in_words(outcome.edits)}"
        return Line(told, hypothesis(outcome.edits))

    def _roles(self, roles: Iterable[str]) -> str:
        return listed([self._words.as_role(role) for role in roles])

    def how_sure(self) -> Iterable[AnyBlock]:
        """The margins, the assumptions that carry them, and whether an open answer could turn a first choice."""
        if not self._conclusion.stack:
            yield Text(text="There is no advice yet to be sure of. Tell me about your project first.")
            return
        yield Lines(title="How far ahead", lines=tuple(self._margin(choice) for choice in self._conclusion.stack))
        defaults = [f for f in self._conclusion.facts if f.origin == "default"]
        if defaults:
            forecast = self._reasoner.forecast(self._state.facts)
            lines = tuple(self._carried(fact, forecast) for fact in defaults)
            yield Lines(title="What I assume because you have not said otherwise", lines=lines)
        open_ones = self._open()
        turning = [(q, told) for q in open_ones if (told := self._effects(q, turning=True))]
        if turning:
            lines = tuple(Line(f"{q.text} {told}", f"question/{q.slot}") for q, told in turning)
            yield Lines(title="Answers that could still change a first choice", lines=lines)
        yield Text(text=self._settled(len(turning), len(open_ones)))

    def how_sure_of(self, tool: str) -> Iterable[AnyBlock]:
        """How far a tool is ahead in each role that it leads, and behind whom in the others."""
        name = self._words.tool(tool)
        lines: list[Line] = []
        for choice in self._conclusion.stack:
            place = next((n for n, ranked in enumerate(choice.ranking) if ranked.tool == tool), None)
            if place == 0:
                lines.append(self._margin(choice))
            elif place is not None:
                first, ranked = choice.ranking[0], choice.ranking[place]
                gap = round(first.score - ranked.score, 2)
                behind = f"{scored(gap)} behind" if gap else "level with"
                told = f"{self._words.role(choice.role)}: {name} is {behind} {self._words.tool(first.tool)}"
                lines.append(Line(told, f"tool/{choice.role}/{tool}"))
        if not lines:
            yield Text(
                text=f"{name} is no candidate in your project, so there is no margin to tell.", ref=f"excluded/{tool}"
            )
            return
        yield Lines(title=f"How far ahead {name} is", lines=tuple(lines))
        leads = {choice.role for choice in self._conclusion.stack if choice.ranking[0].tool == tool}
        turning = [
            Line(f"{question.text} {told}", f"question/{question.slot}")
            for question in self._open()
            if (told := self._effects(question, turning=True, roles=leads))
        ]
        if turning:
            yield Lines(title=f"Answers that could still take {name} from the top", lines=tuple(turning))
        elif leads:
            yield Text(text=f"No answer to any question that I could still ask would take {name} from the top.")

    def rests(self, fact: Fact) -> Text:
        """What hangs on a fact: what would come first if it were not in force."""
        if fact.origin == "default":
            return Text(text=sentence(self._carried(fact, self._reasoner.forecast(self._state.facts)).text))
        if fact.origin not in ("stated", "assumed"):
            return Text(text="It follows from the rest, so it is as sure as what it follows from.")
        without = apply(self._reasoner, self._state.facts, (Edit(remove=fact),))
        hangs = self._difference(
            self._reasoner.forecast(self._state.facts).leads(without), none="keeps its first choices"
        )
        return Text(text=f"Without it, the advice {hangs}.", ref=hypothesis((Edit(remove=fact),)))

    def _settled(self, turning: int, asked: int) -> str:
        """How firm the advice is, all told: by the open answers, and by how far the first choices are ahead."""
        close = [
            f"{self._words.tool(c.ranking[0].tool)} is {self._ahead(c)} as {self._words.as_role(c.role)}"
            for c in self._conclusion.stack
            if len(c.ranking) > 1 and c.ranking[0].score - c.ranking[1].score < _CLOSE
        ]
        narrow = f"{listed(close)}, so another weighing of what you said could turn it" if close else ""
        if turning:
            all_told = f"So it is not settled yet: {turning} of {asked} open questions could change a first choice"
            return f"{all_told}. Besides, {narrow}." if narrow else f"{all_told}."
        robust = "No answer to any question that I could still ask would change a first choice"
        return f"{robust}. Still, {narrow}." if narrow else f"{robust}: the advice is robust."

    def _ahead(self, choice: Choice) -> str:
        margin = round(choice.ranking[0].score - choice.ranking[1].score, 2)
        other = self._words.tool(choice.ranking[1].tool)
        return f"only {scored(margin)} ahead of {other}" if margin else f"level with {other}"

    def _carried(self, default: Fact, forecast: Forecast) -> Line:
        """An assumption, and what hangs on it: what would come first if it were not so."""
        without = forecast.leads((*self._state.facts, Fact(default.slot, default.value, negated=True)))
        hangs = self._difference(without, none="no first choice hangs on that")
        clause = hangs if hangs.startswith("no first") else f"without it, the advice {hangs}"
        return Line(f"{self._words.fact(default)}: {clause}", fact_ref(default))

    def why_ask(self, slot: str | None) -> Iterable[AnyBlock]:
        """What each answer to the open question would do to the stack."""
        question = next((q for q in self._words.knowledge.questions if q.slot == slot), None)
        if question is None:
            yield Text(text="No question is open.")
            return
        yield Text(text=f"{question.help}. This is what each answer would do:")
        lines = [
            Line(f"{option.label}: {self._difference(leads)}", hypothesis((Edit(add=fact),)))
            for option, fact, leads in self._answers(question)
        ]
        yield Lines(title=question.text, lines=tuple(lines))

    # -- in words ----------------------------------------------------------------------------------------

    def _open(self) -> list[Question]:
        return list(open_questions(self._reasoner, self._state.facts, self._conclusion, self._state.skipped))

    def _margin(self, choice: Choice) -> Line:
        first = choice.ranking[0]
        name, role = self._words.tool(first.tool), self._words.role(choice.role)
        ref = f"tool/{choice.role}/{first.tool}"
        if len(choice.ranking) == 1:
            return Line(f"{role}: {name} is the only candidate", ref)
        second = choice.ranking[1]
        ahead, behind = first.by_pillar(), second.by_pillar()
        gaps = {
            within(p.title): round(ahead.get(p.id, 0) - behind.get(p.id, 0), 2)
            for p in self._words.knowledge.pillars.values()
        }
        where = (
            ", ".join(f"{points(gap)} in {pillar}" for pillar, gap in gaps.items() if gap) or "equal in every pillar"
        )
        margin = round(first.score - second.score, 2)
        if not margin:
            return Line(
                f"{role}: {name} ties with {self._words.tool(second.tool)} and goes first by the tie rule ({where})",
                ref,
            )
        return Line(f"{role}: {name} is {scored(margin)} ahead of {self._words.tool(second.tool)} ({where})", ref)

    def _answers(self, question: Question) -> list[tuple[Option, Fact, Leads]]:
        found = answers(self._reasoner, self._state.facts, question)
        return [(option, *trial) for option, trial in zip(question.options, found, strict=True)]

    def _effects(self, question: Question, *, turning: bool, roles: Collection[str] = ()) -> str:
        """What the answers would do, those that do the same told together.

        If `turning`, only those that turn a first choice, where `roles` are given one of theirs.
        """
        told: dict[str, list[str]] = {}
        for option, _, leads in self._answers(question):
            if not turning or any(not roles or role in roles for role, _, _ in self._changed(leads)):
                told.setdefault(self._difference(leads), []).append(f"“{option.label}”")
        return "; ".join(f"{listed(labels, 'or')} {effect}" for effect, labels in told.items())

    def _changed(self, leads: Leads) -> list[tuple[str, str, str]]:
        before = {c.role: c.ranking[0].tool for c in self._conclusion.stack}
        return [(r, tool, leads[r].tool) for r, tool in before.items() if r in leads and leads[r].tool != tool]

    def _difference(self, leads: Leads, none: str = "changes no first choice") -> str:
        return self.difference({role: lead.tool for role, lead in leads.items()}, none=none)

    def difference(self, firsts: Mapping[str, str], *, none: str) -> str:
        """How other first choices (by role) differ from the ones here; `none` where they do not."""
        before = {c.role: c.ranking[0].tool for c in self._conclusion.stack}
        name = self._words.tool
        swaps: dict[str, list[str]] = {}
        for role, tool in before.items():
            if firsts.get(role, tool) != tool:
                swaps.setdefault(f"{name(firsts[role])} instead of {name(tool)}", []).append(role)
        swapped = [swap + (f" as {self._roles(roles)}" if len(roles) > 1 else "") for swap, roles in swaps.items()]
        told = [f"gives {listed(swapped)}"] if swapped else []
        told += [
            f"adds {self._words.as_role(role)}: {name(tool)}" for role, tool in firsts.items() if role not in before
        ]
        told += [f"needs no {self._words.as_role(role)}" for role in before if role not in firsts]
        return listed(told) or none

    def in_words(self, edits: Iterable[Edit]) -> str:
        """The changes as a clause that follows "if"."""
        told = []
        for edit in edits:
            fact = edit.add or edit.remove
            assert fact is not None
            said = self._words.says(fact.slot, fact.value, negated=fact.negated)
            told.append(said if edit.add else f"it were not a given that {said}")
        return listed(told)
