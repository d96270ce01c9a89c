"""The engine from 500 to 20,000 rules, beside CLIPS, clingo and experta on the same clauses and projects."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import _bench_report as report
import msgspec
from _bench_common import BRIEFS
from _bench_grow import in_field, of_rules

from assistant.knowledge.facts import Fact
from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.reasoning.program import Program, atoms_of
from assistant.reasoning.programs import compile_programs
from assistant.reasoning.reference import Reference

WORKER = Path(__file__).resolve().parent / "_bench_worker.py"
SIZES = (500, 2_000, 5_000, 20_000)
PATIENCE = 60.0
"""Seconds that an engine has for one task; then it is left out, at this size and above."""
SLOW = 200.0
"""Milliseconds of a run, from which on an engine runs only once; at five times that, one project only."""

NAMES = {
    "durable": "the assistant (durable_rules in its own process)",
    "reference": "its reference chainer (Python)",
    "clips": "CLIPS (clipspy)",
    "clingo": "clingo",
    "experta": "experta",
}


class Lost(Exception):
    """An engine that cannot take part, and why."""


class Worker:
    """An engine in a process of its own."""

    def __init__(self, engine: str, python: str, program: Path) -> None:
        kept = {**os.environ, "PYTHONHASHSEED": "0"}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        if python != sys.executable:
            kept.pop("PYTHONPATH", None)
        self._process = subprocess.Popen(
            [python, str(WORKER), engine, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env=kept,
        )

    def ask(self, task: str) -> dict[str, float]:
        """The answer to a task. Raises Lost when there is none in time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.write(f"{task}\n")
            self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            self.close()
            raise Lost(f"over {PATIENCE:g} s to {'load' if task == 'load' else 'run'}")
        line = self._process.stdout.readline()
        if not line:
            self._said.seek(0)
            last = self._said.read().decode(errors="replace").strip().rpartition("\n")[2]
            self.close()
            raise Lost(f"it failed: {last}")
        answer: dict[str, float] = json.loads(line)
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._said.close()


class Measured:
    """What one engine took at one size."""

    def __init__(self) -> None:
        self.load = 0.0
        self.first: list[float] = []
        self.runs: list[float] = []
        self.waited: list[float] = []
        self.mb: float | None = None
        self.wrong = 0


def projects(quick: bool) -> list[tuple[Fact, ...]]:
    """The facts of some projects, as the assistant understands them."""
    from assistant.dialogue.advisor import Advisor
    from assistant.dialogue.conversation import Conversation

    advisor = Advisor.load(engine="reference")
    found = []
    for brief in BRIEFS[:3] if quick else BRIEFS:
        conversation = Conversation(advisor)
        conversation.say(brief)
        found.append(conversation.state.facts)
    advisor.close()
    return found


def pythons() -> dict[str, str]:
    """The engines that can take part, each with the Python that runs it."""
    found = {"reference": sys.executable, "durable": sys.executable}
    for engine, module in (("clips", "clips"), ("clingo", "clingo")):
        with suppress(ImportError):
            __import__(module)
            found[engine] = sys.executable
    return found


