#!/usr/bin/env python3
"""Measures what a person waits for, against a yardstick measured in the same run.

    python3 scripts/bench.py [--quick] [start] [commands] [turns] [echo] [append] [scale] [growth]

start     from the process's start to the first whole picture of the terminal app, and its memory, beside an app
          that is as small as Textual allows
commands  `assistant --version` and `assistant ask`, beside a Python that does nothing
turns     one turn of a conversation, over the briefs below
echo      from a key to its letter on the terminal, beside the same smallest app
append    one more message in a conversation of 50 and of 10,000 messages, to the last byte of the picture; then, with
          10,000, a switch of the theme
scale     one inference with 500 to 20,000 rules, beside other engines on the same work
growth    what a turn is made of, with the shipped knowledge and 3, 10 and 30 times as much

Runs of the things compared alternate, so that a slow moment of the machine hits all of them; medians are shown.
A pseudo-terminal is needed for `start`, `echo` and `append`, which POSIX systems have.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PYTHON = sys.executable
COLUMNS, ROWS = 120, 40
SETTLE = 1.5  # seconds

BRIEFS = (
    "I need to detect defects on 40,000 labelled photos, inside an Android app, commercial, two people, six weeks",
    "Churn prediction for a bank with 2 million rows of tabular data, on premises, decisions must be explainable",
    "Semantic search over 300,000 internal PDFs, nothing may leave our network, one NVIDIA GPU with 24 GB",
    "Forecast the sales of 3,000 shops, daily data of four years, Python, a team of three, beginner level",
    "Fine-tune an open LLM with 7B parameters on our support tickets, two A100 GPUs, latency below 300 ms",
    "Anomaly detection on vibration sensors, runs on a microcontroller, offline, C++",
    "Which is better for me, PyTorch or TensorFlow? I am new to deep learning and have a laptop without a GPU",
    "Recommendations in a web shop with implicit feedback, 50 million interactions, Kubernetes, AWS",
)
FOLLOW_UPS = (
    "why?",
    "why not TensorFlow?",
    "what about JAX?",
    "not in the cloud",
    "the licence must be permissive",
    "/facts",
    "/plan",
    "/undo",
    "/sources",
)

MINIMAL = """
from textual.app import App
from textual.widgets import Footer, Header, Input, Static
class Minimal(App):
    BINDINGS = [("ctrl+q", "quit", "Quit")]
    def compose(self):
        yield Header()
        yield Static("Hello")
        yield Input(placeholder="minimal marker")
        yield Footer()
Minimal().run()
"""

APPEND = """
import asyncio, sys, time
from assistant.dialogue import blocks as b
from assistant.tui.app import AssistantApp
from assistant.tui.widgets.message import Entry
def reply(number):
    line = b.Line("A reason that stands on one line of the page", "arg/1")
    row = b.RoleRow("framework", "Framework", "x", "A tool", 7.5, (line, line, line), (b.Runner("y", "Another", 5),), "tool/x")
    item = b.CaveatItem("c", "serious", "Something that one should watch", "And what to do about it", "caveat/c")
    return (b.Recommendation(rows=(row, row, row)), b.Caveats(items=(item, item)), b.Text(text=f"MARK{number:05d}"))
class Bench(AssistantApp):
    def on_mount(self):
        self.run_worker(self.measure())
    async def measure(self):
        await asyncio.sleep(0.5)
        transcript = self.chat.transcript
        same = reply(90000)
        for count in (50, 10000):
            await transcript.show([Entry(blocks=same) for _ in range(count)])
            await asyncio.sleep(0.5)
            for number in range(RUNS):
                marker = (1000 if count == 50 else 20000) + number
                with open(OUT, "a") as file:
                    file.write(f"{marker} {time.perf_counter()}\\n")
                await transcript.append(Entry(blocks=reply(marker)))
                await asyncio.sleep(0.25)
        for number in range(RUNS):
            drawn = asyncio.Event()
            begun = time.perf_counter()
            self.theme = "paper" if self.theme == "ink" else "ink"
            self.call_after_refresh(drawn.set)
            await drawn.wait()
            with open(OUT, "a") as file:
                file.write(f"theme {(time.perf_counter() - begun) * 1000}\\n")
            await asyncio.sleep(0.25)
        self.exit()
def never():
    raise RuntimeError("no conversation here")
Bench(never).run()
"""


def environment(home: Path) -> dict[str, str]:
    """A clean home, and Python allowed to keep its compiled files (as an installed program may)."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES", "NO_COLOR")
    }
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return {**kept, "ASSISTANT_HOME": str(home), "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor",
            "LANG": "C.UTF-8", "PYTHONPATH": path}  # fmt: skip


