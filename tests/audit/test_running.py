"""The same result to the byte, whoever does the work and however often it is interrupted."""

from __future__ import annotations

import os
import signal
from itertools import count

import msgspec
import pytest

from assistant.audit import running
from assistant.audit.report import report
from assistant.audit.running import Audit, Options
from assistant.distribution import Crew
from assistant.knowledge.model import Knowledge

OPTIONS = Options(projects=120, seed=5)


def quiet(title: str, done: int, total: int | None) -> None:
    pass


def result(knowledge: Knowledge, crew: Crew, options: Options = OPTIONS) -> bytes:
    audit = Audit(knowledge, options)
    return msgspec.json.encode(report(audit, audit.run(crew, quiet)))


def test_workers_find_the_same(flawed: Knowledge) -> None:
    assert result(flawed, Crew(2)) == result(flawed, Crew(1))


def test_an_interrupted_audit_goes_on_where_it_was(flawed: Knowledge) -> None:
    expected = result(flawed, Crew())
    looked: list[int] = []

    def interrupt_after(parts: int) -> None:
        calls = count()

        def show(title: str, done: int, total: int | None) -> None:
            looked.append(done)
            if next(calls) == parts:
                raise KeyboardInterrupt

        audit = Audit(flawed, OPTIONS)
        with pytest.raises(KeyboardInterrupt):
            audit.run(Crew(), show)
        assert audit.state_file.exists()

    interrupt_after(4)
    looked.clear()
    interrupt_after(14)
    assert looked[0] == 4  # of what was done nothing is done again
    interrupt_after(3)
    audit = Audit(flawed, OPTIONS)
    again = msgspec.json.encode(report(audit, audit.run(Crew(), quiet)))

    assert again == expected
    assert not audit.state_file.exists()


def test_a_damaged_memory_or_one_of_another_audit_is_not_used(flawed: Knowledge) -> None:
    expected = result(flawed, Crew())
    audit = Audit(flawed, OPTIONS)
    audit.state_file.parent.mkdir(parents=True, exist_ok=True)
    audit.state_file.write_bytes(b"\x00 no state")

    assert msgspec.json.encode(report(audit, audit.run(Crew(), quiet))) == expected
    assert Audit(flawed, Options(seed=6)).state_file != audit.state_file


def test_an_exhaustive_sweep_over_too_much_is_refused(flawed: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST", 17)
    with pytest.raises(ValueError, match="18 projects; choose fewer slots"):
        Audit(flawed, Options(sweep="exhaustive", slots=("task", "stage", "data_rows")))


@pytest.mark.nightly
def test_a_cluster_finds_the_same_though_a_worker_is_killed(flawed: Knowledge) -> None:
    distributed = pytest.importorskip("distributed")  # an optional extra
    options = Options(projects=3000)
    expected = result(flawed, Crew(), options)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
            pid = sorted(client.run(os.getpid).items())[0][1]

        def kill_in_the_middle(title: str, done: int, total: int | None) -> None:
            if title == "projects" and done == 60:
                os.kill(pid, signal.SIGKILL)

        audit = Audit(flawed, options)
        tally = audit.run(Crew(scheduler=cluster.scheduler_address), kill_in_the_middle)

    assert msgspec.json.encode(report(audit, tally)) == expected
