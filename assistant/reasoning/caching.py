"""Compiled programs kept between runs, so that a start does not compile the rules again.

As with the knowledge, a damaged or foreign file can at worst fail to decode; then the rules are compiled anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import msgspec

from assistant import paths
from assistant.knowledge.loading import keep
from assistant.knowledge.model import Knowledge
from assistant.reasoning.factoring import Members
from assistant.reasoning.model import Atom, Clause
from assistant.reasoning.program import Program
from assistant.reasoning.programs import Programs, compile_programs, records_of

_CHUNK = 256  # clauses that are decoded together; all at once would take up twice the memory for a moment

_Numbered = tuple[int, int, tuple[int, ...], tuple[int, ...], int, int]
"""A clause with its rule, premises, absences and head as places in the tables."""


class _Kept(msgspec.Struct, array_like=True):
    """A program and its members without what they repeat: every name and atom stands in a table once."""

    names: tuple[str, ...]
    atoms: list[tuple[int, int]]
    program: Program  # without clauses and atoms
    clauses: list[msgspec.Raw]
    members: list[msgspec.Raw]
    groups: dict[str, int]  # of the members: how many share a joined conclusion


def load_programs(knowledge: Knowledge) -> Programs:
    """The programs of `knowledge`, from the cache if the knowledge and the compiler are the same. Raises CompileError."""
    stamp = paths.cache_dir() / f"programs-{knowledge.version}-{_compiler()}.msgpack"
    try:
        argue, advise = msgspec.msgpack.decode(stamp.read_bytes(), type=tuple[_Kept, _Kept])
        return records_of(knowledge, _unpacked(argue), _unpacked(advise))
    except (OSError, msgspec.MsgspecError, IndexError):
        programs = compile_programs(knowledge)
        keep(
            stamp,
            (_packed(programs.argue, programs.argue_members), _packed(programs.advise, programs.advise_members)),
        )
        return programs


def _packed(program: Program, members: Members) -> _Kept:
    """The program as it is written."""
    names: dict[str, int] = {}
    atoms: dict[Atom, int] = {}

    def numbered(clauses: Iterable[Clause]) -> list[msgspec.Raw]:
        found: list[_Numbered] = [
            (
                names.setdefault(clause.rule, len(names)),
                clause.branch,
                tuple(atoms.setdefault(atom, len(atoms)) for atom in clause.present),
                tuple(atoms.setdefault(atom, len(atoms)) for atom in clause.absent),
                atoms.setdefault(clause.head, len(atoms)),
                clause.stratum,
            )
            for clause in clauses
        ]
        starts = range(0, len(found), _CHUNK)
        return [msgspec.Raw(msgspec.msgpack.encode(found[start : start + _CHUNK])) for start in starts]

    clauses = numbered(program.clauses)
    rest = numbered(clause for group in members.values() for clause in group)
    groups = {head: len(group) for head, group in members.items()}
    bare = msgspec.structs.replace(program, clauses=(), atoms=frozenset())
    words = [(names.setdefault(slot, len(names)), names.setdefault(value, len(names))) for slot, value in atoms]
    return _Kept(tuple(names), words, bare, clauses, rest, groups)


def _unpacked(kept: _Kept) -> tuple[Program, Members]:
    """The program as it was. Equal names, atoms and premises are one object, which takes a third of the memory."""
    names = kept.names
    atoms = [(names[slot], names[value]) for slot, value in kept.atoms]
    pool: dict[tuple[Atom, ...], tuple[Atom, ...]] = {}

    def many(places: tuple[int, ...]) -> tuple[Atom, ...]:
        found = tuple([atoms[place] for place in places])
        return pool.setdefault(found, found)

    def clauses(chunks: list[msgspec.Raw]) -> Iterator[Clause]:
        for chunk in chunks:
            for rule, branch, present, absent, head, stratum in msgspec.msgpack.decode(chunk, type=list[_Numbered]):
                yield Clause(names[rule], branch, many(present), many(absent), atoms[head], stratum)

    own = tuple(clauses(kept.clauses))
    rest = clauses(kept.members)
    members = {head: tuple(islice(rest, count)) for head, count in kept.groups.items()}
    mentioned = frozenset(atom for clause in own for atom in (*clause.present, *clause.absent, clause.head))
    return msgspec.structs.replace(kept.program, clauses=own, atoms=mentioned), members


def _compiler() -> str:
    """Changes whenever the code that compiles does."""
    digest = sha256()
    for file in sorted(Path(__file__).resolve().parent.glob("*.py")):
        about = file.stat()
        digest.update(f"{file.name}\0{about.st_mtime_ns}\0{about.st_size}\n".encode())
    return digest.hexdigest()[:16]