# --- a terminal of our own ----------------------------------------------------------------------------------

ANSWERS = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b[6n", b"\x1b[1;1R"),
)


class Terminal:
    """A process on a pseudo-terminal that answers the questions Textual asks a terminal."""

    def __init__(self, command: list[str], home: Path) -> None:
        import fcntl
        import pty
        import termios

        self.started = time.perf_counter()
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            for _ in range(400):  # the parent sets the size
                if struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))[0] == ROWS:
                    break
                time.sleep(0.0005)
            os.execvpe(command[0], command, environment(home))
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def chunks(self, limit: float) -> Iterator[tuple[float, bytes]]:
        """Output as it comes with its time; ends with the process or after `limit` seconds. b'' when it is quiet."""
        while time.perf_counter() - self.started < limit:
            ready, _, _ = select.select([self.end], [], [], 0.05)
            try:
                data = os.read(self.end, 1 << 16) if ready else b""
            except OSError:
                return
            if ready and not data:
                return
            at = time.perf_counter()
            for question, answer in ANSWERS:
                if question in data:
                    os.write(self.end, answer)
            yield at, data

    def memory(self) -> float | None:
        """Resident memory in MB, where /proc tells."""
        try:
            text = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return None
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        return int(found.group(1)) / 1000 if found else None

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.end)


def first_frame(command: list[str], marker: bytes, home: Path) -> tuple[float, float | None]:
    """Seconds from before the fork until `marker` was on the terminal, and the memory `SETTLE` seconds later, when all is loaded."""
    terminal = Terminal(command, home)
    seen, frame = b"", None
    for at, data in terminal.chunks(30):
        seen = seen[-4096:] + data
        if frame is None and marker in seen:
            frame = at - terminal.started
        if frame is not None and at - terminal.started > frame + SETTLE:
            break
    memory = terminal.memory()
    terminal.close()
    if frame is None:
        raise SystemExit(f"{' '.join(command[:3])} never showed {marker!r}")
    return frame, memory


# --- measurements ----------------------------------------------------------------------------------------------


