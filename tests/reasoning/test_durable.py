"""The driver of durable_rules: splitting, broken runs, threads and freeing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.knowledge.model import All, Is, Nothing
from assistant.reasoning import durable as driver
from assistant.reasoning.durable import Durable, load_module
from assistant.reasoning.encoding import encode
from assistant.reasoning.errors import EngineFailed
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Item, Program, compile_program
from assistant.reasoning.reference import Reference


def holds(slot: str, value: str = "yes") -> Is:
    return Is(slot=slot, value=value)


def both(program: Program, *turns: tuple[Atom, ...]) -> list[int]:
    """The number of firings in each turn, after checking them against the reference."""
    engine, reference = Durable(program), Reference(program)
    try:
        for atoms in turns:
            assert engine.infer(atoms) == reference.infer(atoms)
        return [len(engine.infer(atoms)) for atoms in turns]
    finally:
        engine.close()


def chain() -> Program:
    """a -> b -> c, and what follows from the absence of c."""
    return compile_program(
        [
            ("ab", holds("a"), [("b", "yes")]),
            ("bc", holds("b"), [("c", "yes")]),
            ("no-c", Nothing(parts=(holds("c"),)), [("d", "yes")]),
        ]
    )


A: tuple[Atom, ...] = (("a", "yes"),)


# --- beyond the engine's limits ------------------------------------------------------------------------------


def test_a_clause_with_more_premises_than_the_engine_takes() -> None:
    names = [f"p{number}" for number in range(40)]
    parts = (*map(holds, names[:30]), Nothing(parts=tuple(map(holds, names[30:]))))
    program = compile_program([("long", All(parts=parts), [("end", "yes")])])
    assert sum(not piece.clauses for group in encode(program).groups for piece in group) == 38
    enough = tuple((name, "yes") for name in names[:30])
    assert both(program, enough, enough[1:], (*enough, ("p35", "yes")), enough[:16]) == [1, 0, 0, 0]


def wide_clauses(*sizes: int) -> tuple[Program, tuple[Atom, ...]]:
    """A clause of each size, without a premise in common, and the atoms that make all of them fire."""
    names = {size: [f"p{size}-{number}" for number in range(size)] for size in sizes}
    items: list[Item] = [(f"r{n}", All(parts=tuple(map(holds, own))), [("end", str(n))]) for n, own in names.items()]
    return compile_program(items), tuple((name, "yes") for own in names.values() for name in own)


def test_joins_are_shared_and_begin_with_the_rarest_premises() -> None:
    items: list[Item] = [(f"r{n}", All(parts=tuple(map(holds, "abcde"))), [("end", str(n))]) for n in range(9)]
    items.append(("common", All(parts=tuple(map(holds, "axy"))), [("end", "x")]))
    program = compile_program(items)
    encoding = encode(program)
    joins = [piece for group in encoding.groups for piece in group if not piece.clauses]
    assert len(joins) == 4
    assert (encoding.number[("x", "yes")], encoding.number[("y", "yes")]) in {piece.needs for piece in joins}
    atoms = tuple((name, "yes") for name in "abcdexy")
    assert both(program, atoms, atoms[1:], atoms[:5], atoms) == [10, 0, 9, 10]


def test_an_atom_that_a_thousand_rules_ask_for() -> None:
    items: list[Item] = [
        (f"r{n}", All(parts=(holds("common"), holds("own", str(n)))), [("end", str(n))]) for n in range(1_000)
    ]
    program = compile_program(items)
    own = tuple(("own", str(number)) for number in range(1_000))
    assert both(program, (("common", "yes"), *own), own, (("common", "yes"), *own[::7])) == [1_000, 0, 143]


def test_more_clauses_than_one_ruleset_takes() -> None:
    """A chain through all of them, and absences that another ruleset has to derive first."""
    items: list[Item] = [(f"r{n}", holds(f"s{n}"), [(f"s{n + 97}", "yes")]) for n in range(4_200)]
    items += [(f"n{n}", Nothing(parts=(holds(f"s{n + 3_800}"),)), [("absent", str(n))]) for n in range(100)]
    program = compile_program(items)
    assert len(encode(program).groups) == 269
    assert both(program, (("s5", "yes"),), (), tuple((f"s{n}", "yes") for n in range(0, 97, 3))) == [143, 100, 1_495]


def test_only_the_rulesets_that_a_project_touches_are_made() -> None:
    items: list[Item] = [
        (f"r{n}", All(parts=(holds("topic", str(n // 20)), holds(f"common{n % 20}"))), [("end", str(n))])
        for n in range(2_000)
    ]
    common: tuple[Atom, ...] = tuple((f"common{n}", "yes") for n in range(20))
    engine = Durable(compile_program(items))
    made = [session for session in engine._sessions if session._shard]
    assert not made
    assert len(engine.infer((*common, ("topic", "7")))) == 20
    made = [session for session in engine._sessions if session._shard]
    assert 1 <= len(made) <= 3 < len(engine._sessions)
    assert len(engine.infer((*common, ("topic", "90")))) == 20
    engine.close()


# --- broken runs ---------------------------------------------------------------------------------------------


class Faulty:
    """The C module, except that call number `breaks` of one function goes wrong."""

    def __init__(self, function: str, breaks: set[int], fault: Any) -> None:
        self.calls = 0
        self._function, self._breaks, self._fault = function, breaks, fault
        self._module = load_module()

    def __getattr__(self, name: str) -> Any:
        sound = getattr(self._module, name)
        if name != self._function:
            return sound

        def call(*arguments: Any) -> Any:
            self.calls += 1
            return self._fault(sound, *arguments) if self.calls in self._breaks else sound(*arguments)

        return call


def raises(error: BaseException) -> Any:
    def fault(sound: Any, *arguments: Any) -> Any:
        raise error

    return fault


def forged(sound: Any, *arguments: Any) -> Any:
    """A firing with a premise of another atom."""
    firing = sound(*arguments)
    return firing and firing.replace('"id":"1"', '"id":"2"')


def repeated(sound: Any, *arguments: Any) -> Any:
    sound(*arguments)
    return '{"0":{"c0":{"id":"1"}}}'


def bad_code(sound: Any, *arguments: Any) -> Any:
    return (2, sound(*arguments)[1])


FAULTS = [
    ("assert_facts", {1}, raises(RuntimeError("303"))),
    ("assert_facts", {2}, raises(RuntimeError("303"))),
    ("assert_facts", {2}, bad_code),
    ("start_action_for_state", {1}, lambda *_: None),
    ("start_action_for_state", {2}, raises(RuntimeError("305"))),
    ("complete_and_start_action", {1}, raises(RuntimeError("lost"))),
    ("complete_and_start_action", {1}, lambda *_: "no json"),
    ("complete_and_start_action", {1}, forged),
    ("complete_and_start_action", {2}, repeated),
    ("retract_facts", {1}, raises(RuntimeError("gone"))),
    ("retract_facts", {1}, bad_code),
]


@pytest.mark.parametrize(("function", "breaks", "fault"), FAULTS)
def test_a_failure_is_met_with_a_fresh_session(
    monkeypatch: pytest.MonkeyPatch, function: str, breaks: set[int], fault: Any
) -> None:
    faulty = Faulty(function, breaks, fault)
    monkeypatch.setattr(driver, "load_module", lambda: faulty)
    engine, reference = Durable(chain()), Reference(chain())
    for atoms in (A, (), A, ()):
        assert engine.infer(atoms) == reference.infer(atoms)
    engine.close()
    assert faulty.calls > max(breaks)


@pytest.mark.parametrize(("function", "_breaks", "fault"), FAULTS)
def test_a_failure_that_stays_is_reported(
    monkeypatch: pytest.MonkeyPatch, function: str, _breaks: set[int], fault: Any
) -> None:
    monkeypatch.setattr(driver, "load_module", lambda: Faulty(function, set(range(1, 100)), fault))
    engine = Durable(chain())
    with pytest.raises(EngineFailed, match="failed twice"):
        engine.infer(A)
    engine.close()


def test_an_interrupted_run_leaves_no_facts_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        driver, "load_module", lambda: Faulty("complete_and_start_action", {2}, raises(KeyboardInterrupt()))
    )
    engine = Durable(chain())
    with pytest.raises(KeyboardInterrupt):
        engine.infer(A)
    assert engine.infer(()) == Reference(chain()).infer(())
    engine.close()


def test_a_ruleset_that_cannot_be_created(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "load_module", lambda: Faulty("create_ruleset", {1, 2}, raises(RuntimeError("106"))))
    engine = Durable(chain())
    with pytest.raises(EngineFailed, match="106"):
        engine.infer(A)
    engine.close()


def test_a_closed_engine_refuses_instead_of_crashing() -> None:
    engine = Durable(chain())
    engine.close()
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        engine.infer(A)


# --- loading the module --------------------------------------------------------------------------------------


def test_a_missing_symbol_is_bound_late(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = sys.getdlopenflags()
    seen = []

    def import_module(name: str) -> SimpleNamespace:
        seen.append(sys.getdlopenflags())
        if len(seen) == 1:
            raise ImportError("undefined symbol: PyEval_CallObject")
        return SimpleNamespace(name=name)

    monkeypatch.setattr(driver.importlib, "import_module", import_module)
    monkeypatch.setattr(sys, "platform", "linux")
    assert load_module().name == "durable_rules_engine"
    assert seen == [flags, os.RTLD_LAZY]
    assert sys.getdlopenflags() == flags


@pytest.mark.parametrize(("error", "platform"), [(ModuleNotFoundError, "linux"), (ImportError, "win32")])
def test_what_cannot_help_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, error: type[ImportError], platform: str
) -> None:
    calls = []

    def import_module(name: str) -> None:
        calls.append(name)
        raise error(name)

    monkeypatch.setattr(driver.importlib, "import_module", import_module)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(error):
        load_module()
    assert len(calls) == 1


# --- threads, processes, memory ------------------------------------------------------------------------------


def threads(count: int, work: Any) -> list[Any]:
    """Run `work(number)` in threads; their results, or the first exception."""
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    running = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def grid() -> tuple[Program, list[tuple[Atom, ...]]]:
    """200 rules in chains, and eight projects that share none of their conclusions."""
    items: list[Item] = [(f"r{n}", holds(f"s{n}"), [(f"s{n + 8}", "yes")]) for n in range(200)]
    items.append(("none", Nothing(parts=tuple(holds(f"s{n}") for n in (200, 202, 204))), [("odd", "yes")]))
    return compile_program(items), [((f"s{number}", "yes"),) for number in range(8)]


@pytest.fixture
def small_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("small_switches")
def test_eight_conversations_share_one_engine() -> None:
    program, projects = grid()
    expected = [Reference(program).infer(atoms) for atoms in projects]
    engine = Durable(program)
    answers = threads(8, lambda number: [engine.infer(projects[number]) for _ in range(30)])
    engine.close()
    assert answers == [[answer] * 30 for answer in expected]


@pytest.mark.usefixtures("small_switches")
def test_engines_in_several_threads_do_not_disturb_each_other() -> None:
    program, projects = grid()
    expected = [Reference(program).infer(atoms) for atoms in projects]

    def work(number: int) -> list[Any]:
        answers = []
        for _ in range(3):
            engine = Durable(program)
            answers += [engine.infer(projects[number]) for _ in range(5)]
            engine.close()
        return answers

    assert threads(4, work) == [[answer] * 15 for answer in expected[:4]]


def run_python(code: str, **environment: str) -> str:
    """Standard output of `code` in a fresh interpreter with this folder on its path; fails unless it ends well."""
    path = os.pathsep.join((str(Path(__file__).parent), *sys.path))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout


@pytest.mark.parametrize("end", ["engine.close()", "del engine", "pass"])
@pytest.mark.parametrize("runs", [0, 1, 3])
def test_freeing_survives_poisoned_memory(runs: int, end: str) -> None:
    """With freed and fresh memory filled with rubbish: the engine crashes here if its sessions are freed carelessly."""
    code = f"""
