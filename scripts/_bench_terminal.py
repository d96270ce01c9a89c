"""The terminal app on a pseudo-terminal: its first picture, the echo of a key, messages in long conversations."""

from __future__ import annotations

import os
import re
import select
import signal
import statistics
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import _bench_report as report
from _bench_common import PYTHON, environment, prepare

COLUMNS, ROWS = 120, 40
SETTLE = 1.5  # seconds
SIZES = (50, 500, 2_000, 10_000)  # messages in a conversation

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
        for place, count in enumerate(SIZES):
            await transcript.show([Entry(blocks=same) for _ in range(count)])
            await asyncio.sleep(0.5)
            for number in range(RUNS):
                marker = 10000 * (place + 1) + number
                with open(OUT, "a") as file:
                    file.write(f"append {count} {marker} {time.perf_counter()}\\n")
                await transcript.append(Entry(blocks=reply(marker)))
                await asyncio.sleep(0.25)
            for number in range(RUNS):
                drawn = asyncio.Event()
                begun = time.perf_counter()
                self.theme = "paper" if self.theme == "ink" else "ink"
                self.call_after_refresh(drawn.set)
                await drawn.wait()
                with open(OUT, "a") as file:
                    file.write(f"theme {count} 0 {(time.perf_counter() - begun) * 1000}\\n")
                await asyncio.sleep(0.25)
        self.exit()
def never():
    raise RuntimeError("no conversation here")
Bench(never).run()
"""


ANSWERS = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b[6n", b"\x1b[1;1R"),
)


class Terminal:
    """A process on a pseudo-terminal that answers the questions Textual asks a terminal."""

    def __init__(self, command: list[str], home: Path, compiled: Path | None = None) -> None:
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
            os.execvpe(command[0], command, environment(home, compiled))
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


def first_frame(
    command: list[str], marker: bytes, home: Path, compiled: Path | None = None, settle: float = SETTLE
) -> tuple[float, float | None]:
    """Seconds from before the fork until `marker` was on the terminal, and the memory `settle` seconds later, when all is loaded."""
    terminal = Terminal(command, home, compiled)
    seen, frame = b"", None
    for at, data in terminal.chunks(30):
        seen = seen[-4096:] + data
        if frame is None and marker in seen:
            frame = at - terminal.started
        if frame is not None and at - terminal.started > frame + settle:
            break
    memory = terminal.memory()
    terminal.close()
    if frame is None:
        raise SystemExit(f"{' '.join(command[:3])} never showed {marker!r}")
    return frame, memory


def rivals(home: Path) -> dict[str, tuple[list[str], bytes]]:
    """The commands compared, each with what its first whole picture holds."""
    script = home / "minimal.py"
    script.write_text(MINIMAL)
    return {
        "the smallest Textual app": ([PYTHON, str(script)], b"inimal marker"),
        "the assistant": ([PYTHON, "-m", "assistant"], b"escribe your project"),
    }


def start(quick: bool) -> str:
    """From the process's start to the first whole picture, and the memory when all is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        compared = rivals(home)
        frames: dict[str, list[float]] = {name: [] for name in compared}
        cold: dict[str, list[float]] = {name: [] for name in compared}
        memories: dict[str, list[float]] = {name: [] for name in compared}
        for number in range(1 if quick else 17):
            for name, (command, marker) in compared.items():
                frame, memory = first_frame(command, marker, home, settle=0.1 if quick else SETTLE)
                if quick or number >= 2:  # the first two fill caches
                    frames[name].append(frame * 1000)
                    memories[name] += [memory] if memory else []
        for number in range(0 if quick else 5):
            for name, (command, marker) in compared.items():
                away = home / f"cold-{number}-{len(name)}"
                away.mkdir()
                frame, _ = first_frame(command, marker, away, compiled=away / "bytecode")
                cold[name].append(frame * 1000)
    base = statistics.median(frames["the smallest Textual app"])
    rows = []
    for name in compared:
        rows.append([
            name,
            report.milliseconds(frames[name]),
            f"{statistics.median(frames[name]) / base:.2f}",
            report.milliseconds(cold[name]) if cold[name] else "-",
            f"{statistics.median(memories[name]):.0f}" if memories[name] else "-",
        ])  # fmt: skip
    head = ("first whole picture", "warm, ms", "times the smallest", "cold, ms", "memory when all is loaded, MB")
    text = [report.table(head, rows), "", "Goal: at most 1.35 times the smallest app."]
    return "\n".join(text)


