"""What a turn is made of, with the shipped knowledge and several times as much."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import partial

import _bench_report as report
from _bench_common import BRIEFS, FOLLOW_UPS
from _bench_grow import of_fields

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.knowledge.loading import load
from assistant.language.understand import understand
from assistant.reasoning.changes import apply, edits
from assistant.reasoning.counterfactual import next_question, smallest_changes
from assistant.reasoning.program import atoms_of
from assistant.reasoning.reasoner import Reasoner

TIMES = (1, 3, 10, 30)

WHAT = {
    "read": "understanding a message",
    "infer": "inference alone",
    "conclude": "inference, ranking and advice",
    "what-if": "one what-if",
    "question": "next question",
    "changes": "minimal changes",
    "turn": "whole turn",
}


def growth(quick: bool) -> str:
    """Measure, and print as it comes."""
    rows: list[list[str]] = []
    lines: dict[str, list[tuple[float, float]]] = {}
    shipped = load()
    for times in TIMES[:1] if quick else TIMES:
        started = time.perf_counter()
        advisor = Advisor(of_fields(shipped, times))
        gc.collect()
        gc.freeze()  # as Advisor.load() does
        loading = time.perf_counter() - started
        found = measured(advisor, quick)
        advisor.close()
        print(f"growth x{times}: {len(advisor.knowledge.rules):,} rules, loaded in {loading:.1f} s", flush=True)
        for what, spent in found.items():
            late = sorted(spent)[min(int(len(spent) * 0.99), len(spent) - 1)]
            cells = [report.milliseconds(spent), report.number(late)]
            print(f"growth x{times:<4} {WHAT[what]:<32} " + "  ".join(f"{cell:<24}" for cell in cells), flush=True)
            rows.append([f"x {times} ({len(advisor.knowledge.rules):,})", WHAT[what], *cells])
            lines.setdefault(WHAT[what], []).append((times, report.spread(spent)[1]))
    text = [
        "Milliseconds of processor time, those of the engine's own process included.",
        "",
        report.table(("knowledge (rules)", "what", "median (quartiles)", "slowest in a hundred"), sorted(rows, key=_order)),
        "",
        "" if quick else report.chart("growth", "The parts of a turn, by the size of the knowledge", "times the shipped knowledge",
                     "milliseconds", lines, goal=16.0),
    ]  # fmt: skip
    return "\n".join(text)


def _order(row: list[str]) -> int:
    return list(WHAT.values()).index(row[1])


def measured(advisor: Advisor, quick: bool) -> dict[str, list[float]]:
    """Milliseconds of each thing, over the projects of the briefs."""
    reasoner = advisor.reasoner
    clock = _clock(reasoner)
    found: dict[str, list[float]] = {what: [] for what in WHAT}

    def timed(what: str, act: Callable[[], object]) -> None:
        started = clock()
        act()
        found[what].append((clock() - started) * 1000)

    briefs = BRIEFS[:1] if quick else BRIEFS
    for turn in range(2 if quick else 6):
        for brief in briefs:
            conversation = Conversation(advisor)
            for text in (brief, *FOLLOW_UPS):
                if turn:  # the first fills caches
                    timed("turn", partial(conversation.say, text))
                else:
                    conversation.say(text)
    for brief in briefs:
        conversation = Conversation(advisor)
        conversation.say(brief)
        for _ in range(1 if quick else 5):
            timed("read", partial(understand, brief, advisor.lexicon))
        facts = conversation.state.facts
        atoms = atoms_of(reasoner.programs.argue, facts)
        conclusion = reasoner.conclude(facts)
        tried = [apply(reasoner, facts, (edit,)) for edit in edits(reasoner, facts)]
        for _ in range(1 if quick else 5):
            timed("infer", partial(reasoner._argue.infer, atoms))
            timed("conclude", partial(reasoner.conclude, facts))
            timed("question", partial(next_question, reasoner, facts, conclusion))
            for choice in conclusion.stack[:1]:
                last = choice.ranking[-1].tool
                timed("changes", partial(smallest_changes, reasoner, facts, choice.role, last, every=False))
            forecast = reasoner.forecast(facts)
            for other in tried:
                timed("what-if", partial(forecast.leads, other))
    return found


def _clock(reasoner: Reasoner) -> Callable[[], float]:
    """Seconds of processor time of this process, and of those of the engines where the system tells."""
    engines = (getattr(engine, "_engine", None) for engine in (reasoner._argue, reasoner._advise))
    processes = [engine._process.pid for engine in engines if hasattr(engine, "_process")]
    clocks = [(~process << 3) | 2 for process in processes if sys.platform == "linux"]  # as clock_getcpuclockid() does
    return lambda: time.process_time() + sum(map(time.clock_gettime, clocks))
