"""The measurements run and compare like with like; what they find is judged by people, not here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
QUICK = "commands batch turns length store growth scale".split()
LONG = "start echo append peers".split()


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield
    for name in [name for name in sys.modules if name.startswith("_bench_")]:
        del sys.modules[name]


@pytest.mark.skipif(sys.platform == "win32", reason="select() takes no pipes there, and there is no pseudo-terminal")
@pytest.mark.parametrize("parts", [QUICK, pytest.param(LONG, marks=pytest.mark.nightly)], ids=" ".join)
def test_the_quick_form_runs_and_leaves_the_page_alone(parts: list[str]) -> None:
    """Every engine answers every project alike, or the script stops with an error."""
    before = PAGE.read_bytes()
    done = subprocess.run(
        [sys.executable, "scripts/bench.py", "--quick", *parts],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    assert [f"== {part} (" in done.stdout for part in parts] == [True] * len(parts)
    if "growth" in parts:
        for engine in ("durable", "reference", "clips", "clingo"):
            assert f"500 {engine}" in done.stdout
        for part in ("inference alone", "one what-if", "next question", "minimal changes", "whole turn"):
            assert f"growth x1    {part}" in done.stdout
    assert PAGE.read_bytes() == before


def test_the_page_has_a_section_for_each_part(scripts: None) -> None:
    import bench

    assert set(bench.ALL) == {*QUICK, *LONG}
    assert [part for part in bench.ALL if f"<!-- bench:{part} -->" not in PAGE.read_text()] == []


def test_grown_knowledge_has_the_size_asked_for_and_answers_alike(scripts: None) -> None:
    """A project of the shipped field gets the same first choices from three fields, a moved one those of its own."""
    from _bench_grow import in_field, of_fields, of_rules

    from assistant.knowledge.facts import Fact
    from assistant.knowledge.loading import load
    from assistant.reasoning.reasoner import Reasoner

    shipped = load()
    assert [len(of_rules(shipped, size).rules) for size in (500, 2_000)] == [500, 2_000]
    facts = (Fact("task", "forecasting"), Fact("language", "python"), Fact("stage", "production"))
    small, large = Reasoner(shipped, "reference"), Reasoner(of_fields(shipped, 2), "reference")
    alone = {choice.role: choice.ranking[0].tool for choice in small.conclude(facts).stack}
    assert {choice.role: choice.ranking[0].tool for choice in large.conclude(facts).stack} == alone
    moved = large.conclude(in_field(facts, 1))
    assert moved.first("framework") == f"{alone['framework']}-f1"


def test_a_section_of_the_page_is_replaced_and_the_rest_stays(
    scripts: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import _bench_report as report

    monkeypatch.setattr(report, "DOCS", tmp_path)
    monkeypatch.setattr(report, "PAGE", tmp_path / "performance.md")
    report.PAGE.write_text("# Performance\n\nby hand\n\n<!-- bench:a -->\nold\n<!-- /bench:a -->\n\nthe end\n")
    plot = report.chart("one", "A & B", "rules", "ms", {"x": [(1, 2.0), (10, 20.0)]}, goal=3.0)
    report.write("a", f"new\n{plot}")
    report.write("b", "more")
    page = report.PAGE.read_text()
    assert "old" not in page
    assert page.index("by hand") < page.index("new") < page.index("the end") < page.index("more")
    assert "A &amp; B" in (tmp_path / "images" / "one.svg").read_text()
