"""Why, why not, says who: answers computed from the proofs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from assistant.dialogue.advising import argument_line, matrix
from assistant.dialogue.blocks import AnyBlock, Citation, Line, Lines, Node, Notice, Proof, Text, scored
from assistant.dialogue.comparing import competing
from assistant.dialogue.proofs import Prover, fact_ref
from assistant.dialogue.wording import Wording, listed, points, sentence, within
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Rule, Tool
from assistant.reasoning.model import Advice, Argument, Choice, Conclusion, Exclusion, Firing, Ranked
from assistant.reasoning.programs import NEED
from assistant.reasoning.reasoner import Reasoner
from assistant.reasoning.selection import Mismatch

_WHAT_A_DATE_MEANS = (
    "A date is the day on which the claim was last gone over. “Our judgement” marks what no page says in these words, "
    "“page not opened” what nobody compared with its page on that day; so open the source before a costly decision."
)

_SHOWN = 5
_FEW = 6  # caveats or steps that are told where none is the one asked for


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
        if kind in ("caveat", "step") and (not rest or rest.isdigit()):
            what = "caveat" if kind == "caveat" else "step of the plan"
            lines = tuple(Line(item.text, f"{kind}/{item.id}", self._cited(item)) for item in advice[kind])
            none = Text(text=f"There is no {what} number {rest}." if rest else f"No {what} speaks of that.")
            more = f" ({_FEW} of {len(lines)}; ask for the rest)" if len(lines) > _FEW else ""
            return (none, Lines(title=f"These hold here{more}", lines=lines[:_FEW])) if lines else (none,)
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
        name = self._words.tool(tool)
        pros = [self._reason(argument) for argument in ranked.arguments if argument.worth > 0][:_SHOWN]
        cons = [self._reason(argument) for argument in ranked.arguments if argument.worth < 0][:_SHOWN]
        blocks: list[AnyBlock] = [Text(text=self._standing(choice, ranked), ref=f"tool/{choice.role}/{tool}")]
        for other, standing in places:  # it may serve in more than one role
            if other is not choice:
                blocks.append(Text(text=self._standing(other, standing), ref=f"tool/{other.role}/{tool}"))
        blocks += [Lines(title=f"What decides it for {name}", lines=tuple(pros))] if pros else []
        blocks += [Lines(title=f"What speaks against {name}", lines=tuple(cons))] if cons else []
        table = matrix(self._conclusion, choice.role, self._words, about=ranked.tool)
        if table is not None:
            blocks.append(table)
        blocks.append(Proof(root=self._tool_proof(choice, ranked)))
        return tuple(blocks)

    def _standing(self, choice: Choice, ranked: Ranked) -> str:
        name, role = self._words.tool(ranked.tool), self._words.as_role(choice.role)
        place = choice.ranking.index(ranked)
        if place == 0 and len(choice.ranking) == 1:
            return f"{name} is the only candidate for {role} that your facts leave."
        if place == 0:
            second = choice.ranking[1]
            margin = round(ranked.score - second.score, 2)
            if margin == 0:
                other = self._words.tool(second.tool)
                return (
                    f"{name} and {other} tie for {role} at {scored(ranked.score)}; {name} goes first by the tie rule."
                )
            return f"{name} comes first for {role} with {scored(ranked.score)}, {margin:g} ahead of {self._words.tool(second.tool)}."
        first = choice.ranking[0]
        if first.score == ranked.score:
            other = self._words.tool(first.tool)
            return f"{name} and {other} tie for {role} at {scored(ranked.score)}; {other} goes first by the tie rule."
        return (
            f"{name} comes {_ordinal(place + 1)} for {role} with {scored(ranked.score)}, "
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
        needed = self._needs(choice.role, choice.needed)
        arguments = [self._argument_node(argument) for argument in ranked.arguments]
        text = f"{self._words.tool(ranked.tool)} for {self._words.as_role(choice.role)}: {scored(ranked.score)}"
        return Node(
            text=text, kind="conclusion", children=(*arguments, fit, *needed), ref=f"tool/{choice.role}/{ranked.tool}"
        )

    def rests_on(self, tools: Sequence[str]) -> Iterable[AnyBlock]:
        """On which facts it rests that one of the tools is ahead of the next, in the role in which most of them compete."""
        ranked = competing(self._conclusion, tools)[1]
        if ranked and ranked[0].score > ranked[1].score:
            yield self._lead(ranked[0], ranked[1])

    def _lead(self, ahead: Ranked, behind: Ranked) -> Text:
        margin = round(ahead.score - behind.score, 2)
        first, second = self._words.tool(ahead.tool), self._words.tool(behind.tool)
        carried: dict[Fact, float] = {}
        for ranked, sign in ((ahead, 1), (behind, -1)):
            for argument in ranked.arguments:
                for fact in self._prover.roots(argument.firing):
                    carried[fact] = round(carried.get(fact, 0.0) + sign * argument.worth, 2)
        decisive = sorted((f for f, worth in carried.items() if worth >= margin), key=lambda f: -carried[f])
        if not decisive:
            return Text(
                text=f"Nothing that you said decides that alone: {first} would stay ahead of {second} without it."
            )
        said = listed([self._words.fact(fact) for fact in decisive[:_SHOWN]], "or")
        level = carried[decisive[0]] == margin
        turned = f"{first} and {second} would be level" if level else f"{second} would be ahead of {first}"
        text = f"This holds on condition that {said}: without the points that rest on it, {turned}."
        return Text(text=text, ref=fact_ref(decisive[0]))

    def _argument_node(self, argument: Argument) -> Node:
        pillar = self._words.knowledge.pillars.get(argument.pillar)
        where = within(pillar.title) if pillar else argument.pillar
        text = f"{points(argument.worth)} {where}: {argument.text}"
        node = self._prover.firing(
            argument.firing, text, sources=self._cited(argument), ref=argument_line(argument, self._words).ref
        )
        return replace(node, children=(*node.children, *self._weight(argument)))

    def _weight(self, argument: Argument) -> Iterable[Node]:
        """Why an argument is worth more than its points: what matters to the person raises its pillar."""
        pillar = self._words.knowledge.pillars.get(argument.pillar)
        if pillar is None or argument.worth == argument.points:
            return
        held = [f for f in self._conclusion.facts if f.slot == "priorities" and not f.negated]
        raising = [f.value for f in held if isinstance(f.value, str) and f.value in pillar.priorities]
        times = round(argument.worth / argument.points, 2)
        text = f"{points(argument.points)}, counted {times:g} times, for {within(pillar.title)} matters more here."
        children = tuple(self._prover.fact(("priorities", value)) for value in raising)
        yield Node(text=text, kind="conclusion", children=children)

    def _need(self, firing: Firing) -> Node:
        rule = self._reasoner.programs.rules.get(firing.rule)
        role = self._words.as_role(firing.head[1])
        text = f"Why {role} at all: {rule.because}" if rule else f"the project needs {role}"
        return self._prover.firing(firing, text, sources=self._cited(rule) if rule else ())

    def _needs(self, role: str, firings: Sequence[Firing]) -> tuple[Node, ...]:
        """Why a role is needed; several reasons, of which any one is enough, in one place."""
        if len(firings) < 2:
            return tuple(map(self._need, firings))
        title = self._words.as_role(role)
        needed = self._prover.fact((NEED, role))
        return (replace(needed, text=f"Why {title} at all: any one of these is enough."),)

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
                if isinstance(fact.value, str):
                    node = self._prover.fact((slot, value))
                    return (Text(text=sentence(self._words.fact(fact)), ref=f"fact/{rest}"), Proof(root=node))
                quoted = f"You said “{fact.words.text}” (message {fact.words.turn + 1})" if fact.words else "You set it"
                return (Text(text=f"{quoted}: {self._words.fact(fact)}.", ref=f"fact/{rest}"),)
        return (Notice(text="That fact is not in force."),)

    def _why_role(self, role: str) -> tuple[AnyBlock, ...]:
        needed = [firing for firing in self._conclusion.firings if firing.head == (NEED, role)]
        if not needed:
            return (Notice(text=f"Nothing you said calls for {self._words.as_role(role)}."),)
        return tuple(Proof(root=node) for node in self._needs(role, needed))

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
            role = self._words.as_role(first[0].role)
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
                text = f"For {self._words.as_role(choice.role)} your project asks for {wanted}; {record.name} offers {offers}"
                lines.append(Line(text, sources=self._cited(record)))
        if lines:
            return (Lines(title=f"{record.name} is no candidate here", lines=tuple(lines)),)
        roles = listed([self._words.as_role(role) for role in record.roles])
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
        table = matrix(self._conclusion, choice.role, self._words, about=ranked.tool)
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
    """`second`, `23rd`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}{ending}")
