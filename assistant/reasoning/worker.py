"""The process in which durable_rules runs (`isolated.py` starts it): numbers in, numbers out, over its two pipes.

Each frame is a length in four bytes and a MessagePack record. First comes a `Setup` for each program, then every `Ask`;
each is answered by a `Told`. The process ends when nobody talks to it any more, and ends itself when the extension keeps
it for longer than it may, even if that never lets go of Python's lock.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import struct
import sys
from typing import IO, TypeVar

import msgspec

from assistant.reasoning.durable import Network
from assistant.reasoning.encoding import Wiring
from assistant.reasoning.errors import EngineFailed, Refused, why
from assistant.reasoning.heap import uncollected

_LENGTH = struct.Struct(">I")
_GRACE = 2.0  # of a limit: whoever asked gives up at 1, and ends this process

T = TypeVar("T")


class Setup(msgspec.Struct, array_like=True, tag=0):
    """Program number `program`: its wiring, the atoms that always hold, and the limit in seconds for building it."""

    id: int
    program: int
    wiring: msgspec.Raw
    always: list[int]
    limit: float


class Ask(msgspec.Struct, array_like=True, tag=1):
    """Which clauses of program number `program` fire if `atoms` hold? The limit is in seconds."""

    id: int
    program: int
    atoms: list[int]
    limit: float


Frame = Setup | Ask


class Told(msgspec.Struct, array_like=True):
    """Which clauses fired, or why there is no answer; `notes` are for the log."""

    id: int
    fired: list[int] = []
    error: str | None = None
    notes: list[str] = []


FRAMES: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)
TOLD = msgspec.msgpack.Decoder(Told)


def write(pipe: IO[bytes], record: object) -> None:
    """Send one record. Raises OSError when nobody reads."""
    frame = msgspec.msgpack.encode(record)
    pipe.write(_LENGTH.pack(len(frame)) + frame)
    pipe.flush()


def read(pipe: IO[bytes], decoder: msgspec.msgpack.Decoder[T]) -> T | None:
    """The next record, None at the end. Raises msgspec.MsgspecError for anything else."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    frame = pipe.read(length)
    return decoder.decode(frame) if len(frame) == length else None


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
    networks: dict[int, Network] = {}
    try:
        while (frame := read(sys.stdin.buffer, FRAMES)) is not None:
            _end_in(frame.limit * _GRACE)
            if isinstance(frame, Setup):
                with uncollected():
                    network = networks[frame.program] = Network(msgspec.msgpack.decode(frame.wiring, type=Wiring))
                    network.fired(frame.always)  # which makes the rulesets that every project needs
                answer = Told(frame.id)
            else:
                answer = Told(frame.id, networks[frame.program].fired(frame.atoms))
            _end_in(0)
            answer.notes = notes.take()
            write(told, answer)
    except (ImportError, Refused, EngineFailed) as error:
        write(told, Told(0, error=why(error)))


def _end_in(seconds: float) -> None:
    """End this process after so many seconds, even if Python's lock is held, unless there is another call; 0: never."""
    if sys.platform == "win32":
        faulthandler.cancel_dump_traceback_later()
        if seconds:
            faulthandler.dump_traceback_later(seconds, exit=True)
    else:  # the kernel's timer costs a run nothing, where the other one starts and ends a thread
        signal.setitimer(signal.ITIMER_REAL, seconds)
