"""Why, why not, says who: answers computed from the proofs."""

from __future__ import annotations

from assistant.dialogue.advising import argument_line, matrix
from assistant.dialogue.blocks import AnyBlock, Citation, Line, Lines, Node, Notice, Proof, Text
from assistant.dialogue.proofs import Prover, fact_ref
from assistant.dialogue.wording import Wording, listed, points, sentence
from assistant.knowledge.model import Rule, Tool
from assistant.reasoning.model import Advice, Argument, Choice, Conclusion, Exclusion, Firing, Ranked
from assistant.reasoning.reasoner import Reasoner
from assistant.reasoning.selection import Mismatch

_WHAT_A_DATE_MEANS = (
    "A date is the day on which the claim was last gone over. “Our judgement” marks what no page says in these words, "
    "“page not opened” what nobody compared with its page on that day; so open the source before a costly decision."
)

_SHOWN = 5


class Explainer:
    """Answers questions about one conclusion."""

    def __init__(self, reasoner: Reasoner, wording: Wording, conclusion: Conclusion) -> None:
        self._reasoner = reasoner
        self._words = wording
        self._conclusion = conclusion
        self._prover = Prover(wording, reasoner.programs, conclusion)

    # -- why -------------------------------------------------------------------------------------------

    def why(self, ref: str) -> tuple[AnyBlock, ...]:
        """The reasoning behind the claim that `ref` names; a notice when there is no such claim (any more)."""
        kind, _, rest = ref.partition("/")
        if kind == "tool":
            role, _, tool = rest.partition("/")
            return self.why_tool(tool, role)
        if kind == "argument":
            return self._why_argument(rest)
        if kind == "fact":
            return self._why_fact(rest)
        if kind == "excluded":
            return self.why_not(rest)
        if kind == "role":
            return self._why_role(rest)
        advice = {
            "caveat": self._conclusion.caveats,
            "step": self._conclusion.plan,
            "conflict": self._conclusion.conflicts,
        }
        for item in advice.get(kind, ()):
            if item.id == rest:
                return self._why_advice(item)
        return (Notice(text="That no longer holds for your project, so there is nothing to explain.", level="info"),)

    def why_tool(self, tool: str, role: str | None = None) -> tuple[AnyBlock, ...]:
        """Why a tool stands where it stands."""
        places = [
            (c, r) for c in self._conclusion.stack for r in c.ranking if r.tool == tool and role in (None, c.role)
        ]
        if not places:
            return self.why_not(tool)
        choice, ranked = max(
            places, key=lambda place: (place[0].ranking[0].tool == tool, -place[0].ranking.index(place[1]))
        )
        shown = ranked.arguments
        lines = [self._reason(argument) for argument in shown[:_SHOWN]]
        blocks: list[AnyBlock] = [
            Text(text=self._standing(choice, ranked), ref=f"tool/{choice.role}/{tool}"),
            Lines(title=f"What decides it for {self._words.tool(tool)}", lines=tuple(lines)),
        ]
        table = matrix(self._conclusion, choice.role, self._words)
        if table is not None:
            blocks.append(table)
        blocks.append(Proof(root=self._tool_proof(choice, ranked)))
        return tuple(blocks)

    def _standing(self, choice: Choice, ranked: Ranked) -> str:
        name, role = self._words.tool(ranked.tool), self._words.role(choice.role).lower()
        place = choice.ranking.index(ranked)
        if place == 0 and len(choice.ranking) == 1:
            return f"{name} is the only candidate for {role} that your facts leave."
        if place == 0:
            second = choice.ranking[1]
            margin = round(ranked.score - second.score, 2)
            if margin == 0:
                other = self._words.tool(second.tool)
                return (
                    f"{name} and {other} tie for {role} at {ranked.score:g} points; {name} goes first by the tie rule."
                )
            return f"{name} comes first for {role} with {ranked.score:g} points, {margin:g} ahead of {self._words.tool(second.tool)}."
        first = choice.ranking[0]
        return (
            f"{name} comes {_ordinal(place + 1)} for {role} with {ranked.score:g} points, "
            f"{round(first.score - ranked.score, 2):g} behind {self._words.tool(first.tool)}."
        )

    def _reason(self, argument: Argument) -> Line:
        line = argument_line(argument, self._words)
        said = self._because_you_said(argument.firing)
        return Line(text=f"{line.text}{said}", ref=line.ref, sources=line.sources)

    def _because_you_said(self, firing: Firing) -> str:
        quotes = list(dict.fromkeys(f"“{f.words.text}”" for f in self._prover.roots(firing) if f.words))
        return f", because you said {listed(quotes)}" if quotes else ""

    def _tool_proof(self, choice: Choice, ranked: Ranked) -> Node:
        fit = self._prover.firing(
            ranked.fit, f"{self._words.tool(ranked.tool)} is a candidate: its record fits your project"
        )
        needed = [self._need(firing) for firing in choice.needed]
        arguments = [self._argument_node(argument) for argument in ranked.arguments]
        text = f"{self._words.tool(ranked.tool)} for {self._words.role(choice.role).lower()}: {ranked.score:g} points"
        return Node(
            text=text, kind="conclusion", children=(*arguments, fit, *needed), ref=f"tool/{choice.role}/{ranked.tool}"
        )

    def _argument_node(self, argument: Argument) -> Node:
        pillar = self._words.knowledge.pillars.get(argument.pillar)
        where = pillar.title.lower() if pillar else argument.pillar
        text = f"{points(argument.worth)} {where}: {argument.text}"
        return self._prover.firing(
            argument.firing,
            text,
            sources=self._cited(argument),
            ref=argument_line(argument, self._words).ref,
        )

    def _need(self, firing: Firing) -> Node:
        rule = self._reasoner.programs.rules.get(firing.rule)
        text = rule.because if rule else f"the project needs {self._words.role(firing.head[1]).lower()}"
        return self._prover.firing(firing, text, sources=self._cited(rule) if rule else ())

    def _why_argument(self, rest: str) -> tuple[AnyBlock, ...]:
        role, _, more = rest.partition("/")
        tool, _, name = more.partition("/")
        choice = self._conclusion.choice(role)
        for ranked in choice.ranking if choice else ():
            for argument in ranked.arguments:
                if ranked.tool == tool and argument.id == name:
                    line = self._reason(argument)
                    return (
                        Text(text=line.text + ".", ref=line.ref, sources=line.sources),
                        Proof(root=self._argument_node(argument)),
                    )
        return (Notice(text="That argument no longer counts for your project."),)

    def _why_fact(self, rest: str) -> tuple[AnyBlock, ...]:
        slot, _, value = rest.partition("/")
        for fact in self._conclusion.facts:
            if fact_ref(fact) == f"fact/{rest}":
                node = self._prover.fact((slot, value))
                if isinstance(fact.value, str):
                    return (Text(text=sentence(self._words.fact(fact)), ref=f"fact/{rest}"), Proof(root=node))
                quoted = f"You said “{fact.words.text}” (message {fact.words.turn + 1})" if fact.words else "You set it"
                return (Text(text=f"{quoted}: {self._words.fact(fact)}.", ref=f"fact/{rest}"),)
        return (Notice(text="That fact is not in force."),)

    def _why_role(self, role: str) -> tuple[AnyBlock, ...]:
        choice = self._conclusion.choice(role)
        if choice is None:
            return (Notice(text=f"Nothing you said calls for {self._words.role(role).lower()}."),)
        return tuple(Proof(root=self._need(firing)) for firing in choice.needed)

    def _why_advice(self, item: Advice) -> tuple[AnyBlock, ...]:
        text = f"{item.text}{self._because_you_said(item.firing)}"
        sources = self._cited(item)
        proof = self._prover.firing(item.firing, item.text, sources=sources)
        return (Text(text=sentence(text), ref=f"{item.kind}/{item.id}", sources=sources), Proof(root=proof))

    # -- why not ---------------------------------------------------------------------------------------

    def why_not(self, tool: str) -> tuple[AnyBlock, ...]:
        """Why a tool is not the first choice: excluded, no candidate, or outweighed."""
        name = self._words.tool(tool)
        exclusions = [e for e in self._conclusion.excluded if e.tool == tool and not e.roles]
        if exclusions:
            return self._why_excluded(name, exclusions)
        places = [(c, r) for c in self._conclusion.stack for r in c.ranking if r.tool == tool]
        behind = [(c, r) for c, r in places if c.ranking[0].tool != tool]
        first = [c for c, r in places if c.ranking[0].tool == tool]
        if first:
            role = self._words.role(first[0].role).lower()
            return (
                Text(text=f"{name} is not turned down: it is the first choice for {role}."),
                *self.why_tool(tool, first[0].role),
            )
        if not behind:
            return self._no_candidate(tool)
        choice, ranked = min(behind, key=lambda place: place[0].ranking[0].score - place[1].score)
        return self._outweighed(choice, ranked)

    def _why_excluded(self, name: str, exclusions: list[Exclusion]) -> tuple[AnyBlock, ...]:
        lines = tuple(
            Line(e.text + self._because_you_said(e.firing), f"excluded/{e.tool}", self._cited(e)) for e in exclusions
        )
        proofs = tuple(Proof(root=self._prover.firing(e.firing, e.text, sources=self._cited(e))) for e in exclusions)
        return (Lines(title=f"{name} is ruled out", lines=lines), *proofs)

    def _no_candidate(self, tool: str) -> tuple[AnyBlock, ...]:
        record = self._words.knowledge.tools[tool]
        profile = self._reasoner.profile(self._conclusion)
        lines: list[Line] = []
        for choice in self._conclusion.stack:
            fit = self._reasoner.selector.fit(record, self._words.knowledge.roles[choice.role], profile)
            if isinstance(fit, Mismatch) and fit.slot != "role":
                wanted = listed([self._words.value(fit.slot, value) for value in fit.wanted], "or")
                offers = listed([self._words.value(fit.slot, value) for value in fit.offers])
                text = f"For {self._words.role(choice.role).lower()} your project asks for {wanted}; {record.name} offers {offers}"
                lines.append(Line(text, sources=self._cited(record)))
        if lines:
            return (Lines(title=f"{record.name} is no candidate here", lines=tuple(lines)),)
        roles = listed([self._words.role(role).lower() for role in record.roles])
        if not self._conclusion.stack:
            return (
                Text(
                    text=f"There is no recommendation yet that {record.name} could be part of. Tell me about the project first."
                ),
            )
        does = f"{record.name} serves as {roles}, and your project" if roles else f"{record.name} fills no role that"
        return (Text(text=f"{does} does not call for that.", sources=self._cited(record)),)

    def _outweighed(self, choice: Choice, ranked: Ranked) -> tuple[AnyBlock, ...]:
        winner = choice.ranking[0]
        ours = {a.id for a in ranked.arguments}
        theirs = {a.id for a in winner.arguments}
        for_winner = [a for a in winner.arguments if a.id not in ours and a.worth > 0]
        against = [a for a in ranked.arguments if a.id not in theirs and a.worth < 0]
        in_favour = [a for a in ranked.arguments if a.id not in theirs and a.worth > 0]
        name, other = self._words.tool(ranked.tool), self._words.tool(winner.tool)
        groups = (
            (f"Speaks for {other}", for_winner),
            (f"Speaks against {name}", against),
            (f"Speaks for {name}", in_favour),
        )
        blocks: list[AnyBlock] = [Text(text=self._standing(choice, ranked), ref=f"tool/{choice.role}/{ranked.tool}")]
        for title, arguments in groups:
            if arguments:
                blocks.append(Lines(title=title, lines=tuple(self._reason(a) for a in arguments[:_SHOWN])))
        table = matrix(self._conclusion, choice.role, self._words)
        return (*blocks, table) if table else tuple(blocks)

    # -- says who ----------------------------------------------------------------------------------------

    def sources(self) -> tuple[AnyBlock, ...]:
        """Every source that the advice rests on, with what it is cited for."""
        lines: dict[str, Line] = {}
        for choice in self._conclusion.stack:
            for argument in choice.ranking[0].arguments:
                self._collect(lines, argument)
        for item in (*self._conclusion.caveats, *self._conclusion.plan):
            self._collect(lines, item)
        if not lines:
            return (Text(text="There is no advice yet that could have sources. Describe your project first."),)
        return (Lines(title="Who says so", lines=tuple(lines.values())), Text(text=_WHAT_A_DATE_MEANS))

    def _collect(self, lines: dict[str, Line], claim: Argument | Advice) -> None:
        cited = self._cited(claim)
        if cited and claim.text not in lines:
            lines[claim.text] = Line(text=claim.text, sources=cited)

    def _cited(self, claim: Argument | Advice | Exclusion | Rule | Tool) -> tuple[Citation, ...]:
        return self._words.cite(claim.source, claim.verified, claim.layer)


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")
