"""The driver of durable_rules, the engine of record.

Only conjunctions of string equalities reach the engine; all else about it is unsafe (`docs/engine.md` has the list).
The rules are shared out over many small rulesets, each with one session, made when they are first needed. A run asserts the
atoms that are present, stratum by stratum also those found absent, reads every firing with the facts it rests on, and
retracts everything. A ruleset hears of an atom only once a rule's other premise is there too: this is the unlinking
of Doorenbos, "Production Matching for Large Learning Systems" (1995), done from outside, because the engine has none.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
import weakref
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType

import msgspec

from assistant.reasoning.encoding import (
    NOTHING,
    SENTINEL,
    SENTINEL_RULE,
    Literal,
    Piece,
    Shard,
    Wiring,
    encode,
    fact,
    wired,
    write,
)
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


class Network:
    """The rulesets of one program, as numbers. Threads may share it: runs take turns.

    Raises ImportError if durable_rules is missing.
    """

    def __init__(self, wiring: Wiring) -> None:
        module = load_module()
        self._absences = wiring.absences
        self._posts, self._alone, self._beside = wiring.posts, wiring.alone, wiring.beside
        self._sessions = [_Session(module, pieces) for pieces in wiring.groups]
        self._begin()
        self._lock = threading.Lock()
        self._clean = True
        self._closed = False

    def fired(self, atoms: Iterable[Literal]) -> list[int]:
        """The places of all clauses that fire if `atoms` hold, in the canonical order.

        Raises EngineFailed if the engine fails twice, the second time with fresh sessions, or is closed.
        """
        present = {*atoms}
        with self._lock:
            if self._closed:  # the engine crashes on a ruleset that is gone
                raise EngineFailed("the engine is closed")
            try:
                return self._run({*present})
            except Exception as error:
                log.warning("durable_rules failed, trying again with a fresh session: %s", error)
                try:
                    return self._run({*present})
                except Exception as again:
                    raise EngineFailed(f"durable_rules failed twice: {again}") from again

    def close(self) -> None:
        """Free the rulesets. The engine cannot be used afterwards."""
        with self._lock:
            self._closed = True
            for session in self._sessions:
                session.close()

    def _run(self, present: set[Literal]) -> list[int]:
        if not self._clean:  # the last run broke off, even if by Ctrl-C: its facts are still there
            for session in self._sessions:
                session.renew()
        self._clean = False
        self._begin()

        fired: list[int] = []
        for atom in sorted(present):
            self._tell(atom)
        present.add(NOTHING)
        missed: set[Literal] = set()
        for absences in self._absences:
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
                before = len(present)
                self._settle(present, fired)
                if len(present) == before:
                    break
        if len(set(fired)) < len(fired):
            raise EngineFailed("a rule fired twice for the same facts")

        for place in sorted({self._posts[post][0] for post in self._heard}):
            self._sessions[place].end()
        self._clean = True
        return sorted(fired)

    def _begin(self) -> None:
        self._told: set[Literal] = set()
        self._heard: set[int] = set()  # the posts that were delivered
        self._due: set[int] = set()  # those to deliver; some may have been delivered before

    def _tell(self, literal: Literal) -> None:
        """Let those rulesets know of `literal` that have a rule which needs nothing else, or else only what is told."""
        told, due = self._told, self._due
        told.add(literal)
        if literal in self._alone:
            due |= self._alone[literal]
        if literal in self._beside:
            beside = self._beside[literal]
            for other in beside.keys() & told:
                due |= beside[other]

    def _settle(self, present: set[Literal], fired: list[int]) -> None:
        """Run the rulesets that have news until nothing new follows."""
        posts = self._posts
        while self._due:
            due = self._due - self._heard
            self._heard |= due
            self._due.clear()
            news: dict[int, list[Literal]] = {}
            for post in sorted(due):
                place, literal = posts[post]
                if place in news:
                    news[place].append(literal)
                else:
                    news[place] = [literal]
            for place, literals in news.items():
                for piece in self._sessions[place].run(literals):
                    fired += piece.clauses
                    for literal in piece.gives:
                        if literal not in present:
                            present.add(literal)
                            self._tell(literal)


class Durable(Network):
    """An engine on durable_rules, in this process.

    Raises ImportError if durable_rules is missing, Refused if a ruleset would exceed its limits, EngineFailed if it
    cannot be created.
    """

    name = "durable"

    def __init__(self, program: Program, *, rules_per_shard: int = MAX_RULES_PER_SHARD) -> None:
        encoding = encode(program, rules_per_shard=rules_per_shard)
        super().__init__(wired(encoding))
        self._number = encoding.number
        self._firings = tuple(map(firing_of, program.clauses))

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, by stratum and then by clause; atoms no clause asks for are ignored.

        Raises EngineFailed as `fired` does.
        """
        known = [self._number[atom] for atom in atoms if atom in self._number]
        return tuple([self._firings[clause] for clause in self.fired(known)])


