"""A cluster of two workers on this machine, one of which dies in the middle of the work."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.distribution import Crew, in_order

from .work import ready

distributed = pytest.importorskip("distributed")  # an optional extra


@pytest.fixture
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


def kill_one(cluster: Any) -> None:
    """As a machine that goes down would: its process is gone at once, with all that it held."""
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        pids = client.run(os.getpid)
    os.kill(pids[sorted(pids)[0]], signal.SIGKILL)


def test_a_worker_killed_in_the_middle_loses_nothing(cluster: Any) -> None:
    items = [b"slow %d" % number for number in range(120)]
    stream = in_order(
        ready, b"p", items, Crew(scheduler=cluster.scheduler_address), chunk=4, lost=lambda item: b"lost " + item
    )
    first = [next(stream) for _ in range(10)]
    kill_one(cluster)

    assert [*first, *stream] == [b"p:" + item for item in items]


@pytest.mark.nightly
def test_an_item_that_kills_its_workers_is_told(cluster: Any) -> None:
    items = [b"0", b"1", b"die", b"3", b"4"]
    stream = in_order(
        ready, b"p", items, Crew(scheduler=cluster.scheduler_address), chunk=5, lost=lambda item: b"lost " + item
    )

    assert list(stream) == [b"lost die" if item == b"die" else b"p:" + item for item in items]
