"""Facts in, conclusion out: the two programs, the selection between them, and the question that matters most."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Conflict, Infer, Knowledge, Rule
from assistant.reasoning.board import Board
from assistant.reasoning.caching import load_programs
from assistant.reasoning.engines import EngineName, make_engine, start_host
from assistant.reasoning.factoring import Unfolder
from assistant.reasoning.forecast import Forecast
from assistant.reasoning.heap import uncollected
from assistant.reasoning.isolated import Host
from assistant.reasoning.model import Advice, Atom, Choice, Conclusion, Engine, Exclusion, Firing
from assistant.reasoning.program import atoms_of
from assistant.reasoning.programs import (
    ADVICE,
    CHOSEN,
    CLAIM,
    IN_PLAY,
    NEED,
    QUESTION,
    RULE,
    implied_by,
)
from assistant.reasoning.selection import Profile, Selector, profile_of

_SEVERITY = ("critical", "serious", "note")
_NAMED = ("existing_stack", "considering", "migrating_from")
"""Slots whose tools are in play beside the chosen ones: what is true of them matters here."""

_NOT_FACTS = frozenset((NEED, RULE, CLAIM, QUESTION, ADVICE))


class Reasoner:
    """Reasons over one knowledge. Safe to share between threads: the engines lock, the rest is immutable."""

    def __init__(self, knowledge: Knowledge, engine: EngineName = "durable", host: Host | None = None) -> None:
        """Compiles the knowledge. `host` is a process for the engine that runs already.

        Raises CompileError when a rule cannot be compiled soundly.
        """
        self.knowledge = knowledge
        if host is None and engine == "durable":
            host = start_host()  # it gets ready while the rules are read
        self.programs, arguing, advising = load_programs(knowledge)
        self.selector = Selector(knowledge, self.programs)
        self._implied = {implied_by(tool.id): tool.id for tool in knowledge.tools.values() if tool.implies}
        self._argued = Unfolder(self.programs.argue_members, arguing.parts)
        self._advised = Unfolder(self.programs.advise_members, advising.parts)
        self._board: Board | None = None
        argue = make_engine(self.programs.argue, engine, arguing, host)
        self._ends = arguing.ends
        self._reference = argue.reference
        self._argue: Engine = argue
        self._advise: Engine = make_engine(self.programs.advise, engine, advising, host)

    @property
    def engine_name(self) -> str:
        """The engine that answers now: `durable_rules` or `reference`."""
        return self._argue.name

    @property
    def notice(self) -> str | None:
        """Why the engine of record is not in use, if so."""
        return getattr(self._argue, "notice", None) or getattr(self._advise, "notice", None)

    def close(self) -> None:
        """Free the engines."""
        self._argue.close()
        self._advise.close()

    def conclude(self, facts: Iterable[Fact]) -> Conclusion:
        """All that follows from the facts in force: stack, exclusions, caveats, plan and conflicts, with proofs."""
        stated = tuple(facts)
        atoms = atoms_of(self.programs.argue, stated)
        firings = self._argued.unfold(self._argue.infer(atoms))
        profile = self._profile(atoms, firings, stated)
        stack, excluded = self.selector.select(profile, firings)
        advice_atoms = self._advice_atoms(stated, firings, profile, stack)
        advised = self._advised.unfold(self._advise.infer(advice_atoms))
        return self._conclusion(stated, firings, stack, excluded, advised)

    def hypothetical(
        self, facts: Iterable[Fact]
    ) -> tuple[tuple[Choice, ...], tuple[Exclusion, ...], tuple[Firing, ...], Profile]:
        """Stack and exclusions that other facts would give, by the reference chainer, without the advice."""
        stated = tuple(facts)
        atoms = atoms_of(self.programs.argue, stated)
        firings = self._argued.unfold(self._reference.infer(atoms))
        profile = self._profile(atoms, firings, stated)
        stack, excluded = self.selector.select(profile, firings)
        return stack, excluded, firings, profile

    def forecast(self, facts: Iterable[Fact], role: str | None = None) -> Forecast:
        """Trials around `facts`: what the first choices (of all roles, or of one) would be if they changed."""
        return Forecast(self.board, facts, role)

    @property
    def board(self) -> Board:
        """What hypothetical rankings share; built on first use, and building it twice in a race does no harm."""
        if self._board is None:
            with uncollected():
                self._board = Board(self.knowledge, self.programs, self.selector, self._reference, self._ends)
        return self._board

    def profile(self, conclusion: Conclusion) -> Profile:
        """The profile behind a conclusion, for asking why a tool is no candidate."""
        stated = tuple(f for f in conclusion.facts if f.origin in ("stated", "assumed"))
        atoms = atoms_of(self.programs.argue, stated)
        return self._profile(atoms, conclusion.firings, stated)

    def _profile(self, atoms: tuple[Atom, ...], firings: Iterable[Firing], stated: tuple[Fact, ...]) -> Profile:
        everything = dict.fromkeys([*atoms, *(firing.head for firing in firings)])
        return profile_of(self.knowledge, everything, stated)

    def _advice_atoms(
        self, stated: tuple[Fact, ...], firings: Iterable[Firing], profile: Profile, stack: tuple[Choice, ...]
    ) -> tuple[Atom, ...]:
        atoms: dict[Atom, None] = dict.fromkeys(atoms_of(self.programs.advise, stated))
        for firing in firings:
            slot = firing.head[0]
            if slot in _NOT_FACTS:
                continue
            atoms[firing.head] = None
            if slot in self.knowledge.slots and firing.rule not in self.programs.argue.defaults:
                atoms[(f"known:{slot}", "yes")] = None
        first = dict.fromkeys(choice.ranking[0].tool for choice in stack)
        for tool in first:
            atoms[(CHOSEN, tool)] = None
        named = (tool for slot in _NAMED for tool in profile.values.get(slot, ()))
        for tool in (*first, *named):
            atoms[(IN_PLAY, tool)] = None
        return tuple(atoms)

    # -- assembling ----------------------------------------------------------------------------------

    def _conclusion(
        self,
        stated: tuple[Fact, ...],
        firings: tuple[Firing, ...],
        stack: tuple[Choice, ...],
        excluded: tuple[Exclusion, ...],
        advised: tuple[Firing, ...],
    ) -> Conclusion:
        caveats: dict[str, Advice] = {}
        steps: dict[str, Advice] = {}
        conflicts: dict[str, Advice] = {}
        chosen = {choice.role: self.knowledge.tools[choice.ranking[0].tool].name for choice in stack}
        for firing in advised:
            predicate, key = firing.head
            if predicate != ADVICE:
                continue
            if key in self.programs.caveats:
                caveats.setdefault(key, self._caveat(key, firing))
            elif key in self.programs.steps:
                step = self._step(key, firing, chosen)
                if step is not None:
                    steps.setdefault(key, step)
            elif isinstance(self.programs.rules[key].effect, Conflict):
                rule = self.programs.rules[key]
                conflicts.setdefault(key, self._conflict(rule, firing))
        return Conclusion(
            facts=(*stated, *self._inferred(stated, firings)),
            stack=stack,
            excluded=excluded,
            caveats=tuple(sorted(caveats.values(), key=lambda c: (_SEVERITY.index(c.severity), not c.tools))),
            plan=tuple(steps[step] for step in self.programs.steps if step in steps),
            conflicts=tuple(conflicts.values()),
            firings=(*firings, *advised),
            engine=self.engine_name,
        )

    def _conflict(self, rule: Rule, firing: Firing) -> Advice:
        return Advice(rule.id, "conflict", rule.because, rule.source, rule.verified, firing, layer=rule.layer)

    def _caveat(self, key: str, firing: Firing) -> Advice:
        caveat = self.programs.caveats[key]
        tools = tuple(premise.atom[1] for premise in firing.premises if premise.atom[0] == IN_PLAY)
        return Advice(
            id=key,
            kind="caveat",
            text=caveat.text,
            source=caveat.source,
            verified=caveat.verified,
            firing=firing,
            severity=caveat.severity,
            advice=caveat.advice,
            tools=tools,
            layer=caveat.layer,
        )

    def _step(self, key: str, firing: Firing, chosen: dict[str, str]) -> Advice | None:
        """The step with the chosen tools filled in; None when it speaks of a role that the stack does not have."""
        step = self.programs.steps[key]
        texts = []
        for text in (step.text, step.measure, step.falsified_if):
            if "{" not in text:
                texts.append(text)
                continue
            for role, name in chosen.items():
                text = text.replace(f"{{{role}}}", name)
            if any(f"{{{role}}}" in text for role in self.knowledge.roles):
                return None
            texts.append(text)
        return Advice(
            id=key,
            kind="step",
            text=texts[0],
            source=step.source,
            verified=step.verified,
            firing=firing,
            phase=step.phase,
            measure=texts[1],
            falsified_if=texts[2],
            layer=step.layer,
        )

    def _inferred(self, stated: tuple[Fact, ...], firings: Iterable[Firing]) -> Iterable[Fact]:
        said = {fact.key() for fact in stated}
        implied = self._implied
        for firing in firings:
            slot, value = firing.head
            key = (slot, value, False)
            if slot not in self.knowledge.slots or key in said:
                continue
            said.add(key)
            if firing.rule in implied:
                yield Fact(slot, value, strength="soft", origin="implied", rule=implied[firing.rule])
            else:
                rule = self.programs.rules[firing.rule]
                default = isinstance(rule.effect, Infer) and rule.effect.default
                yield Fact(slot, value, strength="soft", origin="default" if default else "inferred", rule=firing.rule)
