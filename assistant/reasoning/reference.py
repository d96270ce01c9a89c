"""The reference chainer: a few lines of Python that say what every engine has to answer.

Dowling & Gallier, "Linear-time algorithms for testing the satisfiability of propositional Horn formulae", Journal of
Logic Programming 1(3), 1984: each clause counts the premises that are still missing and fires at zero. Strata (Apt,
Blair & Walker 1988) let absent atoms be asked once nothing can derive them any more.

A run costs about 0.1 ms, so most searches over hypothetical projects simply run it anew; `incremental.py` serves those
that try hundreds of variations of one project.
"""

from __future__ import annotations

from assistant.reasoning.model import Atom, Clause, Firing
from assistant.reasoning.program import Program, firing_of


class Firings(dict[int, Firing]):
    """What each clause looks like when it fires, made when it first does: of thousands of clauses a project fires few."""

    def __init__(self, clauses: tuple[Clause, ...]) -> None:
        super().__init__()
        self._clauses = clauses

    def __missing__(self, clause: int) -> Firing:
        made = self[clause] = firing_of(self._clauses[clause])
        return made


class Reference:
    """An engine over plain integers. It keeps no state between runs, so threads may share it."""

    name = "reference"

    def __init__(self, program: Program) -> None:
        # Clauses are numbered in canonical order, so sorting what fired is all that the order of an answer takes.
        clauses = program.in_order()
        number: dict[Atom, int] = {}
        for clause in clauses:
            for atom in (*clause.present, *clause.absent, clause.head):
                number.setdefault(atom, len(number))
        waiting: list[list[int]] = [[] for _ in number]
        for index, clause in enumerate(clauses):
            for atom in dict.fromkeys(clause.present):
                waiting[number[atom]].append(index)
        self.number = number
        self.waiting = tuple(map(tuple, waiting))
        self.missing = tuple(len(dict.fromkeys(clause.present)) for clause in clauses)
        none: frozenset[int] = frozenset()
        self.absent = tuple(
            frozenset(number[atom] for atom in clause.absent) if clause.absent else none for clause in clauses
        )
        self.head = tuple(number[clause.head] for clause in clauses)
        self.stratum = tuple(clause.stratum for clause in clauses)
        self.firing = Firings(clauses)
        self._without_premise: tuple[tuple[int, ...], ...] = tuple(
            tuple(i for i, clause in enumerate(clauses) if clause.stratum == stratum and not clause.present)
            for stratum in range(program.strata)
        )

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
                    if absent[clause].isdisjoint(present):
                        fired.append(clause)
                        atom = head[clause]
                        if atom not in present:
                            present.add(atom)
                            arrived.append(atom)
        firing = self.firing
        return tuple([firing[clause] for clause in sorted(fired)])

    def close(self) -> None:
        """Nothing to free."""
