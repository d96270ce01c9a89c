"""durable_rules in a process of its own, so that all it can take along when it hangs or crashes is that process.

The engine is built there while this process goes on; the first run waits for it. Every wait has a limit, after which
the process is ended. Only numbers cross over: which clauses there are, which atoms hold, which clauses fired.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from contextlib import suppress

import msgspec

from assistant.reasoning.errors import NOT_INSTALLED, EngineFailed
from assistant.reasoning.model import Atom, Firing
from assistant.reasoning.program import Program
from assistant.reasoning.reference import Reference
from assistant.reasoning.worker import Ask, Setup, Told, read, write

RUNNING = 5.0
"""Seconds for one run, which takes milliseconds."""
BUILDING = 15.0
"""Seconds until the engine stands, and a thousandth more for each clause; the shipped rules take a quarter."""

log = logging.getLogger(__name__)


def command() -> list[str]:
    """How the process is started: this Python, which finds modules where this process does, and nowhere else."""
    start = "import sys; sys.path[:] = sys.argv[1:]; from assistant.reasoning.worker import main; main()"
    return [sys.executable, "-P", "-c", start, *filter(None, sys.path)]


class Isolated:
    """An engine on durable_rules in another process. Threads may share it: runs take turns.

    Raises EngineFailed if the process cannot be started. What goes wrong while the engine is built there is raised by
    the first run.
    """

    name = "durable"

    def __init__(self, program: Program, reference: Reference) -> None:
        """`reference` lends its numbering of atoms and clauses."""
        clauses = program.in_order()
        self._number, self._firing = reference.number, reference.firing
        self._building = BUILDING + len(clauses) // 1000
        self._running = RUNNING
        number = self._number
        setup = Setup(
            [
                ([number[a] for a in c.present], [number[a] for a in c.absent], number[c.head], c.stratum)
                for c in clauses
            ],
            program.strata,
            self._building,
            self._running,
        )
        self._setup = msgspec.Raw(msgspec.msgpack.encode(setup))  # kept for forks, which need a process of their own
        self._lock = threading.Lock()
        self._asked = 0
        self._ready = False
        if not sys.executable:
            raise EngineFailed("there is no Python to run durable_rules in a process of its own")
        if importlib.util.find_spec("durable_rules_engine") is None:
            raise EngineFailed(NOT_INSTALLED)
        self._start()

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, by stratum and then by clause; atoms no clause asks for are ignored.

        Raises EngineFailed if the process fails, ends or takes too long. It cannot be used afterwards.
        """
        number, firing = self._number, self._firing
        known = [number[atom] for atom in dict.fromkeys(atoms) if atom in number]
        with self._lock:
            if self._owner != os.getpid():  # this process is a fork: the engine belongs to the other one
                self._start()
            if not self._ready:
                self._wait(0, self._building)
                self._ready = True
            self._asked += 1
            try:
                assert self._process.stdin is not None
                write(self._process.stdin, Ask(self._asked, known))
            except (OSError, ValueError) as error:  # ended, or closed
                raise EngineFailed(f"durable_rules cannot be asked: {self._end()}") from error
            told = self._wait(self._asked, self._running)
        return tuple([firing[clause] for clause in told.fired])

    def close(self) -> None:
        """End the process. The engine cannot be used afterwards."""
        self._finish()

    def _start(self) -> None:
        self._owner = os.getpid()
        self._ready = False
        try:
            self._process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # keys pressed in the terminal are not for it
            )
        except OSError as error:
            raise EngineFailed(f"no process can be started for durable_rules ({error.strerror})") from error
        self._told: queue.SimpleQueue[Told | None] = queue.SimpleQueue()
        self._finish = weakref.finalize(self, _finish, self._process, self._owner)
        threading.Thread(
            target=_converse, args=(self._process, self._setup, self._told), name="engine", daemon=True
        ).start()

    def _wait(self, id: int, limit: float) -> Told:
        """The answer to question `id`; those to questions that were broken off by ctrl-c are dropped."""
        while True:
            try:
                told = self._told.get(timeout=limit)
            except queue.Empty:
                self._finish()
                raise EngineFailed(f"durable_rules gave no answer within {limit:g} seconds and was ended") from None
            if told is None:
                raise EngineFailed(f"the process of durable_rules is gone: {self._end()}")
            for note in told.notes:
                log.warning("%s", note)
            if told.error is not None:
                self._finish()
                raise EngineFailed(told.error)
            if told.id == id:
                return told

    def _end(self) -> str:
        """How the process ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        self._finish()
        code = self._process.returncode
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"it was ended by {signal.Signals(-code).name}"
        return f"it left with code {code}"


def _converse(process: subprocess.Popen[bytes], setup: msgspec.Raw, told: queue.SimpleQueue[Told | None]) -> None:
    """Tell the process its program, then hand on its answers until there are no more."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError, ValueError, msgspec.MsgspecError, MemoryError):
        write(process.stdin, setup)
        while (answer := read(process.stdout, Told)) is not None:
            told.put(answer)
    told.put(None)


def _finish(process: subprocess.Popen[bytes], owner: int) -> None:
    """End the process; a fork leaves it to the process that started it."""
    if owner != os.getpid():
        return
    with suppress(OSError):
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