def smallest_and_ours(home: Path) -> dict[str, tuple[list[str], bytes]]:
    """The commands compared, each with what its first whole picture holds. The knowledge is compiled before."""
    subprocess.run(
        [PYTHON, "-m", "assistant", "ask", BRIEFS[0]],
        env=environment(home), cwd=home, check=True, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    script = home / "minimal.py"
    script.write_text(MINIMAL)
    return {
        "minimal Textual app": ([PYTHON, str(script)], b"inimal marker"),
        "assistant": ([PYTHON, "-m", "assistant"], b"escribe your project"),
    }


def start(quick: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rivals = smallest_and_ours(home)
        frames: dict[str, list[float]] = {name: [] for name in rivals}
        memories: dict[str, list[float]] = {name: [] for name in rivals}
        for number in range((5 if quick else 15) + 2):
            for name, (command, marker) in rivals.items():
                frame, memory = first_frame(command, marker, home)
                if number >= 2:  # the first two fill caches
                    frames[name].append(frame * 1000)
                    memories[name] += [memory] if memory else []
        base = statistics.median(frames["minimal Textual app"])
        for name in rivals:
            middle = statistics.median(frames[name])
            mb = f"{statistics.median(memories[name]):.0f} MB" if memories[name] else "-"
            row(
                "first frame",
                name,
                f"{middle:.0f} ms",
                f"best {min(frames[name]):.0f} ms",
                f"x {middle / base:.2f}",
                mb,
            )


LETTERS = (b"zq", b"xj", b"vk", b"qz", b"jx", b"kv", b"zj", b"xq", b"vz", b"qx", b"jv", b"kz")


def echo(quick: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        times: dict[str, list[float]] = {}
        rivals = smallest_and_ours(home)
        for _ in range(1 if quick else 3):
            for name, (command, marker) in rivals.items():
                times.setdefault(name, []).extend(_echoes(command, marker, home))
        base = statistics.median(times["minimal Textual app"])
        for name, found in times.items():
            row("key echo", name, *spread(found)[:3], f"x {statistics.median(found) / base:.2f}")


def _echoes(command: list[str], marker: bytes, home: Path) -> list[float]:
    """Milliseconds from two letters being typed to both being written, for several pairs."""
    terminal = Terminal(command, home)
    seen, found, ready = b"", [], 0.0
    waiting: tuple[bytes, float] | None = None
    left = list(LETTERS)
    for at, data in terminal.chunks(60):
        seen = seen[-4096:] + data
        if not ready and marker in seen:
            ready = at + SETTLE
        if waiting and waiting[0] in seen:
            found.append((at - waiting[1]) * 1000)
            waiting, ready = None, at + 0.3
        if ready and not waiting and at > ready:
            if not left:
                break
            seen, letters = b"", left.pop(0)
            waiting = (letters, time.perf_counter())
            os.write(terminal.end, letters)
    terminal.close()
    return found


def commands(quick: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rivals = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "assistant --version": [PYTHON, "-m", "assistant", "--version"],
            "assistant ask": [PYTHON, "-m", "assistant", "ask", BRIEFS[0]],
        }
        times: dict[str, list[float]] = {name: [] for name in rivals}
        for number in range((5 if quick else 15) + 2):
            for name, command in rivals.items():
                started = time.perf_counter()
                subprocess.run(
                    command, env=environment(home), cwd=home, check=True, capture_output=True, stdin=subprocess.DEVNULL
                )
                if number >= 2:
                    times[name].append((time.perf_counter() - started) * 1000)
        base = statistics.median(times["python -c pass"])
        for name, found in times.items():
            middle = statistics.median(found)
            row("process", name, f"{middle:.0f} ms", f"best {min(found):.0f} ms", f"x {middle / base:.1f}", "")


def turns(quick: bool) -> None:
    from assistant.dialogue.advisor import Advisor
    from assistant.dialogue.conversation import Conversation

    advisor = Advisor.load()
    times: list[float] = []
    for _ in range(2 if quick else 12):
        for brief in BRIEFS:
            conversation = Conversation(advisor)
            for text in (brief, *FOLLOW_UPS):
                started = time.perf_counter()
                conversation.say(text)
                times.append((time.perf_counter() - started) * 1000)
    kept = times[len(times) // 10 :]  # the first ones fill caches
    row("turn", f"{len(kept)} turns", *spread(kept))
    advisor.close()


def append(quick: bool) -> None:
    runs = 5 if quick else 15
    with tempfile.TemporaryDirectory() as folder:
        home, out = Path(folder), Path(folder) / "marks.txt"
        script = home / "append.py"
        script.write_text(f"RUNS = {runs}\nOUT = {str(out)!r}\n{APPEND}")
        terminal = Terminal([PYTHON, str(script)], home)
        seen: dict[int, float] = {}
        tail = b""
        for at, data in terminal.chunks(120):
            tail = tail[-16:] + data
            for found in re.findall(rb"MARK(\d{5})", tail):
                seen.setdefault(int(found), at)
        terminal.close()
        times: dict[int, list[float]] = {50: [], 10000: []}
        switches: list[float] = []
        for line in out.read_text().splitlines():
            marker, begun = line.split()
            if marker == "theme":
                switches.append(float(begun))
            elif int(marker) in seen:
                times[50 if int(marker) < 20000 else 10000].append((seen[int(marker)] - float(begun)) * 1000)
        base = statistics.median(times[50])
        for size, found in times.items():
            row("append", f"at {size} messages", *spread(found)[:3], f"x {statistics.median(found) / base:.2f}")
        row("theme", "at 10000 messages", *spread(switches))


def spread(found: list[float]) -> tuple[str, str, str, str]:
    """Median, 99th percentile and worst of some milliseconds."""
    ordered = sorted(found)
    late = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    return f"p50 {statistics.median(ordered):.1f} ms", f"p99 {late:.1f} ms", f"worst {ordered[-1]:.1f} ms", ""


def row(what: str, name: str, *cells: str) -> None:
    print(f"{what:<12} {name:<22} " + " ".join(f"{cell:<16}" for cell in cells).rstrip(), flush=True)


def scale(quick: bool) -> None:
    from _bench_scale import scale

    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASSISTANT_HOME"] = folder  # what is compiled here is kept out of the person's own cache
        scale(quick)


def growth(quick: bool) -> None:
    from _bench_growth import growth

    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASSISTANT_HOME"] = folder
        growth(quick)


ALL: dict[str, Callable[[bool], None]] = {
    "start": start,
    "commands": commands,
    "turns": turns,
    "echo": echo,
    "append": append,
    "scale": scale,
    "growth": growth,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="what", help=f"some of: {', '.join(ALL)} (all when left out)")
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    arguments = parser.parse_args()
    wrong = [name for name in arguments.what if name not in ALL]
    if wrong:
        parser.error(f"there is no {wrong[0]!r}; choose from {', '.join(ALL)}")
    for name in arguments.what or ALL:
        ALL[name](arguments.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
