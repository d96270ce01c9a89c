"""One program under many sets of atoms at once: each set has one bit of an integer, for every atom.

That is how faults of a logic circuit are simulated by the machine word: Seshu, "On an Improved Diagnosis Program"
(1965). A clause then costs a few operations on integers for all sets together, so that a hundred hypothetical
projects cost little more than one. Clauses are run in an order in which what is needed comes first; those on a cycle
are run until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from assistant.reasoning.incremental import Index
from assistant.reasoning.model import Atom
from assistant.reasoning.strata import needed_first

Premises = tuple[int, tuple[int, ...], tuple[int, ...], int]
"""The atoms that must hold (the first by itself), those that must not, and what follows."""

ALWAYS = -1
"""The atom that stands in for the first where none must hold."""


class Order(NamedTuple):
    """The clauses of a program in groups, what is needed first; those of a group on a cycle may need each other."""

    groups: tuple[tuple[bool, tuple[Premises, ...]], ...]
    """Whether it is a cycle, and the clauses. Neighbours that are no cycles make one group."""
    holding: frozenset[int]
    """The atoms whose presence the clauses of cycles ask for."""
    breaking: frozenset[int]
    """The atoms whose absence they ask for."""

    def among(self, atoms: frozenset[int]) -> Order:
        """This order without the clauses that conclude anything but `atoms`."""
        groups = ((cycle, tuple(c for c in clauses if c[3] in atoms)) for cycle, clauses in self.groups)
        return self._replace(groups=tuple(group for group in groups if group[1]))


def in_order(index: Index) -> Order:
    """All clauses of a program."""
    absent, supporting = index.absent, index.supporting
    # What few clauses ask for is rarely true: asked first, it settles most clauses at once.
    present = tuple(tuple(sorted(atoms, key=lambda atom: len(index.waiting[atom]))) for atoms in index.present)
    needs = {
        atom: tuple(dict.fromkeys(a for c in clauses for a in (*present[c], *absent[c])))
        for atom, clauses in enumerate(supporting)
        if clauses
    }
    groups: list[tuple[bool, tuple[Premises, ...]]] = []
    straight: list[Premises] = []
    holding: set[int] = set()
    breaking: set[int] = set()
    for group in needed_first(needs):
        own = [((*present[c], ALWAYS)[0], present[c][1:], absent[c], atom) for atom in group for c in supporting[atom]]
        if len(group) == 1 and group[0] not in needs.get(group[0], ()):
            straight += own
            continue
        for first, others, forbidden, _ in own:
            holding.update((first, *others))
            breaking.update(forbidden)
        groups += [(False, tuple(straight)), (True, tuple(own))]
        straight = []
    return Order((*groups, (False, tuple(straight))), frozenset(holding), frozenset(breaking))


def run(index: Index, order: Order, cases: Sequence[Iterable[Atom]]) -> list[int]:
    """By atom (its number): the cases in which it holds, case number n as the bit of 1 << n."""
    number = index.number
    everything = (1 << len(cases)) - 1
    holds = [0] * len(number) + [everything]  # where ALWAYS points
    for place, given in enumerate(cases):
        bit = 1 << place
        for name in given:
            atom = number.get(name)
            if atom is not None:
                holds[atom] |= bit
    for cycle, clauses in order.groups:
        grows = True
        while grows:
            grows = False
            for first, others, absent, head in clauses:
                cases_left = holds[first]
                if not cases_left:
                    continue
                for atom in others:
                    cases_left &= holds[atom]
                    if not cases_left:
                        break
                else:
                    for atom in absent:
                        cases_left &= ~holds[atom]
                    if cycle and cases_left & ~holds[head]:
                        grows = True
                    holds[head] |= cases_left
    return holds[:-1]
