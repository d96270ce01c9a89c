"""The parts of an audit that can be done by anybody, anywhere: each goes out as bytes and comes back as a tally."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

import msgspec

from assistant.audit.comparing import Comparison
from assistant.audit.judging import Judge
from assistant.audit.projects import Project
from assistant.audit.reaching import Reach
from assistant.audit.tally import Spot, Tally
from assistant.knowledge.model import Knowledge
from assistant.reasoning.reasoner import Reasoner


class Payload(msgspec.Struct):
    """What workers need to know: the knowledge, and the version that it is compared with."""

    knowledge: Knowledge
    against: Knowledge | None = None


class Look(msgspec.Struct, tag="look"):
    """Judge these projects, or compare what both versions make of them."""

    projects: list[Project]


class Meet(msgspec.Struct, tag="meet"):
    """Find a project that gives the record a say; `bases` are projects that may help."""

    record: str
    bases: list[Project]


class Raise(msgspec.Struct, tag="raise"):
    """Find a project that makes the tool the first choice of the role."""

    tool: str
    role: str


class Shrink(msgspec.Struct, tag="shrink"):
    """Make the project of this spot smaller."""

    spot: Spot


Part = Look | Meet | Raise | Shrink


def ready(payload: bytes) -> Callable[[bytes], bytes]:
    """What does the parts of an audit of these versions of the knowledge. Raises CompileError."""
    known = msgspec.msgpack.decode(payload, type=Payload)
    new = Reasoner(known.knowledge, "reference")
    old = Reasoner(known.against, "reference") if known.against is not None else None
    worker = Worker(new, old)

    def done(part: bytes) -> bytes:
        return msgspec.msgpack.encode(worker.do(msgspec.msgpack.decode(part, type=Part)))

    return done


class Worker:
    def __init__(self, new: Reasoner, old: Reasoner | None) -> None:
        self._judge = Judge(new)
        self._comparison = Comparison(old, new) if old is not None else None
        self._reach: Reach | None = None
        self._reaching = Lock()

    def do(self, part: Part) -> Tally:
        """What the part has shown."""
        tally = Tally()
        match part:
            case Look(projects=projects):
                look = self._comparison.compare if self._comparison else self._judge.judge
                for project in projects:
                    tally.add(look(project))
            case Shrink(spot=spot):
                tally.see((self._comparison or self._judge).shrink(spot))
            case Meet(record=record, bases=bases):
                with self._reaching:
                    tally.add(self._reached().record(record, tuple(bases)))
            case Raise(tool=tool, role=role):
                with self._reaching:
                    tally.add(self._reached().tool(tool, role))
        return tally

    def _reached(self) -> Reach:
        if self._reach is None:
            self._reach = Reach(self._judge)
        return self._reach
