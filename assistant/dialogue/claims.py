"""The grounds of claims that stand in no proof: comparisons, records, questions, and what holds no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from assistant.dialogue.advising import argument_line
from assistant.dialogue.blocks import AnyBlock, Conflicts, Line, Lines, Notice, Text
from assistant.dialogue.clashing import Clashes
from assistant.dialogue.events import State, with_changes
from assistant.dialogue.explaining import Explainer
from assistant.dialogue.foreseeing import Foresight
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.records import Records
from assistant.dialogue.requirements import in_words, met, parts_of
from assistant.dialogue.wording import Wording, listed, sentence, within
from assistant.knowledge.model import Caveat, Claim, Condition, Need, Rule, Step, Tool
from assistant.reasoning.counterfactual import unfilled
from assistant.reasoning.model import Conclusion
from assistant.reasoning.reasoner import Reasoner

if TYPE_CHECKING:
    from assistant.dialogue.conversation import Conversation

_RULES = 5  # that are told of when a role is no longer needed
_STANDS = "That no longer stands in what I know, so there is nothing to explain."


def grounds(conversation: Conversation, ref: str) -> tuple[AnyBlock, ...]:
    """The reasoning behind a claim: as the what-if on the table would have it, if there is one; else by the facts in force."""
    advisor, words, state = conversation.advisor, conversation.wording, conversation.state
    if state.draft.changes:
        facts = with_changes(state.facts, state.draft.changes, advisor.knowledge.slots)
        supposed = Claims(advisor.reasoner, words, replace(state, facts=facts), conversation.concluded(facts)).why(ref)
        if not all(isinstance(block, Notice) for block in supposed):
            return (Text(text="If the what-if on the table held:"), *supposed)
    return Claims(advisor.reasoner, words, state, conversation.concluded(state.facts)).why(ref)


class Claims:
    """Explains whatever a `ref` names."""

    def __init__(self, reasoner: Reasoner, wording: Wording, state: State, conclusion: Conclusion) -> None:
        self._words = wording
        self._conclusion = conclusion
        self._explainer = Explainer(reasoner, wording, conclusion)
        self._foresight = Foresight(reasoner, wording, state, conclusion)
        self._clashes = Clashes(reasoner, wording, conclusion, state.facts, self._foresight)
        self._records = Records(wording, conclusion)
        self._knowledge = wording.knowledge

    def why(self, ref: str) -> tuple[AnyBlock, ...]:
        """The reasoning behind the claim that `ref` names; a notice when there is no such claim (any more)."""
        kind, _, rest = ref.partition("/")
        others: dict[str, Callable[[str], tuple[AnyBlock, ...]]] = {
            "question": lambda slot: tuple(self._foresight.why_ask(slot)),
            "pillar": self._pillar,
            "record": self._record,
            "claim": self._claim,
            "assumed": self._assumed,
            "gone": self._gone,
            "role": self._role,
            "clash": self._clash,
        }
        return others[kind](rest) if kind in others else self._explainer.why(ref)

    def _role(self, role: str) -> tuple[AnyBlock, ...]:
        """What calls for a role, and where nothing can fill it, the facts that clash."""
        needed = self._explainer.why(f"role/{role}")
        if role not in unfilled(self._conclusion):
            return needed
        clashes = self._clashes.block(most=None)
        return (*needed, clashes) if clashes else needed

    def _clash(self, rest: str) -> tuple[AnyBlock, ...]:
        """Why facts clash: what calls for the role or rules out the tool, and each of the facts in the person's words."""
        item = self._clashes.about(f"clash/{rest}")
        if item is None:
            return (Notice(text=_STANDS),)
        grounds = self._explainer.why(f"excluded/{item.about}" if item.kind == "named" else f"role/{item.about}")
        told = (block for line in item.facts for block in self._explainer.why(line.ref))
        return (Conflicts(items=(item,)), *grounds, *told)

    def _pillar(self, rest: str) -> tuple[AnyBlock, ...]:
        """What the points of tools in one pillar are made of: `ROLE/PILLAR/TOOL+TOOL`."""
        role, _, more = rest.partition("/")
        name, _, tools = more.partition("/")
        pillar, choice = self._knowledge.pillars.get(name), self._conclusion.choice(role)
        blocks: list[AnyBlock] = []
        for ranked in choice.ranking if choice and pillar else ():
            if ranked.tool not in tools.split("+") or pillar is None:
                continue
            lines = tuple(argument_line(a, self._words) for a in ranked.arguments if a.pillar == name)
            tool, where = self._words.tool(ranked.tool), within(pillar.title)
            if lines:
                blocks.append(Lines(title=f"{tool}: {where}", lines=lines))
            else:
                blocks.append(Text(text=f"{tool}: nothing counts for or against it in {where} here."))
        return tuple(blocks) or (Notice(text=_STANDS),)

    def _record(self, rest: str) -> tuple[AnyBlock, ...]:
        """What the records of tools say of one thing, with its source: `FIELD/TOOL+TOOL`."""
        field, _, names = rest.partition("/")
        tools = [self._knowledge.tools[name] for name in names.split("+") if name in self._knowledge.tools]
        answers: dict[str, Callable[[Tool], tuple[AnyBlock, ...]]] = {
            "licence": self._records.licence,
            "status": self._records.status,
        }
        answer = answers.get(field, self._records.about)
        blocks = [block for tool in tools for block in answer(tool)]
        return tuple(dict.fromkeys(blocks)) or (Notice(text=_STANDS),)

    def _claim(self, rest: str) -> tuple[AnyBlock, ...]:
        """A strength or weakness in a tool's record: who says so, where it counts, and what it is worth here."""
        name, _, id = rest.partition("/")
        tool = self._knowledge.tools.get(name)
        claim = next((c for c in (*tool.strengths, *tool.weaknesses) if c.id == id), None) if tool else None
        if tool is None or claim is None:
            return (Notice(text=_STANDS),)
        sources = self._words.cite(claim.source, claim.verified, tool.layer)
        when = f"where {in_words(claim.when, self._words)}" if claim.when else "in every project"
        pillar = within(self._knowledge.pillars[claim.pillar].title)
        side = "for" if claim.points > 0 else "against"
        text = f"{sentence(claim.text)} It counts {side} {tool.name} in {pillar}, {when}."
        here = tuple(
            argument_line(argument, self._words)
            for choice in self._conclusion.stack
            for ranked in choice.ranking
            for argument in ranked.arguments
            if ranked.tool == name and argument.id == id
        )
        blocks: list[AnyBlock] = [Text(text=text, ref=f"claim/{rest}", sources=sources)]
        if here:
            blocks.append(Lines(title="What it is worth in your project", lines=here[:1]))
        elif self._conclusion.stack:
            blocks.append(Text(text="In your project it does not count."))
        return tuple(blocks)

    def _assumed(self, _: str) -> tuple[AnyBlock, ...]:
        """Everything that is taken for granted, each with its reason."""
        defaults = [fact for fact in self._conclusion.facts if fact.origin == "default"]
        lines = tuple(Line(sentence(self._words.fact(fact)), fact_ref(fact)) for fact in defaults)
        if not lines:
            return (Notice(text="Nothing is assumed any more."),)
        return (Lines(title="Assumed, because you have not said otherwise", lines=lines),)

    # -- what holds no longer --------------------------------------------------------------------------------

    def _gone(self, rest: str) -> tuple[AnyBlock, ...]:
        """Why something that held does not any more: what it asks of a project, and what of that is not met."""
        kind, _, name = rest.partition("/")
        if kind == "role":
            return self._unneeded(name)
        if name.startswith("serves/") and name.split("/")[1] in self._knowledge.tools:
            tool = self._words.tool(name.split("/")[1])
            return (Text(text=f"It counted while you asked for something that {tool} is made for."),)
        if name.startswith("works-with/") and len(name.split("/")) > 2:
            other = self._words.tool(name.split("/")[2])
            return (Text(text=f"It counted while {other} was the framework chosen here, or already in use."),)
        claims = (c for tool in self._knowledge.tools.values() for c in (*tool.strengths, *tool.weaknesses))
        records: tuple[Rule | Caveat | Step | Claim, ...] = (
            *self._knowledge.rules,
            *self._knowledge.caveats,
            *self._knowledge.steps,
            *claims,
        )
        record = next((record for record in records if record.id == name), None)
        return self._unmet(record) if record else (Notice(text=_STANDS),)

    def _unmet(self, record: Rule | Caveat | Step | Claim) -> tuple[AnyBlock, ...]:
        lines = [self._part(part) for part in parts_of(record.when)]
        about = record.about if isinstance(record, Caveat | Step) else ()
        if about:
            firsts = {choice.ranking[0].tool for choice in self._conclusion.stack}
            named = {fact.value for fact in self._conclusion.facts if not fact.negated}
            names = listed([self._words.tool(tool) for tool in about], "or")
            lines.append(Line(f"{_state(bool((firsts | named) & set(about)))}: {names} is chosen or named"))
        if not lines:
            return (Text(text="It holds in every project, for tools that are in question there."),)
        return (Lines(title="It holds only where all of this is so", lines=tuple(lines)),)

    def _part(self, part: Condition) -> Line:
        return Line(f"{_state(met(part, self._conclusion.facts))}: {in_words(part, self._words)}")

    def _unneeded(self, role: str) -> tuple[AnyBlock, ...]:
        title = self._words.as_role(role)
        needing = [
            rule for rule in self._knowledge.rules if isinstance(rule.effect, Need) and role in rule.effect.roles
        ]
        lines = tuple(
            Line(f"{sentence(rule.because)} Not so here: {in_words(rule.when, self._words)}")
            for rule in needing
            if not met(rule.when, self._conclusion.facts)
        )
        if not lines:
            return (Notice(text=f"Nothing you said calls for {title}."),)
        return (Lines(title=f"What would call for {title}", lines=lines[:_RULES]),)


def _state(holds: bool) -> str:
    return "Holds" if holds else "Does not hold"
