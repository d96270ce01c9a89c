"""Own knowledge on the command line: a folder that is named, and the one in the configuration."""

from __future__ import annotations

import json
from pathlib import Path

from assistant import paths
from tests.layers import BRIEF, BROKEN, RULES

from .conftest import Run


def test_asking_goes_on_without_a_broken_layer(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "x.yaml").write_text(BROKEN, encoding="utf-8")
    result = run("--knowledge", str(broken), "ask", BRIEF)

    assert result.code == 0
    assert "Recommended stack" in result.out
    assert result.err.startswith("Warning: ") and "broken/x.yaml:2:5: error: " in result.err


def test_looking_things_up_goes_on_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(BROKEN, encoding="utf-8")
    result = run("--knowledge", str(tmp_path), "knowledge", "show", "litert")

    assert result.code == 0 and "name: LiteRT" in result.out
    assert "/x.yaml:2:5: error: " in result.err


def test_knowledge_in_the_configuration_is_laid_over_without_being_asked_for(
    run: Run,
    home: Path,
) -> None:
    own = paths.config_dir() / "knowledge"
    own.mkdir(parents=True)
    (own / "rules.yaml").write_text(RULES, encoding="utf-8")

    answer = json.loads(run("ask", "--json", BRIEF).out)
    assert answer["stack"]["framework"][0]["tool"] == "catboost"
    assert "xgboost" in answer["excluded"]
    assert "house-review" in answer["caveats"]
    assert "from the layer “own”" in answer["turns"][0]["reply"]
