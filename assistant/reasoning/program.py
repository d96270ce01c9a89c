"""Rules become clauses: conjunctions of atoms that are present or absent, in strata.

Alternatives turn into branches, amounts into thresholds, `none` into absences. What is left is so plain that two
unlike engines can be shown to agree on it. `docs/rules.md` says what the rules mean; this module makes it so.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set

import msgspec

from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import All, Any, Compare, Condition, Is, Known, Must, Nothing, Refused, Unknown
from assistant.reasoning.errors import CompileError
from assistant.reasoning.guard import Room, room_left
from assistant.reasoning.model import Atom, Clause, Firing, Premise
from assistant.reasoning.strata import stratify

# Holds in every project: the premise of what is true anyway.
PROJECT: Atom = ("project", "yes")

FIRM = "firm:"

MAX_BRANCHES = 64

Item = tuple[str, Condition | None, Sequence[Atom]]
Branch = tuple[Premise, ...]


class Threshold(msgspec.Struct, frozen=True):
    """An amount that some rule asks about, and the atom that says it."""

    slot: str
    op: str
    bound: float

    def atom(self) -> Atom:
        whole = self.bound.is_integer() and abs(self.bound) < 1e15
        return (self.slot, f"{self.op}{int(self.bound) if whole else repr(self.bound)}")

    def covers(self, quantity: Quantity) -> bool:
        """Whether every amount that `quantity` allows satisfies this threshold; no amount at all satisfies none."""
        low, high = quantity.interval()
        open_low, open_high = quantity.op == ">", quantity.op == "<"
        if not low <= high or (low == high and (open_low or open_high)):
            return False
        if self.op == ">=":
            return low >= self.bound
        if self.op == ">":
            return low > self.bound or (open_low and low == self.bound)
        if self.op == "<=":
            return high <= self.bound
        return high < self.bound or (open_high and high == self.bound)


class Never(msgspec.Struct, frozen=True):
    """A branch of a rule that no project can satisfy: a mistake worth telling its author."""

    rule: str
    reason: str


class Program(msgspec.Struct, frozen=True):
    """Compiled rules. `clauses` are by stratum, then as the rules come; a clause's index is its place in every answer."""

    clauses: Sequence[Clause]
    strata: int
    thresholds: dict[str, tuple[Threshold, ...]]
    atoms: Set[Atom]
    defaults: frozenset[str]
    never: tuple[Never, ...]
    room: tuple[Room, ...]


def compile_program(items: Iterable[Item], *, defaults: Collection[str] = ()) -> Program:
    """Compile `(rule id, condition, heads)` triples; `defaults` are the ids of rules that give way to knowledge.

    A condition of None holds in every project. A rule id may come several times. A head `(slot, value)` of a rule
    that is no default also makes `known:slot`, wherever some rule asks for that and no default had a hand in it.

    Raises CompileError if a rule branches too much, compares with no number, or negates through a cycle.
    """
    items = tuple(items)
    rules = [(rule, branches(rule, when), tuple(dict.fromkeys(heads))) for rule, when, heads in items]
    thresholds = {threshold.atom(): threshold for _, when, _ in items for threshold in thresholds_in(when)}
    asked = _asked_whether_known(rules, defaults)
    bodies: list[tuple[str, Branch, Atom]] = []
    never: list[Never] = []
    for rule, ways, heads in rules:
        if not ways:
            never.append(Never(rule, "an `any` without alternatives never holds"))
        for way in ways:
            for body, head in _conclusions(way, heads, rule in defaults):
                reason = _impossible(body, thresholds)
                if reason is None:
                    bodies.append((rule, body, head))
                else:
                    never.append(Never(rule, reason))
    bodies += _knowing(bodies, asked, defaults)
    return _assemble(_firmly(bodies, defaults), thresholds, defaults, tuple(dict.fromkeys(never)))


def atoms_of(program: Program, facts: Iterable[Fact]) -> tuple[Atom, ...]:
    """The atoms that the facts in force put in, each once, in order; PROJECT comes first.

    A positive fact gives `(slot, value)`, or its thresholds, and `known:slot`; the person's own words, if they are a
    hard requirement, also `must:slot`. A negated fact gives only `!slot`: who says "not on Kubernetes" has not said
    where it will run, so the slot stays unknown and may still be asked. A negated amount gives nothing. Facts that
    are inferred or defaults are left out, because the rules derive them anew.
    """
    atoms: dict[Atom, None] = {PROJECT: None}
    for fact in facts:
        if fact.origin in ("inferred", "default"):
            continue
        if isinstance(fact.value, Quantity):
            if not fact.negated:
                atoms |= dict.fromkeys(threshold_atoms(program, fact.slot, fact.value))
                atoms[_known(fact.slot)] = None
        elif fact.negated:
            atoms[_refused(fact.slot, fact.value)] = None
        else:
            atoms[(fact.slot, fact.value)] = None
            if firm((fact.slot, fact.value)) in program.atoms:
                atoms[firm((fact.slot, fact.value))] = None
            if fact.strength == "hard" and fact.origin in ("stated", "assumed"):
                atoms[_must(fact.slot, fact.value)] = None
            atoms[_known(fact.slot)] = None
    return tuple(atoms)


