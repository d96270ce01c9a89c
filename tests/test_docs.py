"""What the documentation for developers names is there: files, functions, folders and dependencies."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("docs/architecture.md", "docs/engine.md", "docs/rules.md", "docs/performance.md")
FOLDERS = ("assistant", "docs", "knowledge", "scripts", "tests")


@cache
def files() -> tuple[str, ...]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return tuple(path.relative_to(ROOT).as_posix() for path in found)


@cache
def defined(file: str) -> frozenset[str]:
    """Functions, classes and constants of a module, and `Class.method`."""
    names = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            inner = {one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
            names |= {node.name, *inner, *(f"{node.name}.{name}" for name in inner)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def is_there(named: str) -> bool:
    """Whether a file, folder or `file: function` that a page names exists; anything else passes."""
    path, _, symbol = named.partition(": ")
    path = path.split(" ")[-1] if path.startswith(("python ", ".venv/bin/python ")) else path
    if re.fullmatch(r"[\w./-]+\.py", path):
        here = [file for file in files() if file == path or file.endswith(f"/{path}")]
        wanted = symbol.partition("(")[0]
        return any(not wanted or wanted in defined(file) for file in here)
    if re.fullmatch(r"(assistant|docs|knowledge|scripts|tests)/[\w./-]+", path):
        return path.rstrip("/") in files()
    if re.fullmatch(r"_[a-z]+(_[a-z]+)*(\(\))?|[A-Z][a-z]+([A-Z][a-z]+)*", named):
        return any(named.rstrip("()") in defined(file) for file in files() if file.endswith(".py"))
    return True


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    named = dict.fromkeys(re.findall(r"`([^`\n]+)`", text))
    assert [name for name in named if not is_there(name)] == []


def test_a_name_that_is_gone_is_noticed() -> None:
    assert is_there("dialogue/events.py: fold") and is_there("assistant/tui/draw/") and is_there("_firmly")
    for gone in (
        "dialogue/events.py: unfold",
        "reasoning/magic.py",
        "assistant/nowhere/",
        "_no_such_name",
        "NoSuchClass",
    ):
        assert not is_there(gone)


def test_every_dependency_is_told_with_its_reasons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    rows = [line for line in page.splitlines() if line.startswith("| [")]

    def name(requirement: str) -> str:
        return re.split(r"[<>=\[ ]", requirement, maxsplit=1)[0].lower()

    run = [name(one) for one in project["dependencies"]]
    assert [one for one in run if not any(row.startswith(f"| [{one}]") and row.count("|") == 7 for row in rows)] == []
    extra = {name(one) for own in project["optional-dependencies"].values() for one in own}
    assert [one for one in sorted(extra) if one not in page] == []
