"""Folders that are not ours are compiled elsewhere first: what never ends, or takes the machine along, is left out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.dialogue import trial
from assistant.dialogue.advisor import Advisor
from assistant.dialogue.trial import Unfinished, attempt
from assistant.knowledge import loading
from tests.knowledge import tiny


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import time; time.sleep(60)", "within 1 seconds"),
        ("import re; re.match('(a+)+$', 'a' * 60 + 'b')", "within 1 seconds"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("raise MemoryError", "MB"),
    ],
)
def test_what_does_not_end_well_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, reason: str
) -> None:
    monkeypatch.setattr(trial, "command", lambda *_: [sys.executable, "-c", code])
    monkeypatch.setattr(trial, "LIMIT", 1.0)
    (tmp_path / "rules.yaml").write_text("rules: []\n", encoding="utf-8")

    with pytest.raises(Unfinished, match=reason):
        attempt((tmp_path,))
    advisor = Advisor.load(knowledge_dirs=(tmp_path,), engine="reference")
    assert advisor.knowledge.layers == ("shipped",)
    assert reason in (advisor.notice or "")


def test_what_was_compiled_elsewhere_is_only_decoded_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also folders whose names would confuse a command line."""
    folder = tmp_path / "a: b\n--c"
    folder.mkdir()
    (folder / "rules.yaml").write_text("rules: []\n", encoding="utf-8")
    attempt((folder,))
    monkeypatch.setattr(loading, "build", lambda extra: pytest.fail("it was compiled here"))
    assert loading.is_kept((folder,))
    assert len(loading.load((folder,)).layers) == 2


def test_what_is_known_already_is_not_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: [\n", encoding="utf-8")
    attempt((tmp_path,))
    monkeypatch.setattr(trial, "command", lambda *_: pytest.fail("it was tried again"))
    with pytest.raises(loading.KnowledgeError, match=r"rules\.yaml:2"):
        Advisor.build((tmp_path,))


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sound = trial.command
    start = "import sys; sys.path[:] = sys.argv[1:]; import assistant.dialogue.trial as t; t.MEMORY = 20_000_000; t.main([])"
    monkeypatch.setattr(trial, "command", lambda dirs, base: [*sound(dirs, base)[:3], start, *filter(None, sys.path)])
    with pytest.raises(Unfinished, match="MB"):
        attempt((tmp_path,))


def test_a_whole_knowledge_in_place_of_the_shipped_one_is_compiled_elsewhere_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = tiny.write(tmp_path / "whole")
    attempt((), whole)
    monkeypatch.setattr(loading, "build", lambda *_: pytest.fail("it was compiled here"))
    assert loading.is_kept((), whole)
    assert loading.load(base=whole).layers == ("shipped",)
