"""A day's worth of talking leaves memory where it was: here, in the engine's processes, and in the count of processes."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.knowledge.loading import load

TURNS = int(os.environ.get("SOAK_TURNS", "30000"))

TASKS = (
    "churn prediction",
    "defect detection in photos",
    "a chat over our documents",
    "sales forecasts",
    "speech to text",
)
PLACES = ("in an Android app", "on premises", "in the browser", "on AWS", "on a Raspberry Pi", "on Kubernetes")
DETAILS = ("the licence must be permissive", "we have {n} rows", "two people, six weeks", "not in the cloud", "no GPU")
QUESTIONS = ("why?", "why not xgboost?", "what if we had {n} rows?", "/undo", "compare pytorch and keras", "what next?")


def turn(rng: random.Random) -> str:
    amount = rng.choice((300, 4_000, 80_000, 2_000_000))
    text = rng.choice(
        (f"{rng.choice(TASKS)} {rng.choice(PLACES)}", rng.choice(DETAILS), rng.choice(DETAILS), rng.choice(QUESTIONS))
    )
    return text.format(n=amount)


def resident(process: int) -> int:
    """KiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.mark.nightly
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_stays_flat_over_thirty_thousand_turns() -> None:
    """Prints its numbers (pytest -s); `SOAK_TURNS` makes it shorter or longer."""
    advisor = Advisor(load())
    engine: Any = advisor.reasoner._argue
    processes = [os.getpid(), engine._engine.host.process.pid]
    rng = random.Random(0)
    measured = {}
    said = 0
    while said <= TURNS:
        conversation = Conversation(advisor)
        for _ in range(rng.randint(3, 9)):
            assert conversation.say(turn(rng)).reply.blocks
            if said % (TURNS // 10) == 0:
                measured[said] = [resident(process) for process in processes]
            said += 1
    warm, end = measured[TURNS // 10 * 7], measured[TURNS]  # until then, caches fill up to their bounds
    assert advisor.notice is None
    print(f"\n{said} turns; KiB of the process and its two engines: {measured}")
    assert all(after - before < 2_000 for before, after in zip(warm, end, strict=True)), measured
    advisor.close()