from test_durable import A, Durable, chain
for _ in range(5):
    engine = Durable(chain())
    for _ in range({runs}):
        assert len(engine.infer(A)) == 2
    {end}
print("done")
"""
    assert run_python(code, MALLOC_PERTURB_="165") == "done\n"


def test_answers_do_not_depend_on_hash_order() -> None:
    code = """
import hashlib, random
from programs import leveled_program, some_atoms
from assistant.reasoning.durable import Durable
from assistant.reasoning.reference import Reference
digest = hashlib.sha256()
for seed in range(12):
    rng = random.Random(seed)
    items, program = leveled_program(rng)
    digest.update(repr((program.clauses, program.thresholds, program.never, program.room)).encode())
    for kind in (Durable, Reference):
        engine = kind(program)
        digest.update(repr(engine.infer(some_atoms(random.Random(seed), program))).encode())
        engine.close()
print(digest.hexdigest())
"""
    assert len({run_python(code, PYTHONHASHSEED=seed) for seed in ("1", "2", "77")}) == 1


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind")
def test_no_access_beyond_what_the_engine_allocated(tmp_path: Path) -> None:
    """durable_rules corrupts its heap if it is driven carelessly, and often goes on to answer correctly."""
    script = tmp_path / "run.py"
    script.write_text(
        """
from test_durable import Durable, wide_clauses
program, atoms = wide_clauses(3, 5, 16)
engine = Durable(program)
for _ in range(3):
    assert len(engine.infer(atoms)) == 3
engine.close()
"""
    )
    path = os.pathsep.join((str(Path(__file__).parent), *sys.path))
    done = subprocess.run(
        ["valgrind", "--malloc-fill=00", "--undef-value-errors=no", "--error-exitcode=9", sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": path, "PYTHONMALLOC": "malloc"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.nightly
def test_memory_stays_flat_over_many_turns() -> None:
    code = """
import resource
from test_durable import Durable, grid
program, projects = grid()
engine = Durable(program)
def rounds(count):
    for _ in range(count):
        for atoms in projects:
            engine.infer(atoms)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = rounds(200)
print(rounds(2_000) - before)
"""
    assert int(run_python(code)) < 2_000  # KiB
