"""Compiled programs kept between runs, so that a start does not compile the rules again.

As with the knowledge, a damaged or foreign file can at worst fail to decode; then the rules are compiled anew.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec.structs import force_setattr

from assistant import paths
from assistant.knowledge.loading import keep
from assistant.knowledge.model import Knowledge
from assistant.reasoning.factoring import Members
from assistant.reasoning.program import Program
from assistant.reasoning.programs import Programs, compile_programs, records_of

_Cached = tuple[tuple[Program, Members], tuple[Program, Members]]


def load_programs(knowledge: Knowledge) -> Programs:
    """The programs of `knowledge`, from the cache if the knowledge and the compiler are the same. Raises CompileError."""
    stamp = paths.cache_dir() / f"programs-{knowledge.version}-{_compiler()}.msgpack"
    try:
        argue, advise = msgspec.msgpack.decode(stamp.read_bytes(), type=_Cached)
        _share(argue, advise)
        return records_of(knowledge, argue, advise)
    except (OSError, msgspec.MsgspecError):
        programs = compile_programs(knowledge)
        keep(stamp, ((programs.argue, programs.argue_members), (programs.advise, programs.advise_members)))
        return programs


def _share(*programs: tuple[Program, Members]) -> None:
    """Let equal atoms and premises be one object again, as they were before they were written: a third of the memory."""
    pool: dict[object, object] = {}

    def one(value: object) -> object:
        return pool.setdefault(value, value)

    for program, members in programs:
        for clause in (*program.clauses, *(member for group in members.values() for member in group)):
            force_setattr(clause, "present", one(tuple(map(one, clause.present))))
            force_setattr(clause, "absent", one(tuple(map(one, clause.absent))))
            force_setattr(clause, "head", one(clause.head))


def _compiler() -> str:
    """Changes whenever the code that compiles does."""
    digest = sha256()
    for file in sorted(Path(__file__).resolve().parent.glob("*.py")):
        about = file.stat()
        digest.update(f"{file.name}\0{about.st_mtime_ns}\0{about.st_size}\n".encode())
    return digest.hexdigest()[:16]
