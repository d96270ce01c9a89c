"""Work shared out over processes or over a Dask cluster: the same answers in the same order, whoever works.

The work is a module-level function, `prepare`. Each worker calls it once with the payload (all that the work needs, as
bytes, so that nothing is looked for on the worker's disk) and gets back what turns one item into its answer. Items travel
in chunks; only a window of them is in memory, however many there are.
"""

from __future__ import annotations

import signal
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from assistant._version import __version__

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Answer = Callable[[bytes], bytes]
Prepare = Callable[[bytes], Answer]
Lost = Callable[[bytes], bytes]

CHUNK_BYTES = 256_000  # of items that travel together
_AHEAD = 3  # chunks that each worker may be ahead of what was taken
_GREETING = 10.0  # seconds until the scheduler has answered
_PATIENCE = 5.0  # seconds between two looks whether the cluster still has workers
_GIVE_UP = 12  # such looks without any worker
_PREPARED = 2  # payloads that a process keeps prepared


class Crew(NamedTuple):
    """Who works: this process, `workers` processes, or the Dask cluster whose scheduler is at `scheduler`."""

    workers: int = 1
    scheduler: str | None = None


class ClusterError(Exception):
    """The cluster cannot be used, or was lost."""


class _WorkerDied(Exception):
    """The worker that had the chunk is gone."""


class _Hands(Protocol):
    """Workers of one kind."""

    ahead: int

    def submit(self, chunk: list[bytes]) -> Any: ...

    def take(self, future: Any) -> list[bytes]:
        """The answers to a chunk. Raises _WorkerDied."""

    def again(self, waiting: deque[tuple[list[bytes], Any]]) -> deque[tuple[list[bytes], Any]]:
        """What waits, once a worker died."""

    def one_by_one(self, chunk: list[bytes]) -> Iterator[bytes | None]:
        """The answers of a worker that does nothing else; None for an item that kills it."""


def in_order(
    prepare: Prepare, payload: bytes, items: Iterable[bytes], crew: Crew, *, lost: Lost, chunk: int = 1
) -> Iterator[bytes]:
    """The answers to `items`, in their order, `chunk` items travelling together.

    A worker that is lost costs nothing but time: what it had is done by others. An item that kills whoever takes it is
    answered by `lost`. Raises ClusterError, and whatever the work itself raises.
    """
    if crew.scheduler is None and crew.workers == 1:
        yield from map(prepare(payload), items)
        return
    with _hands(prepare, payload, crew) as hands:
        yield from _in_order(hands, _chunks(iter(items), chunk), lost)


def _in_order(hands: _Hands, chunks: Iterator[list[bytes]], lost: Lost) -> Iterator[bytes]:
    window: deque[tuple[list[bytes], Any]] = deque()
    while True:
        while len(window) < hands.ahead and (chunk := next(chunks, None)) is not None:
            window.append((chunk, hands.submit(chunk)))
        if not window:
            return
        chunk, future = window.popleft()
        try:
            answers = hands.take(future)
        except _WorkerDied:
            # One of them may have killed the worker, or it died of something else.
            for item, answer in zip(chunk, hands.one_by_one(chunk), strict=True):
                yield lost(item) if answer is None else answer
            window = hands.again(window)
        else:
            yield from answers


def _chunks(items: Iterator[bytes], most: int) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += len(item)
        if len(chunk) >= most or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@contextmanager
def _hands(prepare: Prepare, payload: bytes, crew: Crew) -> Iterator[_Hands]:
    hands: _Processes | _Cluster
    hands = _Processes(prepare, payload, crew.workers) if crew.scheduler is None else _Cluster(prepare, payload, crew)
    try:
        yield hands
    finally:
        hands.close()


# -- processes of this machine ---------------------------------------------------------------------------

_answer: Answer | None = None


