"""The sentences beside each value are checked, and what is wrong with them is told at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import loading
from assistant.knowledge.places import Places
from assistant.language.values import lint_values
from tests.knowledge.tiny import write

TESTS = """
stage:
  prototype: {says: [we build a prototype], not: [it goes live]}
  production: {says: [we build a prototype], not: [it goes into production]}
  moon: {says: [to the moon]}
steps: {}
"""


def told(*extra: Path) -> list[str]:
    known, builder = loading.build(extra)
    return [str(finding) for finding in lint_values(known, Places(builder))]


def test_every_shipped_value_has_sentences_that_say_it_and_others_that_do_not() -> None:
    assert told() == []


def test_tests_that_fail_and_tests_of_nothing_are_told_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "knowledge"
    write(folder, **{"phrases/values": TESTS})
    monkeypatch.setattr(loading, "shipped", lambda: folder)
    lines = told()

    def one(words: str) -> str:
        (line,) = [line for line in lines if words in line]
        return line.removeprefix("knowledge/phrases/values.yaml:")

    assert one("'moon' is no value of stage").startswith("5:9: error")
    assert one("no slot 'steps'").startswith("6:8: error")
    assert one("stage: production is not heard in").startswith("4:23: warning")
    assert one("stage: production is heard in").startswith("4:52: warning")
    assert not [line for line in lines if "stage: prototype" in line and "rather" not in line]
    assert [line for line in lines if "no test sentence says task: ocr" in line]


def test_a_file_of_another_form_is_an_error_and_no_crash(tmp_path: Path) -> None:
    write(tmp_path / "own", **{"phrases/values": "task: {ocr: [read it]}\n"})
    (line,) = told(tmp_path / "own")
    assert "error: phrases/values.yaml" in line
