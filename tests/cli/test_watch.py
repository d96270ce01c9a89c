"""`chat --plain --watch`: an author edits a folder between two messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.cli import talking
from assistant.knowledge import loading
from tests.knowledge.tiny import NEED, rule, write

from .conftest import Run


def test_edits_hold_from_the_next_message_on(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "tiny")
    monkeypatch.setattr(loading, "shipped", lambda: folder)
    from assistant.dialogue.advisor import Advisor

    monkeypatch.setattr(Advisor, "load", lambda knowledge_dirs=(): Advisor.build(knowledge_dirs))
    edits: list[Any] = [
        lambda: "ocr",
        lambda: write(folder, rules=NEED + "  - {id: half\n") and "summary",
        lambda: write(folder, rules=NEED + rule("ban", "task: ocr", "exclude: [beta]")) and "why not beta?",
        lambda: None,
    ]
    monkeypatch.setattr(talking, "_read_line", lambda prompt: edits.pop(0)())
    result = run("chat", "--plain", "--watch")

    assert result.code == 0
    assert "tiny/rules.yaml:9:" in result.err and "The knowledge before goes on" in result.err
    assert "The edited knowledge holds now: rules new: ban." in result.err
    assert "It is so" in result.out  # the reason of the rule that was added


def test_it_is_for_conversations_only(run: Run) -> None:
    result = run("--watch", "ask", "x")
    assert result.code == 2
    assert "chat --watch" in result.err
