"""The driver of durable_rules, the engine of record.

Only conjunctions of string equalities reach the engine; all else about it is unsafe (`docs/engine.md` has the list).
One session lives as long as the engine object: a run asserts the atoms that are present, stratum by stratum also those
found absent, reads every firing with the facts it rests on, and retracts everything.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType

import msgspec

from assistant.reasoning.encoding import NOTHING, SENTINEL, SENTINEL_RULE, Literal, Piece, Shard, encode
from assistant.reasoning.errors import EngineFailed
from assistant.reasoning.guard import MAX_RULES_PER_SHARD, check
from assistant.reasoning.model import Atom, Firing
from assistant.reasoning.program import Program, firing_of

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without it, warnings end up on the screen of whoever configured no logging


class _FactRead(msgspec.Struct):
    id: str


_firing_read = msgspec.json.Decoder(dict[str, dict[str, _FactRead]])


def load_module() -> ModuleType:
    """The C module of durable_rules, without its Python layer (which starts threads and swallows exceptions).

    Raises ImportError. Builds for Python 3.13 and later miss a symbol that is never called, so on Linux a failed
    import is tried again with symbols bound only when they are used.
    """
    try:
        return importlib.import_module("durable_rules_engine")
    except ModuleNotFoundError:
        raise
    except ImportError:
        if not sys.platform.startswith("linux"):
            raise
        flags = sys.getdlopenflags()
        sys.setdlopenflags(os.RTLD_LAZY)
        try:
            return importlib.import_module("durable_rules_engine")
        finally:
            sys.setdlopenflags(flags)


class Durable:
    """An engine on durable_rules. Threads may share it: runs take turns.

    Raises ImportError if durable_rules is missing, Refused if a ruleset would exceed its limits, EngineFailed if it
    cannot be created.
    """

    name = "durable"

    def __init__(self, program: Program, *, rules_per_shard: int = MAX_RULES_PER_SHARD) -> None:
        self._firings = tuple(map(firing_of, program.in_order()))
        self._encoding = encode(program, rules_per_shard=rules_per_shard)
        self.room = tuple(room for shard in self._encoding.shards for room in check(shard.ruleset))
        module = load_module()
        self._sessions = [_Session(module, shard) for shard in self._encoding.shards]
        self._asking: dict[Literal, list[_Session]] = {}  # the sessions whose rules ask for a literal
        for session, shard in zip(self._sessions, self._encoding.shards, strict=True):
            for literal in shard.codes:
                self._asking.setdefault(literal, []).append(session)
        self._lock = threading.Lock()
        self._clean = True
        self._closed = False

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, by stratum and then by clause; atoms no clause asks for are ignored.

        Raises EngineFailed if the engine fails twice, the second time with fresh sessions, or is closed.
        """
        return tuple([self._firings[clause] for clause in self.fired(atoms)])

    def fired(self, atoms: tuple[Atom, ...]) -> list[int]:
        """As `infer`: the places of the clauses in the canonical order."""
        with self._lock:
            if self._closed:  # the engine crashes on a ruleset that is gone
                raise EngineFailed("the engine is closed")
            try:
                return self._run(atoms)
            except Exception as error:
                log.warning("durable_rules failed, trying again with a fresh session: %s", error)
                try:
                    return self._run(atoms)
                except Exception as again:
                    raise EngineFailed(f"durable_rules failed twice: {again}") from again

    def close(self) -> None:
        """Free the rulesets. The engine cannot be used afterwards."""
        with self._lock:
            self._closed = True
            for session in self._sessions:
                session.close()

    def _run(self, atoms: tuple[Atom, ...]) -> list[int]:
        """The indices of the clauses that fire, in order."""
        sessions = self._sessions
        if not self._clean:  # the last run broke off, even if by Ctrl-C: its facts are still there
            for session in sessions:
                session.renew()
        self._clean = False
        for session in sessions:
            session.begin()

        number = self._encoding.number
        present = {number[atom] for atom in atoms if atom in number}
        fired: list[int] = []
        for atom in sorted(present):
            self._tell(atom)
        present.add(NOTHING)
        missed: set[Literal] = set()
        for absences in self._encoding.absences:
            self._settle(present, fired)
            while due := {
                atom
                for need in absences.keys() & present
                for atom, needs in absences[need]
                if atom not in present and atom not in missed and needs <= present
            }:
                missed |= due
                for atom in sorted(due):
                    self._tell(atom + 1)
                self._settle(present, fired)
        if len(set(fired)) < len(fired):
            raise EngineFailed("a rule fired twice for the same facts")

        for session in sessions:
            session.end()
        self._clean = True
        return sorted(fired)

    def _settle(self, present: set[Literal], fired: list[int]) -> None:
        """Run all rulesets until nothing new follows."""
        sessions = self._sessions
        while any(session.news for session in sessions):
            for piece in (piece for session in sessions for piece in session.run()):
                fired += piece.clauses
                for literal in piece.gives:
                    if literal not in present:
                        present.add(literal)
                        self._tell(literal)

    def _tell(self, literal: Literal) -> None:
        for session in self._asking.get(literal, ()):
            session.tell(literal)


