"""The recommendation as a decision record in the order of MADR 4: context, drivers, options, outcome with consequences and
confirmation, pros and cons, more information."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant import __version__
from assistant.dialogue.blocks import Citation, scored
from assistant.dialogue.render import escape, linked
from assistant.dialogue.wording import Wording, listed, points, sentence, within
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Knowledge
from assistant.reasoning.model import Advice, Argument, Choice, Conclusion, Exclusion, Firing, Ranked
from assistant.sessions.export import Document
from assistant.sessions.model import SessionError

_OPTIONS = 4  # how many options of a role are argued; the others are only named
_SAID = ("stated", "assumed", "implied")


def decision_record(
    document: Document, knowledge: Knowledge, conclusion: Conclusion, turning: Sequence[str] = ()
) -> str:
    """CommonMark. `turning` says what would change the decision, a line each.

    Raises SessionError while there is no recommendation to record.
    """
    stack = [choice for choice in conclusion.stack if choice.ranking]
    if not stack:
        raise SessionError("There is no recommendation yet, so there is no decision to record.")
    return _Record(document, knowledge, conclusion, stack, turning).text()


class _Record:
    def __init__(
        self,
        document: Document,
        knowledge: Knowledge,
        conclusion: Conclusion,
        stack: list[Choice],
        turning: Sequence[str],
    ) -> None:
        self.document = document
        self.knowledge = knowledge
        self.conclusion = conclusion
        self.stack = stack
        self.turning = turning
        self.wording = Wording(knowledge)
        self.sources: dict[tuple[str, str, str], Citation] = {}

    def text(self) -> str:
        body = [
            *self._head(),
            *self._context(),
            *self._drivers(),
            *self._options(),
            *self._outcome(),
            *self._consequences(),
            *self._confirmation(),
            *self._turning(),
            *self._pros_and_cons(),
        ]
        text = "\n".join([*body, *self._more()]).strip()
        return re.sub(r"\n{3,}", "\n\n", text) + "\n"

    def _head(self) -> Iterator[str]:
        first = [choice.ranking[0].tool for choice in sorted(self.stack, key=lambda one: not self._leads(one))]
        names = listed(list(dict.fromkeys(map(self.wording.tool, first))))
        yield from (f"# Use {escape(names)}", "")
        yield "- Status: proposed"
        yield f"- Date: {escape(self.document.turns[-1].created[:10])}"
        yield f"- Project: {escape(self.document.session.title)}"

    def _leads(self, choice: Choice) -> bool:
        role = self.knowledge.roles.get(choice.role)
        return role is not None and role.leads

    # --- what is given -----------------------------------------------------------------------------------

    def _context(self) -> Iterator[str]:
        yield from _section("Context and Problem Statement")
        roles = listed([self.wording.as_role(choice.role) for choice in self.stack])
        yield f"Which tools should this project be built with? To be decided: {escape(roles)}."
        yield ""
        yield "“You” is whoever described the project to the assistant; their words stand in quotation marks."
        groups = (
            ("You said:", _SAID),
            ("From this follows:", ("inferred",)),
            ("Nobody has said otherwise, so it is assumed:", ("default",)),
        )
        for title, origins in groups:
            facts = [fact for fact in self.conclusion.facts if fact.origin in origins]
            if facts:
                yield from ("", title, "", *map(self._fact, facts))

    def _fact(self, fact: Fact) -> str:
        says = escape(sentence(self.wording.fact(fact)))
        if fact.words is not None:
            read = ", as it was read" if fact.origin == "assumed" else ""
            return f"- {says} (“{escape(fact.words.text)}”, message {fact.words.turn + 1}{read})"
        rule = next((one for one in self.knowledge.rules if one.id == fact.rule), None)
        return f"- {says}" + (f" {escape(sentence(rule.because))}" if rule else "")

    def _drivers(self) -> Iterator[str]:
        """What was said and did something here, the weightiest first; then which pillars the points come from."""
        yield from _section("Decision Drivers")
        argued = [one.firing for choice in self.stack for ranked in choice.ranking for one in ranked.arguments]
        closed = [one.firing for one in self.conclusion.excluded]
        facts = [fact for fact in self.conclusion.facts if fact.origin in _SAID]
        counts = {fact: (_uses(fact, argued), _uses(fact, closed)) for fact in facts}
        for fact in sorted(facts, key=lambda one: -sum(counts[one])):
            arguments, exclusions = counts[fact]
            told = [f"bears on {_count(arguments, 'argument')}"] if arguments else []
            told += [f"rules out {_count(exclusions, 'tool')}"] if exclusions else []
            if told:
                yield f"- {escape(sentence(self.wording.fact(fact)).rstrip('.'))}: {listed(told)}."
        weight: dict[str, float] = {}
        for choice in self.stack:
            for argument in choice.ranking[0].arguments:
                weight[argument.pillar] = weight.get(argument.pillar, 0.0) + abs(argument.worth)
        shares = [
            f"{within(self._pillar(one))} {weight[one]:g}" for one in sorted(weight, key=lambda o: (-weight[o], o))
        ]
        if shares:
            yield from ("", f"Points that were weighed for and against the first choices: {escape(', '.join(shares))}.")
        for conflict in self.conclusion.conflicts:
            yield from ("", f"**These cannot all be met:** {self._advice(conflict)}")

    # --- what is decided ---------------------------------------------------------------------------------

    def _options(self) -> Iterator[str]:
        yield from _section("Considered Options")
        for choice in self.stack:
            named = ", ".join(escape(self.wording.tool(one.tool)) for one in choice.ranking[:_OPTIONS])
            more = len(choice.ranking) - _OPTIONS
            yield f"- {escape(self.wording.role(choice.role))}: {named}" + (f" and {more} more" if more > 0 else "")

    def _outcome(self) -> Iterator[str]:
        yield from _section("Decision Outcome")
        for choice in self.stack:
            first = choice.ranking[0]
            best = sorted((a for a in first.arguments if a.worth > 0), key=lambda a: (-a.worth, a.id))[:2]
            why = "".join(f" {escape(sentence(argument.text))}" for argument in best)
            role, tool = escape(self.wording.role(choice.role)), escape(self.wording.tool(first.tool))
            yield f"- **{role}: {tool}.**{why} {self._margin(choice)}"

    def _margin(self, choice: Choice) -> str:
        first, *others = choice.ranking
        if not others:
            return f"It is the only candidate ({scored(first.score)})."
        second = escape(self.wording.tool(others[0].tool))
        if first.score == others[0].score:
            return f"It ties with {second} at {scored(first.score)} and goes first by the tie rule."
        return f"It has {scored(first.score)}; next comes {second} with {others[0].score:g}."

    def _consequences(self) -> Iterator[str]:
        against = [
            (choice, argument)
            for choice in self.stack
            for argument in sorted(choice.ranking[0].arguments, key=lambda a: (a.worth, a.id))
            if argument.worth < 0
        ]
        grave = [one for one in self.conclusion.caveats if one.severity != "note"]
        notes = [one for one in self.conclusion.caveats if one.severity == "note"]
        if against or grave or notes:
            yield from _part("Consequences")
        if against:
            yield from ("What speaks against the choices and is accepted with them:", "")
        told = (
            f"- {escape(self.wording.tool(choice.ranking[0].tool))}: {escape(sentence(argument.text))}{self._cited(argument)}"
            for choice, argument in against
        )
        yield from dict.fromkeys(told)  # a tool chosen for two roles has its drawbacks once
        if grave:
            yield from ("", "What can go seriously wrong, and what to do about it:", "")
        for caveat in grave:
            lead = "**Critical.** " if caveat.severity == "critical" else ""
            yield f"- {lead}{self._advice(caveat)}"
        if notes:
            yield from ("", "Also to be known:", "")
        for caveat in notes:
            yield f"- {self._advice(caveat)}"

    def _confirmation(self) -> Iterator[str]:
        phases = (
            ("poc", "Confirmation", "A proof of concept of a week confirms the decision, or shows that it is wrong:"),
            ("production", "On the Way to Production", "These steps follow once the proof of concept has held:"),
        )
        for phase, title, lead in phases:
            steps = [step for step in self.conclusion.plan if step.phase == phase]
            if steps:
                yield from (*_part(title), lead, "")
            for number, step in enumerate(steps, 1):
                yield f"{number}. {self._advice(step)}"
                if step.measure:
                    yield f"    - Measure: {escape(sentence(step.measure))}"
                if step.falsified_if:
                    yield f"    - The choice is wrong if: {escape(sentence(step.falsified_if))}"

    def _turning(self) -> Iterator[str]:
        if self.turning:
            yield from _part("What Would Change This Decision")
        if any(", if " in line for line in self.turning):
            yield from ("One of these alone would put another tool first:", "")
        grouped: dict[str, list[str]] = {}
        for line in self.turning:
            tool, _, condition = line.partition(", if ")
            grouped.setdefault(tool, []).append(condition)
        for tool, conditions in grouped.items():
            told = f"{tool}, if {listed(conditions, 'or')}" if all(conditions) else tool
            yield f"- {escape(sentence(told))}"

    # --- what was weighed --------------------------------------------------------------------------------

    def _pros_and_cons(self) -> Iterator[str]:
        yield from _section("Pros and Cons of the Options")
        yield "The points of an argument stand behind it, its source in brackets; a negative number speaks against."
        for choice in self.stack:
            yield from _part(escape(self.wording.role(choice.role)))
            for ranked in choice.ranking[:_OPTIONS]:
                yield from (f"#### {escape(self.wording.tool(ranked.tool))}: {scored(ranked.score)}", "")
                yield from self._arguments(ranked)
                yield ""
            others = choice.ranking[_OPTIONS:]
            if others:
                named = ", ".join(f"{escape(self.wording.tool(one.tool))} ({one.score:g})" for one in others)
                yield f"Further behind: {named}."
        yield from self._ruled_out()

    def _arguments(self, ranked: Ranked) -> Iterator[str]:
        """Arguments by pillar, the weightiest pillar first; within it those for the tool before those against it."""
        sums = ranked.by_pillar()
        if not sums:
            yield "Nothing is known that speaks for or against it here."
        for pillar in sorted(sums, key=lambda one: (-abs(sums[one]), one)):
            yield f"- {escape(self._pillar(pillar))} ({points(sums[pillar])})"
            about = [one for one in ranked.arguments if one.pillar == pillar]
            for argument in sorted(about, key=lambda one: (-one.worth, one.id)):
                side = "Good" if argument.worth > 0 else "Bad"
                yield f"  - {side}: {escape(argument.text)} ({points(argument.worth)}){self._cited(argument)}"

    def _ruled_out(self) -> Iterator[str]:
        """Tools that were in question for one of these roles and that this project, not their own state, rules out."""
        roles = {choice.role for choice in self.stack}
        here: dict[str, list[Exclusion]] = {}
        apart = set()
        for one in self.conclusion.excluded:
            record = self.knowledge.tools.get(one.tool)
            if record is None or not roles.intersection(record.roles):
                continue
            if any(not premise.atom[0].startswith("known:") for premise in one.firing.premises):
                here.setdefault(one.rule, []).append(one)
            else:
                apart.add(one.tool)
        if here or apart:
            yield from _part("Ruled Out")
        for group in here.values():
            others = [escape(self.wording.tool(one.tool)) for one in group[1:]]
            also = f" So are, for the same reason, {listed(others)}." if others else ""
            tool = escape(self.wording.tool(group[0].tool))
            yield f"- **{tool}:** {escape(sentence(group[0].text))}{also}{self._cited(group[0])}"
        apart -= {one.tool for group in here.values() for one in group}
        if apart:
            names = listed([escape(self.wording.tool(one)) for one in sorted(apart)])
            yield from ("", f"Out from the start, because they are no longer developed or have a successor: {names}.")

    # --- where it comes from -----------------------------------------------------------------------------

    def _advice(self, advice: Advice) -> str:
        more = f" {escape(sentence(advice.advice))}" if advice.advice else ""
        return f"{escape(sentence(advice.text))}{more}{self._cited(advice)}"

    def _pillar(self, pillar: str) -> str:
        record = self.knowledge.pillars.get(pillar)
        return record.title if record else pillar

    def _cited(self, claim: Argument | Exclusion | Advice) -> str:
        """The number of the claim's source, as the list at the end has it."""
        cited = self.wording.cite(claim.source, claim.verified, claim.layer)
        if not cited:
            return ""
        # Records of one page under several names are one source.
        key = (cited[0].title, cited[0].url.rstrip("/"), claim.layer)
        self.sources.setdefault(key, cited[0])
        return f" \\[{list(self.sources).index(key) + 1}\\]"

    def _more(self) -> Iterator[str]:
        yield from _section("More Information")
        yield (
            f"Made with ml-stack-assistant {__version__} from session {escape(self.document.session.id)} and knowledge "
            f"{escape(self.knowledge.version)}. The same words and the same knowledge give the same advice."
        )
        if self.sources:
            yield from ("", "Sources, each with the day on which the claim was noted:", "")
        for number, cited in enumerate(self.sources.values(), 1):
            yield f"{number}. {linked(cited)}, {escape(cited.verified)}"


def _uses(fact: Fact, firings: Iterable[Firing]) -> int:
    """How many firings rest on what the fact says: on its value, or on a threshold that its amount is held against."""
    value = fact.value if isinstance(fact.value, str) else None
    names = {fact.slot, f"!{fact.slot}", f"must:{fact.slot}"}
    return sum(
        any(p.holds and p.atom[0] in names and (value is None or p.atom[1] == value) for p in firing.premises)
        for firing in firings
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _section(title: str) -> tuple[str, ...]:
    return ("", f"## {title}", "")


def _part(title: str) -> tuple[str, ...]:
    return ("", f"### {title}", "")
