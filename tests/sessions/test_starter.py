"""The starters are run as a person would run them: written into a folder, then started there."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.knowledge.loading import shipped
from assistant.sessions.model import SessionError
from assistant.sessions.service import Sessions
from assistant.sessions.starter import DECISION, starters, write

BRIEFS = {
    "tabular_classification": "churn prediction on 80k rows of CRM data, it goes into production",
    "tabular_regression": "predict house prices from 20k rows of tabular data",
    "text_classification": "sentiment analysis of 5000 labelled reviews",
    "image_classification": "classify 3000 photos of parts into 5 classes",
    "forecasting": "forecast the sales of 300 shops, daily data of 4 years",
}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "baseline.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder.parent,
    )


def written(sessions: Sessions, brief: str, folder: Path) -> Path:
    session = sessions.new()
    session.say(brief)
    write(session.starter(), folder)
    return folder


def tracked(folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", "from tracking import track; track({'a': 1}, {'b': 2.0})"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    ).stdout


def scores(folder: Path) -> dict[str, float]:
    metrics: dict[str, float] = json.loads((folder / "runs.jsonl").read_text().splitlines()[-1])["metrics"]
    return metrics


@pytest.mark.parametrize("kind", BRIEFS)
def test_a_written_project_runs_and_beats_guessing(sessions: Sessions, tmp_path: Path, kind: str) -> None:
    folder = written(sessions, BRIEFS[kind], tmp_path / "project")
    assert (folder / "baseline.py").read_text() == (shipped() / "starters" / kind / "baseline.py").read_text()
    result = run(folder, "--test")

    assert result.returncode == 0, result.stderr
    assert "made-up" in result.stdout or "drawn" in result.stdout
    assert "Tracked in runs.jsonl" in result.stdout
    found = scores(folder)
    trivial, _, learned, _ = found
    better = (
        found[learned] < found[trivial] if "mae" in learned or "mase" in learned else found[learned] > found[trivial]
    )
    assert better and len(found) == 4
    assert DECISION in (folder / "README.md").read_text()
    assert (folder / DECISION).read_text().startswith("# ")


def test_every_starter_is_tried_here() -> None:
    assert [one.folder for one in starters()] == list(BRIEFS)


def test_starters_speak_the_vocabulary_and_find_their_files(advisor: Advisor) -> None:
    known = {slot: {value.id for value in advisor.knowledge.slots[slot].values} for slot in ("task", "modality")}
    for one in starters():
        assert set(one.tasks) <= known["task"] and set(one.modalities) <= known["modality"]
        assert set(one.needs) <= set(advisor.knowledge.tools)
        assert all((shipped() / "starters" / "shared" / name).is_file() for name in one.shared)
    trackers = {file.stem for file in (shipped() / "starters" / "trackers").glob("*.py")}
    assert trackers <= set(advisor.knowledge.tools)


def test_versions_come_from_the_knowledge(sessions: Sessions, advisor: Advisor, tmp_path: Path) -> None:
    folder = written(sessions, BRIEFS["tabular_classification"], tmp_path / "project")
    release = advisor.knowledge.tools["scikit-learn"].release

    assert release and f"scikit-learn=={release.version}  #" in (folder / "requirements.txt").read_text()
    both = (folder / "requirements.txt").read_text() + (folder / "requirements-stack.txt").read_text()
    assert all(re.fullmatch(r"(#.*|-r requirements.txt|[\w.-]+==\S+  # .*|)", line) for line in both.splitlines())


def test_the_chosen_tracker_is_used_and_its_absence_said(sessions: Sessions, tmp_path: Path) -> None:
    folder = written(sessions, BRIEFS["tabular_classification"], tmp_path / "project")
    assert "import mlflow" in (folder / "tracker.py").read_text()
    (folder / "mlflow.py").write_text("raise ImportError('no', name='mlflow')")
    assert "runs.jsonl only: mlflow is not installed" in tracked(folder)
    (folder / "mlflow.py").write_text("def set_tracking_uri(uri): raise OSError('disk on fire')")
    assert "the tracker failed (disk on fire)" in tracked(folder)
    assert len((folder / "runs.jsonl").read_text().splitlines()) == 2


@pytest.mark.nightly
def test_own_data_is_judged_by_time_or_group(sessions: Sessions, tmp_path: Path) -> None:
    folder = written(sessions, BRIEFS["tabular_classification"], tmp_path / "project")
    own = tmp_path / "own.csv"
    with own.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["when", "who", "much", "colour", "class"])
        for row in range(240):
            writer.writerow([f"2026-{1 + row // 20:02}-01", f"p{row // 4}", row % 7, "red", "abc"[row % 3]])
    for extra in (["--time", "when", "--drop", "who"], ["--group", "who"]):
        result = run(folder, str(own), "--target", "class", *extra, "--test")
        assert result.returncode == 0, result.stderr
        assert "f1_macro" in result.stdout


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        ("", ("--target", "a"), "needs a header and rows"),
        ("a,b\n1,2\n3\n", ("--target", "a"), "row 3: 1 cells"),
        ("a,b\n1,2\n", ("--target", "c"), "no column 'c'. Columns: a, b"),
        ("a,b\n" + "1,x\n" * 40, ("--target", "b"), "the same answer"),
        ("a,b\n" + "1,x\n" * 40 + "2,y\n" * 2, ("--target", "b"), "the class “y” has 2 rows"),
        ("a,b\n1,2\n", (), "--target says"),
    ],
)
def test_data_that_will_not_do_is_told_without_a_traceback(
    sessions: Sessions, tmp_path: Path, content: str, arguments: tuple[str, ...], told: str
) -> None:
    folder = written(sessions, BRIEFS["tabular_classification"], tmp_path / "project")
    own = tmp_path / "own.csv"
    own.write_text(content)
    result = run(folder, str(own), *arguments)

    assert result.returncode != 0
    assert told in result.stderr and "Traceback" not in result.stderr


def test_a_task_without_a_starter_is_said_and_gets_the_plan(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions.new()
    session.say("object detection on 40k photos for an Android app")
    project = session.starter()
    write(project, tmp_path / "project")

    assert project.starter == ""
    assert "no ready baseline code for this task" in project.notes[0]
    assert project.notes[0] in (tmp_path / "project" / "README.md").read_text()
    assert sorted(project.files) == ["README.md", DECISION, "requirements-stack.txt"]


def test_nothing_is_ever_overwritten(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions.new()
    session.say(BRIEFS["forecasting"])
    (tmp_path / "toy.py").write_text("mine")

    with pytest.raises(SessionError, match=r"Nothing is written: .* holds toy\.py already"):
        write(session.starter(), tmp_path)
    assert [file.name for file in tmp_path.iterdir() if file.name != "home"] == ["toy.py"]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SessionError, match="Nothing is written"):
        write(session.starter(), tmp_path / "file")


def test_without_a_recommendation_there_is_nothing_to_start(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("hello")

    with pytest.raises(SessionError, match="no recommendation"):
        session.starter()
