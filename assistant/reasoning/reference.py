"""The reference chainer: a few lines of Python that say what every engine has to answer.

Dowling & Gallier, "Linear-time algorithms for testing the satisfiability of propositional Horn formulae", Journal of
Logic Programming 1(3), 1984: each clause counts the premises that are still missing and fires at zero. Strata (Apt,
Blair & Walker 1988) let absent atoms be asked once nothing can derive them any more.

A run costs about 0.1 ms, so most searches over hypothetical projects simply run it anew; `incremental.py` serves those
that try hundreds of variations of one project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from assistant.reasoning.model import Atom, Clause, Firing
from assistant.reasoning.program import Program, firing_of


class Firings(dict[int, Firing]):
    """What each clause looks like when it fires, made when it first does: of thousands of clauses a project fires few."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        super().__init__()
        self._clauses = clauses

    def __missing__(self, clause: int) -> Firing:
        made = self[clause] = firing_of(self._clauses[clause])
        return made


class Tables(msgspec.Struct, frozen=True, array_like=True):
    """The clauses of a program in numbers: by clause what it asks for and concludes, by atom the clauses that wait for it."""

    present: list[tuple[int, ...]]
    absent: list[tuple[int, ...]]
    head: list[int]
    stratum: list[int]
    missing: list[int]  # how many premises there are, before any is met
    waiting: list[tuple[int, ...]]


def tables_of(program: Program) -> tuple[dict[Atom, int], Tables]:
    """The number of each atom, and the program in these numbers."""
    number: dict[Atom, int] = {}
    for clause in program.clauses:
        for atom in (*clause.present, *clause.absent, clause.head):
            number.setdefault(atom, len(number))
    present = [tuple(dict.fromkeys(number[atom] for atom in clause.present)) for clause in program.clauses]
    waiting: list[list[int]] = [[] for _ in number]
    for index, atoms in enumerate(present):
        for place in atoms:
            waiting[place].append(index)
    return number, Tables(
        present=present,
        absent=[tuple(number[atom] for atom in clause.absent) for clause in program.clauses],
        head=[number[clause.head] for clause in program.clauses],
        stratum=[clause.stratum for clause in program.clauses],
        missing=list(map(len, present)),
        waiting=list(map(tuple, waiting)),
    )


class Reference:
    """An engine over plain integers. It keeps no state between runs, so threads may share it."""

    name = "reference"

    def __init__(self, program: Program, counted: tuple[Mapping[Atom, int], Tables] | None = None) -> None:
        """`counted` as `tables_of` tells it, if it is known already."""
        self.number, tables = counted or tables_of(program)
        self.tables = tables
        self.waiting, self.missing, self.absent = tables.waiting, tables.missing, tables.absent
        self.head, self.stratum = tables.head, tables.stratum
        # Clauses are numbered in canonical order, so sorting what fired is all that the order of an answer takes.
        self.firing = Firings(program.clauses)
        without: list[list[int]] = [[] for _ in range(program.strata)]
        for clause, count in enumerate(tables.missing):
            if not count:
                without[tables.stratum[clause]].append(clause)
        self._without_premise = without

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, by stratum and then by clause; atoms no clause asks for are ignored."""
        waiting, missing, stratum, absent, head = self.waiting, self.missing, self.stratum, self.absent, self.head
        number = self.number
        present = {number[atom] for atom in atoms if atom in number}
        arrived = list(present)
        count: dict[int, int] = {}  # clauses with some, but not all, of their premises
        ready = [list(clauses) for clauses in self._without_premise]
        fired: list[int] = []
        for agenda in ready:
            while arrived or agenda:
                while arrived:
                    for clause in waiting[arrived.pop()]:
                        left = count.get(clause, missing[clause]) - 1
                        if left:
                            count[clause] = left
                        else:
                            ready[stratum[clause]].append(clause)
                while agenda:
                    clause = agenda.pop()
                    if present.isdisjoint(absent[clause]):
                        fired.append(clause)
                        atom = head[clause]
                        if atom not in present:
                            present.add(atom)
                            arrived.append(atom)
        firing = self.firing
        return tuple([firing[clause] for clause in sorted(fired)])

    def close(self) -> None:
        """Nothing to free."""
