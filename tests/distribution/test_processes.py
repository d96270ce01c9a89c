from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import distribution
from assistant.distribution import CHUNK_BYTES, ClusterError, Crew, in_order

from .work import ready


def lost(item: bytes) -> bytes:
    return b"lost " + item


def answers(items: list[bytes], *, workers: int, chunk: int = 3) -> list[bytes]:
    return list(in_order(ready, b"p", items, Crew(workers), chunk=chunk, lost=lost))


def test_the_order_is_that_of_the_items_whoever_works() -> None:
    items = [b"slow" if number % 7 == 0 else b"%d" % number for number in range(40)]

    assert answers(items, workers=2) == answers(items, workers=1) == [b"p:" + item for item in items]
    assert answers([], workers=2) == []


def test_an_item_that_kills_its_worker_is_told_and_nothing_else_is_lost(tmp_path: Path) -> None:
    items = [b"0", b"1", b"die", b"3", b"once %s" % str(tmp_path / "mark").encode(), *(b"%d" % n for n in range(5, 12))]
    expected = [lost(item) if item == b"die" else b"p:" + item for item in items]

    assert answers(items, workers=2) == expected


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="cannot be answered"):
        answers([b"1", b"fail", b"2"], workers=2)


def test_only_a_window_of_the_items_is_read_ahead() -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * (CHUNK_BYTES // 4)

    stream = in_order(ready, b"p", endless(), Crew(2), chunk=1000, lost=lost)
    for _ in range(8):
        next(stream)
    assert read < 50  # chunks close at a size, whatever their count
    stream.close()  # type: ignore[attr-defined] # a generator, told as an iterator


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")  # an optional extra
    monkeypatch.setattr(distribution, "_GREETING", 0.3)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "tcp://"):
        with pytest.raises(ClusterError, match="no Dask scheduler"):
            list(in_order(ready, b"p", [b"1"], Crew(scheduler=address), lost=lost))
