"""The starters, without installing anything: pip and venv are played."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
OFFLINE = "ERROR: Could not install: Failed to establish a new connection: [Errno -3]"
NO_COMPILER = "error: command 'cc' failed: No such file or directory"

Pip = Callable[[list[str]], "str | None"]


class Machine:
    """A checkout in which venv and pip only note what they are asked; `answers` says how pip answers."""

    def __init__(self, environment: ModuleType, home: Path) -> None:
        self.environment = environment
        self.home = home
        self.created = 0
        self.loadable = True
        self.asked: list[list[str]] = []
        self.answers: Pip = lambda arguments: None

    def create(self, home: str) -> None:
        self.created += 1
        python = Path(home) / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        if not python.exists():
            python.symlink_to(sys.executable)

    def pip(self, python: str, arguments: list[str]) -> str | None:
        self.asked.append(arguments)
        return self.answers(arguments)

    def prepare(self, *extras: str) -> str:
        self.asked.clear()
        python: str = self.environment.prepare(extras)
        return python


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    spec = importlib.util.spec_from_file_location("_environment", ROOT / "scripts" / "_environment.py")
    assert spec and spec.loader
    environment = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(environment)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    home = tmp_path / ".venv"
    for name, value in (("ROOT", tmp_path), ("HOME", home), ("STAMP", home / "prepared.json"), ("LOG", home / "log")):
        monkeypatch.setattr(environment, name, str(value))
    played = Machine(environment, home)
    monkeypatch.setattr(environment, "_create", played.create)
    monkeypatch.setattr(environment, "_run_pip", played.pip)
    monkeypatch.setattr(environment, "_has_engine", lambda python: played.loadable)
    return played


def test_the_first_start_installs_the_engine_alone_and_then_the_project(machine: Machine) -> None:
    python = machine.prepare()

    assert python == str(machine.home / "bin" / "python")
    engine, project = machine.asked
    assert "--no-cache-dir" in engine
    assert [one for one in engine if one.startswith("durable_rules")] and len(engine) == 4
    assert project == ["install", "--editable", "."]


def test_later_starts_do_nothing(machine: Machine) -> None:
    machine.prepare("dev")
    machine.prepare("dev")
    assert machine.asked == []
    machine.prepare()

    assert machine.asked == []
    assert machine.created == 1


def test_new_requirements_are_installed_into_the_same_environment(machine: Machine) -> None:
    machine.prepare()
    machine.prepare("dev")
    assert machine.asked[-1] == ["install", "--no-compile", "--editable", ".[dev]"]
    with Path(machine.environment.ROOT, "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    machine.prepare()

    assert machine.asked[-1] == ["install", "--no-compile", "--editable", ".[dev]"]
    assert machine.created == 1


def test_another_python_makes_a_new_environment(machine: Machine) -> None:
    machine.prepare()
    stamp = Path(machine.environment.STAMP)
    known = json.loads(stamp.read_text())
    known["fingerprint"]["python"] = ["3.99", "/elsewhere"]
    stamp.write_text(json.dumps(known))
    machine.prepare()

    assert machine.created == 2


@pytest.mark.parametrize("damage", ["", "[]", "{", "\x00"])
def test_a_damaged_note_means_to_start_again(machine: Machine, damage: str) -> None:
    machine.prepare()
    Path(machine.environment.STAMP).write_text(damage)
    machine.prepare()

    assert machine.created == 2


def test_without_a_compiler_everything_else_is_installed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(arguments: list[str]) -> str | None:
        return NO_COMPILER if any("durable_rules" in one for one in arguments) else None

    machine.answers = answer
    machine.prepare("dev")

    assert machine.asked[-1] == ["install", "--no-deps", "--editable", "."]
    assert any(one.startswith("textual") for one in machine.asked[-2])
    assert any(one.startswith("pytest") for one in machine.asked[-2])
    assert not any("durable" in one for one in machine.asked[-2])
    said = capsys.readouterr().err
    assert "build-essential" in said and "xcode-select" in said and "reference engine" in said


def test_an_engine_that_cannot_be_loaded_is_none(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.loadable = False
    machine.prepare()

    assert machine.asked[-1] == ["install", "--no-deps", "--editable", "."]
    assert "reference engine" in capsys.readouterr().err


@pytest.mark.parametrize("failing", ["durable_rules", "--editable"])
def test_without_a_network_it_says_so_and_tries_again_next_time(machine: Machine, failing: str) -> None:
    machine.answers = lambda arguments: OFFLINE if any(failing in one for one in arguments) else None

    with pytest.raises(machine.environment.NotPrepared, match="online"):
        machine.prepare()
    machine.answers = lambda arguments: None
    assert machine.prepare()


def test_another_failure_shows_the_last_lines_and_the_log(machine: Machine) -> None:
    machine.answers = lambda arguments: "\n".join(map(str, range(50))) if "--editable" in arguments else None

    with pytest.raises(machine.environment.NotPrepared, match=r"(?s)38.*49.*log"):
        machine.prepare()


def test_an_old_python_is_told_what_is_needed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.environment, "OLDEST", (9, 1))

    with pytest.raises(machine.environment.NotPrepared, match=r"needs Python 9\.1 or newer"):
        machine.prepare()
    assert machine.asked == []


def test_something_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for file in (ROOT / "scripts").glob("*.py"):
        shutil.copy(file, tmp_path / "scripts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    precious = tmp_path / ".venv" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("mine")
    done = subprocess.run(
        [sys.executable, tmp_path / "scripts" / "run.py"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, precious.read_text()) == (1, "mine")
    assert "is in the way" in done.stderr


@pytest.mark.parametrize("name", ["run.py", "test.py", "_environment.py"])
def test_old_pythons_can_read_the_starters(name: str) -> None:
    source = (ROOT / "scripts" / name).read_text()
    tree = ast.parse(source, feature_version=(3, 7))

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.NamedExpr)]
    imported = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - {"_environment"} <= set(sys.stdlib_module_names)


@pytest.mark.nightly
def test_a_fresh_clone_answers_with_one_command(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, str(clone / "scripts" / "run.py"), "--version"]
    first = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    again = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)

    assert first.stdout == again.stdout
    assert first.stdout.startswith("ml-stack-assistant ")
    assert "Ready" in first.stderr
    assert again.stderr == ""
