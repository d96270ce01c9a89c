"""Whatever somebody writes, the loader and the lints answer with findings and never with a crash."""

from __future__ import annotations

import copy
import random
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.knowledge import loading, reading
from assistant.knowledge.building import Builder
from assistant.knowledge.lint import in_order, lint_records
from assistant.knowledge.model import Knowledge
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Document, Finding
from assistant.reasoning.lint import lint_rules

KINDS = ("sources", "slots", "roles", "pillars", "tools", "rules", "caveats", "questions", "steps")

junk = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        [
            "0",
            "-1",
            "1e999",
            "nan",
            "true",
            "2026-13-45",
            "٢٠٢٦-٠١-٠١",
            "> 10",
            "<",
            "1..",
            "{tool}",
            "any",
            "",
            "\x00",
            "task",
        ]
    ),
    st.lists(st.sampled_from(["ocr", "android", "no-such", ""]), max_size=3),
    st.recursive(
        st.sampled_from(["ocr", "known", "unknown", "< 10", ">= 1k", "permissive_only"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["any", "all", "none", "not", "must", "of", "task", "data_rows", "licence", "in_play", "x"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=6,
    ),
)


@cache
def shipped() -> dict[str, Document]:
    """All shipped files of records, read once."""
    root = loading.shipped()
    found = {}
    for file in sorted(root.rglob("*.yaml")):
        document = reading.read(file, f"knowledge/{file.relative_to(root).as_posix()}")
        assert isinstance(document, Document)
        if "/phrases/" not in document.name:
            found[document.name] = document
    return found


@cache
def records() -> list[tuple[str, Any]]:
    """Some shipped records of every kind, small enough in number that a build with all of them takes milliseconds."""
    kept: list[tuple[str, Any]] = []
    rng = random.Random(1)
    for kind in KINDS:
        held = [(kind, item) for d in shipped().values() if isinstance(d.data, dict) for item in d.data.get(kind) or ()]
        kept += held if kind in ("slots", "roles", "pillars") else rng.sample(held, min(len(held), 25))
    return kept


def built(listed: list[tuple[str, Any]]) -> tuple[Knowledge, Builder]:
    """A knowledge of these records, in one file."""
    data: dict[str, list[Any]] = {}
    for kind, item in listed:
        data.setdefault(kind, []).append(item)
    builder = Builder()
    builder.add(Document("fuzz/all.yaml", data, {}), "shipped")
    return builder.build(("shipped",)), builder


def judged(known: Knowledge, builder: Builder) -> list[Finding]:
    places = Places(builder)
    return in_order([*builder.findings, *lint_records(known, places), *lint_rules(known, places)])


def spots(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all values inside a record."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, held in inner for spot in spots(held, (*path, key)))]


def replaced(record: Any, path: tuple[str | int, ...], value: Any, how: str) -> Any:
    """A copy of the record with the value at `path` replaced, taken out, renamed or doubled."""
    if not path:
        return value
    made = copy.deepcopy(record)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    last: Any = path[-1]
    if how == "remove":
        del holder[last]
    elif how == "rename" and isinstance(holder, dict):
        holder[str(value)] = holder.pop(last)
    elif how == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder[last] = value
    return made


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_mutated_records_are_told_and_never_crash(data: st.DataObject) -> None:
    listed = [*records()]
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(listed) - 1))
        kind, record = listed[number]
        path = data.draw(st.sampled_from(spots(record)))
        how = data.draw(st.sampled_from(["set", "remove", "rename", "double"]))
        listed[number] = (kind, replaced(record, path, data.draw(junk), how))

    known, builder = built(listed)
    findings = judged(known, builder)

    assert all(f.level in ("error", "warning", "note") and f.line >= 1 and f.message for f in findings)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(known), type=Knowledge) == known


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(["tools/edge.yaml", "rules/tabular.yaml", "caveats/llm.yaml", "questions/questions.yaml"]),
    start=st.integers(0, 200),
    edits=st.lists(
        st.tuples(
            st.integers(0, 2000), st.sampled_from([*":-#[]{}'\"&*!|>%@\t\n \\,?", "\u2028", "\x07", "é"]), st.booleans()
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_files_with_slips_are_documents_or_findings(name: str, start: int, edits: list[tuple[int, str, bool]]) -> None:
    lines = (loading.shipped() / name).read_text(encoding="utf-8").splitlines(keepends=True)
    text = lines[0] + "".join(lines[1 + start : 40 + start])
    for at, sign, insert in edits:
        at %= len(text)
        text = text[:at] + sign + text[at + (not insert) :]

    document = reading.parse(text, name)

    if isinstance(document, Finding):
        assert document.level == "error" and 1 <= document.line <= text.count("\n") + 2
        return
    builder = Builder()
    builder.add(document, "shipped")
    assert all(f.file == name and f.line <= text.count("\n") + 2 for f in builder.findings)
    judged(builder.build(("shipped",)), builder)


def test_the_records_that_are_mutated_are_sound_to_begin_with() -> None:
    known, builder = built([*records()])
    assert len(known.tools) == 25 and len(known.slots) > 15
    assert not [f for f in builder.findings if "Field required" in f.message or "Input should" in f.message]


def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    tool = copy.deepcopy(next(record for kind, record in records() if kind == "tools"))
    for day in ("2026-02-30", "2026-13-01", "٢٠٢٦-٠١-٠١", "2026-1-1", "2026-01-01\n"):
        _, builder = built([("tools", tool | {"verified": day})])
        assert any("verified" in f.message for f in builder.findings), day
