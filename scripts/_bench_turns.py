"""What is said and answered: reading a message, a whole turn, and turns of long sessions."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path

import _bench_report as report
from _bench_common import BRIEFS, FOLLOW_UPS, ROOT

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.language.understand import understand
from assistant.sessions.service import Sessions

DATA = ROOT / "tests" / "language" / "data"
WINDOWS = ((1, 10), (10, 100), (100, 1_000))


def questions() -> list[str]:
    """The first messages that the language is tested with."""
    files = [DATA / "questions.jsonl", DATA / "messages.jsonl"]
    return [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]


def turns(quick: bool) -> str:
    """Understanding per message and whole turns, over the development questions; the processor's time of this process."""
    advisor = Advisor.load()
    asked = questions()[:8] if quick else questions()
    reading: list[float] = []
    for number in range(2 if quick else 4):
        for text in asked:
            started = time.process_time()
            understand(text, advisor.lexicon)
            if number:  # the first round fills caches
                reading.append((time.process_time() - started) * 1000)
    first = [spent for text in asked for spent in _said(advisor, [text])]
    later = [
        spent
        for _ in range(1 if quick else 6)
        for brief in BRIEFS
        for spent in _said(advisor, [brief, *FOLLOW_UPS])[1:]
    ]
    advisor.close()
    measured = {
        f"understanding a message ({len(asked)} questions)": reading,
        "whole first turn of each question": first,
        "whole turn after that (" + ", ".join(f"“{text}”" for text in FOLLOW_UPS[:3]) + ", ...)": later,
        "whole turn, all": first + later,
    }
    rows = [
        [name, f"{sum(found) / len(found):.2f}", report.milliseconds(found), *map(report.number, _late(found))]
        for name, found in measured.items()
    ]
    head = ("what", "mean, ms", "median (quartiles), ms", "p99, ms", "worst, ms")
    goals = "Goals: understanding 1 ms in the mean, a turn 16 ms in 99 of 100. Waited for, engine's process and all."
    return "\n".join([report.table(head, rows), "", goals])


def _said(advisor: Advisor, texts: list[str]) -> list[float]:
    """Milliseconds that each message of a new conversation is waited for."""
    conversation = Conversation(advisor)
    spent = []
    for text in texts:
        started = time.perf_counter()
        conversation.say(text)
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def length(quick: bool) -> str:
    """Turns of one stored session, by how many came before."""
    windows = WINDOWS[:1] if quick else WINDOWS
    advisor = Advisor.load()
    rows, lines = [], []
    with tempfile.TemporaryDirectory() as folder:
        sessions = Sessions.open(lambda: advisor, Path(folder) / "sessions.db")
        warm = sessions.new()
        for text in islice(_talk(), 12):
            warm.say(text)
        session = sessions.new()
        spent = []
        for text in islice(_talk(), windows[-1][1]):
            started = time.perf_counter()
            session.say(text)
            spent.append((time.perf_counter() - started) * 1000)
        for first, last in windows:
            found = spent[first:last]
            rows.append([f"{first:,} to {last:,}", report.milliseconds(found), *map(report.number, _late(found))])
            lines.append((float(last), report.spread(found)[1]))
        sessions.close()
    advisor.close()
    text = [report.table(("turns before", "median (quartiles), ms", "p99, ms", "worst, ms"), rows)]
    if not quick:
        chart = report.chart("length", "A turn in a long session", "turns before", "milliseconds", {"one turn": lines})
        text += ["", chart]
    return "\n".join(text)


def _talk() -> Iterator[str]:
    """A project that is changed and asked about without end; nothing piles up but the turns."""
    yield BRIEFS[0]
    asked = cycle(FOLLOW_UPS)
    for number in count():
        yield f"actually we have {1_000 * (number % 90 + 1):,} photos" if number % 5 == 4 else next(asked)


def _late(found: list[float]) -> tuple[float, float]:
    ordered = sorted(found)
    return ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)], ordered[-1]
