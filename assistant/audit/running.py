"""Runs an audit part by part, whoever does the parts, and remembers how far it came.

Parts come back in the order in which they went out, and tallies add up, so the result is the same to the byte for any
number of workers. An interrupted run is taken up where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import msgspec

from assistant import paths
from assistant._version import __version__
from assistant.audit.comparing import Changes, changes, made_for
from assistant.audit.judging import SHRUNK, WIN, Judge
from assistant.audit.projects import Project, Space, Sweep
from assistant.audit.reaching import LIVE, Reach
from assistant.audit.records import speakers
from assistant.audit.tally import Tally, size
from assistant.audit.work import Look, Meet, Part, Payload, Raise, Shrink, ready
from assistant.distribution import Crew, in_order
from assistant.knowledge.model import Knowledge
from assistant.reasoning.reasoner import Reasoner

MOST = 20_000_000
"""Projects of an exhaustive sweep; more would take weeks."""

_TOGETHER = 8  # projects of one part
_SAVED_EVERY = 3.0  # seconds
_BASES = 3  # projects that may help a record to have a say
_TITLES = ("projects", "records and tools made for", "examples made small")

Show = Callable[[str, int, int | None], None]
"""Told what is being done, how many parts are done, and of how many, if that is known."""


class Options(msgspec.Struct, frozen=True):
    """What to sweep over. `projects` and `seed` matter to random sweeps only."""

    sweep: Sweep = "random"
    projects: int = 2000
    seed: int = 0
    slots: tuple[str, ...] = ()


class State(msgspec.Struct):
    """How far a run came: `done` parts of the phase. `parts` are all of the phase, but for the first, which is told anew."""

    stamp: str
    phase: int = 0
    done: int = 0
    parts: list[bytes] = []
    tally: Tally = msgspec.field(default_factory=Tally)


class Audit:
    """One run over one knowledge, or over two versions of it. Raises ValueError for options that make no sense."""

    def __init__(self, knowledge: Knowledge, options: Options, against: Knowledge | None = None) -> None:
        self.knowledge, self.against, self.options = knowledge, against, options
        self._reasoner = Reasoner(knowledge, "reference")
        self._old = Reasoner(against, "reference") if against is not None else None
        self.space = Space(knowledge, self._reasoner.programs, options.slots)
        if options.sweep == "exhaustive" and self.space.size() > MOST:
            raise ValueError(f"That is {self.space.size():,} projects; choose fewer slots for an exhaustive sweep.")
        self._payload = msgspec.msgpack.encode(Payload(knowledge, against))
        stamp = sha256(self._payload + msgspec.msgpack.encode((options, __version__)))
        self.stamp = stamp.hexdigest()[:16]

    @property
    def state_file(self) -> Path:
        """Where an interrupted run of these options over this knowledge is remembered."""
        return paths.state_dir() / f"audit-{self.stamp}.msgpack"

    def changes(self) -> Changes | None:
        """The records that differ between the versions, if there are two."""
        return changes(self.against, self.knowledge) if self.against is not None else None

    def run(self, crew: Crew, show: Show, *, fresh: bool = False) -> Tally:
        """Do what is left to do. Raises ClusterError; whatever ends it early, what is done is remembered."""
        state = (None if fresh else self._remembered()) or State(self.stamp)
        try:
            while state.phase < (2 if self.against is not None else 3):
                self._phase(state, crew, show)
                state.phase, state.done = state.phase + 1, 0
                state.parts = list(map(msgspec.msgpack.encode, self._planned(state.phase, state.tally)))
        except BaseException:
            self._remember(state)
            raise
        self.state_file.unlink(missing_ok=True)
        return state.tally

    def _phase(self, state: State, crew: Crew, show: Show) -> None:
        parts: Iterable[bytes] = state.parts
        total: int | None = len(state.parts)
        title = _TITLES[state.phase if self.against is None or state.phase == 0 else 2]
        if state.phase == 0:
            parts, total = map(msgspec.msgpack.encode, self._looks()), self._looked_at()
        show(title, state.done, total)
        saved = time.monotonic()
        left = islice(parts, state.done, None)
        for answer in in_order(ready, self._payload, left, crew, lost=_lost):
            state.tally.add(msgspec.msgpack.decode(answer, type=Tally))
            state.done += 1
            show(title, state.done, total)
            if time.monotonic() - saved > _SAVED_EVERY:
                self._remember(state)
                saved = time.monotonic()

    # -- what to do --------------------------------------------------------------------------------------------

    def _looks(self) -> Iterator[Look]:
        projects = self._projects()
        while together := list(islice(projects, _TOGETHER)):
            yield Look(together)

    def _projects(self) -> Iterator[Project]:
        if self._old is not None:
            differing = changes(self._old.knowledge, self.knowledge)
            for reasoner in (self._reasoner, self._old):
                yield from made_for(differing, Reach(Judge(reasoner)))
        if self.options.sweep == "random":
            yield from self.space.random(self.options.seed, self.options.projects)
        elif self.options.sweep == "pairwise":
            yield from self.space.pairwise()
        else:
            yield from self.space.exhaustive()

    def _looked_at(self) -> int | None:
        """How many parts the first phase has, where that is known before it is done."""
        if self.against is not None or self.options.sweep == "pairwise":
            return None
        count = self.options.projects if self.options.sweep == "random" else self.space.size()
        return -(-count // _TOGETHER)

    def _planned(self, phase: int, tally: Tally) -> Iterator[Part]:
        """The parts of a later phase, which follow from what was seen before."""
        if phase == 1 and self.against is None:
            yield from self._unmet(tally)
        elif phase == (2 if self.against is None else 1):
            for spot in sorted(tally.spots.values(), key=lambda spot: (spot.kind, spot.key)):
                if self.against is not None or spot.kind in SHRUNK:
                    yield Shrink(spot)

    def _unmet(self, tally: Tally) -> Iterator[Part]:
        wins = {spot.key: spot.project for spot in tally.of(WIN)}
        for record, speaker in speakers(self.knowledge).items():
            if record not in tally.fired:
                first = {*speaker.waits_for()}
                helping = sorted((project for (_, tool), project in wins.items() if tool in first), key=size)
                yield Meet(record, helping[:_BASES])
        for tool in self.knowledge.tools.values():
            for role in tool.roles if tool.status.state in LIVE else ():
                if (role, tool.id) not in wins:
                    yield Raise(tool.id, role)

    # -- remembering -------------------------------------------------------------------------------------------

    def _remembered(self) -> State | None:
        try:
            state = msgspec.msgpack.decode(self.state_file.read_bytes(), type=State)
        except (OSError, msgspec.MsgspecError):
            return None
        return state if state.stamp == self.stamp else None

    def _remember(self, state: State) -> None:
        paths.ensure(self.state_file.parent)
        fresh = self.state_file.with_suffix(".new")
        fresh.write_bytes(msgspec.msgpack.encode(state))
        fresh.replace(self.state_file)


def _lost(part: bytes) -> bytes:
    raise RuntimeError(f"a part of the audit ends whatever process does it: {part[:200]!r}")
