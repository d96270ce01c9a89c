"""What stands on the screen is in the words of the domain: ids of rules, slots and values are for developers alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Notice, Proof
from assistant.dialogue.conversation import Conversation
from assistant.knowledge.model import Knowledge
from assistant.tui.draw.reply import draw_message, draw_reply
from assistant.tui.widgets.message import entries_of

FOLDER = Path(__file__).parent
DIALOGUES = [
    pytest.param([turn["user"] for turn in dialogue["turns"]], id=f"{file.stem}-{dialogue['name']}".replace(" ", "-"))
    for file in sorted(FOLDER.glob("*.yaml"))
    for dialogue in yaml.safe_load(file.read_text(encoding="utf-8"))
]
_WORD = re.compile(r"[\w!+.#]+(?:[-_/][\w!+.#]+)+")
PROJECTS = (
    "We want to predict churn from 80,000 customer records, decisions must be explainable, on our own servers",
    "40,000 labelled photos, detect defects, must run on Android offline, permissive licences only, we use TensorFlow",
)
QUESTIONS = (
    "why?", "why that?", "how sure are you?", "why not tensorflow?", "why not keras?", "what would change your mind?",
    "what would make keras first?", "why do you ask?", "what if we had a GPU?", "keep it", "compare xgboost and catboost",
    "compare pytorch and qdrant", "alternatives to mlflow", "does onnx runtime run on android?", "is theano maintained?",
    "can we ship ultralytics?", "migrate from torchserve", "about litert", "sources", "caveats", "caveats of pytorch",
    "plan", "what have you understood?", "/help", "it must run in the browser and on a microcontroller", "undo",
)  # fmt: skip


def ids(knowledge: Knowledge) -> set[str]:
    """Every id that is no word: of rules, claims, caveats, steps, slots, values, roles and pillars."""
    claims = [c.id for tool in knowledge.tools.values() for c in (*tool.strengths, *tool.weaknesses)]
    records = [r.id for group in (knowledge.rules, knowledge.caveats, knowledge.steps) for r in group]
    values = [value.id for slot in knowledge.slots.values() for value in slot.values]
    found = {*claims, *records, *values, *knowledge.slots, *knowledge.roles, *knowledge.pillars}
    return {id for id in found if re.search(r"[-_/#]", id)}


def screens(texts: list[str], advisor: Advisor) -> Iterator[tuple[str, str]]:
    """All that was typed, with what the last message and its reply look like: as plain text, and in the terminal app."""
    conversation = Conversation(advisor)
    typed = ""
    for text in texts:
        turn = conversation.say(text)
        said, answer = entries_of(text, turn.reply)
        typed = f"{typed}\n{text}"  # whoever types an id reads it in quotation marks
        yield typed, turn.reply.plain()
        yield typed, draw_reply(answer.blocks, 100).content.plain
        yield typed, draw_message(said.text or "", 100, said.marks).content.plain


def leaked(text: str, shown: str, forbidden: set[str]) -> set[str]:
    return {word for word in _WORD.findall(shown) if word in forbidden and word not in text}


@pytest.mark.parametrize("texts", [*DIALOGUES, *([project, *QUESTIONS] for project in PROJECTS)])
def test_no_id_of_a_rule_a_slot_or_a_value_is_shown(texts: list[str], advisor: Advisor) -> None:
    forbidden = ids(advisor.knowledge)
    found = {
        (text.splitlines()[-1], word)
        for text, shown in screens(texts, advisor)
        for word in leaked(text, shown, forbidden)
    }
    assert not found


def test_the_developer_view_shows_the_rules(advisor: Advisor) -> None:
    """So the test above can fail: with rule ids on the screen it would find them."""
    conversation = Conversation(advisor)
    conversation.say(PROJECTS[0])
    reply = conversation.say("why?").reply
    shown = draw_reply(reply.blocks, 100, developer=True).content.plain
    rules = {node.rule for block in reply.blocks if isinstance(block, Proof) for node in block.root.children}
    assert any(f"[{rule}]" in shown for rule in rules if rule)
    assert leaked("", shown.replace("#", " "), ids(advisor.knowledge))


def refs(value: object) -> Iterator[tuple[str, str]]:
    """The claims in a block as JSON, each with the kind of thing that makes it."""
    if isinstance(value, dict):
        if value.get("ref"):
            yield value["ref"], ",".join(sorted(value))
        for part in value.values():
            yield from refs(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from refs(part)


def test_every_kind_of_claim_on_the_screen_is_answered(advisor: Advisor) -> None:
    asked: set[tuple[str, str, str]] = set()
    for project in PROJECTS:
        conversation = Conversation(advisor)
        for text in (project, *QUESTIONS):
            reply = conversation.say(text).reply
            before = conversation.state
            for block in reply.blocks:
                for ref, made_of in refs(msgspec.to_builtins(block)):
                    kind = (type(block).__name__, made_of, ref.partition("/")[0])
                    if kind in asked:
                        continue
                    asked.add(kind)
                    answer = conversation.say(f"/why {ref}").reply
                    conversation.state = before
                    told = [block for block in answer.blocks if isinstance(block, Notice)]
                    assert answer.blocks and not told, (text, ref, answer.plain())
    assert {kind for _, _, kind in asked} >= {
        "argument", "assumed", "caveat", "claim", "excluded", "fact", "gone", "if", "pillar", "question", "record",
        "role", "step", "tool",
    }  # fmt: skip
