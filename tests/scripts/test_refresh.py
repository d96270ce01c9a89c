"""Refreshing releases, on recorded answers: no test asks the network."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import paths
from assistant.knowledge import loading, reading
from tests.knowledge.tiny import TOOLS, tool, write

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import refresh_knowledge  # noqa: E402
from _package_index import (  # noqa: E402
    KEPT,
    Answer,
    Current,
    File,
    Remembering,
    Remote,
    Unavailable,
    current,
    licence_of,
    normalised,
    plain,
)

TODAY = date(2026, 11, 22)
SOLO = "".join(
    (
        "# Written by hand.\n",
        TOOLS,
        tool(
            "delta",
            '    packages: {pypi: delta-ml}\n    release: {version: "1.0", date: 2026-01-05}  # the last one\n',
        ),
        "  # Its own little block.\n",
        tool(
            "epsilon",
            "    packages: {pypi: Epsilon_Kit}\n"
            "    release:\n"
            "      version: 0.9.0   # quiet since\n"
            "      date: 2024-02-01\n"
            "      verified: 2025-12-01\n",
        ),
        tool("zeta", "    packages: {pypi: zeta}\n"),
        tool("eta", "    packages: {pypi: eta}\n"),
    )
)

RECORDED: dict[str, dict[str, Any]] = json.loads("""
{
  "delta-ml": {
    "files": [
      {"version": "1.0", "day": "2026-01-05", "yanked": "broken on Windows"},
      {"version": "1.1", "day": "2026-10-02", "python": ">=3.11"},
      {"version": "1.1", "day": "2026-10-01", "python": ">=3.11"},
      {"version": "1.10", "day": "2026-11-01", "python": ">=3.11"},
      {"version": "2.0rc1", "day": "2026-11-10", "python": ">=3.12"},
      {"version": "1.11", "day": "2026-11-15", "yanked": ""},
      {"version": "not a version", "day": "2026-11-16"}
    ],
    "licence": "MIT"
  },
  "epsilon-kit": {
    "files": [{"version": "0.9.0", "day": "2024-02-01"}],
    "status": "archived", "reason": "use delta\\u001b[31m", "licence": "GPL-3.0-only"
  },
  "eta": {"files": [{"version": "1.10", "day": "2026-11-01"}], "licence": "MIT"},
  "zeta": {"files": [{"version": "3", "day": "2026-11-01", "yanked": "all of it"}]}
}
""")


class Shelf:
    """An index that knows the recorded answers and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, package: str) -> Answer:
        self.asked.append(package)
        known = RECORDED.get(normalised(package))
        if known is None:
            raise Unavailable("the index does not know this package")
        return Answer(package, **known | {"files": [File(**file) for file in known["files"]]})


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of tools of a tiny knowledge."""
    folder = tmp_path / "knowledge"
    write(folder, tools="tools: []\n", **{"tools/all": SOLO})
    monkeypatch.setattr(loading, "shipped", lambda: folder)
    return folder / "tools" / "all.yaml"


def refresh(*names: str, write: bool = False) -> tuple[str, dict[str, refresh_knowledge.Finding]]:
    shown: list[str] = []
    found = refresh_knowledge.refresh(names, Shelf(), TODAY, write=write, show=shown.append)
    return "".join(shown), {finding.tool: finding for finding in found}


def test_it_shows_a_diff_of_the_release_alone_and_changes_nothing(tools: Path) -> None:
    before = tools.read_bytes()
    shown, found = refresh("delta")

    assert tools.read_bytes() == before
    changed = [
        line for line in shown.splitlines() if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    ]
    assert changed == [
        '-    release: {version: "1.0", date: 2026-01-05}  # the last one',
        '+    release: {version: "1.10", date: 2026-11-01}  # the last one',
    ]
    assert "--- a/knowledge/tools/all.yaml" in shown
    assert found["delta"].current == Current("1.10", "2026-11-01", ">=3.11")
    assert found["delta"].notes == ["the recorded release 1.0 was yanked: broken on Windows"]


def test_written_files_keep_every_other_character(tools: Path) -> None:
    before = tools.read_text()
    refresh("delta-ML", "epsilon", write=True)

    expected = before.replace('"1.0", date: 2026-01-05', '"1.10", date: 2026-11-01').replace(
        "verified: 2025-12-01", "verified: 2026-11-22"
    )
    assert tools.read_text() == expected != before
    assert [path.name for path in tools.parent.iterdir()] == ["all.yaml"]


def test_the_day_of_verification_is_added_behind_the_date(tools: Path) -> None:
    old = tools.read_text().replace("source: book\n    verified: 2026-11-22", "source: book\n    verified: 2026-06-01")
    tools.write_text(old.replace("      verified: 2025-12-01\n", ""))
    refresh("delta", "epsilon", write=True)

    assert 'release: {version: "1.10", date: 2026-11-01, verified: 2026-11-22}  # the last one' in tools.read_text()
    assert "      date: 2024-02-01\n      verified: 2026-11-22\n" in tools.read_text()


def test_a_record_without_a_release_gets_a_line_below_its_status(tools: Path) -> None:
    before = tools.read_text().splitlines()
    _, found = refresh("eta", write=True)
    after = tools.read_text().splitlines()

    (new,) = [number for number, line in enumerate(after) if line not in before]
    assert after[new] == '    release: {version: "1.10", date: 2026-11-01, verified: 2026-11-22}'
    assert after[new - 1].lstrip().startswith("status:")
    assert after[:new] + after[new + 1 :] == before
    assert found["eta"].notes == ["the record names no release"]


def test_what_needs_a_person_is_told_and_left_alone(tools: Path) -> None:
    shown, found = refresh("epsilon", "zeta")

    assert found["epsilon"].notes == [
        "the package is archived: use delta [31m",
        "the record says that it is active",
        "no release since 2024-02-01",
        "the record has the licence MIT, the package GPL-3.0-only",
    ]
    assert found["zeta"].notes == ["there is no release that could be installed"]
    assert "\x1b" not in shown


def test_a_record_that_is_ahead_of_the_index_stays(tools: Path) -> None:
    tools.write_text(tools.read_text().replace('version: "1.0"', 'version: "9.0"'))
    shown, found = refresh("delta", write=True)

    assert 'version: "9.0"' in tools.read_text() and "+++" not in shown
    assert found["delta"].notes == ["the record is ahead of the index"]


def test_one_failure_does_not_stop_the_others(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RECORDED, "epsilon-kit")
    _, found = refresh("epsilon", "delta")
    assert found["epsilon"].notes == ["the index does not know this package"]
    assert found["delta"].current


@pytest.mark.parametrize(
    ("names", "words"),
    [(["nobody"], "is called 'nobody'"), (["alpha"], "names no Python package"), (["../../etc"], "is no package name")],
)
def test_unknown_names_are_refused(tools: Path, names: list[str], words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        refresh(*names)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "refresh_knowledge.py"
    return subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments", [[], ["--limit", "1", "a", "b"], ["--limit", "10000", "a"], ["--all"], [f"tool{n}" for n in range(11)]]
)
def test_it_refuses_to_look_at_everything(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_the_command_reports_from_remembered_answers(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf()
    monkeypatch.setattr(refresh_knowledge, "Remote", lambda: shelf)
    report = tmp_path / "report.json"
    for _ in range(2):
        assert refresh_knowledge.main(["delta", "--report", str(report)]) == 0
    assert shelf.asked == ["delta-ml"]
    assert (paths.cache_dir() / "packages" / "delta-ml.json").is_file()
    (entry,) = json.loads(report.read_text())
    assert entry["current"] == {"version": "1.10", "day": "2026-11-01", "python": ">=3.11"}
    assert "delta: recorded 1.0, current 1.10 of 2026-11-01, Python >=3.11, MIT" in capsys.readouterr().out
    (paths.cache_dir() / "packages" / "delta-ml.json").unlink()


def test_answers_are_forgotten_after_a_day_and_damaged_ones_at_once(tmp_path: Path) -> None:
    now = [1000.0]
    shelf = Shelf()
    index = Remembering(lambda: shelf, tmp_path, clock=lambda: now[0])
    assert index.ask("Delta.ML").files == index.ask("delta-ml").files
    assert len(shelf.asked) == 1
    now[0] += KEPT + 1
    index.ask("delta_ml")
    assert len(shelf.asked) == 2
    for damage in ("{", "[]", '{"asked": 1}', json.dumps({"asked": now[0], "answer": {"files": 3}})):
        (tmp_path / "delta-ml.json").write_text(damage)
        index.ask("delta-ml")
    assert len(shelf.asked) == 6


class NoSuchProjectError(Exception):
    pass


class NoMetadataError(Exception):
    pass


def library(pages: dict[str, list[SimpleNamespace]], metadata: str) -> ModuleType:
    """What the client library would be, over pages that are at hand."""

    class Client:
        def get_project_page(self, name: str, timeout: float) -> SimpleNamespace:
            if name not in pages:
                raise NoSuchProjectError(name)
            return SimpleNamespace(packages=pages[name], status=None, status_reason=None)

        def get_package_metadata(self, file: SimpleNamespace, timeout: float, verify: bool) -> str:
            if not metadata:
                raise NoMetadataError
            return metadata

    made: Any = ModuleType("pypi_simple")
    made.PyPISimple = Client
    made.NoSuchProjectError, made.NoMetadataError = NoSuchProjectError, NoMetadataError
    made.UnsupportedContentTypeError = ValueError
    return made


@pytest.mark.parametrize(("metadata", "licence"), [("License-Expression: Apache-2.0\n\nText", "Apache-2.0"), ("", "")])
def test_requests_are_a_second_apart(monkeypatch: pytest.MonkeyPatch, metadata: str, licence: str) -> None:
    from datetime import datetime

    wheel = SimpleNamespace(
        version="2.0",
        upload_time=datetime(2026, 5, 4, 3, 2),
        requires_python=">=3.10",
        is_yanked=False,
        yanked_reason=None,
        package_type="wheel",
        has_metadata=None,
        metadata_digests=None,
    )
    requests: Any = ModuleType("requests")
    requests.RequestException = OSError
    monkeypatch.setitem(sys.modules, "requests", requests)
    monkeypatch.setitem(sys.modules, "pypi_simple", library({"eta": [wheel]}, metadata))
    now, waits = [50.0], []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    remote = Remote(wait, lambda: now[0])
    assert remote.ask("eta") == Answer("eta", [File("2.0", "2026-05-04", ">=3.10")], licence=licence)
    now[0] += 0.25
    with pytest.raises(Unavailable, match="does not know"):
        remote.ask("theta")
    assert waits == [0.0, 1.0, 0.75]


def test_without_its_library_it_stops_and_says_what_to_install(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pypi_simple", None)
    assert refresh_knowledge.main(["delta", "epsilon"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Error: pypi-simple is not installed: pip install pypi-simple\n"


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License: BSD\nClassifier: License :: OSI Approved :: BSD License\n", "BSD"),
        ("Classifier: License :: OSI Approved :: Apache Software License\n", "Apache Software License"),
        ("License: MIT License\n        Copyright somebody\n", "MIT License"),
        ("", ""),
    ],
)
def test_the_licence_is_read_from_whatever_says_it(metadata: str, licence: str) -> None:
    assert licence_of(metadata) == licence


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("BSD-3-Clause", "BSD", True),
        ("Apache-2.0", "Apache Software License", True),
        ("MIT", "MIT License", True),
        ("GPL-2.0-only", "GPL-3.0-only", False),
        ("MIT", "GPL-3.0-only", False),
        ("Apache-2.0", "LicenseRef-Proprietary", False),
    ],
)
def test_loose_names_of_licences(one: str, other: str, same: bool) -> None:
    assert refresh_knowledge.same_licence(one, other) is same


def test_the_shipped_records_can_be_edited_where_they_stand() -> None:
    """Each shipped file, with every release changed: nothing but the releases is different."""
    seen = 0
    for place in sorted((loading.shipped() / "tools").glob("*.yaml"))[:4]:
        text = place.read_text(encoding="utf-8")
        document = reading.parse(text, place.name)
        assert isinstance(document, reading.Document)
        for number, record in enumerate(document.data["tools"]):
            if "release" in record:
                seen += 1
                path = ("tools", number, "release")
                fields = {"version": "99.1", "date": "2031-01-02", "verified": "2031-01-03"}
                after = refresh_knowledge.edited(text, document, path, fields)
                assert len(after.splitlines()) - len(text.splitlines()) <= 1
                if seen % 10 == 0:  # reading whole files again and again is slow
                    refresh_knowledge.checked(place.name, document, after, path, fields)
    assert seen > 20


def test_an_edit_that_changes_more_is_refused() -> None:
    text = "tools:\n  - release: {version: 1.0, date: 2026-01-01}\n    name: x\n"
    document = reading.parse(text, "x.yaml")
    assert isinstance(document, reading.Document)
    for wrong in (text.replace("name: x", "name: y").replace("1.0", "2.0"), text, "{"):
        with pytest.raises(ValueError):
            refresh_knowledge.checked("x.yaml", document, wrong, ("tools", 0, "release"), {"version": "2.0"})


@given(
    st.lists(st.builds(File, st.text(max_size=8), st.just("2026-01-01"), st.text(max_size=4), st.none() | st.text()))
)
def test_any_versions_are_read(files: list[File]) -> None:
    found = current(files)
    assert found is None or plain(found.version) == found.version
    assert asdict(Answer("x", files))["files"] is not None
