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
from collections import deque
from contextlib import suppress

import msgspec

from assistant.reasoning.errors import NOT_INSTALLED, EngineFailed
from assistant.reasoning.model import Atom, Firing
from assistant.reasoning.program import PROJECT, Program
from assistant.reasoning.ready import Ready, ready
from assistant.reasoning.reference import Reference
from assistant.reasoning.worker import TOLD, Ask, Setup, Told, read, write

RUNNING = 5.0
"""Seconds for one run, which takes milliseconds."""
BUILDING = 15.0
"""Seconds until the engine stands, and a thousandth more for each clause; the shipped rules take a quarter."""

log = logging.getLogger(__name__)


def command() -> list[str]:
    """How the process is started: this Python, which finds modules where this process does, and nowhere else."""
    start = "import sys; sys.path[:] = sys.argv[1:]; from assistant.reasoning.worker import main; main()"
    return [sys.executable, "-P", "-c", start, *filter(None, sys.path)]


class Host:
    """The process, for one program or several that it is given. Threads may share it: runs take turns.

    Raises EngineFailed if the process cannot be started. What goes wrong while it gets ready is raised by the first run.
    """

    def __init__(self) -> None:
        if not sys.executable:
            raise EngineFailed("there is no Python to run durable_rules in a process of its own")
        if importlib.util.find_spec("durable_rules_engine") is None:
            raise EngineFailed(NOT_INSTALLED)
        self._programs: list[Setup] = []  # kept for forks, which need a process of their own
        self._lock = threading.Lock()
        self._asked = 0
        self._running = RUNNING
        self._start()

    def add(self, wiring: msgspec.Raw, always: list[int], clauses: int) -> int:
        """Give it a program, which it makes ready while this process goes on; the number to ask for it by."""
        with self._lock:
            self._asked += 1
            number = len(self._programs)
            setup = Setup(self._asked, number, wiring, always, BUILDING + clauses // 1000)
            self._programs.append(setup)
            self._send(setup)
        return number

    def ask(self, program: int, atoms: list[int]) -> list[int]:
        """The clauses of a program that fire if `atoms` hold, by stratum and then by clause.

        Raises EngineFailed if the process fails, ends or takes too long. It cannot be used afterwards.
        """
        with self._lock:
            if self._owner != os.getpid():  # this process is a fork: the engine belongs to the other one
                self._start()
            while self._awaited:
                self._wait(self._awaited[0].id, self._awaited[0].limit)
                self._awaited.popleft()
            self._asked += 1
            try:
                assert self.process.stdin is not None
                write(self.process.stdin, Ask(self._asked, program, atoms, self._running))
            except (OSError, ValueError) as error:  # ended, or closed
                raise EngineFailed(f"durable_rules cannot be asked: {self._end()}") from error
            return self._wait(self._asked, self._running).fired

    def close(self) -> None:
        """End the process. It cannot be used afterwards."""
        self._finish()

    def _start(self) -> None:
        self._owner = os.getpid()
        self._awaited: deque[Setup] = deque()  # programs that it has not said to be ready
        self._sending = threading.Lock()
        try:
            self.process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # keys pressed in the terminal are not for it
            )
        except OSError as error:
            raise EngineFailed(f"no process can be started for durable_rules ({error.strerror})") from error
        self._told: queue.SimpleQueue[Told | None] = queue.SimpleQueue()
        self._finish = weakref.finalize(self, _finish, self.process, self._owner)
        threading.Thread(target=_hear, args=(self.process, self._told), name="engine", daemon=True).start()
        for setup in self._programs:
            self._send(setup)

    def _send(self, setup: Setup) -> None:
        """Send a program without waiting until it was taken."""
        self._awaited.append(setup)
        threading.Thread(target=_tell, args=(self.process, setup, self._sending), name="engine", daemon=True).start()

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
            self.process.wait(1.0)
        self._finish()
        code = self.process.returncode
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"it was ended by {signal.Signals(-code).name}"
        return f"it left with code {code}"


class Isolated:
    """An engine on durable_rules in another process. Threads may share it: runs take turns.

    Raises EngineFailed if the process cannot be started.
    """

    name = "durable"

    def __init__(self, program: Program, reference: Reference, counted: Ready | None = None, host: Host | None = None):
        """`reference` lends its numbering of atoms and clauses; without `host` there is a process for this program alone."""
        counted = counted or ready(program, {})
        self._number, self._firing, self._literal = counted.number, reference.firing, counted.literals
        self.host = host or Host()
        always = [self._literal[self._number[PROJECT]]] if PROJECT in self._number else []
        self._program = self.host.add(counted.wiring, always, len(program.clauses))

    def infer(self, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
        """All firings that follow from `atoms`, by stratum and then by clause; atoms no clause asks for are ignored.

        Raises EngineFailed if the process fails, ends or takes too long. It cannot be used afterwards.
        """
        number, literal, firing = self._number, self._literal, self._firing
        known = [literal[number[atom]] for atom in dict.fromkeys(atoms) if atom in number]
        return tuple([firing[clause] for clause in self.host.ask(self._program, known)])

    def close(self) -> None:
        """End the process. The engine cannot be used afterwards, and no other in the same process."""
        self.host.close()


def _tell(process: subprocess.Popen[bytes], setup: Setup, sending: threading.Lock) -> None:
    """Send a program, one at a time; whether it arrived shows in the answer."""
    assert process.stdin is not None
    with sending, suppress(OSError, ValueError, MemoryError):
        write(process.stdin, setup)


def _hear(process: subprocess.Popen[bytes], told: queue.SimpleQueue[Told | None]) -> None:
    """Hand on what the process says until there is no more."""
    assert process.stdout is not None
    with suppress(OSError, ValueError, msgspec.MsgspecError, MemoryError):
        while (answer := read(process.stdout, TOLD)) is not None:
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
