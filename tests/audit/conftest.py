"""A knowledge with one of each thing that an audit looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from tests.knowledge import tiny

RULES = (
    tiny.NEED
    + tiny.rule("need-serving", "stage: production", "need: [serving]")
    + tiny.rule("by-default-a-prototype", "task: known", "default: {stage: prototype}")
    + tiny.rule("never", "task: ocr, none: {task: known}", "need: [serving]")
    + tiny.rule(
        "unasked",
        "task: classification, data_rows: unknown",
        "for: [delta]\n    points: 3\n    pillar: production_deployment",
    )
)
TOOLS = "tools:\n" + "".join(
    (
        tiny.tool("alpha", f"    strengths: [{tiny.strength(2)}]\n"),
        tiny.tool("beta", f"    strengths: [{tiny.strength(1)}, {tiny.strength(1, 'task: ocr')}]\n"),
        tiny.tool("gamma", f"    strengths: [{tiny.strength(1, 'task: ocr')}]\n", roles="serving"),
        tiny.tool("delta", f"    strengths: [{tiny.strength(1, 'stage: production')}]\n"),
        tiny.tool("epsilon", f"    strengths: [{tiny.strength(1)}]\n"),
    )
)
CAVEATS = """caveats:
  - {id: leave-alpha, severity: serious, when: {task: ocr}, about: [alpha], text: It ends, advice: Take Beta, source: book,
     verified: 2026-11-22}
  - {id: beware-of-beta, severity: serious, when: {task: ocr}, about: [beta], text: It ends too, advice: Take care,
     source: book, verified: 2026-11-22}
"""


@pytest.fixture
def flawed_folder(tmp_path: Path) -> Path:
    return tiny.write(tmp_path / "flawed", rules=RULES, tools=TOOLS, caveats=CAVEATS)


@pytest.fixture
def flawed(flawed_folder: Path) -> Knowledge:
    return load(base=flawed_folder)
