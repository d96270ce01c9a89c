"""Facts that cannot all be met, in words: which they are, why, and what giving up each of them would bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.dialogue.findings import ClashItem, Conflicts, WayOut
from assistant.dialogue.foreseeing import Foresight
from assistant.dialogue.outline import Line
from assistant.dialogue.proofs import Prover, fact_ref
from assistant.dialogue.wording import Wording, listed, sentence
from assistant.knowledge.facts import Fact
from assistant.reasoning.changes import Edit, apply
from assistant.reasoning.clashes import Clash, clashes
from assistant.reasoning.forecast import Forecast
from assistant.reasoning.model import Advice, Conclusion
from assistant.reasoning.reasoner import Reasoner
from assistant.reasoning.selection import Mismatch

_NAMED = 3  # tools or reasons told by name
_SHOWN = 3  # clashes told beside advice; asked for, all are


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
        self._forecasts: dict[str, Forecast] = {}
        self._prover = Prover(wording, reasoner.programs, conclusion)

    def block(self, *, most: int | None = _SHOWN) -> Conflicts | None:
        """All that cannot be met together; None where everything can."""
        items = list(self._items())
        shown = items[:most]
        return Conflicts(items=tuple(shown), more=len(items) - len(shown)) if items else None

    def about(self, ref: str) -> ClashItem | None:
        """The clash that `ref` names."""
        return next((item for item in self._items() if item.ref == ref), None)

    def _items(self) -> Iterator[ClashItem]:
        """The clashes that rules name, then those that are found; one for each set of facts."""
        told: list[set[str]] = []
        found = clashes(self._reasoner, self._facts, self._conclusion)
        for item in (*map(self._by_rule, self._conclusion.conflicts), *map(self._found, found)):
            facts = {line.ref for line in item.facts}
            if not any(known <= facts for known in told):
                told.append(facts)
                yield item

    # -- by rule -----------------------------------------------------------------------------------------

    def _by_rule(self, conflict: Advice) -> ClashItem:
        """A conflict that a rule names: of the facts it comes from those without which it would not be there."""
        trials = [
            (fact, self._reasoner.conclude(apply(self._reasoner, self._facts, (Edit(remove=fact),))))
            for fact in self._prover.roots(conflict.firing)
        ]
        needed = [(f, c) for f, c in trials if all(other.id != conflict.id for other in c.conflicts)]
        ways = []
        for fact, without in needed:
            firsts = {choice.role: choice.ranking[0].tool for choice in without.stack}
            brings = self._foresight.difference(firsts, none="the first choices stay")
            ways.append(WayOut(f"Without {self._quote(fact)}: {brings}", (fact_ref(fact),), ref=fact_ref(fact)))
        return ClashItem(
            kind="rule",
            about=conflict.id,
            text=conflict.text,
            facts=tuple(self._line(fact) for fact, _ in needed or trials),
            ways=tuple(ways),
            ref=f"conflict/{conflict.id}",
            sources=self._words.cite(conflict.source, conflict.verified, conflict.layer),
        )

    # -- found -------------------------------------------------------------------------------------------

    def _found(self, clash: Clash) -> ClashItem:
        why = {"empty": self._emptied, "unserved": self._unserved, "named": self._ruled_out}[clash.kind]
        return ClashItem(
            kind=clash.kind,
            about=clash.about,
            text=why(clash),
            facts=tuple(map(self._line, clash.facts)),
            ways=tuple(self._way(clash, fact, out) for fact, out in zip(clash.facts, clash.ways, strict=True)),
            ref=f"clash/{clash.kind}/{clash.about}/{'+'.join(fact_ref(fact) for fact in clash.facts)}",
        )

    def _emptied(self, clash: Clash) -> str:
        """Why no tool is left: what their records lack, and what rules them out."""
        role = self._words.knowledge.roles[clash.about]
        profile = self._reasoner.profile(self._conclusion)
        slots = {fact.slot for fact in clash.facts}
        lacking: dict[str, int] = {}
        fitting = set[str]()
        for tool in self._reasoner.selector.filling(role.id):
            fit = self._reasoner.selector.fit(tool, role, profile)
            if not isinstance(fit, Mismatch):
                fitting.add(tool.id)
            elif fit.slot in slots:
                wanted = listed([self._words.value(fit.slot, value) for value in fit.wanted])
                lacking[wanted] = lacking.get(wanted, 0) + 1
        told = [f"by their records {count} lack “{wanted}”" for wanted, count in lacking.items()][:_NAMED]
        told += self._reasons(fitting, clash.facts)[:_NAMED]
        title = self._words.as_role(role.id)
        none = f"together they leave no {title} that I know" if len(clash.facts) > 1 else f"no {title} that I know fits"
        return f"{none}. {' '.join(map(sentence, told))}" if told else f"{none}, for nothing speaks for any of them."

    def _unserved(self, clash: Clash) -> str:
        values = [self._words.value(clash.slot, fact.value) for fact in clash.facts if fact.slot == clash.slot]
        first = self._conclusion.first(clash.about)
        instead = [
            self._words.fact(fact) for fact in self._conclusion.facts if fact.slot == clash.slot and not fact.words
        ]
        tail = f"; {self._words.tool(first)} is a candidate because {listed(instead)}" if first and instead else ""
        return f"no {self._words.as_role(clash.about)} that I know for this lists “{listed(values, 'or')}”{tail}"

    def _ruled_out(self, clash: Clash) -> str:
        reasons = self._reasons({clash.about}, clash.facts)
        return reasons[0] if reasons else f"{self._words.tool(clash.about)} is ruled out"

    def _reasons(self, tools: set[str], facts: Iterable[Fact]) -> list[str]:
        """The exclusions of `tools` that rest on `facts`, those with the same rule told once."""
        wanted, by_rule = set(facts), dict[str, list[str]]()
        for exclusion in self._conclusion.excluded:
            if exclusion.tool in tools and wanted.intersection(self._prover.roots(exclusion.firing)):
                by_rule.setdefault(exclusion.rule, []).append(exclusion.text)
        return [own[0] + (f" (and {len(own) - 1} more)" if len(own) > 1 else "") for own in by_rule.values()]

    def _way(self, clash: Clash, fact: Fact, out: tuple[Fact, ...]) -> WayOut:
        """What comes of giving up a fact, and with it those that clash as well."""
        given_up = out or (fact,)
        changed = apply(self._reasoner, self._facts, [Edit(remove=other) for other in given_up])
        quoted = listed(list(dict.fromkeys(self._quote(other) for other in (fact, *given_up))))
        refs = tuple(fact_ref(other) for other in given_up)
        if clash.kind == "named":
            leads = self._reasoner.forecast(changed).base
            brings, role, tool = self._freed(clash.about, fact, {role: lead.tool for role, lead in leads.items()})
        else:
            role, title = clash.about, self._words.as_role(clash.about)
            lead = self._forecast(role).leads(changed).get(role)
            tool = lead.tool if lead else ""
            stays = ", as now" if tool and tool == self._conclusion.first(role) else ""
            brings = f"{self._words.tool(tool)} as {title}{stays}" if tool else f"the project needs no {title}"
            brings = brings if out else "still nothing, for other facts clash as well"
        return WayOut(f"Without {quoted}: {brings}", refs, role, tool, fact_ref(fact))

    def _forecast(self, role: str) -> Forecast:
        if role not in self._forecasts:
            self._forecasts[role] = self._reasoner.forecast(self._facts, role)
        return self._forecasts[role]

    def _freed(self, tool: str, given_up: Fact, firsts: dict[str, str]) -> tuple[str, str, str]:
        """What a tool that is ruled out no more becomes."""
        name = self._words.tool(tool)
        if given_up.value == tool:
            return (f"{name} is no longer asked for, and the first choices stay", "", "")
        role = next((role for role, first in firsts.items() if first == tool), "")
        if role:
            return (f"{name} comes first as {self._words.as_role(role)}", role, tool)
        return (
            f"{name} is no longer ruled out; {self._foresight.difference(firsts, none='the first choices stay')}",
            "",
            "",
        )

    # -- in words ----------------------------------------------------------------------------------------

    def _quote(self, fact: Fact) -> str:
        return f"“{fact.words.text if fact.words else self._words.fact(fact)}”"

    def _line(self, fact: Fact) -> Line:
        where = f" (message {fact.words.turn + 1})" if fact.words else ""
        return Line(f"{self._quote(fact)}{where}", fact_ref(fact))
