"""The first hours of the recommended proof of concept as a folder of files: a baseline that runs, and what was decided.

The code lies ready in `knowledge/starters/` and is copied as it is; `starters.toml` there says which fits what. Only
the dependency files and the README are composed here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from assistant.dialogue.render import escape, inert
from assistant.dialogue.wording import Wording, listed, sentence
from assistant.knowledge.loading import shipped
from assistant.reasoning.model import Advice, Conclusion
from assistant.sessions.export import Document, Reached
from assistant.sessions.export.decision import decision_record
from assistant.sessions.model import SessionError

DECISION = "docs/decisions/0001-machine-learning-stack.md"
_TRACKING = "experiment_tracking"
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+]*")


class Library(msgspec.Struct, frozen=True):
    """A package that the code needs beside the tools of the knowledge."""

    package: str
    version: str
    title: str
    url: str
    verified: str


class Starter(msgspec.Struct, frozen=True):
    """A row of `starters.toml`: for which projects the code in `folder` is meant, and what it needs."""

    folder: str
    title: str
    tasks: tuple[str, ...]
    modalities: tuple[str, ...]
    shared: tuple[str, ...]
    needs: tuple[str, ...]
    data: str
    metric: str
    split: str
    library: tuple[Library, ...] = ()


class Project(msgspec.Struct, frozen=True):
    """Files by name, and what the person should know about them. `starter` is '' where no code fits the task."""

    files: dict[str, str]
    starter: str
    notes: tuple[str, ...]


class _Table(msgspec.Struct):
    starter: tuple[Starter, ...]


def starters() -> tuple[Starter, ...]:
    """All that there are, in the order in which they are tried."""
    text = (_home() / "starters.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Table).starter


def plan(document: Document, reached: Reached) -> Project:
    """The project for the stack that a conversation stands at.

    Raises SessionError while there is no recommendation.
    """
    return _Writer(document, reached).project()


def write(project: Project, folder: Path) -> None:
    """Write the files into `folder`, which is made if it is not there.

    Raises SessionError, with nothing written, when one of them is there already or cannot be written.
    """
    there = sorted(name for name in project.files if (folder / name).exists() or (folder / name).is_symlink())
    if there:
        raise SessionError(f"Nothing is written: {folder} holds {listed(there)} already. Name another folder.")
    written: list[Path] = []
    try:
        for name, text in project.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="\n") as file:
                written.append(target)
                file.write(text)
    except OSError as error:
        for target in written:
            with suppress(OSError):
                target.unlink()
        raise SessionError(f"Nothing is written: {error.filename or folder}: {error.strerror}.") from error


class _Writer:
    def __init__(self, document: Document, reached: Reached) -> None:
        self.document = document
        self.knowledge = reached.knowledge
        self.conclusion = reached.conclusion
        self.turning = reached.turning
        self.wording = Wording(self.knowledge)
        self.starter = _fitting(self.conclusion)
        self.tracker = self.conclusion.first(_TRACKING) or ""

    def project(self) -> Project:
        decision = decision_record(self.document, self.knowledge, self.conclusion, self.turning)
        files = {"README.md": "", DECISION: decision, **self._requirements()}
        notes: list[str] = []
        if self.starter:
            files |= self._code(self.starter)
            if self.tracker and "tracker.py" not in files:
                notes.append(
                    f"Runs are tracked in the file runs.jsonl: there is no ready code here for "
                    f"{self.wording.tool(self.tracker)}, the tracker that was chosen."
                )
        else:
            titles = listed([one.title for one in starters()], last="and")
            notes.append(
                "There is no ready baseline code for this task, so only the plan, the decision record and the "
                f"dependencies are written. Ready code exists for {titles}."
            )
        files["README.md"] = self._readme(notes)
        return Project(files, self.starter.folder if self.starter else "", tuple(notes))

    def _code(self, starter: Starter) -> dict[str, str]:
        """The files of the starter, by the names under which they are written."""
        home = _home()
        found = {file.name: file for file in sorted((home / starter.folder).glob("*.py"))}
        found |= {name: home / "shared" / name for name in (*starter.shared, "tracking.py")}
        tracker = home / "trackers" / f"{self.tracker}.py"
        if self.tracker in self.knowledge.tools and _PACKAGE.fullmatch(self.tracker) and tracker.is_file():
            found["tracker.py"] = tracker
        return {name: file.read_text(encoding="utf-8") for name, file in found.items()}

    def _requirements(self) -> dict[str, str]:
        """What the baseline needs, and the rest of the stack, which can wait until the baseline runs."""
        needed = [self.knowledge.tools[tool] for tool in self.starter.needs] if self.starter else []
        if self.starter and self.tracker in self.knowledge.tools:
            needed.append(self.knowledge.tools[self.tracker])
        chosen = [
            self.knowledge.tools[choice.ranking[0].tool]
            for choice in self.conclusion.stack
            if choice.ranking and choice.ranking[0].tool in self.knowledge.tools
        ]
        files = {}
        if self.starter:
            lines = ["# What baseline.py needs. Each version is the latest one that the knowledge has seen.", ""]
            lines += [line for tool in dict.fromkeys(one.id for one in needed) for line in self._pinned(tool)]
            lines += [
                f"{one.package}=={one.version}  # {one.title}, seen {one.verified}" for one in self.starter.library
            ]
            files["requirements.txt"] = "\n".join(lines) + "\n"
        rest = [tool.id for tool in chosen if tool not in needed]
        lines = ["# The rest of the chosen stack. Install it when the baseline runs, in an environment of its own."]
        lines += ["-r requirements.txt", ""] if self.starter else [""]
        lines += [line for tool in dict.fromkeys(rest) for line in self._pinned(tool)]
        if rest:
            files["requirements-stack.txt"] = "\n".join(lines) + "\n"
        return files

    def _pinned(self, tool: str) -> Iterator[str]:
        """The line of a tool in a dependency file; a comment where it is no Python package."""
        record = self.knowledge.tools[tool]
        name, package = _comment(record.name), record.packages.get("pypi", "")
        if not _PACKAGE.fullmatch(package):
            yield f"# {name} is not a Python package: {_comment(record.home)}"
        elif record.release and _VERSION.fullmatch(record.release.version):
            yield f"{package}=={record.release.version}  # {name}, released {_comment(record.release.date)}"
        else:
            yield f"{package}  # {name}; no release is on record"

    def _readme(self, notes: list[str]) -> str:
        title = escape(self.document.session.title)
        lines = [f"# {title}", ""]
        lines += [f"The stack: {escape(listed(self._stack()))}. Why: [the decision record]({DECISION}).", ""]
        if self.starter:
            lines += self._running(self.starter)
        for note in notes:
            lines += [f"**Note:** {escape(note)}", ""]
        lines += ["## This week", ""]
        lines += [line for step in self.conclusion.plan if step.phase == "poc" for line in self._step(step)]
        later = [step for step in self.conclusion.plan if step.phase != "poc"]
        if later:
            lines += ["", "## On the way to production", ""]
            lines += [line for step in later for line in self._step(step)]
        lines += [
            "",
            f"Written by ml-stack-assistant from session {escape(self.document.session.id)}, knowledge "
            f"{escape(self.knowledge.version)}. The files are yours: change them as you like.",
        ]
        return "\n".join(lines) + "\n"

    def _running(self, starter: Starter) -> Iterator[str]:
        yield from (
            "## The first number",
            "",
            "```sh",
            "python -m venv .venv",
            ". .venv/bin/activate",
            "pip install -r requirements.txt",
            "python baseline.py",
            "```",
            "",
            f"This runs the baseline on made-up data. Your own data is {starter.data}",
            "",
            f"- **Metric:** {starter.metric}",
            f"- **Split:** {starter.split}",
            "- **Test set:** closed until you give `--test`. Open it once, when everything is decided.",
            f"- **Tracking:** each run adds a line to `runs.jsonl`{self._also()}.",
        )
        baseline = self.conclusion.first("baseline")
        if baseline and baseline not in starter.needs:
            yield f"- **Next:** the recommended baseline is {escape(self.wording.tool(baseline))}; let it run on the same split."
        yield ""

    def _also(self) -> str:
        has_code = (_home() / "trackers" / f"{self.tracker}.py").is_file()
        return f" and, where it is installed, to {escape(self.wording.tool(self.tracker))}" if has_code else ""

    def _stack(self) -> list[str]:
        chosen = [choice.ranking[0].tool for choice in self.conclusion.stack if choice.ranking]
        return [self.wording.tool(tool) for tool in dict.fromkeys(chosen)]

    def _step(self, step: Advice) -> Iterator[str]:
        yield f"- [ ] {escape(sentence(step.text))}"
        if step.measure:
            yield f"  - Measure: {escape(sentence(step.measure))}"
        if step.falsified_if:
            yield f"  - Wrong choice if: {escape(sentence(step.falsified_if))}"


def _fitting(conclusion: Conclusion) -> Starter | None:
    """The first starter for a task of the project and its kind of data."""
    held = {(fact.slot, fact.value) for fact in conclusion.facts if not fact.negated and isinstance(fact.value, str)}
    kinds = {value for slot, value in held if slot == "modality"}
    for starter in starters():
        fits = any(("task", task) in held for task in starter.tasks)
        if fits and (not kinds or kinds.intersection(starter.modalities)):
            return starter
    return None


def _home() -> Path:
    return shipped() / "starters"


def _comment(text: str) -> str:
    """Text of a record on one line of a dependency file."""
    return " ".join(inert(text).split())
