"""Broken knowledge is told with file, line, what is wrong and what was expected; sound knowledge is cached."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import paths
from assistant.knowledge import reading
from assistant.knowledge.conditions import ConditionError, amount, bounds
from assistant.knowledge.loading import KnowledgeError, load, read
from assistant.knowledge.reading import Document, Finding
from assistant.knowledge.reading import read as read_file

TOOL = """tools:
  - id: acme-ml
    name: Acme ML
    summary: A library of our own
    home: https://example.org
    source: acme
    verified: 2026-11-22
    licence: {spdx: MIT, kind: permissive, note: Free}
    status: {state: active, evidence: We make it}
    roles: [framework]
    tasks: [ocr]
"""
SOURCE = "sources:\n  - {id: acme, title: Acme, url: https://example.org, kind: docs, verified: 2026-11-22}\n"


def layer(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "acme"
    for name, text in files.items():
        place = folder / "tools" / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_knowledge_is_sound_and_comes_from_the_cache_the_second_time() -> None:
    known = load()
    assert len(known.tools) >= 30
    stamps = list(paths.cache_dir().glob("knowledge-*.msgpack"))
    assert stamps
    assert load() == known


def test_a_damaged_cache_is_made_again() -> None:
    known = load()
    for stamp in paths.cache_dir().glob("knowledge-*.msgpack"):
        stamp.write_bytes(b"\xc1 nothing")
    assert load() == known


@pytest.mark.usefixtures("folder")
def test_a_layer_adds_to_the_shipped_knowledge(tmp_path: Path) -> None:
    folder = layer(tmp_path, tool=SOURCE + TOOL)
    known, findings = read((folder,))
    assert known.tools["acme-ml"].layer == "acme"
    assert not [f for f in findings if f.file.startswith("acme")]
    assert known.version != load().version


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: Acme ML", "nmae: Acme ML", 2, "nmae"),
        ("state: active", "state: alive", 10, "active"),
        ("verified: 2026-11-22\n    lic", "verified: yesterday\n    lic", 8, "verified"),
        ("source: acme", "source: acme-docs", 7, "there is no source"),
        ("roles: [framework]", "roles: [frame]", 11, "there is no role"),
        ("tasks: [ocr]", "tasks: [orc]", 12, "there is no value of task"),
        ("home: https://example.org", "home: javascript:alert(1)", 6, "https://"),
        ("roles: [framework]", "roles: &a [framework]", 11, "anchors"),
        ("roles: [framework]", "roles: [framework]\n    roles: []", 12, "twice"),
        ("roles: [framework]", "roles: [framework", 12, "is not YAML"),
        (
            "    roles: [framework]",
            "    strengths: [{pillar: production_deployment, points: 2, text: Good, when: {tsak: ocr}}]",
            11,
            "there is no slot 'tsak'",
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in TOOL
    folder = layer(tmp_path, tool="sources:\n" + SOURCE.splitlines()[1] + "\n" + TOOL.replace(old, new))
    with pytest.raises(KnowledgeError) as error:
        load((folder,))
    told = [f for f in error.value.findings if f.file == "acme/tools/tool.yaml"]
    assert any(words in str(f) for f in told), told
    assert any(abs(f.line - line - 1) <= 2 for f in told), (line, told)


def test_a_flood_of_values_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_VALUES", 1_000)
    assert isinstance(reading.parse("- a\n" * 900, "x.yaml"), Document)
    found = reading.parse("- a\n" * 1_100, "x.yaml")
    assert isinstance(found, Finding)
    assert "x.yaml:999:" in str(found) and "more than 1,000 values" in str(found)


def test_bombs_and_monsters_are_refused_quickly(tmp_path: Path) -> None:
    bomb = "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    deep = "a: " + "[" * 5000 + "]" * 5000
    for number, text in enumerate((bomb, deep, "a: !!python/object:os.system x", "\x00", "- 1\n- 2")):
        place = tmp_path / f"{number}.yaml"
        place.write_text(text, encoding="utf-8")
        found = read_file(place, place.name)
        assert isinstance(found, Finding | Document)
        if number < 3:
            assert isinstance(found, Finding)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"x" * 10_000_001)
    assert isinstance(read_file(large, "large.yaml"), Finding)


@settings(max_examples=150, deadline=None)
@given(
    raw=st.one_of(st.binary(max_size=200), st.text(alphabet="ab:-[]{}&*!#'\" \n\t0?|>", max_size=120).map(str.encode))
)
def test_any_bytes_are_a_document_or_a_finding(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("y") / "any.yaml"
    place.write_bytes(raw)
    assert isinstance(read_file(place, "any.yaml"), Finding | Document)


def test_text_stays_the_text_that_was_written(tmp_path: Path) -> None:
    place = tmp_path / "plain.yaml"
    place.write_text("version: 1.10\nday: 2026-11-22\nanswer: no\ncount: 3\nyes: true\n", encoding="utf-8")
    found = read_file(place, "plain.yaml")
    assert isinstance(found, Document)
    assert found.data == {"version": "1.10", "day": "2026-11-22", "answer": "no", "count": "3", "yes": "true"}
    assert found.place(("answer",)) == (3, 9)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("100 ms", "seconds", 0.1),
        ("16 GB", "bytes", 16e9),
        ("10k", "rows", 1e4),
        ("2.5e5", "rows", 2.5e5),
        ("3 weeks", "days", 21),
        ("7B", "parameters", 7e9),
    ],
)
def test_amounts(text: str, unit: str, value: float) -> None:
    assert amount(text, unit) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "many", "10 parsecs", "5..1", "< ", "1..2..3", "=< 3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        bounds(text, "rows")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among files here")
def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe.yaml", tmp_path / "endless.yaml"
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    for place in (pipe, link):
        found = read_file(place, "x.yaml")
        assert isinstance(found, Finding) and "no ordinary file" in found.message
