"""Compiled programs kept between runs, so that a start does not compile the rules again.

As with the knowledge, a damaged or foreign file can at worst fail to decode; then the rules are compiled anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import overload

import msgspec

from assistant import paths
from assistant.knowledge.loading import keep
from assistant.knowledge.model import Knowledge
from assistant.reasoning.factoring import Members
from assistant.reasoning.model import Atom, Clause
from assistant.reasoning.program import Program
from assistant.reasoning.programs import Programs, compile_programs, records_of
from assistant.reasoning.ready import Ready, ready
from assistant.reasoning.reference import Tables

_Numbered = tuple[int, int, tuple[int, ...], tuple[int, ...], int, int]
"""A clause with its rule, premises, absences and head as places in the tables."""

_members = msgspec.msgpack.Decoder(list[_Numbered])


class _Kept(msgspec.Struct, array_like=True):
    """A program and its members without what they repeat: every name and atom stands in a table once.

    The atoms of the program come first, in the order of their numbers in `tables`; then those that only members have.
    """

    names: tuple[str, ...]
    atoms: list[tuple[int, int]]
    program: Program  # without clauses and atoms
    own: int  # how many atoms are the program's
    rules: list[int]  # by clause
    branches: list[int]
    tables: Tables
    literals: list[int]
    wiring: msgspec.Raw
    members: dict[str, msgspec.Raw]
    ends: dict[int, tuple[int, ...]]
    parts: dict[int, tuple[int, ...]]


class _Clauses(Sequence[Clause]):
    """The clauses of a program that was kept, each made when it is asked for: a turn asks for few of thousands."""

    def __init__(self, kept: _Kept, atoms: list[Atom]) -> None:
        self._kept, self._atoms = kept, atoms

    def __len__(self) -> int:
        return len(self._kept.rules)

    @overload
    def __getitem__(self, place: int) -> Clause: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Clause, ...]: ...
    def __getitem__(self, place: int | slice) -> Clause | tuple[Clause, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        kept, tables = self._kept, self._kept.tables
        return _clause(
            kept.names,
            self._atoms,
            kept.rules[place],
            kept.branches[place],
            tables.present[place],
            tables.absent[place],
            tables.head[place],
            tables.stratum[place],
        )


class _Members(Mapping[str, tuple[Clause, ...]]):
    """What joined conclusions stand for, decoded when one is asked for."""

    def __init__(self, kept: _Kept, atoms: list[Atom]) -> None:
        self._kept, self._atoms = kept, atoms

    def __len__(self) -> int:
        return len(self._kept.members)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept.members)

    def __getitem__(self, joined: str) -> tuple[Clause, ...]:
        numbered = _members.decode(self._kept.members[joined])
        return tuple(_clause(self._kept.names, self._atoms, *clause) for clause in numbered)


def _clause(
    names: Sequence[str],
    atoms: Sequence[Atom],
    rule: int,
    branch: int,
    present: tuple[int, ...],
    absent: tuple[int, ...],
    head: int,
    stratum: int,
) -> Clause:
    return Clause(
        names[rule],
        branch,
        tuple([atoms[place] for place in present]),
        tuple([atoms[place] for place in absent]),
        atoms[head],
        stratum,
    )


def load_programs(knowledge: Knowledge) -> tuple[Programs, Ready, Ready]:
    """The programs of `knowledge`, and the arguing and the advising one ready to run; from the cache if the knowledge and
    the compiler are the same. Raises CompileError."""
    stamp = paths.cache_dir() / f"programs-{knowledge.version}-{_compiler()}.msgpack"
    try:
        argue, advise = msgspec.msgpack.decode(stamp.read_bytes(), type=tuple[_Kept, _Kept])
        arguing, advising = _unpacked(argue), _unpacked(advise)
        return records_of(knowledge, arguing[:2], advising[:2]), arguing[2], advising[2]
    except (OSError, msgspec.MsgspecError, IndexError):
        programs = compile_programs(knowledge)
        argued, advised = (
            ready(programs.argue, programs.argue_members),
            ready(programs.advise, programs.advise_members),
        )
        keep(
            stamp,
            (
                _packed(programs.argue, programs.argue_members, argued),
                _packed(programs.advise, programs.advise_members, advised),
            ),
        )
        return programs, argued, advised


def _packed(program: Program, members: Members, counted: Ready) -> _Kept:
    """The program as it is written."""
    names: dict[str, int] = {}
    atoms = dict(counted.number)

    def name(text: str) -> int:
        return names.setdefault(text, len(names))

    def numbered(clause: Clause) -> _Numbered:
        present, absent = ([atoms[atom] for atom in own] for own in (clause.present, clause.absent))
        head = atoms.setdefault(clause.head, len(atoms))
        return (name(clause.rule), clause.branch, tuple(present), tuple(absent), head, clause.stratum)

    groups = {one: msgspec.Raw(msgspec.msgpack.encode([*map(numbered, own)])) for one, own in members.items()}
    rules = [name(clause.rule) for clause in program.clauses]
    words = [(name(slot), name(value)) for slot, value in atoms]
    return _Kept(
        names=tuple(names),
        atoms=words,
        program=msgspec.structs.replace(program, clauses=(), atoms=frozenset()),
        own=len(counted.number),
        rules=rules,
        branches=[clause.branch for clause in program.clauses],
        tables=counted.tables,
        literals=counted.literals,
        wiring=counted.wiring,
        members=groups,
        ends={joined: tuple(atoms[end] for end in ends) for joined, ends in counted.ends.items()},
        parts={atoms[whole]: tuple(atoms[part] for part in parts) for whole, parts in counted.parts.items()},
    )


def _unpacked(kept: _Kept) -> tuple[Program, Members, Ready]:
    """The program as it was. Equal names and atoms are one object, which takes a third of the memory."""
    names = kept.names
    atoms = [(names[slot], names[value]) for slot, value in kept.atoms]
    number = {atom: place for place, atom in enumerate(atoms[: kept.own])}
    program = msgspec.structs.replace(kept.program, clauses=_Clauses(kept, atoms), atoms=number.keys())
    counted = Ready(
        number=number,
        tables=kept.tables,
        literals=kept.literals,
        wiring=kept.wiring,
        ends={joined: tuple([atoms[end] for end in ends]) for joined, ends in kept.ends.items()},
        parts={atoms[whole]: tuple([atoms[part] for part in parts]) for whole, parts in kept.parts.items()},
    )
    return program, _Members(kept, atoms), counted


def _compiler() -> str:
    """Changes whenever the code that compiles does."""
    digest = sha256()
    for file in sorted(Path(__file__).resolve().parent.glob("*.py")):
        about = file.stat()
        digest.update(f"{file.name}\0{about.st_mtime_ns}\0{about.st_size}\n".encode())
    return digest.hexdigest()[:16]