def echo(quick: bool) -> str:
    """From two letters being typed to both being on the terminal."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        times: dict[str, list[float]] = {}
        compared = rivals(home)
        for _ in range(1 if quick else 3):
            for name, (command, marker) in compared.items():
                times.setdefault(name, []).extend(_echoes(command, marker, home, LETTERS[:1] if quick else LETTERS))
    base = statistics.median(times["the smallest Textual app"])
    rows = [
        [name, report.milliseconds(found), f"{max(found):.1f}", f"{statistics.median(found) / base:.2f}"]
        for name, found in times.items()
    ]
    return report.table(("two letters on the terminal", "ms", "worst, ms", "times the smallest"), rows)


def append(quick: bool) -> str:
    """One more message in short and long conversations, to the last byte of the picture; then switches of the theme."""
    runs = 1 if quick else 15
    sizes = (10, 50) if quick else SIZES
    with tempfile.TemporaryDirectory() as folder:
        home, out = Path(folder), Path(folder) / "marks.txt"
        script = home / "append.py"
        script.write_text(f"RUNS, SIZES = {runs}, {sizes}\nOUT = {str(out)!r}\n{APPEND}")
        terminal = Terminal([PYTHON, str(script)], home)
        seen: dict[int, float] = {}
        tail = b""
        memory = None
        for at, data in terminal.chunks(240):
            tail = tail[-16:] + data
            for found in re.findall(rb"MARK(\d{5})", tail):
                seen.setdefault(int(found), at)
            memory = terminal.memory() or memory
        terminal.close()
        times: dict[str, dict[int, list[float]]] = {"append": {}, "theme": {}}
        for line in out.read_text().splitlines():
            what, size, marker, value = line.split()
            if what == "theme":
                times["theme"].setdefault(int(size), []).append(float(value))
            elif int(marker) in seen:
                times["append"].setdefault(int(size), []).append((seen[int(marker)] - float(value)) * 1000)
    rows, lines = [], {}
    for what, name in (("append", "one more message"), ("theme", "a switch of the theme")):
        base = statistics.median(times[what][sizes[0]])
        lines[name] = [(size, statistics.median(found)) for size, found in times[what].items()]
        rows += [
            [
                name,
                f"{size:,}",
                report.milliseconds(found),
                f"{max(found):.0f}",
                f"{statistics.median(found) / base:.2f}",
            ]
            for size, found in times[what].items()
        ]
    head = ("what", "messages in the conversation", "ms", "worst, ms", f"times that at {sizes[0]}")
    text = [report.table(head, rows), "", f"Memory of the app with all of them: {memory or 0:.0f} MB."]
    if not quick:
        text += ["", report.chart("append", "A message more in long conversations", "messages in the conversation",
                                  "milliseconds", lines)]  # fmt: skip
    return "\n".join(text)


LETTERS = (b"zq", b"xj", b"vk", b"qz", b"jx", b"kv", b"zj", b"xq", b"vz", b"qx", b"jv", b"kz")


def _echoes(command: list[str], marker: bytes, home: Path, letters: tuple[bytes, ...]) -> list[float]:
    """Milliseconds from two letters being typed to both being written, for several pairs."""
    terminal = Terminal(command, home)
    seen, found, ready = b"", [], 0.0
    waiting: tuple[bytes, float] | None = None
    left = list(letters)
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
            seen, pair = b"", left.pop(0)
            waiting = (pair, time.perf_counter())
            os.write(terminal.end, pair)
    terminal.close()
    return found