def old_python() -> str | None:
    """A Python with experta, which runs on none that is newer than 3.9; made in the temporary folder if possible."""
    folder = Path(tempfile.gettempdir()) / "assistant-bench-experta"
    python = folder / "bin" / "python"
    own = sorted(Path("~/.pyenv/versions").expanduser().glob("3.[89].*/bin/python"), reverse=True)
    for base in (*map(str, own), shutil.which("python3.9"), shutil.which("python3.8")):
        if base is None:
            continue
        with suppress(OSError, subprocess.SubprocessError):
            if not python.exists():
                subprocess.run([base, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=120)
            if subprocess.run([str(python), "-c", "import experta"], capture_output=True, timeout=60).returncode:
                install = [str(python), "-m", "pip", "install", "-q", "experta"]
                subprocess.run(install, check=True, capture_output=True, timeout=180)
            return str(python)
    return None


def written(
    program: Program, knowledge: Knowledge, shipped: Knowledge, facts: list[tuple[Fact, ...]], to: Path
) -> None:
    """The program and the projects as numbers, for the workers. Projects take turns through the fields."""
    number = Reference(program).number
    fields = -(-len(knowledge.rules) // len(shipped.rules))
    asked = [atoms_of(program, in_field(own, place % fields)) for place, own in enumerate(facts)]
    body = {
        "strata": program.strata,
        "clauses": [
            ([number[a] for a in c.present], [number[a] for a in c.absent], number[c.head], c.stratum)
            for c in program.clauses
        ],
        "projects": [[number[atom] for atom in atoms if atom in number] for atoms in asked],
    }
    to.write_bytes(msgspec.json.encode(body))


def measure(
    engines: dict[str, str], program: Path, count: int, rounds: int, lost: dict[str, str]
) -> dict[str, Measured]:
    """Load each engine, then let them run in turns. Raises SystemExit if our two engines differ."""
    workers: dict[str, Worker] = {}
    found: dict[str, Measured] = {}
    right: dict[int, float] = {}  # what the reference chainer answers
    try:
        for engine, python in engines.items():
            if engine in lost:
                continue
            workers[engine] = Worker(engine, python, program)
            try:
                before = Measured()
                before.load = workers[engine].ask("load")["cpu"]
                found[engine] = before
            except Lost as error:
                lost[engine] = str(error)
        if "reference" not in found or "durable" not in found:
            raise SystemExit(f"our own engines cannot be measured: {lost}")
        for turn in range(rounds + 1):
            for project in range(count):
                for engine in [engine for engine in found if engine not in lost]:
                    own = found[engine]
                    if (own.runs and own.runs[-1] > SLOW) or (own.first and own.first[-1] > 5 * SLOW):
                        continue
                    try:
                        answer = workers[engine].ask(f"run {project}")
                    except Lost as error:
                        lost[engine] = str(error)
                        if engine == "reference":
                            raise SystemExit(f"there is nothing to compare with: {error}") from error
                        continue
                    (own.runs if turn else own.first).append(answer["cpu"])
                    if turn:
                        own.waited.append(answer["ms"])
                    own.mb = answer["mb"]
                    if engine == "reference":
                        right[project] = answer["answer"]
                    elif answer["answer"] != right[project]:
                        own.wrong += 1
    finally:
        for worker in workers.values():
            worker.close()
    if found["durable"].wrong:
        raise SystemExit("durable_rules and the reference chainer disagree")
    return {engine: own for engine, own in found.items() if engine not in lost}


def scale(quick: bool) -> str:
    """Measure all sizes, and print them as they come."""
    shipped = load()
    engines = pythons()
    lost: dict[str, str] = {}
    notes = []
    if not quick:
        python = old_python()
        if python is None:
            notes.append("experta was skipped: it needs Python 3.9 or older, and none is here.")
        else:
            engines["experta"] = python
    facts = projects(quick)
    rows: list[list[str]] = []
    lines: dict[str, list[tuple[float, float]]] = {}
    for size in SIZES[:1] if quick else SIZES:
        started = time.perf_counter()
        knowledge = of_rules(shipped, size)
        program = compile_programs(knowledge).argue
        compiled = (time.perf_counter() - started) * 1000
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "program.json"
            written(program, knowledge, shipped, facts, file)
            before = set(lost)
            found = measure(engines, file, len(facts), 2 if quick else 12, lost)
        notes += [f"{NAMES[e]} is left out from {size:,} rules on: {lost[e]}." for e in lost if e not in before]
        shown = f"{size:,} ({len(program.clauses):,})"
        for engine, own in found.items():
            if own.wrong:
                runs = len(own.runs) + len(own.first)
                notes.append(f"At {size:,} rules {NAMES[engine]} fired other rules in {own.wrong} of {runs} runs.")
            low, middle, high = report.spread(own.runs or own.first)
            cells = [
                report.number(own.load),
                report.number(max(own.first)),
                f"{report.number(middle)} ({report.number(low)} to {report.number(high)})",
                report.number(report.spread(own.waited or own.first)[1]),
                "-" if own.mb is None else f"{own.mb:,.0f}",
            ]
            rows.append([shown, NAMES[engine], *cells])
            lines.setdefault(NAMES[engine].partition(" (durable")[0], []).append((size, middle))
            print(f"scale {size:>7,} {engine:<10} " + "  ".join(f"{cell:<22}" for cell in cells), flush=True)
        print(
            f"scale {size:>7,} compiling the rules to {len(program.clauses):,} clauses: {compiled:,.0f} ms", flush=True
        )
    text = [
        f"Each engine in a process of its own, all in turns; a run is one project of {len(facts)}, described in a sentence each.",
        "Times are of the processor, of all processes that an engine has, as",
        "medians with quartiles; what one waited for a run stands beside it. All engines gave the same answers, if nothing else is said below.",
        "",
        report.table(
            ("rules (clauses)", "engine", "load, ms", "slowest first run, ms", "run, ms", "waited, ms", "memory, MB"),
            rows,
        ),
        "",
        *notes,
        "",
        ""
        if quick
        else report.chart(
            "scale", "One inference, by the size of the knowledge", "rules", "milliseconds", lines, goal=10.0
        ),
    ]
    return "\n".join(text)
