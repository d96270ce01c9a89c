"""Proofs as trees for people: from a conclusion through its rules down to their own words.

Every leaf is the person's words, a default, something that naming a tool implies, or a checked absence; what holds for
every project says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.dialogue.blocks import Citation, Node
from assistant.dialogue.wording import Wording, listed, sentence
from assistant.knowledge.facts import Fact, Quantity
from assistant.reasoning.model import Atom, Conclusion, Firing, Premise
from assistant.reasoning.program import PROJECT
from assistant.reasoning.programs import Programs, implier

_DEPTH = 12
"""Deeper than any chain of shipped rules; it only bounds what hostile knowledge could make of a proof."""

_ANY = "Any one of these is enough."


class Prover:
    """Builds proof trees over one conclusion."""

    def __init__(self, wording: Wording, programs: Programs, conclusion: Conclusion) -> None:
        self._wording = wording
        self._programs = programs
        self._conclusion = conclusion
        self._derived: dict[Atom, list[Firing]] = {}
        for firing in conclusion.firings:
            self._derived.setdefault(firing.head, []).append(firing)
        self._stated = [fact for fact in conclusion.facts if fact.origin in ("stated", "assumed")]
        self._fits = {choice.ranking[0].tool: choice.ranking[0].fit for choice in conclusion.stack}

    def derivations(self, atom: Atom) -> tuple[Firing, ...]:
        """All firings that derive `atom`."""
        return tuple(self._derived.get(atom, ()))

    def firing(self, firing: Firing, text: str, *, sources: tuple[Citation, ...] = (), ref: str = "") -> Node:
        """A rule that fired: what it says, and below it why it may."""
        seen = frozenset((firing.head,))
        return Node(
            text=sentence(text),
            kind="rule",
            children=self._premises(firing.premises, 1, seen),
            sources=sources,
            rule=firing.clause,
            ref=ref,
        )

    def fact(self, atom: Atom) -> Node:
        """Why a fact is in force."""
        return self._atom(atom, 0, frozenset())

    def words(self, atom: Atom) -> list[Fact]:
        """The stated facts that an atom rests on directly."""
        predicate, value = atom
        slot = predicate.lstrip("!").removeprefix("must:").removeprefix("known:")
        if predicate.startswith("known:"):
            return [f for f in self._stated if f.slot == slot and not f.negated]
        if self._kind(slot) == "quantity":
            return [f for f in self._stated if f.slot == slot and isinstance(f.value, Quantity) and not f.negated]
        return [
            f for f in self._stated if f.slot == slot and f.value == value and f.negated == predicate.startswith("!")
        ]

    def roots(self, firing: Firing, _seen: frozenset[Atom] = frozenset()) -> list[Fact]:
        """All stated facts at the bottom of a firing, each once, in the order in which they were said."""
        found: dict[int, Fact] = {}
        for premise in firing.premises:
            if not premise.holds or premise.atom in _seen:
                continue
            said = self.words(premise.atom)
            for fact in said:
                found[self._stated.index(fact)] = fact
            for below in () if said else self._derived.get(premise.atom, ())[:1]:
                for fact in self.roots(below, _seen | {premise.atom}):
                    found[self._stated.index(fact)] = fact
            fit = self._fits.get(premise.atom[1]) if premise.atom[0] in ("chosen", "in_play") else None
            if fit is not None:
                for fact in self.roots(fit, _seen | {premise.atom}):
                    found[self._stated.index(fact)] = fact
        return [found[number] for number in sorted(found)]

    # -- tree building ---------------------------------------------------------------------------------

    def _kind(self, slot: str) -> str:
        record = self._wording.knowledge.slots.get(slot)
        return record.kind if record else ""

    def _premises(self, premises: Iterable[Premise], depth: int, seen: frozenset[Atom]) -> tuple[Node, ...]:
        """What a rule rests on: each thing that holds, and in one sentence all that was checked to be absent."""
        found = tuple(premises)
        held = [self._atom(premise.atom, depth, seen) for premise in found if premise.holds]
        absent = [premise.atom for premise in found if not premise.holds]
        return (*held, *(Node(text=text, kind="absent") for text in self._absences(absent)))

    def _absences(self, atoms: list[Atom]) -> Iterable[str]:
        """What is said nowhere; values of one slot share its words."""
        untold = [self._wording.slot(slot[6:]) for slot, _ in atoms if slot.startswith("known:")]
        if untold:
            yield f"You said nothing about {listed(untold, 'or')}, and nothing you said tells it."
        by_slot: dict[str, list[str]] = {}
        others: list[str] = []
        for slot, value in atoms:
            if slot in self._wording.knowledge.slots and self._kind(slot) != "quantity":
                by_slot.setdefault(slot, []).append(self._wording.value(slot, value))
            elif not slot.startswith("known:"):
                others.append(self._wording.atom((slot, value)))
        clauses = [self._wording.saying(slot, listed(values, "or")) for slot, values in by_slot.items()] + others
        if clauses:
            yield f"Nothing says that {listed(clauses, 'or that')}."

    def _atom(self, atom: Atom, depth: int, seen: frozenset[Atom]) -> Node:
        if atom == PROJECT:
            return Node(text="This holds for every project.", kind="record")
        text = sentence(self._wording.atom(atom))
        if depth >= _DEPTH or atom in seen:
            return Node(text=text, kind="conclusion")
        seen = seen | {atom}
        said = self.words(atom)
        if said:
            return self._said(atom, said, text)
        if atom[0] in ("chosen", "in_play"):
            return self._chosen(atom, depth, seen)
        derivations = self._derived.get(atom, [])
        if atom[0].startswith("known:"):
            derivations = [f for head, fs in self._derived.items() if head[0] == atom[0][6:] for f in fs]
        return Node(
            text=text,
            kind="conclusion",
            children=tuple(self._derivation(firings, depth, seen) for firings in self._by_rule(derivations)),
            ref=f"fact/{atom[0]}/{atom[1]}" if atom[0] in self._wording.knowledge.slots else "",
        )

    def _said(self, atom: Atom, said: list[Fact], text: str) -> Node:
        nodes = [self._quote(fact) for fact in said]
        if len(nodes) == 1 and (self._kind(atom[0]) != "quantity" or atom[0].startswith("known:")):
            return nodes[0]
        return Node(text=text, kind="conclusion", children=tuple(nodes))

    def _quote(self, fact: Fact) -> Node:
        says = self._wording.fact(fact)
        if fact.words is None:
            return Node(text=sentence(f"you set: {says}"), kind="words", ref=_ref(fact))
        how = "read as" if fact.origin == "assumed" else "that is,"
        text = f"You said “{fact.words.text}” (message {fact.words.turn + 1}), {how} {says}."
        return Node(text=text, kind="assumed" if fact.origin == "assumed" else "words", ref=_ref(fact))

    def _chosen(self, atom: Atom, depth: int, seen: frozenset[Atom]) -> Node:
        tool = atom[1]
        named = [f for f in self._stated if f.value == tool and not f.negated]
        if named:
            return self._said(atom, named, sentence(self._wording.atom(atom)))
        roles = [choice.role for choice in self._conclusion.stack if choice.ranking[0].tool == tool]
        text = f"{self._wording.tool(tool)} is the first choice as {self._wording.as_role(roles[0])}." if roles else ""
        fit = self._fits.get(tool)
        children = self._premises(fit.premises, depth + 1, seen) if fit else ()
        ref = f"tool/{roles[0]}/{tool}" if roles else ""
        return Node(text=text or sentence(self._wording.atom(atom)), kind="conclusion", children=children, ref=ref)

    def _by_rule(self, derivations: list[Firing]) -> list[list[Firing]]:
        """The derivations, those of one rule together, what was said before what is taken for granted."""
        groups: dict[str, list[Firing]] = {}
        for firing in derivations:
            groups.setdefault(firing.rule, []).append(firing)
        defaults = self._programs.argue.defaults
        return sorted(groups.values(), key=lambda own: (own[0].rule in defaults, implier(own[0].rule) is not None))

    def _grounds(self, firings: list[Firing], depth: int, seen: frozenset[Atom]) -> tuple[Node, ...]:
        """What the firings of one rule rest on: what they share, and the alternatives of which any one is enough."""
        shared = [p for p in firings[0].premises if all(p in firing.premises for firing in firings)]
        rests = [[p for p in firing.premises if p not in shared] for firing in firings]
        nodes = [*self._premises(shared, depth, seen)]
        if all(rests) and len(firings) > 1:
            ways = [self._premises(rest, depth + 1, seen) for rest in rests]
            each = [
                way[0] if len(way) == 1 else Node(text="All of these together.", kind="conclusion", children=way)
                for way in ways
            ]
            each = list(dict.fromkeys(each))
            nodes.append(Node(text=_ANY, kind="conclusion", children=tuple(each)) if len(each) > 1 else each[0])
        return tuple(nodes)

    def _derivation(self, firings: list[Firing], depth: int, seen: frozenset[Atom]) -> Node:
        firing = firings[0]
        children = self._grounds(firings, depth + 2, seen)
        tool = implier(firing.rule)
        if tool is not None:
            text = f"{self._wording.tool(tool)}, which you named, implies it."
            record = self._wording.knowledge.tools[tool]
            sources = self._wording.cite(record.source, record.verified, record.layer)
            return Node(text=text, kind="implied", children=children, sources=sources, rule=firing.clause)
        rule = self._programs.rules.get(firing.rule)
        if rule is None:
            return Node(text=sentence(self._wording.atom(firing.head)), kind="conclusion", children=children)
        default = firing.rule in self._programs.argue.defaults
        text = f"Assumed, because you have not said otherwise: {rule.because}." if default else sentence(rule.because)
        sources = self._wording.cite(rule.source, rule.verified, rule.layer)
        return Node(
            text=text, kind="default" if default else "rule", children=children, sources=sources, rule=firing.clause
        )


def _ref(fact: Fact) -> str:
    slot, value, negated = fact.key()
    return f"fact/{'!' if negated else ''}{slot}/{value}"


def fact_ref(fact: Fact) -> str:
    """The name under which a fact can be asked about."""
    return _ref(fact)


def leaves(node: Node) -> Iterable[Node]:
    """All leaves of a proof tree."""
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)
