"""How sure, what would change it, and why a question is asked: the searches of `reasoning.counterfactual` in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.dialogue.blocks import AnyBlock, Line, Lines, Text
from assistant.dialogue.events import State
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.model import Question
from assistant.reasoning.counterfactual import (
    Edit,
    Outcome,
    answers,
    changes_of_mind,
    open_questions,
    smallest_changes,
)
from assistant.reasoning.forecast import Leads
from assistant.reasoning.model import Choice, Conclusion
from assistant.reasoning.reasoner import Reasoner

_SHOWN = 12
_ROLES = 3  # of a tool that no needed role could use

_NO_CHOICE = "There is no choice yet that could change. Tell me about your project first."


class Foresight:
    """Answers about projects that might be."""

    def __init__(self, reasoner: Reasoner, wording: Wording, state: State, conclusion: Conclusion) -> None:
        self._reasoner = reasoner
        self._words = wording
        self._state = state
        self._conclusion = conclusion

    def smallest_changes(self, tool: str, *, pairs: bool = True) -> Iterable[AnyBlock]:
        """The smallest changes under which a tool would come first: single facts, else (with `pairs`) two together."""
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
        for role in roles:
            for outcome in smallest_changes(self._reasoner, self._state.facts, role, tool, pairs=pairs, most=_SHOWN):
                lines.append(Line(f"For {self._words.role(role).lower()}: if {self._edits(outcome.edits)}"))
        if lines:
            yield Lines(title=f"The smallest change that would bring {name} to the top", lines=tuple(lines[:_SHOWN]))
        elif pairs:
            yield Text(
                text=f"No fact that I know to ask about, and no two of them together, would bring {name} to the top "
                f"for {self._roles(roles)}."
            )
        else:
            yield Text(
                text=f"No single fact that I know to ask about would bring {name} to the top for {self._roles(roles)}; "
                f"ask “what would make {name} first?” and I try every two together."
            )

    def changes_of_mind(
        self, role: str | None = None, *, pairs: bool = True, every: bool = False
    ) -> Iterable[AnyBlock]:
        """All minimal changes that give a role (else the leading one) another first choice: single facts, then pairs."""
        choice = self._conclusion.choice(role) if role else self._leading()
        if choice is None:
            nothing = f"Nothing you said calls for {self._words.role(role).lower()}." if role else _NO_CHOICE
            yield Text(text=nothing)
            return
        name, title = self._words.tool(choice.ranking[0].tool), self._words.role(choice.role).lower()
        found = changes_of_mind(self._reasoner, self._state.facts, choice.role, pairs=pairs)
        singles = [self._outcome(o) for o in found if len(o.edits) == 1]
        couples = [self._outcome(o) for o in found if len(o.edits) > 1]
        if not found:
            both = " and no two of these together take" if pairs else " takes"
            yield Text(
                text=f"No answer that I know to ask for, no fact you could drop{',' if pairs else ''}{both} {name} "
                f"from the top for {title}."
            )
            return
        if singles:
            yield self._some(f"What would replace {name} as {title}", singles, every=every)
        else:
            yield Text(text=f"No single change of facts would replace {name} as {title}; it takes two.")
        if couples:
            yield self._some("Two changes together, of which neither does it alone", couples, every=every)
        if pairs and not every and max(len(singles), len(couples)) > _SHOWN:
            yield Text(text="The likeliest come first; “/mind all” lists every one.")

    def _some(self, title: str, lines: list[Line], *, every: bool) -> Lines:
        shown = lines if every else lines[:_SHOWN]
        more = f" ({len(shown)} of {len(lines)})" if len(shown) < len(lines) else ""
        return Lines(title=title + more, lines=tuple(shown))

    def _outcome(self, outcome: Outcome) -> Line:
        return Line(f"{self._words.tool(outcome.after or '')}, if {self._edits(outcome.edits)}")

    def _roles(self, roles: Iterable[str]) -> str:
        return listed([self._words.role(role).lower() for role in roles])

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
        return self.difference({role: lead.tool for role, lead in leads.items()}, none="changes no first choice")

    def difference(self, firsts: Mapping[str, str], *, none: str) -> str:
        """How other first choices (by role) differ from the ones here; `none` where they do not."""
        before = {c.role: c.ranking[0].tool for c in self._conclusion.stack}
        name = self._words.tool
        swaps = [
            f"{name(firsts[role])} instead of {name(tool)}"
            for role, tool in before.items()
            if firsts.get(role, tool) != tool
        ]
        told = [f"gives {listed(swaps)}"] if swaps else []
        told += [
            f"adds {self._words.role(role).lower()}: {name(tool)}"
            for role, tool in firsts.items()
            if role not in before
        ]
        told += [f"needs no {self._words.role(role).lower()}" for role in before if role not in firsts]
        return listed(told) or none

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
