"""Which engine answers: durable_rules where it works, else the reference chainer, with a notice that says why."""

from __future__ import annotations

import logging
import os
import threading
from typing import Literal

import msgspec

from assistant.reasoning.errors import EngineFailed
from assistant.reasoning.isolated import Host, Isolated
from assistant.reasoning.model import Atom, Clause, Engine, Firing
from assistant.reasoning.program import PROJECT, Program
from assistant.reasoning.ready import Ready
from assistant.reasoning.reference import Reference

EngineName = Literal["durable", "reference"]

VARIABLE = "ASSISTANT_ENGINE"  # set to "reference" to do without durable_rules

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without it, warnings end up on the screen of whoever configured no logging


class Availability(msgspec.Struct, frozen=True):
    """An engine, and why it cannot be used (None: it can)."""

    name: EngineName
    problem: str | None = None


class Switching:
    """durable_rules as long as it works; from its first failure on, and for that very call, the reference chainer.

    `name` says which engine answers now; `notice`, if it is not the preferred one, why, in a sentence for the person.
    """

    def __init__(
        self, program: Program, prefer: EngineName, counted: Ready | None = None, host: Host | None = None
    ) -> None:
        self.reference = Reference(program, (counted.number, counted.tables) if counted else None)
        self._lock = threading.Lock()
        self.notice: str | None = None
        self._engine: Engine
        if prefer == "reference":
            self._engine = self.reference
        elif os.environ.get(VARIABLE) == "reference":
            self._engine = self._switch(f"{VARIABLE} asks for it")
        else:
            try:
                self._engine = Isolated(program, self.reference, counted, host)
            except EngineFailed as error:
                self._engine = self._switch(str(error))
        self.name: str = self._engine.name

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, from whichever engine answers."""
        engine = self._engine
        try:
            return engine.infer(atoms)
        except EngineFailed as error:
            with self._lock:
                if self._engine is engine:  # else another thread was faster
                    self._engine = self._switch(str(error))
                    self.name = self._engine.name
                    engine.close()
            return self._engine.infer(atoms)

    def close(self) -> None:
        """Free what the engine holds. It cannot be used afterwards."""
        self._engine.close()

    def _switch(self, why: str) -> Reference:
        self.notice = f"The rules run on the reference engine in Python, with the same answers, because {why}"
        log.warning("%s", self.notice)
        return self.reference


def make_engine(
    program: Program, prefer: EngineName = "durable", counted: Ready | None = None, host: Host | None = None
) -> Switching:
    """The engine for `program`: the preferred one, or the reference chainer if the environment or a failure says so.

    `counted` saves counting the program out again, `host` is a process of durable_rules that runs already.
    """
    return Switching(program, prefer, counted, host)


def start_host() -> Host | None:
    """Start the process of durable_rules; None where it is not wanted or cannot be, which `make_engine` then tells."""
    if os.environ.get(VARIABLE) == "reference":
        return None
    try:
        return Host()
    except EngineFailed:
        return None


def available() -> tuple[Availability, ...]:
    """Which engines exist here; each has to answer a question whose answer is known."""
    try:
        problem = _self_check()
    except EngineFailed as error:
        problem = str(error)
    return (Availability("durable", problem), Availability("reference"))


def _self_check() -> str | None:
    """What is wrong with durable_rules here, if anything: absence, a chain and strata on three clauses."""
    clauses = (
        Clause("a", 1, (PROJECT,), (), ("step", "1")),
        Clause("b", 1, (("step", "1"),), (("step", "3"),), ("step", "2"), stratum=1),
        Clause("c", 1, (PROJECT,), (("step", "2"),), ("step", "4"), stratum=2),
    )
    atoms = frozenset(atom for clause in clauses for atom in (*clause.present, *clause.absent, clause.head))
    program = Program(clauses, 3, {}, atoms, frozenset(), (), ())
    reference = Reference(program)
    engine = Isolated(program, reference)
    try:
        answers = [engine.infer(asked) for asked in ((), (PROJECT,), (PROJECT, ("step", "3")))]
    finally:
        engine.close()
    expected = [reference.infer(asked) for asked in ((), (PROJECT,), (PROJECT, ("step", "3")))]
    return None if answers == expected else "it answers a small test question wrongly"
