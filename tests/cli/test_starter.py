from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run

BRIEF = "churn prediction on 80k rows of CRM data"


def test_a_project_for_a_brief_or_the_last_session(run: Run, tmp_path: Path) -> None:
    told = json.loads(run("starter", str(tmp_path / "one"), BRIEF, "--json").out)
    assert told["starter"] == "tabular_classification"
    assert {str(file.relative_to(tmp_path / "one")) for file in (tmp_path / "one").rglob("*.*")} == set(told["files"])
    assert run("starter", str(tmp_path / "two"), "--last").code == 0
    shown = run("starter", str(tmp_path / "three"), "-s", told["session"])
    assert "python baseline.py" in shown.err
    for name in told["files"]:
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "three" / name).read_text()


def test_what_cannot_be_started_is_refused(run: Run, tmp_path: Path) -> None:
    assert "no session yet" in run("starter", str(tmp_path / "one")).err
    assert "no recommendation" in run("starter", str(tmp_path / "one"), "hello").err
    assert run("starter", str(tmp_path / "one"), "--last", "-s", "x").code == 2
    run("starter", str(tmp_path / "one"), BRIEF)
    again = run("starter", str(tmp_path / "one"))
    assert (again.code, "Nothing is written" in again.err) == (1, True)
