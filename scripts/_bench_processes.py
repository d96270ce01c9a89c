"""Whole processes: the one-line commands beside a Python that does nothing, and many conversations at once."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import _bench_report as report
from _bench_common import BRIEFS, FOLLOW_UPS, PYTHON, environment, prepare

COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "assistant --version": [PYTHON, "-m", "assistant", "--version"],
    "assistant --help": [PYTHON, "-m", "assistant", "--help"],
    "assistant ask": [PYTHON, "-m", "assistant", "ask", BRIEFS[0]],
    "assistant ask -c": [PYTHON, "-m", "assistant", "ask", "-c", "why?"],
}
LINES = (400, 2_000)  # of a batch
GOALS = {"assistant --version": 8, "assistant ask": 25}


class Run(NamedTuple):
    """One process: milliseconds until it ended, those of the processor (its children's too), and its most memory in MB."""

    waited: float
    processor: float
    memory: float


def run(command: list[str], home: Path, compiled: Path | None = None) -> Run:
    """Run a command to its end. Raises SystemExit if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment(home, compiled), cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    waited = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:5])} failed: {told.decode(errors='replace')}")
    return Run(waited * 1000, (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1000)


def commands(quick: bool) -> str:
    """The one-line commands, in turns; cold ones have neither bytecode nor compiled knowledge."""
    warm: dict[str, list[Run]] = {name: [] for name in COMMANDS}
    cold: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number in range(1 if quick else 22):
            for name, command in COMMANDS.items():
                found = run(command, home)
                if quick or number >= 2:  # the first ones fill caches
                    warm[name].append(found)
        for number in range(0 if quick else 5):
            for name, command in COMMANDS.items():
                if name != "assistant ask -c":  # nothing is there to go on with
                    away = home / f"cold-{number}-{len(name)}"
                    away.mkdir()
                    cold[name].append(run(command, away, away / "bytecode").waited)
    base = median(one.waited for one in warm["python -c pass"])
    rows = [
        [
            f"`{name}`",
            report.milliseconds([one.waited for one in found]),
            f"{median(one.waited for one in found) / base:.1f}",
            str(GOALS.get(name, "")),
            report.number(median(one.processor for one in found)),
            f"{median(one.memory for one in found):.0f}",
            report.milliseconds(cold[name]) if cold[name] else "-",
        ]
        for name, found in warm.items()
    ]
    head = ("process", "warm, ms", "times bare Python", "goal", "processor with children, ms", "memory, MB", "cold, ms")
    text = [report.table(head, rows)]
    if not quick:
        bars = {name: median(one.waited for one in found) for name, found in warm.items()}
        text += ["", report.bars("commands", "Whole processes", "milliseconds", bars)]
    return "\n".join(text)


def batch(quick: bool) -> str:
    """Turns a second of `batch`, by workers; and its memory by the number of lines."""
    sizes = (8,) if quick else LINES
    rows, seconds = [], {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        for lines in sizes:
            source = home / f"{lines}.jsonl"
            source.write_text("".join(_line(number) for number in range(lines)))
            turns = sum(len(json.loads(line).get("turns", [1])) for line in source.read_text().splitlines())
            for workers in (1, 2) if lines == sizes[-1] else (1,):
                command = [
                    PYTHON,
                    "-m",
                    "assistant",
                    "batch",
                    str(source),
                    "-o",
                    str(home / "out"),
                    "--workers",
                    str(workers),
                ]
                found = run(command, home)
                seconds[lines, workers] = found.waited
                rows.append([
                    f"{lines:,} ({turns:,})", str(workers),
                    f"{turns / found.waited * 1000:,.0f}", f"{turns / found.processor * 1000:,.0f}", f"{found.memory:.0f}",
                ])  # fmt: skip
    head = ("lines (turns)", "workers", "turns a second", "turns a second of processor", "largest process, MB")
    share = seconds[sizes[-1], 1] / seconds[sizes[-1], 2]
    return "\n".join([
        report.table(head, rows), "",
        f"Two workers do the same work {share:.2f} times as fast as one, their start included. Goal: 300 turns a second of one core.",
    ])  # fmt: skip


def _line(number: int) -> str:
    """Half of the lines are one message, half a conversation of five."""
    brief = BRIEFS[number % len(BRIEFS)]
    turns = [brief] if number % 2 else [brief, *FOLLOW_UPS[:4]]
    return json.dumps({"id": number, "turns": turns}) + "\n"
