"""An engine that hangs, fails or dies takes nothing along: the same call is answered all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import faulty_worker
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import leveled_program, some_atoms

from assistant.knowledge.model import Is
from assistant.reasoning import isolated
from assistant.reasoning.engines import Switching, make_engine
from assistant.reasoning.errors import EngineFailed
from assistant.reasoning.isolated import Isolated
from assistant.reasoning.model import Atom
from assistant.reasoning.program import compile_program
from assistant.reasoning.reference import Reference

PROGRAM = compile_program(
    [("ab", Is(slot="a", value="yes"), [("b", "yes")]), ("bc", Is(slot="b", value="yes"), [("c", "yes")])]
)
A: tuple[Atom, ...] = (("a", "yes"),)
EXPECTED = Reference(PROGRAM).infer(A)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def gone(process: int) -> bool:
    for _ in range(200):
        if not alive(process):
            return True
        time.sleep(0.02)
    return False


def inner(engine: Switching) -> Isolated:
    assert isinstance(engine._engine, Isolated)
    return engine._engine


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_it_answers_like_the_reference(rng) -> None:  # type: ignore[no-untyped-def]  # Hypothesis' own Random
    _, program = leveled_program(rng)
    reference = Reference(program)
    engine = Isolated(program, reference)
    for _ in range(3):
        atoms = some_atoms(rng, program)
        assert engine.infer(atoms) == reference.infer(atoms)
    engine.close()


@pytest.mark.parametrize(
    ("function", "at", "fault", "reason"),
    [
        ("create_ruleset", 1, "hang", "no answer within 1 seconds"),
        ("create_ruleset", 1, "fail", "takes no ruleset: 303"),
        ("create_ruleset", 1, "crash", "SIGSEGV"),
        ("assert_facts", 1, "hang", "no answer within 1 seconds"),
        ("assert_facts", 1, "crash", "SIGSEGV"),
        ("assert_facts", 4, "hang", "no answer within 1 seconds"),
        ("assert_facts", 4, "fail", "failed twice: 303"),
        ("assert_facts", 4, "crash", "SIGSEGV"),
        ("assert_facts", 4, "leave", "left with code 3"),
        ("complete_and_start_action", 2, "crash", "SIGSEGV"),
        ("retract_facts", 1, "babble", "is gone"),
    ],
)
def test_whatever_happens_to_it_the_same_call_is_answered(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    function: str,
    at: int,
    fault: str,
    reason: str,
) -> None:
    monkeypatch.setattr(isolated, "command", lambda: faulty_worker.command(function, at, fault))
    if fault == "hang":
        monkeypatch.setattr(isolated, "RUNNING", 1.0)
    engine = make_engine(PROGRAM)
    process = inner(engine).host.process.pid
    assert [engine.infer(A) for _ in range(4)] == [EXPECTED] * 4
    assert engine.name == "reference"
    assert engine.notice is not None
    assert reason in engine.notice
    assert engine.notice in caplog.text
    assert gone(process)
    engine.close()


def test_a_process_ended_from_outside_between_two_turns() -> None:
    engine = make_engine(PROGRAM)
    assert engine.infer(A) == EXPECTED
    inner(engine).host.process.kill()
    assert engine.infer(A) == EXPECTED
    assert engine.notice is not None
    assert "SIGKILL" in engine.notice


def test_a_second_try_within_the_process_is_logged_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(isolated, "command", lambda: faulty_worker.command("assert_facts", 3, "fail_once"))
    engine = make_engine(PROGRAM)
    assert [engine.infer(A) for _ in range(3)] == [EXPECTED] * 3
    assert engine.notice is None
    assert "trying again with a fresh session: 303" in caplog.text
    engine.close()


def test_no_python_to_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for missing, reason in (("", "there is no Python"), (str(tmp_path / "none"), "no process can be started")):
        monkeypatch.setattr(sys, "executable", missing)
        engine = make_engine(PROGRAM)
        assert (engine.name, engine.infer(A)) == ("reference", EXPECTED)
        assert engine.notice is not None
        assert reason in engine.notice


def test_a_run_broken_off_by_ctrl_c_does_not_mix_up_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Isolated(PROGRAM, Reference(PROGRAM))
    assert engine.infer(A) == EXPECTED
    sound = engine.host._wait

    def interrupted(id: int, limit: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine.host, "_wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.infer(())
    monkeypatch.setattr(engine.host, "_wait", sound)
    assert engine.infer(A) == EXPECTED
    engine.close()


def test_closing_ends_the_process_and_refuses_further_runs() -> None:
    engine = Isolated(PROGRAM, Reference(PROGRAM))
    process = engine.host.process.pid
    engine.close()
    engine.close()
    assert gone(process)
    with pytest.raises(EngineFailed):
        engine.infer(A)


def test_an_engine_nobody_holds_any_more_ends_its_process() -> None:
    engine = Isolated(PROGRAM, Reference(PROGRAM))
    engine.infer(A)
    process = engine.host.process.pid
    del engine
    assert gone(process)


@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), 9)", "os._exit(0)"])
def test_the_process_does_not_outlive_the_one_that_asks(end: str) -> None:
    code = f"""
import os, sys
from test_isolated import *
engine = make_engine(PROGRAM)
assert engine.infer(A) == EXPECTED
print(inner(engine).host.process.pid, flush=True)
{end}
"""
    path = os.pathsep.join((str(Path(__file__).parent), *filter(None, sys.path)))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert gone(int(done.stdout))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_gets_a_process_of_its_own() -> None:
    code = """
import os
from test_isolated import *
engine = make_engine(PROGRAM)
assert engine.infer(A) == EXPECTED
child = os.fork()
assert [engine.infer(A) for _ in range(3)] == [EXPECTED] * 3
if child:
    _, status = os.waitpid(child, 0)
    assert engine.infer(A) == EXPECTED
    print(status, engine.notice)
"""
    path = os.pathsep.join((str(Path(__file__).parent), *filter(None, sys.path)))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("0 None\n", "")


def test_a_signal_for_the_terminal_does_not_reach_it() -> None:
    engine = make_engine(PROGRAM)
    assert engine.infer(A) == EXPECTED
    process = inner(engine).host.process.pid
    assert os.getpgid(process) != os.getpgid(0)
    os.kill(process, signal.SIGINT)
    assert engine.infer(A) == EXPECTED
    assert engine.notice is None
    engine.close()


def test_threads_share_it() -> None:
    engine, answers = make_engine(PROGRAM), []
    workers = [threading.Thread(target=lambda: answers.extend(engine.infer(A) for _ in range(20))) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == [EXPECTED] * 120
    assert engine.notice is None
    engine.close()
