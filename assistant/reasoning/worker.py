"""The process in which durable_rules runs (`isolated.py` starts it): numbers in, numbers out, over its two pipes.

Each frame is a length in four bytes and a MessagePack record. First comes a `Setup`, which is answered when the engine
stands; then every `Ask` is answered by a `Told`. The process ends when nobody talks to it any more, and ends itself
when the extension keeps it for longer than it may, even if that never lets go of Python's lock.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import queue
import signal
import struct
import sys
import threading
from typing import IO, TypeVar

import msgspec

from assistant.reasoning.durable import Durable
from assistant.reasoning.errors import EngineFailed, Refused, why
from assistant.reasoning.model import Atom, Clause
from assistant.reasoning.program import Program

_LENGTH = struct.Struct(">I")
_GRACE = 2.0  # of a limit: whoever asked gives up at 1, and ends this process

_DONE = object()

T = TypeVar("T")


class Setup(msgspec.Struct, array_like=True):
    """Clauses in canonical order as (present, absent, head, stratum), their atoms as numbers; and the limits in seconds."""

    clauses: list[tuple[list[int], list[int], int, int]]
    strata: int
    building: float
    running: float


class Ask(msgspec.Struct, array_like=True):
    id: int
    atoms: list[int]


class Told(msgspec.Struct, array_like=True):
    """Which clauses fired, or why there is no answer; `notes` are for the log."""

    id: int
    fired: list[int] = []
    error: str | None = None
    notes: list[str] = []


def write(pipe: IO[bytes], record: object) -> None:
    """Send one record. Raises OSError when nobody reads."""
    frame = msgspec.msgpack.encode(record)
    pipe.write(_LENGTH.pack(len(frame)) + frame)
    pipe.flush()


def read(pipe: IO[bytes], type: type[T]) -> T | None:
    """The next record, None at the end. Raises msgspec.MsgspecError for anything else."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    frame = pipe.read(length)
    return msgspec.msgpack.decode(frame, type=type) if len(frame) == length else None


def program_of(setup: Setup) -> Program:
    """The program behind the numbers; it has the clauses and nothing that only people read."""

    def atoms(numbers: list[int]) -> tuple[Atom, ...]:
        return tuple(map(_atom, numbers))

    clauses = tuple(
        Clause("", index, atoms(present), atoms(absent), _atom(head), stratum)
        for index, (present, absent, head, stratum) in enumerate(setup.clauses)
    )
    return Program(clauses, setup.strata, {}, frozenset(), frozenset(), (), ())


def _atom(number: int) -> Atom:
    return ("", str(number))


class _Notes(logging.Handler):
    """Keeps what is logged until the next answer takes it along."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record.getMessage())

    def take(self) -> list[str]:
        taken, self.kept = self.kept, []
        return taken


def main() -> None:
    """Serve until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-c is for the process that asks
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing that is printed gets between the answers
    notes = _Notes()
    logging.getLogger("assistant").addHandler(notes)
    setup = read(sys.stdin.buffer, Setup)
    if setup is None:
        return
    try:
        _end_in(setup.building * _GRACE)
        engine = Durable(program_of(setup))
    except (ImportError, Refused, EngineFailed) as error:
        write(told, Told(0, error=why(error)))
        return
    gc.freeze()  # what stands now stays, so the collector need not look through it again and again
    write(told, Told(0, notes=notes.take()))
    first: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(first,), daemon=True).start()
    warming = engine.warm()
    while first.empty() and next(warming, _DONE) is not _DONE:
        pass
    _end_in(0)
    gc.freeze()  # and what warming made
    ask = first.get()
    while ask is not None:
        _end_in(setup.running * _GRACE)
        try:
            answer = Told(ask.id, engine.fired(tuple(map(_atom, ask.atoms))))
        except EngineFailed as error:
            answer = Told(ask.id, error=why(error))
        _end_in(0)
        answer.notes = notes.take()
        write(told, answer)
        ask = read(sys.stdin.buffer, Ask)


def _listen(first: queue.SimpleQueue[Ask | None]) -> None:
    """Take the first question in, so that it shows at once when it waits; None at the end."""
    ask = None
    try:
        ask = read(sys.stdin.buffer, Ask)
    finally:
        first.put(ask)


def _end_in(seconds: float) -> None:
    """End this process after so many seconds, even if Python's lock is held, unless there is another call; 0: never."""
    if sys.platform == "win32":
        faulthandler.cancel_dump_traceback_later()
        if seconds:
            faulthandler.dump_traceback_later(seconds, exit=True)
    else:  # the kernel's timer costs a run nothing, where the other one starts and ends a thread
        signal.setitimer(signal.ITIMER_REAL, seconds)