class _Processes:
    def __init__(self, prepare: Prepare, payload: bytes, workers: int) -> None:
        self._prepared = (prepare, payload)
        self._workers = workers
        self._pool = self._start(workers)
        self.ahead = workers * _AHEAD

    def submit(self, chunk: list[bytes]) -> Any:
        return self._pool.submit(_work, chunk)

    def take(self, future: Any) -> list[bytes]:
        from concurrent.futures.process import BrokenProcessPool

        try:
            answers: list[bytes] = future.result()
        except BrokenProcessPool as error:
            raise _WorkerDied from error
        return answers

    def again(self, waiting: deque[tuple[list[bytes], Any]]) -> deque[tuple[list[bytes], Any]]:
        """A pool whose worker died is of no use any more: all that waits goes to a new one."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._start(self._workers)
        return deque((chunk, self.submit(chunk)) for chunk, _ in waiting)

    def one_by_one(self, chunk: list[bytes]) -> Iterator[bytes | None]:
        from concurrent.futures.process import BrokenProcessPool

        left = deque(chunk)
        while left:
            with self._start(1) as pool:
                try:
                    while left:
                        (answer,) = pool.submit(_work, [left.popleft()]).result()
                        yield answer
                except BrokenProcessPool:
                    yield None

    def close(self) -> None:
        # Another ctrl-c must not cut the tidying short: the workers would wait for work for ever.
        main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
        self._pool.shutdown(wait=True, cancel_futures=True)
        if main:
            signal.signal(signal.SIGINT, before)

    def _start(self, workers: int) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        # Not forked: each worker has its own engine, and threads do not survive a fork.
        return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=self._prepared)


def _begin(prepare: Prepare, payload: bytes) -> None:
    global _answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-c is for the process that hands out the work
    _answer = prepare(payload)


def _work(chunk: list[bytes]) -> list[bytes]:
    if _answer is None:
        raise RuntimeError("the worker was not prepared")
    return list(map(_answer, chunk))


# -- a Dask cluster --------------------------------------------------------------------------------------


class _Cluster:
    def __init__(self, prepare: Prepare, payload: bytes, crew: Crew) -> None:
        import logging

        try:
            import distributed
        except ImportError as error:
            raise ClusterError("A Dask cluster needs the extra “cluster”: ml-stack-assistant[cluster]") from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told by ClusterError
        self._address = crew.scheduler or ""
        self._prepare, self._digest = prepare, sha256(payload).hexdigest()
        connect: Any = distributed.Client
        try:
            self._client = connect(self._address, timeout=_GREETING, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterError(f"There is no Dask scheduler at {self._address}: {error or 'no answer'}") from error
        try:
            self._client.wait_for_workers(1, timeout=30)
        except TimeoutError as error:
            self.close()
            raise ClusterError(f"The Dask scheduler at {self._address} has no workers") from error
        # As a task, not as data: should all workers that hold it die, the scheduler can make it again.
        self._payload = self._client.submit(bytes, payload, pure=False)
        self.ahead = max(8, _AHEAD * sum(self._client.nthreads().values()))

    def submit(self, chunk: list[bytes]) -> Any:
        return self._client.submit(
            _work_on_cluster, self._prepare, __version__, self._digest, self._payload, chunk, pure=False
        )

    def take(self, future: Any) -> list[bytes]:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        deserted = 0
        while True:
            try:
                answers: list[bytes] = future.result(timeout=_PATIENCE)
                return answers
            except TimeoutError:
                deserted = deserted + 1 if self._deserted() else 0
                if deserted > _GIVE_UP:
                    raise ClusterError(f"The Dask scheduler at {self._address} has lost all its workers") from None
            except KilledWorker as error:
                raise _WorkerDied from error
            except (OSError, CancelledError) as error:
                raise ClusterError(f"The Dask scheduler at {self._address} was lost: {error}") from error

    def again(self, waiting: deque[tuple[list[bytes], Any]]) -> deque[tuple[list[bytes], Any]]:
        """The scheduler has given to others what waits."""
        return waiting

    def one_by_one(self, chunk: list[bytes]) -> Iterator[bytes | None]:
        for item in chunk:
            try:
                yield self.take(self.submit([item]))[0]
            except _WorkerDied:
                yield None

    def close(self) -> None:
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=5)

    def _deserted(self) -> bool:
        try:
            return not self._client.nthreads()
        except (OSError, TimeoutError):
            return True


_prepared: OrderedDict[tuple[str, str], Answer] = OrderedDict()
_preparing = threading.Lock()


def _work_on_cluster(prepare: Prepare, version: str, digest: str, payload: bytes, chunk: list[bytes]) -> list[bytes]:
    """Runs on a worker; its threads share what one of them prepared."""
    if version != __version__:
        raise ClusterError(f"a worker has version {__version__} of the assistant, and the work comes from {version}")
    key = (f"{prepare.__module__}.{prepare.__qualname__}", digest)
    with _preparing:
        if key not in _prepared:
            _prepared[key] = prepare(payload)
            while len(_prepared) > _PREPARED:
                _prepared.popitem(last=False)
        answer = _prepared[key]
    return list(map(answer, chunk))
