"""The recommendation as a decision record, in the order of MADR: context, drivers, outcome, options, consequences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant import __version__
from assistant.dialogue.blocks import Citation
from assistant.dialogue.render import escape, linked
from assistant.dialogue.wording import Wording, listed, points, sentence
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Knowledge
from assistant.reasoning.model import Advice, Argument, Choice, Conclusion, Exclusion
from assistant.sessions.export import Document
from assistant.sessions.model import SessionError

_OPTIONS = 4  # how many options of a role are argued; the others are only named


def decision_record(document: Document, knowledge: Knowledge, conclusion: Conclusion) -> str:
    """CommonMark. Raises SessionError while there is no recommendation to record."""
    stack = [choice for choice in conclusion.stack if choice.ranking]
    if not stack:
        raise SessionError("There is no recommendation yet, so there is no decision to record.")
    return _Record(document, knowledge, conclusion, stack).text()


class _Record:
    def __init__(self, document: Document, knowledge: Knowledge, conclusion: Conclusion, stack: list[Choice]) -> None:
        self.document = document
        self.knowledge = knowledge
        self.conclusion = conclusion
        self.stack = stack
        self.wording = Wording(knowledge)
        self.sources: dict[tuple[str, str], Citation] = {}

    def text(self) -> str:
        names = list(dict.fromkeys(self.wording.tool(choice.ranking[0].tool) for choice in self.stack))
        body = [
            *self._head(names),
            *self._context(),
            *self._drivers(),
            *self._outcome(),
            *self._consequences(),
            *self._confirmation(),
            *self._options(),
        ]
        text = "\n".join([*body, *self._sources()]).strip()
        return re.sub(r"\n{3,}", "\n\n", text) + "\n"

    def _head(self, names: list[str]) -> Iterator[str]:
        last = self.document.turns[-1]
        yield f"# Use {escape(listed(names))}"
        yield ""
        yield "- Status: proposed"
        yield f"- Date: {escape(last.created[:10])}"
        yield f"- Project: {escape(self.document.session.title)}"
        yield (
            f"- Made with: ml-stack-assistant {__version__}, knowledge {escape(self.knowledge.version)}, "
            f"session {escape(self.document.session.id)}"
        )

    def _context(self) -> Iterator[str]:
        yield from _section("Context and problem statement")
        groups = (
            ("What was said:", ("stated", "assumed", "implied")),
            ("What follows from it:", ("inferred",)),
            ("What is assumed as long as nothing else is said:", ("default",)),
        )
        for title, origins in groups:
            facts = [fact for fact in self.conclusion.facts if fact.origin in origins]
            if facts:
                yield from (title, "", *map(self._fact, facts), "")

    def _fact(self, fact: Fact) -> str:
        says = escape(sentence(self.wording.fact(fact)))
        if fact.words is None:
            return f"- {says}"
        read = ", as it was read" if fact.origin == "assumed" else ""
        return f"- {says} “{escape(fact.words.text)}” (message {fact.words.turn + 1}{read})"

    def _drivers(self) -> Iterator[str]:
        """What weighed how much: the points that arguments for and against the first choices have, by pillar."""
        weight: dict[str, float] = {}
        for choice in self.stack:
            for argument in choice.ranking[0].arguments:
                weight[argument.pillar] = weight.get(argument.pillar, 0.0) + abs(argument.worth)
        yield from _section("Decision drivers")
        for pillar in sorted(weight, key=lambda one: (-weight[one], one)):
            record = self.knowledge.pillars.get(pillar)
            yield f"- {escape(record.title if record else pillar)} ({weight[pillar]:g} points weighed)"
        for conflict in self.conclusion.conflicts:
            yield f"- **Conflict:** {self._advice(conflict)}"

    def _outcome(self) -> Iterator[str]:
        yield from _section("Decision outcome")
        for choice in self.stack:
            first = choice.ranking[0]
            best = sorted((a for a in first.arguments if a.worth > 0), key=lambda a: (-a.worth, a.id))[:2]
            why = "; ".join(escape(argument.text) for argument in best)
            yield (
                f"- **{escape(self.wording.role(choice.role))}:** {escape(self.wording.tool(first.tool))} "
                f"({first.score:g} points)" + (f", because: {why}" if why else "")
            )

    def _consequences(self) -> Iterator[str]:
        if self.conclusion.caveats:
            yield from _section("Consequences")
        for caveat in self.conclusion.caveats:
            yield f"- **{escape(caveat.severity.capitalize())}:** {self._advice(caveat)}"

    def _confirmation(self) -> Iterator[str]:
        for phase, title in (("poc", "Confirmation"), ("production", "On the way to production")):
            steps = [step for step in self.conclusion.plan if step.phase == phase]
            if steps:
                yield from _section(title)
            for number, step in enumerate(steps, 1):
                yield f"{number}. {self._advice(step)}"
                if step.measure:
                    yield f"   - **Measure:** {escape(step.measure)}"
                if step.falsified_if:
                    yield f"   - **Wrong choice if:** {escape(step.falsified_if)}"

    def _options(self) -> Iterator[str]:
        yield from _section("Considered options")
        for choice in self.stack:
            yield from ("", f"### {escape(self.wording.role(choice.role))}", "")
            for ranked in choice.ranking[:_OPTIONS]:
                yield from (f"#### {escape(self.wording.tool(ranked.tool))}: {ranked.score:g} points", "")
                yield from self._arguments(ranked.arguments)
                yield ""
            others = choice.ranking[_OPTIONS:]
            if others:
                named = ", ".join(f"{escape(self.wording.tool(one.tool))} ({one.score:g})" for one in others)
                yield from (f"Also possible: {named}", "")
        if self.conclusion.excluded:
            yield from ("### Ruled out", "")
        for exclusion in self.conclusion.excluded:
            cited = self._cited(exclusion)
            yield f"- **{escape(self.wording.tool(exclusion.tool))}:** {escape(sentence(exclusion.text))}{cited}"

    def _arguments(self, arguments: Iterable[Argument]) -> Iterator[str]:
        for argument in sorted(arguments, key=lambda one: (-one.worth, one.id)):
            side = "Good" if argument.worth > 0 else "Bad"
            pillar = self.knowledge.pillars.get(argument.pillar)
            about = escape(pillar.title if pillar else argument.pillar)
            cited = self._cited(argument)
            yield f"- {side}, because: {escape(argument.text)} ({points(argument.worth)}, {about}){cited}"

    def _advice(self, advice: Advice) -> str:
        more = f" {escape(sentence(advice.advice))}" if advice.advice else ""
        return f"{escape(sentence(advice.text))}{more}{self._cited(advice)}"

    def _cited(self, claim: Argument | Exclusion | Advice) -> str:
        """The number of the claim's source, as the list at the end has it."""
        cited = self.wording.cite(claim.source, claim.verified, claim.layer)
        if not cited:
            return ""
        key = (claim.source, claim.layer)
        self.sources.setdefault(key, cited[0])
        return f" \\[{list(self.sources).index(key) + 1}\\]"

    def _sources(self) -> Iterator[str]:
        yield from _section("More information")
        yield "Sources, with the day on which each was last checked:"
        yield ""
        for number, cited in enumerate(self.sources.values(), 1):
            yield f"{number}. {linked(cited)}, {escape(cited.verified)}"


def _section(title: str) -> tuple[str, ...]:
    return ("", f"## {title}", "")
