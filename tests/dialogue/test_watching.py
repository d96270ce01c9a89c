"""Edited knowledge is noticed when it came to rest, taken in when it is sound, and what was before it is freed."""

from __future__ import annotations

import gc
import os
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue.conversation import Conversation
from assistant.dialogue.watching import Watched
from assistant.knowledge import loading
from assistant.knowledge.loading import KnowledgeError
from tests.knowledge.tiny import NEED, TOOLS, VOCABULARY, rule, write

BAN = rule("ban", "task: ocr", "exclude: [beta]")
CYCLE = rule("p", "none: {stage: production}", "then: {stage: prototype}") + rule(
    "q", "stage: prototype", "then: {stage: production}"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = write(tmp_path / "tiny")
    monkeypatch.setattr(loading, "shipped", lambda: place)
    return place


def take(watched: Watched) -> str | None:
    """Two looks, and what they lead to."""
    assert not watched.changed()
    return watched.swap(watched.build()) if watched.changed() else None


def first(conversation: Conversation) -> str | None:
    return conversation.conclusion().first("framework")


def test_a_sound_edit_holds_from_the_next_turn_on(folder: Path) -> None:
    watched = Watched(())
    talk = Conversation(watched.advisor)
    talk.say("ocr")
    assert first(talk) == "beta"
    assert take(watched) is None
    write(folder, rules=NEED + BAN)
    assert take(watched) == "rules new: ban"
    moved = talk.under(watched.advisor)
    assert (first(moved), moved.turns, moved.state) == ("alpha", 1, talk.state)
    assert moved.say("why?").number == 1
    write(folder)
    assert take(watched) == "rules gone: ban"
    watched.advisor.close()


def test_a_broken_edit_keeps_what_is_and_says_where(folder: Path) -> None:
    watched = Watched(())
    before = watched.advisor
    write(folder, rules=NEED + "  - {id: half\n")
    with pytest.raises(KnowledgeError, match=r"tiny/rules\.yaml:\d+:\d+: error: is not YAML"):
        take(watched)
    write(folder, rules=NEED + CYCLE)
    with pytest.raises(KnowledgeError, match=r"tiny/rules\.yaml:9:11: error: .*helps to derive that \(p at .*, q at "):
        take(watched)
    assert watched.advisor is before
    assert not watched.changed() and not watched.changed()  # told once
    talk = Conversation(before)
    talk.say("ocr")
    assert first(talk) == "beta"
    write(folder, rules=NEED + BAN)
    assert take(watched) == "rules new: ban"
    watched.advisor.close()


def test_half_saved_files_are_left_to_rest(folder: Path) -> None:
    watched = Watched(())
    for number in range(3):
        write(folder, rules=NEED + "# still writing\n" * number)
        assert not watched.changed()
    assert watched.changed()
    watched.advisor.close()


def test_what_was_said_about_things_that_are_gone_does_no_harm(folder: Path) -> None:
    watched = Watched(())
    talk = Conversation(watched.advisor)
    turn = talk.say("ocr in production, 5000 rows, we use gamma and consider beta")
    said = talk.state.facts
    assert len(said) >= 4
    slim = VOCABULARY.replace("      - {id: ocr, title: reading text, say: [ocr]}\n", "")
    slim = slim[: slim.index("  - id: data_rows")] + slim[slim.index("  - id: existing_stack") :]
    tools = TOOLS[: TOOLS.index("  - id: beta")].replace("[ocr, classification]", "[classification]")
    write(folder, tools=tools, vocabulary=slim)
    take(watched)
    resumed = Conversation.resume(watched.advisor, [turn.events])
    for moved in (talk.under(watched.advisor), resumed):
        assert {fact.key()[:2] for fact in moved.state.facts} == {("stage", "production")}
        moved.panel()
        for text in ("why?", "summary", "/facts", "/redo", "classification", "what if it were a prototype?", "/undo"):
            moved.say(text).reply.plain()
            moved.panel()
    watched.advisor.close()


def test_the_one_before_is_freed(folder: Path) -> None:
    watched = Watched(())
    for number in range(3):
        before: Any = watched.advisor
        before.reasoner.conclude(())
        process = before.reasoner._argue._engine.host.process.pid
        gone = weakref.ref(before)
        del before
        write(folder, rules=NEED + "# a comment\n" * (number + 1))
        assert take(watched) == "nothing that matters has changed"
        assert gone() is None
        time.sleep(0.05)
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert gc.isenabled()
    watched.advisor.close()


def test_files_that_come_and_go_are_noticed(folder: Path) -> None:
    watched = Watched(())
    (folder / "more.yaml").write_text("rules:\n" + BAN, encoding="utf-8")
    assert take(watched) == "rules new: ban"
    (folder / "more.yaml").unlink()
    assert take(watched) == "rules gone: ban"
    watched.advisor.close()
