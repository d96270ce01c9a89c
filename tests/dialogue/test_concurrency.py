"""Many conversations in one process, in threads and in tasks: each goes as if it were alone."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator

import msgspec
import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation

TALKS = [
    [
        "Churn prediction on 2 million rows, on premises",
        "why not xgboost?",
        "what if we had 500 rows?",
        "/undo",
        "plan",
    ],
    ["Defects in 40,000 labelled photos, in an Android app", "the licence must be permissive", "why?", "caveats"],
    ["a chat over our documents, no cloud", "we have one GPU", "compare vllm and llama.cpp", "/drop deployment"],
    ["forecast sales of 3,000 shops in R", "how sure are you?", "not R, Python", "what would change your mind?"],
    ["speech to text on a Raspberry Pi", "two people, six weeks", "why do you ask?", "/facts"],
    ["I am learning; image classification", "what next?", "we use keras", "why not pytorch?"],
]


def spoken(advisor: Advisor, turns: list[str]) -> bytes:
    """Everything that a conversation answers and remembers."""
    talk = Conversation(advisor)
    replies = [talk.say(text) for text in turns]
    return msgspec.json.encode((replies, talk.state, talk.conclusion(), talk.panel()))


@pytest.fixture(scope="module")
def alone(advisor: Advisor) -> list[bytes]:
    return [spoken(advisor, turns) for turns in TALKS]


@pytest.fixture
def small_switches() -> Iterator[None]:
    """Threads take turns every few bytecodes."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("small_switches")
def test_conversations_in_threads_go_as_if_alone(advisor: Advisor, alone: list[bytes]) -> None:
    found: dict[int, bytes | Exception] = {}
    start = threading.Barrier(2 * len(TALKS))

    def work(number: int) -> None:
        start.wait()
        try:
            found[number] = spoken(advisor, TALKS[number % len(TALKS)])
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2 * len(TALKS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(2 * len(TALKS))] == alone * 2


async def test_conversations_in_tasks_take_turns_and_go_as_if_alone(advisor: Advisor, alone: list[bytes]) -> None:
    """Between two turns of one, others speak, on the loop itself and on its threads."""

    async def work(number: int) -> bytes:
        talk = Conversation(advisor)
        replies = []
        for text in TALKS[number % len(TALKS)]:
            replies.append(talk.say(text) if number % 2 else await asyncio.to_thread(talk.say, text))
            await asyncio.sleep(0)
        return msgspec.json.encode((replies, talk.state, talk.conclusion(), talk.panel()))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(number)) for number in range(2 * len(TALKS))]
    assert [task.result() for task in tasks] == alone * 2


def test_two_advisors_side_by_side_do_not_disturb_each_other(advisor: Advisor, alone: list[bytes]) -> None:
    other = Advisor(advisor.knowledge, "reference")
    talks = [(Conversation(advisor), Conversation(other)) for _ in TALKS]
    longest = max(map(len, TALKS))
    for step in range(longest):
        for pair, turns in zip(talks, TALKS, strict=True):
            if step < len(turns):
                first, second = (talk.say(turns[step]) for talk in pair)
                assert msgspec.json.encode(first) == msgspec.json.encode(second)
    other.close()
