"""Tools side by side: for one project, or in general from what their records say."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.dialogue.advising import argument_line
from assistant.dialogue.blocks import CompareRow, Comparison, Line, scored
from assistant.dialogue.requirements import in_words
from assistant.dialogue.wording import Wording, listed, points, within
from assistant.knowledge.model import Claim, Tool
from assistant.reasoning.model import Argument, Choice, Conclusion, Ranked

_DIFFERENT = 12  # arguments that a comparison tells in which tools differ
_EQUAL = 4  # and in which they are alike
_GOOD, _BAD = 3, 2  # claims for and against a tool that one pillar tells
_CONDITION = 140  # characters; a condition that takes more is left to the tool's own page


def competing(conclusion: Conclusion, tools: Iterable[str]) -> tuple[Choice | None, list[Ranked]]:
    """The choice in which most of the tools compete, two at least, and those of them that do, best first."""
    asked = set(tools)
    found = [(choice, [r for r in choice.ranking if r.tool in asked]) for choice in conclusion.stack]
    choice, ranked = max(found, key=lambda pair: len(pair[1]), default=(None, []))
    return (choice, ranked) if len(ranked) > 1 else (None, [])


class Comparer:
    """Compares tools. A project is described by facts about it; naming tools alone describes none."""

    def __init__(self, wording: Wording, conclusion: Conclusion) -> None:
        self._words = wording
        self._conclusion = conclusion
        kinds = {slot.id: slot.kind for slot in wording.knowledge.slots.values()}
        said = [fact for fact in conclusion.facts if fact.origin in ("stated", "assumed")]
        names = {
            fact.words for fact in said if fact.words and kinds.get(fact.slot) == "tools"
        }  # a name may tell a task
        self.described = any(kinds.get(fact.slot) != "tools" and fact.words not in names for fact in said)

    def for_project(self, tools: list[Tool]) -> Comparison | None:
        """Those of the tools that compete for one role, by what counts for the project; None where no two do."""
        choice, ranked = competing(self._conclusion, [t.id for t in tools])
        found = {r.tool: r for r in ranked}
        return self._project_comparison(choice, [found[t.id] for t in tools if t.id in found]) if choice else None

    def _project_comparison(self, choice: Choice, ranked: list[Ranked]) -> Comparison:
        role, first = choice.role, choice.ranking[0]
        names = [self._words.tool(r.tool) for r in ranked]
        records = [self._words.knowledge.tools[r.tool] for r in ranked]
        best = max(ranked, key=lambda r: (r.score, -ranked.index(r)))
        rest = max((r.score for r in ranked if r is not best), default=0.0)
        margin = round(best.score - rest, 2)
        title = self._words.as_role(role)
        if margin:
            text = f"{self._words.tool(best.tool)} for {title} in your project, by {scored(margin)}"
        else:
            text = f"They weigh the same for {title} in your project; what you have not said yet decides"
        if first not in ranked:
            text += f". The first choice there is another, {self._words.tool(first.tool)} with {scored(first.score)}"
        return Comparison(
            names=tuple(names),
            rows=(*self._project_rows(role, ranked), *self._record_rows(records)),
            verdict=Line(text + ".", f"tool/{role}/{best.tool}"),
            role=role,
            tools=tuple(r.tool for r in ranked),
        )

    def _project_rows(self, role: str, ranked: list[Ranked]) -> Iterable[CompareRow]:
        """The sums, the points by pillar, the arguments that differ, weightiest first, and those that are equal."""
        tools = "+".join(r.tool for r in ranked)
        yield CompareRow("Points", tuple(f"{r.score:g}" for r in ranked), f"tool/{role}/{ranked[0].tool}")
        for pillar in self._words.knowledge.pillars.values():
            worth = tuple(points(r.by_pillar().get(pillar.id, 0)) for r in ranked)
            yield CompareRow(pillar.title, worth, f"pillar/{role}/{pillar.id}/{tools}")
        counted = [{a.text: a for a in r.arguments} for r in ranked]
        first = dict[str, Argument]()
        for arguments in reversed(counted):
            first |= arguments
        order = sorted(first, key=lambda t: (-max(abs(c[t].worth) for c in counted if t in c), first[t].id))
        equal = [text for text in order if all(text in c for c in counted)]
        for text in [text for text in order if text not in equal][:_DIFFERENT] + equal[:_EQUAL]:
            cells = tuple(points(c[text].worth) if text in c else "" for c in counted)
            yield CompareRow(text, cells, argument_line(first[text], self._words).ref)

    def in_general(self, tools: list[Tool]) -> Comparison:
        """The tools pillar by pillar, from their records alone."""
        rows = self._record_rows(tools)
        about = f"record/about/{'+'.join(t.id for t in tools)}"
        rows.append(CompareRow("Learning curve", tuple(t.learning_curve or "not recorded" for t in tools), about))
        for pillar in self._words.knowledge.pillars.values():
            cells = tuple(self._pillar_cell(t, pillar.id) for t in tools)
            if any(cells):
                rows.append(CompareRow(pillar.title, tuple(cell or "nothing recorded" for cell in cells), about))
        return Comparison(
            names=tuple(t.name for t in tools),
            rows=tuple(rows),
            verdict=Line(self._verdict(tools)),
            tools=tuple(t.id for t in tools),
        )

    def _verdict(self, tools: list[Tool]) -> str:
        dying = [t for t in tools if t.status.state in ("archived", "superseded", "retired")]
        if dying and len(dying) < len(tools):
            text = f"Not {listed([t.name for t in dying], 'or')} for anything new"
            return (
                f"{text}; between the others it depends on your project." if len(tools) - len(dying) > 1 else f"{text}."
            )
        if self.described:
            return "They do not compete for the same role in your project; this is what their records say."
        strong: dict[str, list[str]] = {}
        for pillar in self._words.knowledge.pillars.values():
            sums = [sum(c.points for c in _claims(t, pillar.id) if c.when is None) for t in tools]
            if sums.count(max(sums)) == 1:
                strong.setdefault(tools[sums.index(max(sums))].name, []).append(within(pillar.title))
        told = listed([f"{name} is ahead in {listed(pillars)}" for name, pillars in strong.items()])
        ahead = f"By what holds in every project {told}. The rest" if told else "It"
        return (
            f"{ahead} depends on the project: tell me the task, the data and where it will run, and I will weigh them."
        )

    def _record_rows(self, tools: list[Tool]) -> list[CompareRow]:
        names = "+".join(t.id for t in tools)
        return [
            CompareRow("What it is", tuple(t.summary for t in tools), f"record/about/{names}"),
            CompareRow("Licence", tuple(t.licence.spdx for t in tools), f"record/licence/{names}"),
            CompareRow("Status", tuple(_status_cell(t) for t in tools), f"record/status/{names}"),
        ]

    def _pillar_cell(self, tool: Tool, pillar: str) -> str:
        """The weightiest claims about a tool, with what they are on condition of; those that always hold come first."""
        claims = sorted(_claims(tool, pillar), key=lambda c: (c.when is not None, -abs(c.points)))
        good = [self._told(c) for c in claims if c.points > 0]
        bad = [self._told(c) for c in claims if c.points < 0]
        return "; ".join(told for told in (*good[:_GOOD], *bad[:_BAD]) if told)

    def _told(self, claim: Claim) -> str:
        if claim.when is None:
            return f"{points(claim.points)} {claim.text}"
        condition = in_words(claim.when, self._words)
        return f"{points(claim.points)} where {condition}: {claim.text}" if len(condition) <= _CONDITION else ""


def _claims(tool: Tool, pillar: str) -> list[Claim]:
    return [c for c in (*tool.strengths, *tool.weaknesses) if c.pillar == pillar]


def _status_cell(tool: Tool) -> str:
    release = f", {tool.release.version} of {tool.release.date}" if tool.release else ""
    return f"{tool.status.state}{release}"