class _Session:
    """One ruleset in the engine and the session that lives on it, both made when they are first needed."""

    def __init__(self, module: ModuleType, pieces: tuple[Piece, ...]) -> None:
        self._module = module
        self._pieces = pieces
        self._asserted: list[str] = []
        self._acting: int | None = None  # the engine's state between the start and the end of its agenda
        self._deletable: list[str] = []
        self._number = 0
        self._shard: Shard | None = None

    def run(self, news: Iterable[Literal]) -> list[Piece]:
        """Assert the news and read what fires, which is something each time, because news complete a rule's premises.

        Raises if the engine reports an error, fires nothing or fires what does not follow.
        """
        shard = self._shard or self._create()
        facts = self._facts
        batch = [facts[literal] for literal in news]
        if not self._deletable:
            batch.insert(0, self._sentinel)
        self._asserted += batch
        code, state = self._module.assert_facts(self._handle, f"[{','.join(batch)}]")
        _accept(code)
        started = self._module.start_action_for_state(self._handle, state)
        if started is None:
            raise EngineFailed("a session is locked: nothing fired")
        self._acting = state
        firing = started[1]
        proceed, handle, read = self._module.complete_and_start_action, self._handle, self._read
        fired: list[Piece] = []
        while firing is not None:
            known = read.get(firing)
            if known is None:
                known = read[firing] = self._checked(firing, shard)
            fired += known
            firing = proceed(handle, state)
        self._acting = None
        return fired

    def _checked(self, firing: str, shard: Shard) -> tuple[Piece, ...]:
        """What a firing in the engine's words says, which is always the same."""
        ((name, facts),) = _firing_read.decode(firing).items()
        if name == SENTINEL_RULE:
            self._deletable[:] = [self._name]
            return ()
        piece = int(name)
        if {fact.id for fact in facts.values()} != shard.premises[piece]:
            raise EngineFailed(f"rule {piece} fired without its premises")
        return (self._pieces[piece],)

    def end(self) -> None:
        """Retract everything, so that the session is as good as new."""
        code, _ = self._module.retract_facts(self._handle, f"[{','.join(self._asserted)}]")
        _accept(code)
        self._asserted = []

    def renew(self) -> None:
        """Leave the session as it is and start another one."""
        self._asserted = []
        if self._shard is None:
            return
        with suppress(Exception):
            if self._acting is not None:
                self._module.abandon_action(self._handle, self._acting)
            while self._deletable:
                self._module.delete_state(self._handle, self._deletable.pop())
        self._acting = None
        self._open(self._shard)

    def close(self) -> None:
        """Free the ruleset and the session."""
        if self._shard is not None:
            self._free()

    def _create(self) -> Shard:
        """Check the ruleset against the engine's limits and make it. Raises Refused beyond them."""
        shard = write(self._pieces)
        check(shard.ruleset)
        try:
            self._handle = self._module.create_ruleset("rules", msgspec.json.encode(shard.ruleset).decode())
        except Exception as error:
            raise EngineFailed(f"durable_rules takes no ruleset: {error}") from error
        self._free = weakref.finalize(self, _free, self._module, self._handle, self._deletable)
        self._open(shard)
        self._shard = shard
        return shard

    def _open(self, shard: Shard) -> None:
        self._number += 1
        self._name = str(self._number)
        self._sentinel = fact(SENTINEL, self._name)
        self._read: dict[str, tuple[Piece, ...]] = {}  # firings that were met and checked before
        self._facts = {literal: fact(code, self._name) for literal, code in shard.codes.items()}


def _accept(code: int) -> None:
    if code not in (0, 1):  # 0: some rule asks for every fact; 1: none asks for some of them
        raise EngineFailed(f"durable_rules answers with code {code}")


def _free(module: ModuleType, handle: int, deletable: list[str]) -> None:
    """Free a ruleset and its session. Deleting a session in which nothing ever fired crashes the process, hence the
    sentinel, a rule that fires first in every session."""
    with suppress(Exception):
        while deletable:
            module.delete_state(handle, deletable.pop())
        module.delete_ruleset(handle)
