"""How sure, what would change it, and why a question is asked: the searches of `reasoning.counterfactual` in words."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.dialogue.blocks import AnyBlock, Line, Lines, Text
from assistant.dialogue.events import State
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.model import Question
from assistant.reasoning.counterfactual import (
    Edit,
    answers,
    apply,
    changes_of_mind,
    open_questions,
    smallest_changes,
    unfilled,
)
from assistant.reasoning.forecast import Leads
from assistant.reasoning.model import Choice, Conclusion
from assistant.reasoning.reasoner import Reasoner

_SHOWN = 12


class Foresight:
    """Answers about projects that might be."""

    def __init__(self, reasoner: Reasoner, wording: Wording, state: State, conclusion: Conclusion) -> None:
        self._reasoner = reasoner
        self._words = wording
        self._state = state
        self._conclusion = conclusion

    def smallest_changes(self, tool: str) -> Iterable[AnyBlock]:
        """The smallest changes under which a tool that competes in the stack would come first."""
        offers = self._words.knowledge.tools[tool].roles
        roles = [choice.role for choice in self._conclusion.stack if choice.role in offers]
        lines: list[Line] = []
        for role in roles:
            if self._conclusion.first(role) == tool:
                continue
            for outcome in smallest_changes(self._reasoner, self._state.facts, role, tool, pairs=False):
                text = f"For {self._words.role(role).lower()}: if {self._edits(outcome.edits)}"
                lines.append(Line(text))
        if lines:
            yield Lines(title=f"What would bring {self._words.tool(tool)} to the top", lines=tuple(lines[:_SHOWN]))
        elif roles:
            yield Text(
                text=f"No single change of facts that I know to ask about would bring {self._words.tool(tool)} to the top."
            )

    def changes_of_mind(self) -> Iterable[AnyBlock]:
        """All single changes of facts that give the leading role another first choice."""
        choice = self._leading()
        if choice is None:
            yield Text(text="There is no choice yet that could change. Tell me about your project first.")
            return
        name, role = self._words.tool(choice.ranking[0].tool), self._words.role(choice.role).lower()
        found = changes_of_mind(self._reasoner, self._state.facts, choice.role)
        if not found:
            yield Text(
                text=f"No single answer that I know to ask for, and no fact you could drop, takes {name} from the top for {role}."
            )
            return
        lines = [Line(f"{self._words.tool(o.after or '')}, if {self._edits(o.edits)}") for o in found]
        yield Lines(title=f"What would replace {name} as {role}", lines=tuple(lines[:_SHOWN]))

    def how_sure(self) -> Iterable[AnyBlock]:
        """The margins, the assumptions that carry them, and whether an open answer could turn a first choice."""
        if not self._conclusion.stack:
            yield Text(text="There is no advice yet to be sure of. Tell me about your project first.")
            return
        yield Lines(title="How far ahead", lines=tuple(self._margin(choice) for choice in self._conclusion.stack))
        defaults = [f for f in self._conclusion.facts if f.origin == "default"]
        if defaults:
            lines = tuple(Line(self._words.fact(f), f"fact/{f.slot}/{f.value}") for f in defaults)
            yield Lines(title="What I assume because you have not said otherwise", lines=lines)
        turning = [q for q in self._open() if self._turns(q)]
        if turning:
            lines = tuple(Line(self._turning(question), f"question/{question.slot}") for question in turning)
            yield Lines(title="Answers that could still change a first choice", lines=lines)
        else:
            yield Text(
                text="No answer to any question that I could still ask would change a first choice: the advice is robust."
            )

    def why_ask(self, slot: str | None) -> Iterable[AnyBlock]:
        """What each answer to the open question would do to the stack."""
        question = next((q for q in self._words.knowledge.questions if q.slot == slot), None)
        if question is None:
            yield Text(text="No question is open.")
            return
        yield Text(text=f"{question.help}. This is what each answer would do:")
        lines = []
        for option, (_, leads) in zip(
            question.options, answers(self._reasoner, self._state.facts, question), strict=True
        ):
            lines.append(Line(f"{option.label}: {self._difference(leads)}"))
        yield Lines(title=question.text, lines=tuple(lines))

    def unmet(self) -> Iterable[AnyBlock]:
        """Roles that the project needs and that nothing can fill, with each single fact that stands in the way."""
        missing = unfilled(self._conclusion)
        if not missing:
            return
        forecast = self._reasoner.forecast(self._state.facts)
        for role in missing:
            lines = []
            for fact in self._state.facts:
                edit = Edit(remove=fact)
                lead = forecast.leads(apply(self._reasoner, self._state.facts, (edit,))).get(role)
                if lead is not None:
                    ref = fact_ref(fact)
                    lines.append(Line(f"Without “{self._words.fact(fact)}”: {self._words.tool(lead.tool)}", ref))
            title = f"Nothing that I know fits as {self._words.role(role).lower()} here"
            if lines:
                yield Lines(title=f"{title}; giving up one of these would", lines=tuple(lines))
            else:
                yield Text(text=f"{title}, and no single fact is in the way.", ref=f"role/{role}")

    # -- in words ----------------------------------------------------------------------------------------

    def _leading(self) -> Choice | None:
        stack = self._conclusion.stack
        roles = self._words.knowledge.roles
        return next((c for c in stack if roles[c.role].leads), stack[0] if stack else None)

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
            p.title.lower(): round(ahead.get(p.id, 0) - behind.get(p.id, 0), 2)
            for p in self._words.knowledge.pillars.values()
        }
        where = listed([f"{gap:+g} {pillar}" for pillar, gap in gaps.items() if gap]) or "equal in every pillar"
        margin = round(first.score - second.score, 2)
        if not margin:
            return Line(
                f"{role}: {name} ties with {self._words.tool(second.tool)} and goes first by the tie rule ({where})",
                ref,
            )
        return Line(f"{role}: {name} is {margin:g} points ahead of {self._words.tool(second.tool)} ({where})", ref)

    def _turns(self, question: Question) -> bool:
        return any(self._changed(leads) for _, leads in answers(self._reasoner, self._state.facts, question))

    def _turning(self, question: Question) -> str:
        outcomes = zip(question.options, answers(self._reasoner, self._state.facts, question), strict=True)
        told = [
            f"“{option.label}” {self._difference(leads)}" for option, (_, leads) in outcomes if self._changed(leads)
        ]
        return f"{question.text} {'; '.join(told)}"

    def _changed(self, leads: Leads) -> list[tuple[str, str, str]]:
        before = {c.role: c.ranking[0].tool for c in self._conclusion.stack}
        return [(r, tool, leads[r].tool) for r, tool in before.items() if r in leads and leads[r].tool != tool]

    def _difference(self, leads: Leads) -> str:
        before = [c.role for c in self._conclusion.stack]
        swaps = [f"{self._words.tool(new)} instead of {self._words.tool(old)}" for _, old, new in self._changed(leads)]
        told = [f"gives {listed(swaps)}"] if swaps else []
        told += [
            f"adds {self._words.role(role).lower()}: {self._words.tool(lead.tool)}"
            for role, lead in leads.items()
            if role not in before
        ]
        told += [f"needs no {self._words.role(role).lower()}" for role in before if role not in leads]
        return listed(told) or "changes no first choice"

    def _edits(self, edits: Iterable[Edit]) -> str:
        told = []
        for edit in edits:
            if edit.add is not None:
                told.append(self._words.says(edit.add.slot, edit.add.value, negated=edit.add.negated))
            elif edit.remove is not None:
                told.append(
                    f"it were not a given that {self._words.says(edit.remove.slot, edit.remove.value, negated=edit.remove.negated)}"
                )
        return listed(told)