def in_order(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """The canonical order of an answer, for clauses that are in the order of their rules."""
    return tuple(sorted(clauses, key=lambda clause: clause.stratum))


def firing_of(clause: Clause) -> Firing:
    """What it looks like when `clause` fires: it is a conjunction, so there is only one way."""
    premises = [Premise(atom) for atom in clause.present] + [Premise(atom, holds=False) for atom in clause.absent]
    return Firing(clause.id, clause.rule, tuple(premises), clause.head)


def threshold_atoms(program: Program, slot: str, quantity: Quantity) -> tuple[Atom, ...]:
    """The thresholds on `slot` that every amount allowed by `quantity` satisfies, in the program's order."""
    return tuple(t.atom() for t in program.thresholds.get(slot, ()) if t.covers(quantity))


def firm(atom: Atom) -> Atom:
    """The twin of `atom` that holds only if no default had a hand in it."""
    return (FIRM + atom[0], atom[1])


def _known(slot: str) -> Atom:
    return (f"known:{slot}", "yes")


def _refused(slot: str, value: str) -> Atom:
    return (f"!{slot}", value)


def _must(slot: str, value: str) -> Atom:
    return (f"must:{slot}", value)


# --- conditions -> branches ----------------------------------------------------------------------------


def branches(rule: str, when: Condition | None) -> list[Branch]:
    """The disjunctive normal form of `when`: each branch is one way in which it holds."""
    if when is None:
        return [(Premise(PROJECT),)]
    return [branch or (Premise(PROJECT),) for branch in _ways(rule, when, holds=True)]


def _ways(rule: str, condition: Condition, *, holds: bool) -> list[Branch]:
    """All ways in which `condition` holds, or fails to hold. By De Morgan every absence ends up at an atom, where
    a proof can show it; that is sound because the atom's stratum is complete when its absence is asked."""
    match condition:
        case Is(slot=slot, value=value):
            return [(Premise((slot, value), holds),)]
        case Refused(slot=slot, value=value):
            return [(Premise(_refused(slot, value), holds),)]
        case Must(slot=slot, value=value):
            return [(Premise(_must(slot, value), holds),)]
        case Compare(slot=slot, op=op, bound=bound):
            if not math.isfinite(bound):
                raise CompileError((rule,), f"{slot} is compared with {bound}, which is no amount", "an amount")
            return [(Premise(Threshold(slot, op, bound).atom(), holds),)]
        case Known(slot=slot):
            return [(Premise(_known(slot), holds),)]
        case Unknown(slot=slot):
            return [(Premise(_known(slot), not holds),)]
        case Nothing(parts=parts):
            return _ways(rule, Any(parts=parts), holds=not holds)
        case All(parts=parts):
            return _together(rule, parts, holds) if holds else _either(rule, parts, holds)
        case Any(parts=parts):
            return _either(rule, parts, holds) if holds else _together(rule, parts, holds)


def _either(rule: str, parts: Iterable[Condition], holds: bool) -> list[Branch]:
    return list(dict.fromkeys(way for part in parts for way in _ways(rule, part, holds=holds)))


def _together(rule: str, parts: Iterable[Condition], holds: bool) -> list[Branch]:
    """Every way of one part with every way of the others. Refused where that multiplies out; a mere list may be long."""
    joined: list[Branch] = [()]
    by_part = [_ways(rule, part, holds=holds) for part in parts]
    for ways in by_part:
        if len(joined) * len(ways) > max(MAX_BRANCHES, len(joined), len(ways)):
            many = math.prod(map(len, by_part))
            reason = f"the condition multiplies out into {many:,} alternatives; there is room for {MAX_BRANCHES}"
            raise CompileError((rule,), reason, "several rules, each with a part of the alternatives")
        joined = list(dict.fromkeys(tuple(dict.fromkeys(left + right)) for left in joined for right in ways))
    return joined


def thresholds_in(condition: Condition | None) -> Iterator[Threshold]:
    """Every comparison in `condition`, from left to right."""
    match condition:
        case Compare(slot=slot, op=op, bound=bound):
            yield Threshold(slot, op, bound)
        case All(parts=parts) | Any(parts=parts) | Nothing(parts=parts):
            for part in parts:
                yield from thresholds_in(part)


# --- branches -> clauses -------------------------------------------------------------------------------


def _asked_whether_known(
    rules: Iterable[tuple[str, list[Branch], tuple[Atom, ...]]], defaults: Collection[str]
) -> set[Atom]:
    """The `known:` atoms that matter: asked for by a condition, or by a default about its own slot."""
    asked = {premise.atom for _, ways, _ in rules for way in ways for premise in way}
    return asked | {_known(slot) for rule, _, heads in rules if rule in defaults for slot, _ in heads}


def _conclusions(way: Branch, heads: Iterable[Atom], default: bool) -> Iterator[tuple[Branch, Atom]]:
    """What follows from one branch: each head; a default only while its slot is unknown and nobody refused it."""
    for head in heads:
        unless = (_known(head[0]), _refused(*head)) if default else ()
        yield tuple(dict.fromkeys((*way, *(Premise(atom, holds=False) for atom in unless)))), head


def _knowing(
    bodies: Iterable[tuple[str, Branch, Atom]], asked: Collection[Atom], defaults: Collection[str]
) -> list[tuple[str, Branch, Atom]]:
    """That a slot is known as soon as some rule, which is no default, concludes a value of it."""
    derived = dict.fromkeys(head for rule, _, head in bodies if rule not in defaults and _known(head[0]) in asked)
    return [(_known(head[0])[0], (Premise(head),), _known(head[0])) for head in derived]


def _firmly(bodies: list[tuple[str, Branch, Atom]], defaults: Collection[str]) -> list[tuple[str, Branch, Atom]]:
    """Let only what holds without any default make a slot known: what follows from a default is no knowledge either.

    An atom that a default may have a hand in gets a firm twin, derived from firm premises alone, and `known:` atoms
    rest on the twins. So whether a default applies never depends on a default, and no cycle can run through one.
    """
    shaky = {head for rule, _, head in bodies if rule in defaults}
    grown = True
    while grown:
        more = {head for _, body, head in bodies if head not in shaky and any(p.atom in shaky for p in body)}
        more = {head for head in more if not head[0].startswith("known:")}
        grown = bool(more)
        shaky |= more

    def firmed(body: Branch) -> Branch:
        return tuple(Premise(firm(p.atom), p.holds) if p.atom in shaky else p for p in body)

    made = [
        (rule, firmed(body), head) if head[0].startswith("known:") else (rule, body, head)
        for rule, body, head in bodies
    ]
    without_default: dict[Atom, list[tuple[str, Branch]]] = {}
    for rule, body, head in bodies:
        if rule not in defaults:
            without_default.setdefault(head, []).append((rule, body))
    wanted = [p.atom for _, body, _ in made for p in body if p.atom[0].startswith(FIRM)]
    seen = set(wanted)
    while wanted:
        atom = wanted.pop()
        for rule, body in without_default.get((atom[0][len(FIRM) :], atom[1]), ()):
            made.append((rule, firmed(body), atom))
            fresh = [p.atom for p in firmed(body) if p.atom[0].startswith(FIRM) and p.atom not in seen]
            seen.update(fresh)
            wanted += fresh
    return made


def _impossible(branch: Branch, thresholds: Mapping[Atom, Threshold]) -> str | None:
    """Why no project can satisfy `branch`, or None."""
    present = {premise.atom for premise in branch if premise.holds}
    for premise in branch:
        if not premise.holds and premise.atom in present:
            slot, value = premise.atom
            return f"it needs `{slot}: {value}` to hold and not to hold"
    bounds = [thresholds[atom] for atom in present if atom in thresholds]
    for low in (bound for bound in bounds if bound.op in (">", ">=")):
        for high in (bound for bound in bounds if bound.op in ("<", "<=") and bound.slot == low.slot):
            if low.bound > high.bound or (low.bound == high.bound and (low.op, high.op) != (">=", "<=")):
                return f"no {low.slot} is both {low.atom()[1]} and {high.atom()[1]}"
    return None


def _assemble(
    bodies: Iterable[tuple[str, Branch, Atom]],
    thresholds: Mapping[Atom, Threshold],
    defaults: Collection[str],
    never: tuple[Never, ...],
) -> Program:
    """Number the clauses, put them into strata and sum up what the engines need to know."""
    numbers: dict[str, int] = {}
    loose: list[Clause] = []
    for rule, body, head in bodies:
        numbers[rule] = number = numbers.get(rule, 0) + 1
        present = tuple(premise.atom for premise in body if premise.holds)
        absent = tuple(premise.atom for premise in body if not premise.holds)
        loose.append(Clause(rule, number, present, absent, head))
    strata = stratify(loose)
    clauses = in_order(msgspec.structs.replace(clause, stratum=strata[clause.head]) for clause in loose)
    by_slot: dict[str, list[Threshold]] = {}
    for threshold in thresholds.values():
        by_slot.setdefault(threshold.slot, []).append(threshold)
    return Program(
        clauses=clauses,
        strata=max(strata.values(), default=0) + 1,
        thresholds={slot: tuple(own) for slot, own in by_slot.items()},
        atoms=frozenset(strata),
        defaults=frozenset(defaults),
        never=never,
        room=room_left(clauses),
    )
