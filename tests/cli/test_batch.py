from __future__ import annotations

import json
import os
import signal
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import batch as core
from assistant.cli.batch import _lines
from assistant.dialogue.advisor import Advisor

from .conftest import Run

BRIEF = "churn prediction on 80k rows of CRM data on a laptop"


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_the_answer_has_the_agreed_form(run: Run) -> None:
    line = {"id": "x", "turns": [BRIEF, "not on kubernetes"]}
    (answer,) = answers(run("batch", input=json.dumps(line).encode()).out)

    assert list(answer)[:4] == ["id", "knowledge", "error", "turns"]
    assert set(answer) >= {"profile", "inferred", "stack", "excluded", "caveats", "question"}
    assert (answer["id"], answer["error"]) == ("x", None)
    first = answer["turns"][0]
    assert set(first) == {
        "text", "acts", "facts", "mentions", "not_understood", "reply", "blocks", "elapsed_ms",
    }  # fmt: skip
    assert first["text"] == BRIEF
    assert {"slot", "value", "negated", "op", "strength", "start", "end", "origin"} <= set(first["facts"][0])
    for fact in first["facts"]:
        assert BRIEF[fact["start"] : fact["end"]]
    rows = next(fact for fact in first["facts"] if fact["slot"] == "data_rows")
    assert (rows["op"], rows["value"], rows["unit"], BRIEF[rows["start"] : rows["end"]]) == (
        "=",
        80000,
        "rows",
        "80k rows",
    )
    assert answer["profile"]["task"] == ["churn_prediction"]
    assert answer["profile"]["data_rows"] == [{"op": "=", "value": 80000, "unit": "rows"}]
    assert answer["refused"] == {"deployment": ["kubernetes"]}
    assert answer["stack"]["framework"][0]["arguments"] > 0
    assert set(answer["stack"]["framework"][0]) == {"tool", "score", "arguments"}


def test_bad_lines_are_answered_and_the_others_go_on(run: Run) -> None:
    lines = [
        b"not json",
        b'{"id": 2}',
        b'{"id": 3, "turns": []}',
        b'{"id": 4, "turns": [5]}',
        b'{"id": 5, "text": 7}',
        b"[1, 2]",
        b"\xff\xfe",
        b'{"id": 8, "text": "\\ud800"}',
        b'{"id": 9, "text": "' + b"x" * core.MAX_BYTES + b'"}',
        b"[" * 100_000,
        b"",
        json.dumps({"id": 12, "text": BRIEF}).encode(),
    ]
    result = run("batch", input=b"\n".join(lines))
    found = answers(result.out)

    assert (result.code, result.err) == (0, "")
    assert [one["id"] for one in found] == [None, 2, 3, 4, 5, None, None, None, None, None, 12]
    assert all(one["error"] and one["turns"] == [] for one in found[:-1])
    assert found[-1]["error"] is None


def test_nothing_is_stored(run: Run, home: Path) -> None:
    run("batch", input=json.dumps({"text": BRIEF}).encode())

    assert not (home / "data").exists()


def test_workers_answer_in_order_and_the_same(run: Run) -> None:
    texts = [BRIEF, "object detection on Android", "bad", "semantic search over 10k documents", "rag for a bank"]
    lines = [json.dumps({"id": number, "text": texts[number % 5]}).encode() for number in range(12)]
    lines[7] = b"broken"
    alone = answers(run("batch", input=b"\n".join(lines)).out)
    shared = answers(run("batch", "--workers", "2", input=b"\n".join(lines)).out)

    for one in (*alone, *shared):
        for turn in one["turns"]:
            del turn["elapsed_ms"]
    assert shared == alone
    assert [one["id"] for one in alone] == [None if number == 7 else number for number in range(12)]


@pytest.mark.nightly
def test_a_cluster_answers_the_same_though_a_worker_is_killed(run: Run, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")  # an optional extra
    texts = [BRIEF, "object detection on Android", "semantic search over 10k documents", "rag for a bank"]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps({"id": n, "text": texts[n % 4]}) + "\n" for n in range(400)))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
            pid = sorted(client.run(os.getpid).items())[0][1]

        def kill() -> None:
            while not target.exists() or not target.stat().st_size:
                time.sleep(0.05)
            os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        shared = run("batch", "--scheduler", cluster.scheduler_address, str(source), "-o", str(target))
        killer.join()
    alone = run("batch", str(source))

    def untimed(out: str) -> list[dict[str, Any]]:
        found = answers(out)
        for one in found:
            for turn in one["turns"]:
                del turn["elapsed_ms"]
        return found

    assert (shared.code, shared.err) == (0, "")
    assert untimed(target.read_text()) == untimed(alone.out)


def test_a_cluster_that_cannot_be_used_is_told(run: Run) -> None:
    line = json.dumps({"text": "hello"}).encode()
    both = run("batch", "--workers", "2", "--scheduler", "tcp://127.0.0.1:9", input=line)
    none = run("batch", "--scheduler", "nonsense", input=line)

    assert (both.code, none.code) == (2, 1)
    assert "no Dask scheduler at nonsense" in none.err or "cluster" in none.err


def test_files_in_and_out(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "a", "text": BRIEF}) + "\n")
    result = run("batch", str(source), "-o", str(target))

    assert result == (0, "", "")
    assert [one["id"] for one in answers(target.read_text())] == ["a"]
    assert run("batch", str(source), "-o", str(source)).code == 2
    assert run("batch", str(source), "-o", str(tmp_path / "no" / "folder")).code == 1


def test_memory_stays_constant(advisor: Advisor, tmp_path: Path) -> None:
    class Endless:
        """A source of `count` lines that is never in memory as a whole."""

        def __init__(self, count: int) -> None:
            self.left = count

        def readline(self, limit: int) -> bytes:
            self.left -= 1
            return b'{"text": "hello"}\n' if self.left >= 0 else b""

    def peak(count: int) -> int:
        tracemalloc.start()
        for line in _lines(Endless(count)):  # type: ignore[arg-type] # only readline is used
            core.answer(advisor, line)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(5)
    assert peak(60) < peak(5) + 100_000


def test_a_line_without_end_is_not_kept() -> None:
    class Endless:
        def __init__(self) -> None:
            self.reads = 0

        def readline(self, limit: int) -> bytes:
            self.reads += 1
            return b"x" * limit if self.reads < 50 else b""

    (line,) = _lines(Endless())  # type: ignore[arg-type] # only readline is used
    assert core.MAX_BYTES < len(line) <= core.MAX_BYTES + 2


@pytest.fixture
def own_knowledge(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "mine"
    (folder / "tools").mkdir(parents=True)
    (folder / "tools" / "bad.yaml").write_text("tools:\n  - id: 7\n")
    yield folder


def test_broken_knowledge_ends_it_with_file_and_line(run: Run, own_knowledge: Path) -> None:
    for arguments in (["batch"], ["knowledge", "lint"]):
        result = run("--knowledge", str(own_knowledge), *arguments, input=b'{"text": "hello"}')

        assert result.code == 1
        assert "mine/tools/bad.yaml:2:" in result.out + result.err