class _Session:
    """One ruleset in the engine and the session that lives on it."""

    def __init__(self, module: ModuleType, shard: Shard) -> None:
        self.news: list[str] = []  # facts that the engine has not seen yet
        self._module = module
        self._shard = shard
        try:
            self._handle = module.create_ruleset("rules", msgspec.json.encode(shard.ruleset).decode())
        except Exception as error:
            raise EngineFailed(f"durable_rules takes no ruleset: {error}") from error
        self._number = 0
        self._asserted: list[str] = []
        self._acting: int | None = None  # the engine's state between the start and the end of its agenda
        self._deletable: list[str] = []
        self._open()
        self.close = weakref.finalize(self, _free, module, self._handle, self._deletable)

    def renew(self) -> None:
        """Leave the session as it is and start another one."""
        with suppress(Exception):
            if self._acting is not None:
                self._module.abandon_action(self._handle, self._acting)
            while self._deletable:
                self._module.delete_state(self._handle, self._deletable.pop())
        self._acting = None
        self._open()

    def begin(self) -> None:
        self._asserted = []
        self.news = [self._sentinel]

    def tell(self, literal: Literal) -> None:
        """Assert the fact that says `literal`, which this ruleset asks for, with the next batch."""
        self.news += self._facts[literal]

    def run(self) -> Iterator[Piece]:
        """Assert the news and yield what fires. Raises if the engine reports an error or fires what does not follow."""
        if not self.news:  # an empty batch crashes the engine
            return
        batch, self.news = self.news, []
        self._asserted += batch
        code, state = self._module.assert_facts(self._handle, f"[{','.join(batch)}]")
        _accept(code)
        started = self._module.start_action_for_state(self._handle, state)
        firing = started[1] if started else None
        if firing is None and batch[0] is self._sentinel:
            raise EngineFailed("the session is locked")
        while firing is not None:
            self._acting = state
            ((name, facts),) = _firing_read.decode(firing).items()
            if name == SENTINEL_RULE:
                self._deletable[:] = [self._name]
            else:
                piece = int(name)
                if {int(fact.id) for fact in facts.values()} != self._shard.premises[piece]:
                    raise EngineFailed(f"rule {piece} fired without its premises")
                yield self._shard.pieces[piece]
            firing = self._module.complete_and_start_action(self._handle, state)
        self._acting = None

    def end(self) -> None:
        """Retract everything, so that the session is as good as new."""
        code, _ = self._module.retract_facts(self._handle, f"[{','.join(self._asserted)}]")
        _accept(code)

    def _open(self) -> None:
        self._number += 1
        self._name = str(self._number)
        self._sentinel = self._shard.fact(SENTINEL, self._name)
        self._facts = {
            literal: [self._shard.fact(code, self._name) for code in codes]
            for literal, codes in self._shard.codes.items()
        }


def _accept(code: int) -> None:
    if code not in (0, 1):  # 0: some rule asks for every fact; 1: none asks for some of them
        raise EngineFailed(f"durable_rules answers with code {code}")


def _free(module: ModuleType, handle: int, deletable: list[str]) -> None:
    """Free a ruleset and its session. Deleting a session in which nothing ever fired crashes the process, hence the
    sentinel, a rule that fires first in every run."""
    with suppress(Exception):
        while deletable:
            module.delete_state(handle, deletable.pop())
        module.delete_ruleset(handle)
