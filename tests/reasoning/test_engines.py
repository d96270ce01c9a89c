"""The switch from durable_rules to the reference chainer."""

from __future__ import annotations

import importlib.util
import sys
import threading

import pytest

from assistant.knowledge.model import Is
from assistant.reasoning import engines, isolated
from assistant.reasoning.engines import available, make_engine
from assistant.reasoning.errors import EngineFailed
from assistant.reasoning.isolated import Isolated
from assistant.reasoning.model import Atom, Engine, Firing
from assistant.reasoning.program import compile_program
from assistant.reasoning.reference import Reference

PROGRAM = compile_program([("r", Is(slot="a", value="yes"), [("b", "yes")])])
A = (("a", "yes"),)
EXPECTED = Reference(PROGRAM).infer(A)


def fail(self: Isolated, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
    raise EngineFailed("durable_rules failed twice: 303")


@pytest.fixture(autouse=True)
def no_preference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(engines.VARIABLE, raising=False)


def test_durable_rules_answers_by_default() -> None:
    engine: Engine = make_engine(PROGRAM)
    assert engine.infer(A) == EXPECTED
    assert engine.name == "durable"
    assert make_engine(PROGRAM).notice is None
    engine.close()


def test_the_reference_can_be_preferred_or_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    preferred = make_engine(PROGRAM, "reference")
    assert (preferred.name, preferred.notice, preferred.infer(A)) == ("reference", None, EXPECTED)
    monkeypatch.setenv(engines.VARIABLE, "reference")
    forced = make_engine(PROGRAM)
    assert (forced.name, forced.infer(A)) == ("reference", EXPECTED)
    assert forced.notice is not None
    assert forced.notice.endswith("ASSISTANT_ENGINE asks for it")


def worker(change: str) -> list[str]:
    """The engine's process after `change` was made to it."""
    start = f"import sys; sys.path[:] = sys.argv[1:]; {change}; from assistant.reasoning.worker import main; main()"
    return [sys.executable, "-c", start, *filter(None, sys.path)]


def test_without_the_module(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    engine = make_engine(PROGRAM)
    assert engine.notice is not None
    assert "durable_rules is not installed" in engine.notice
    assert engine.notice in caplog.text
    assert (engine.name, engine.infer(A)) == ("reference", EXPECTED)
    assert [(found.name, found.problem) for found in available()] == [
        ("durable", "durable_rules is not installed"),
        ("reference", None),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("sys.modules['durable_rules_engine'] = None", "durable_rules is not installed"),
        (
            "import assistant.reasoning.durable as d; "
            "d.load_module = lambda: (_ for _ in ()).throw(ImportError('undefined symbol'))",
            "durable_rules cannot be loaded (undefined symbol)",
        ),
        (
            "import assistant.reasoning.durable as d; from assistant.reasoning.errors import Refused; "
            "d.check = lambda ruleset: (_ for _ in ()).throw(Refused('513 distinct tests below one node'))",
            "513 distinct tests",
        ),
    ],
)
def test_a_module_that_does_not_load_and_a_guard_that_refuses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, change: str, reason: str
) -> None:
    monkeypatch.setattr(isolated, "command", lambda: worker(change))
    engine = make_engine(PROGRAM)
    assert engine.infer(A) == EXPECTED
    assert engine.name == "reference"
    assert engine.notice is not None
    assert reason in engine.notice
    assert engine.notice in caplog.text
    (durable, reference) = available()
    assert durable.problem is not None
    assert reason in durable.problem
    assert reference.problem is None


def test_a_failure_switches_within_the_call_and_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(PROGRAM)
    assert engine.infer(A) == EXPECTED
    with monkeypatch.context() as patch:
        patch.setattr(Isolated, "infer", fail)
        assert engine.infer(A) == EXPECTED
    assert engine.name == "reference"
    assert engine.notice is not None
    assert "303" in engine.notice
    assert engine.infer(A) == EXPECTED
    engine.close()


def test_threads_that_meet_the_failure_together_all_get_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(PROGRAM)
    monkeypatch.setattr(Isolated, "infer", fail)
    answers: list[tuple[Firing, ...]] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        answers.append(engine.infer(A))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == [EXPECTED] * 8


def test_available_checks_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [found.problem for found in available()] == [None, None]
    monkeypatch.setattr(Isolated, "infer", lambda self, atoms: ())
    assert available()[0].problem == "it answers a small test question wrongly"
    monkeypatch.setattr(Isolated, "infer", fail)
    assert available()[0].problem == "durable_rules failed twice: 303"
