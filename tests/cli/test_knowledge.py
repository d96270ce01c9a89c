from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.dialogue.advisor import Advisor

from .conftest import Run


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def test_lint_names_file_line_and_what_was_expected(run: Run, mine: Path) -> None:
    (mine / "rules.yaml").write_text(
        "rules:\n"
        "  - id: ours\n"
        "    when: {task: classification}\n"
        "    need: [nothing]\n"
        "    because: It is so\n"
        "    source: nobody\n"
        "    verified: 2026-11-22\n"
    )
    result = run("knowledge", "lint", str(mine))

    assert result.code == 1
    own = [line for line in result.out.splitlines() if line.startswith("mine/rules.yaml:")]
    assert own
    assert all(": error: " in line or ": warning: " in line for line in own)
    assert any("; expected " in line for line in own)


def test_the_shipped_knowledge_has_no_errors(run: Run) -> None:
    result = run("knowledge", "lint", "--json")

    assert result.code == 0
    assert not [one for one in json.loads(result.out) if one["level"] == "error"]


def test_of_a_folder_lint_tells_only_what_it_brings_and_the_example_of_the_manual_is_sound(
    run: Run, tmp_path: Path
) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "authoring.md").read_text(encoding="utf-8")
    example = manual.partition("# acme/house.yaml\n")[2].partition("```")[0]
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "house.yaml").write_text(example, encoding="utf-8")
    result = run("knowledge", "lint", str(tmp_path / "acme"), "--notes")

    *told, summary = result.out.splitlines()
    assert summary.startswith("0 errors, 0 warnings, ")
    assert all("acme" in line for line in told)
    asked = run("--knowledge", str(tmp_path / "acme"), "ask", "predict churn from a table of 50,000 customers")
    assert "We standardise on CatBoost for tables (+5) [Engineering handbook (from the layer “acme”)" in asked.out
    assert "XGBoost" not in asked.out


def test_stats_show_and_search(run: Run, advisor: Advisor) -> None:
    stats = json.loads(run("knowledge", "stats", "--json").out)
    assert stats["version"] == advisor.knowledge.version
    assert stats["tools"] == len(advisor.knowledge.tools)
    tool = next(iter(advisor.knowledge.tools.values()))
    shown = json.loads(run("knowledge", "show", tool.id, "--json").out)
    assert shown["record"]["name"] == tool.name
    assert f"name: {tool.name}" in run("knowledge", "show", tool.id).out
    hits = json.loads(run("knowledge", "search", *tool.summary.split()[:3], "--json").out)
    assert tool.id in [hit["id"] for hit in hits]


def test_an_unknown_record_is_refused_with_what_is_near(run: Run) -> None:
    result = run("knowledge", "show", "scikit-lern")

    assert (result.code, result.out) == (1, "")
    assert "scikit-learn" in result.err


def test_the_schema_describes_the_files(run: Run) -> None:
    schema = json.loads(run("knowledge", "schema").out)

    assert {"tools", "rules", "caveats", "questions", "sources", "steps"} <= set(schema["properties"])


def test_knowledge_laid_over_counts(run: Run, mine: Path, advisor: Advisor) -> None:
    (mine / "sources.yaml").write_text(
        "sources:\n  - {id: our-own, title: Ours, url: https://example.org, kind: docs, verified: 2026-11-22}\n"
    )
    stats = json.loads(run("--knowledge", str(mine), "knowledge", "stats", "--json").out)

    assert stats["sources"] == len(advisor.knowledge.sources) + 1
    assert stats["version"] != advisor.knowledge.version
