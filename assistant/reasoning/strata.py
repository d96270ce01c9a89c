"""Strata: an order of derivation in which "nothing says so" is only asked once nothing can say so any more.

Apt, Blair & Walker, "Towards a Theory of Declarative Knowledge" (1988): a program has a sound reading of negation if
its atoms can be put into layers such that a head lies no lower than the atoms it needs and strictly higher than the
atoms whose absence it needs. That fails exactly when an absence lies on a cycle.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom, Clause

Node = TypeVar("Node", bound=Hashable)


def stratify(clauses: Sequence[Clause]) -> dict[Atom, int]:
    """The lowest stratum of every atom in `clauses`; atoms that no clause derives lie in stratum 0.

    Raises CompileError naming the rules of a cycle that runs through an absence.
    """
    deriving: dict[Atom, list[Clause]] = {}
    for clause in clauses:
        deriving.setdefault(clause.head, []).append(clause)
    needs = {head: tuple(dict.fromkeys(a for c in own for a in c.present + c.absent)) for head, own in deriving.items()}

    strata: dict[Atom, int] = {}
    for group in needed_first(needs):
        members = frozenset(group)
        lowest = 0
        for head in group:
            for clause in deriving.get(head, ()):
                for atom in clause.absent:
                    if atom in members:
                        raise _negative_cycle(clause, atom, members, deriving)
                    lowest = max(lowest, strata[atom] + 1)
                for atom in clause.present:
                    if atom not in members:
                        lowest = max(lowest, strata[atom])
        for head in group:
            strata[head] = lowest
    return strata


def needed_first(needs: Mapping[Node, tuple[Node, ...]]) -> Iterable[list[Node]]:
    """Strongly connected groups of atoms (or of their numbers), what is needed before what needs it (Tarjan 1972, without recursion)."""
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_atoms: list[Node] = []
    still_open: set[Node] = set()
    for root in needs:
        if root in order:
            continue
        path = [(root, iter(needs[root]))]
        order[root] = low[root] = len(order)
        open_atoms.append(root)
        still_open.add(root)
        while path:
            atom, rest = path[-1]
            step = next(rest, None)
            if step is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[atom])
                if low[atom] == order[atom]:
                    group = open_atoms[open_atoms.index(atom) :] if open_atoms[-1] != atom else [atom]
                    del open_atoms[-len(group) :]
                    still_open.difference_update(group)
                    yield group
            elif step not in order:
                order[step] = low[step] = len(order)
                open_atoms.append(step)
                still_open.add(step)
                path.append((step, iter(needs.get(step, ()))))
            elif step in still_open:
                low[atom] = min(low[atom], order[step])


def _negative_cycle(
    clause: Clause, absent: Atom, members: frozenset[Atom], deriving: Mapping[Atom, Sequence[Clause]]
) -> CompileError:
    """`clause` needs the absence of something that its own head helps to derive: name the shortest such way round."""
    came_by: dict[Atom, tuple[Atom, Clause] | None] = {absent: None}
    waiting = deque([absent])
    while clause.head not in came_by:
        head = waiting.popleft()
        for step in deriving[head]:
            for atom in step.present + step.absent:
                if atom in members and atom not in came_by:
                    came_by[atom] = (head, step)
                    waiting.append(atom)
    rules = [clause.rule]
    link = came_by[clause.head]
    while link is not None:
        head, step = link
        rules.append(step.rule)
        link = came_by[head]
    slot, value = absent
    return CompileError(
        tuple(dict.fromkeys(rules)),
        f"the rule {clause.rule} needs `{slot}: {value}` to be absent, but its own conclusion helps to derive that",
        "rules without a circle through `none` or `unknown`",
    )
