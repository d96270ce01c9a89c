"""Facts that cannot all be met, in words: which they are, and what giving up each of them would bring."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.dialogue.blocks import AnyBlock, Line, Lines, Text
from assistant.dialogue.foreseeing import Foresight
from assistant.dialogue.proofs import Prover, fact_ref
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.facts import Fact
from assistant.reasoning.clashes import smallest_clash
from assistant.reasoning.counterfactual import Edit, apply, unfilled
from assistant.reasoning.model import Advice, Conclusion
from assistant.reasoning.reasoner import Reasoner


class Clashes:
    """What stands against each other in one conclusion."""

    def __init__(
        self,
        reasoner: Reasoner,
        wording: Wording,
        conclusion: Conclusion,
        facts: tuple[Fact, ...],
        foresight: Foresight,
    ) -> None:
        self._reasoner = reasoner
        self._words = wording
        self._conclusion = conclusion
        self._facts = facts
        self._foresight = foresight

    def blocks(self) -> Iterable[AnyBlock]:
        """Each conflict that a rule names, then each role that is needed and that nothing can fill."""
        for conflict in self._conclusion.conflicts:
            yield from self.conflict(conflict)
        for role in unfilled(self._conclusion):
            yield from self.unmet(role)

    def conflict(self, conflict: Advice) -> Iterable[AnyBlock]:
        """A conflict with the facts it comes from."""
        sources = self._words.cite(conflict.source, conflict.verified, conflict.layer)
        lines = [Line(conflict.text, f"conflict/{conflict.id}", sources)]
        prover = Prover(self._words, self._reasoner.programs, self._conclusion)
        for fact in prover.roots(conflict.firing):
            without = self._reasoner.conclude(apply(self._reasoner, self._facts, (Edit(remove=fact),)))
            if any(other.id == conflict.id for other in without.conflicts):
                brings = "it still could not all be met"
            else:
                brings = self._foresight.difference(
                    {choice.role: choice.ranking[0].tool for choice in without.stack}, none="the first choices stay"
                )
            lines.append(Line(f"Without “{self._words.fact(fact)}”: {brings}", fact_ref(fact)))
        yield Lines(title="These cannot all be met", lines=tuple(lines))

    def unmet(self, role: str) -> Iterable[AnyBlock]:
        """The fewest facts that leave a role without any tool."""
        title = self._words.as_role(role)
        clash = smallest_clash(self._reasoner, self._facts, role)
        if not clash:
            yield Text(text=f"Nothing that I know fits as {title} here.", ref=f"role/{role}")
            return
        forecast = self._reasoner.forecast(self._facts, role)
        lines = []
        for fact in clash:
            changed = apply(self._reasoner, self._facts, (Edit(remove=fact),))
            lead = forecast.leads(changed).get(role)
            if lead is not None:
                brings = self._words.tool(lead.tool)
            elif forecast.unfilled(changed, role):
                brings = "still nothing, for other facts clash as well"
            else:
                brings = f"no {title} is needed"
            lines.append(Line(f"Without “{self._words.fact(fact)}”: {brings}", fact_ref(fact)))
        said = listed([f"“{self._words.fact(fact)}”" for fact in clash])
        head = f"Nothing that I know fits as {title} here"
        together = f"{said} cannot be met together" if len(clash) > 1 else f"because of {said}"
        yield Lines(title=f"{head}: {together}. Giving up one would bring", lines=tuple(lines))

    def _unsupported(self, role: str) -> list[str]:
        """The tools that could fill a role and that nothing speaks for."""
        knowledge = self._words.knowledge
        out = {e.tool for e in self._conclusion.excluded if not e.roles or role in e.roles}
        profile = self._reasoner.profile(self._conclusion)
        fitting = self._reasoner.selector.candidates(knowledge.roles[role], profile)
        return [tool.id for tool, _ in fitting if tool.id not in out]
