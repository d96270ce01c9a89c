from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from assistant.dialogue import trial
from assistant.knowledge import loading
from tests.audit.conftest import CAVEATS, RULES, TOOLS
from tests.knowledge import tiny

from .conftest import Run


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small knowledge in the place of the shipped one, which takes minutes to audit."""
    folder = tiny.write(tmp_path / "small", rules=RULES, tools=TOOLS, caveats=CAVEATS)
    monkeypatch.setattr(loading, "shipped", lambda: folder)
    return folder


def test_text_json_and_page(run: Run, tmp_path: Path) -> None:
    text = run("knowledge", "audit", "--projects", "100")
    data = run("knowledge", "audit", "--projects", "100", "--json", "--html", str(tmp_path / "audit.html"))
    shared = run("knowledge", "audit", "--projects", "100", "--json", "--workers", "2")

    assert (text.code, text.err) == (0, "")
    assert "Without a say: 1" in text.out and "smallest project: task: ocr" in text.out
    found = json.loads(data.out)
    assert found["projects"] == 100
    assert {section["title"] for section in found["sections"]} >= {"Ties", "Never first", "Without a say"}
    assert shared.out == data.out
    assert "<svg" in (tmp_path / "audit.html").read_text()


@pytest.mark.parametrize("sweep", ["pairwise", "exhaustive"])
def test_other_sweeps(run: Run, sweep: str) -> None:
    result = run("knowledge", "audit", "--sweep", sweep, "--slots", "task,stage")

    assert result.code == 0
    assert "9 projects" in result.out


def test_against_another_version_and_against_another_layer(run: Run, tmp_path: Path) -> None:
    old = tiny.write(tmp_path / "old", rules=RULES.replace("points: 3", "points: 1"), tools=TOOLS, caveats=CAVEATS)
    layer = tmp_path / "layer"
    layer.mkdir()
    (layer / "rules.yaml").write_text("rules:\n" + tiny.rule("ban", "task: ocr", "exclude: [alpha]"))
    whole = run("knowledge", "audit", "--projects", "40", "--against", str(old))
    over = run("knowledge", "audit", "--projects", "40", "--against", str(layer))

    assert "changed rules: unasked" in whole.out
    assert "framework: alpha → delta" in whole.out and "+2 for delta: unasked" in whole.out
    assert "removed rules: ban" in over.out
    assert "alpha is not excluded any more: ban" in over.out


def test_a_whole_version_that_ends_its_compiler_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tiny.write(tmp_path / "old", rules=RULES)
    monkeypatch.setattr(trial, "command", lambda *_: [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    refused = run("knowledge", "audit", "--against", str(old))
    assert refused.code == 1
    assert "SIGKILL" in refused.err and "Traceback" not in refused.err


def test_what_makes_no_sense_is_told(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "rules.yaml").write_text("rules:\n  - id: 7\n")

    assert run("knowledge", "audit", "--slots", "nonsense").code == 2
    assert run("knowledge", "audit", "--against", str(tmp_path / "nowhere")).code == 2
    refused = run("knowledge", "audit", "--against", str(broken))
    assert refused.code == 1 and "rules.yaml:2" in refused.err
    assert run("knowledge", "audit", "--html", str(tmp_path / "no" / "folder.html"), "--projects", "2").code == 1
