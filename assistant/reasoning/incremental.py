"""What changes when the atoms do: a hypothetical run that costs what it changes, not what the program has.

A base run keeps, for each clause, how many premises are missing and how many absences are violated, and for each atom
how many firings support it. A variation pushes changes through these counts stratum by stratum, on overlays, so the
base stays as it is. The counts are those of Dowling & Gallier (see `reference.py`); keeping them under deletion is the
counting algorithm of Gupta, Mumick & Subrahmanian (1993). Counting is exact unless an atom could hold itself up
through a cycle; where that might be, the variation says so and the caller runs the program anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from functools import cached_property

from assistant.reasoning.model import Atom
from assistant.reasoning.program import Program
from assistant.reasoning.reference import Reference
from assistant.reasoning.strata import needed_first


class Index:
    """Who waits for whom in a program. Built once, shared by all base runs."""

    def __init__(self, program: Program, reference: Reference) -> None:
        self.number = reference.number
        self.waiting = reference.waiting
        self.missing = reference.missing
        self.head = reference.head
        self.absent = reference.absent
        self.stratum = reference.stratum
        self.present = reference.tables.present
        self.strata = program.strata
        self.premiseless = tuple(clause for clause, count in enumerate(self.missing) if not count)
        self.forbidding: list[tuple[int, ...]] = [()] * len(self.number)
        for clause, absent in enumerate(reference.absent):
            for atom in absent:
                self.forbidding[atom] += (clause,)

    def narrowed(self, atoms: frozenset[int]) -> Index:
        """This index without the clauses that conclude anything but `atoms`."""
        fewer = copy(self)
        fewer.waiting = [tuple(c for c in clauses if self.head[c] in atoms) for clauses in self.waiting]
        fewer.forbidding = [tuple(c for c in clauses if self.head[c] in atoms) for clauses in self.forbidding]
        fewer.premiseless = tuple(c for c in self.premiseless if self.head[c] in atoms)
        return fewer

    # Only the deletion of an atom that keeps other support asks for these, which is rare.

    @cached_property
    def circular(self) -> frozenset[int]:
        """The atoms that might hold themselves up: those on a cycle of clauses."""
        needs: dict[int, dict[int, None]] = {}
        for head, present in zip(self.head, self.present, strict=True):
            needs.setdefault(head, {}).update(dict.fromkeys(present))
        groups = needed_first({head: tuple(atoms) for head, atoms in needs.items()})
        return frozenset(atom for group in groups for atom in group if len(group) > 1 or atom in needs.get(atom, ()))

    @cached_property
    def supporting(self) -> list[tuple[int, ...]]:
        """By atom: the clauses that conclude it."""
        found: list[tuple[int, ...]] = [()] * len(self.number)
        for clause, atom in enumerate(self.head):
            found[atom] += (clause,)
        return found


class Variation:
    """The atoms (by number) that a change makes true and false."""

    __slots__ = ("false", "true")

    def __init__(self, true: set[int], false: set[int]) -> None:
        self.true, self.false = true, false


class BaseRun:
    """A finished run over `atoms`, ready to be varied. Immutable once made."""

    def __init__(self, index: Index, atoms: Iterable[Atom]) -> None:
        self.index = index
        number = index.number
        self.inputs = {number[atom] for atom in atoms if atom in number}
        self.missing = list(index.missing)
        self.blocked = [0] * len(self.missing)
        self.support: dict[int, int] = {}
        self.holds = set(self.inputs)
        self.fired = bytearray(len(self.missing))
        self._start()

    def _start(self) -> None:
        """Chain forward from the inputs, stratum by stratum, keeping the counts."""
        index, holds, support, fired = self.index, self.holds, self.support, self.fired
        waiting, forbidding, stratum, head = index.waiting, index.forbidding, index.stratum, index.head
        missing, blocked = self.missing, self.blocked
        ready: list[list[int]] = [[] for _ in range(index.strata)]
        for clause in index.premiseless:
            ready[stratum[clause]].append(clause)
        arrived = list(holds)
        for agenda in ready:
            while arrived or agenda:
                while arrived:
                    atom = arrived.pop()
                    for clause in forbidding[atom]:
                        blocked[clause] += 1
                    for clause in waiting[atom]:
                        missing[clause] -= 1
                        if not missing[clause]:
                            ready[stratum[clause]].append(clause)
                while agenda:
                    clause = agenda.pop()
                    if not blocked[clause]:  # what it must not find belongs to earlier strata, so the count is final
                        fired[clause] = 1
                        atom = head[clause]
                        support[atom] = support.get(atom, 0) + 1
                        if atom not in holds:
                            holds.add(atom)
                            arrived.append(atom)

    def vary(self, added: Iterable[Atom], removed: Iterable[Atom]) -> Variation | None:
        """What changes when input atoms come and go; None if only a new run can tell."""
        number = self.index.number
        come = {number[atom] for atom in added if atom in number} - self.inputs
        gone = {number[atom] for atom in removed if atom in number} & self.inputs
        return self._push(come, gone)

    def _push(self, come: set[int], gone: set[int]) -> Variation | None:
        index, inputs = self.index, self.inputs
        waiting, forbidding, stratum, head = index.waiting, index.forbidding, index.stratum, index.head
        base_missing, base_blocked, base_support, base_fired = self.missing, self.blocked, self.support, self.fired
        missing: dict[int, int] = {}
        blocked: dict[int, int] = {}
        support: dict[int, int] = {}
        fired: dict[int, bool] = {}
        true: set[int] = set()
        false: set[int] = set()
        agenda: list[list[int]] = [[] for _ in range(index.strata)]

        def turn(atom: int, step: int) -> None:
            """`atom` becomes true (step 1) or false (step -1): tell every clause that asks about it."""
            undone, done = (false, true) if step > 0 else (true, false)
            if atom in undone:
                undone.discard(atom)
            else:
                done.add(atom)
            for clause in waiting[atom]:
                missing[clause] = missing.get(clause, base_missing[clause]) - step
                agenda[stratum[clause]].append(clause)
            for clause in forbidding[atom]:
                blocked[clause] = blocked.get(clause, base_blocked[clause]) + step
                agenda[stratum[clause]].append(clause)

        for atom in come:
            if atom not in self.holds:
                turn(atom, 1)
        for atom in gone:
            if not base_support.get(atom):
                turn(atom, -1)
            elif not self._founded(atom, fired, gone):
                return None
        for queue in agenda:
            while queue:
                clause = queue.pop()
                now = not missing.get(clause, base_missing[clause]) and not blocked.get(clause, base_blocked[clause])
                if now == fired.get(clause, bool(base_fired[clause])):
                    continue
                fired[clause] = now
                atom = head[clause]
                count = support.get(atom, base_support.get(atom, 0)) + (1 if now else -1)
                support[atom] = count
                given = (atom in inputs and atom not in gone) or atom in come
                if given:
                    continue
                if now and count == 1:
                    turn(atom, 1)
                elif not now and count == 0:
                    turn(atom, -1)
                elif not now and not self._founded(atom, fired, gone):
                    return None
        return Variation(true, false)

    def _founded(self, atom: int, fired: dict[int, bool], gone: set[int]) -> bool:
        """Whether `atom` cannot be all that holds itself up: it is on no cycle, or some firing rests on input alone."""
        index, inputs = self.index, self.inputs
        if atom not in index.circular:
            return True
        for clause in index.supporting[atom]:
            if fired.get(clause, bool(self.fired[clause])) and all(
                a in inputs and a not in gone for a in index.present[clause]
            ):
                return True
        return False
