"""The switch from durable_rules to the reference chainer."""

from __future__ import annotations

import threading

import pytest

from assistant.knowledge.model import Is
from assistant.reasoning import durable as driver
from assistant.reasoning import engines
from assistant.reasoning.durable import Durable
from assistant.reasoning.engines import available, make_engine
from assistant.reasoning.errors import EngineFailed, Refused
from assistant.reasoning.model import Atom, Engine, Firing
from assistant.reasoning.program import compile_program
from assistant.reasoning.reference import Reference

PROGRAM = compile_program([("r", Is(slot="a", value="yes"), [("b", "yes")])])
A = (("a", "yes"),)
EXPECTED = Reference(PROGRAM).infer(A)


def no_module() -> None:
    raise ModuleNotFoundError("No module named 'durable_rules_engine'")


def broken_module() -> None:
    raise ImportError("undefined symbol")


def fail(self: Durable, atoms: tuple[Atom, ...]) -> tuple[Firing, ...]:
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


@pytest.mark.parametrize(
    ("load", "reason"),
    [(no_module, "durable_rules is not installed"), (broken_module, "cannot be loaded (undefined symbol)")],
)
def test_without_the_module(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, load: object, reason: str
) -> None:
    monkeypatch.setattr(driver, "load_module", load)
    engine = make_engine(PROGRAM)
    assert (engine.name, engine.infer(A)) == ("reference", EXPECTED)
    assert engine.notice is not None
    assert reason in engine.notice
    assert engine.notice in caplog.text
    assert [(found.name, found.problem) for found in available()] == [
        ("durable", reason_of(reason)),
        ("reference", None),
    ]


def reason_of(reason: str) -> str:
    return reason if reason.startswith("durable_rules") else f"durable_rules {reason}"


def test_a_guard_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(ruleset: object) -> None:
        raise Refused("513 distinct tests below one node")

    monkeypatch.setattr(driver, "check", refuse)
    engine = make_engine(PROGRAM)
    assert (engine.name, engine.infer(A)) == ("reference", EXPECTED)
    assert engine.notice is not None
    assert "513 distinct tests" in engine.notice


def test_a_failure_switches_within_the_call_and_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(PROGRAM)
    assert engine.infer(A) == EXPECTED
    with monkeypatch.context() as patch:
        patch.setattr(Durable, "infer", fail)
        assert engine.infer(A) == EXPECTED
    assert engine.name == "reference"
    assert engine.notice is not None
    assert "303" in engine.notice
    assert engine.infer(A) == EXPECTED
    engine.close()


def test_threads_that_meet_the_failure_together_all_get_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(PROGRAM)
    monkeypatch.setattr(Durable, "infer", fail)
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
    monkeypatch.setattr(Durable, "infer", lambda self, atoms: ())
    assert available()[0].problem == "it answers a small test question wrongly"
    monkeypatch.setattr(Durable, "infer", fail)
    assert available()[0].problem == "durable_rules failed twice: 303"
