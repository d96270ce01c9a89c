"""Smaller programs with the same answers; proofs never show the difference.

Two savings: an `any` or `none` inside an `all` gets an atom of its own, once for all rules that share it, so that alternatives
add up and do not multiply (`task: [17 values], deployment: [6 values]` makes 24 clauses and not 102); and clauses that
conclude something no other clause asks about (an argument, a caveat, a need) are joined when they have the same
premises, which most have. `Unfolder` gives every firing back its own rule, conclusion and premises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice, product

import msgspec

from assistant.knowledge.model import All, Any, Compare, Condition, Is, Known, Must, Nothing, Refused
from assistant.reasoning.guard import room_left
from assistant.reasoning.model import Atom, Clause, Firing, Premise
from assistant.reasoning.program import FIRM, Item, Program, in_order

PREFIX = "any:"
KNOWN = "known:"
JOINED = "joined"
Members = Mapping[str, tuple[Clause, ...]]
"""What each joined conclusion stands for: the clauses that share its premises."""

_MANY = 3  # alternatives from which on an atom of their own is worth it
_WAYS = 8  # derivations of one firing that are told apart


def factored(items: Iterable[Item]) -> Iterator[Item]:
    """The same program with alternatives factored out; rules that share alternatives share their atom."""
    shared: set[str] = set()
    for rule, when, heads in items:
        if not isinstance(when, All):
            yield rule, when, heads
            continue
        parts: list[Condition] = []
        for part in map(_flattened, when.parts):
            slot = _slot(part)
            if slot and isinstance(part, Any | Nothing):
                if slot not in shared:
                    shared.add(slot)
                    yield slot, Any(parts=part.parts), [(slot, "yes")]
                one = Is(slot=slot, value="yes")
                parts.append(one if isinstance(part, Any) else Nothing(parts=(one,)))
            else:
                parts.append(part)
        yield rule, All(parts=tuple(parts)), heads


def _flattened(part: Condition) -> Condition:
    """A `none` of lists as one list: none of (a or b), c is none of a, b, c."""
    if not isinstance(part, Nothing):
        return part
    parts = tuple(inner for one in part.parts for inner in (one.parts if isinstance(one, Any) else (one,)))
    return Nothing(parts=parts)


def _slot(part: Condition) -> str:
    """The name of the atom that stands for a list of alternatives; empty if the list is better left as it is.

    A `none` is factored only if its parts are plain, so that a proof can name each thing that is absent.
    """
    if not isinstance(part, Any | Nothing) or len(part.parts) < _MANY:
        return ""
    if isinstance(part, Nothing) and not all(
        isinstance(one, Is | Must | Refused | Compare | Known) for one in part.parts
    ):
        return ""
    return PREFIX + sha256(msgspec.json.encode(part.parts)).hexdigest()[:16]


def joined(program: Program, ends: Collection[str]) -> tuple[Program, Members]:
    """`program` with the clauses that conclude one of the predicates `ends` joined by their premises.

    No clause may ask about those predicates. The members say what each joined conclusion stands for.
    """
    groups: dict[tuple[object, ...], list[Clause]] = {}
    kept: list[Clause] = []
    for clause in program.clauses:
        if clause.head[0] in ends:
            body = (clause.stratum, frozenset(clause.present), frozenset(clause.absent))
            groups.setdefault(body, []).append(clause)
        else:
            kept.append(clause)
    members: dict[Atom, tuple[Clause, ...]] = {}
    for number, group in enumerate(groups.values()):
        head = (JOINED, str(number))
        members[head] = tuple(group)
        kept.append(msgspec.structs.replace(group[0], rule=JOINED, branch=number, head=head))
    atoms = frozenset(atom for clause in kept for atom in (*clause.present, *clause.absent, clause.head))
    smaller = msgspec.structs.replace(program, clauses=in_order(kept), atoms=atoms, room=room_left(kept))
    return smaller, {head[1]: clauses for head, clauses in members.items()}


def parts_of(program: Program) -> dict[Atom, tuple[Atom, ...]]:
    """What the absence of each auxiliary atom means: the absence of all these."""
    parts: dict[Atom, tuple[Atom, ...]] = {}
    for clause in program.clauses:
        if clause.head[0].startswith((PREFIX, FIRM + PREFIX)):
            parts[clause.head] = (*parts.get(clause.head, ()), *clause.present)
    return parts


class Unfolder:
    """Gives firings of a joined and factored program back to the rules that made them."""

    def __init__(self, members: Members, parts: Mapping[Atom, Iterable[Atom]]) -> None:
        """`parts` as `parts_of` tells them."""
        self._members = members
        self._parts = {atom: tuple(Premise(part, holds=False) for part in absent) for atom, absent in parts.items()}
        self._told: dict[str, tuple[Firing, ...] | None] = {}  # by clause; None: it rests on auxiliary atoms

    def unfold(self, firings: Iterable[Firing]) -> tuple[Firing, ...]:
        """The firings as the rules made them: joined ones each for itself, without auxiliary atoms.

        One that rested on several alternatives is told once for each. The order is that of the strata, then of the
        rules.
        """
        told = self._told
        stood_for: dict[str, list[tuple[Premise, ...]]] = {}
        out: list[Firing | list[Firing]] = []
        for firing in firings:
            clause = firing.clause
            if clause not in told:
                told[clause] = self._tell(firing)
            own = told[clause]
            if own is not None:
                out += own
            elif firing.head[0].startswith(PREFIX):
                stood_for.setdefault(firing.head[0], []).append(firing.premises)
            else:
                out.append([*self._rules(firing)])
        return tuple(_flat(out, stood_for))

    def _tell(self, firing: Firing) -> tuple[Firing, ...] | None:
        """What a firing tells whatever else fired; None if that depends on the alternatives that held."""
        if firing.head[0].startswith(PREFIX):
            return None
        if firing.head[0].startswith((FIRM, KNOWN)):
            return ()
        if any(premise.atom[0].startswith((PREFIX, FIRM)) and premise.holds for premise in firing.premises):
            return None
        return self._rules(firing)

    def _plain(self, premises: tuple[Premise, ...]) -> tuple[Premise, ...]:
        """The premises with each absent auxiliary atom as the absences that it stands for."""
        if all(premise.holds for premise in premises):
            return premises
        spread: list[Premise] = []
        for premise in premises:
            spread += (premise,) if premise.holds else self._parts.get(premise.atom, (premise,))
        return _unfirmed(tuple(dict.fromkeys(spread)))

    def _rules(self, firing: Firing) -> tuple[Firing, ...]:
        premises = self._plain(firing.premises)
        if firing.head[0] != JOINED:
            return (firing if premises == firing.premises else msgspec.structs.replace(firing, premises=premises),)
        clauses = self._members[firing.head[1]]
        return tuple(Firing(clause.id, clause.rule, premises, clause.head) for clause in clauses)


def _flat(out: Iterable[Firing | list[Firing]], stood_for: dict[str, list[tuple[Premise, ...]]]) -> Iterator[Firing]:
    """The firings in order, auxiliary premises replaced by what they stood for."""
    for told in out:
        if isinstance(told, Firing):
            yield told
            continue
        ways = [stood_for.get(premise.atom[0], [(premise,)]) for premise in _unfirmed(told[0].premises)]
        for firing in told:
            for way in islice(product(*ways), _WAYS):
                premises = tuple(dict.fromkeys(premise for part in way for premise in part))
                yield Firing(firing.clause, firing.rule, premises, firing.head)


def _unfirmed(premises: tuple[Premise, ...]) -> tuple[Premise, ...]:
    """The premises with each firm twin as the atom that it is of."""
    return tuple(
        Premise((p.atom[0].removeprefix(FIRM), p.atom[1]), p.holds) if p.atom[0].startswith(FIRM) else p
        for p in premises
    )
