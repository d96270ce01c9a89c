"""YAML dialogues: what is typed, what must be understood, and what must be said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation, Turn
from assistant.knowledge.facts import Quantity

FOLDER = Path(__file__).parent
DIALOGUES = [
    pytest.param(dialogue, id=f"{file.stem}-{dialogue['name']}".replace(" ", "-"))
    for file in sorted(FOLDER.glob("*.yaml"))
    for dialogue in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_dialogue(dialogue: dict[str, Any], advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    for number, expected in enumerate(dialogue["turns"]):
        turn = conversation.say(expected["user"])
        try:
            check(conversation, turn, expected)
        except AssertionError as error:
            raise AssertionError(f"turn {number + 1} “{expected['user']}”: {error}\n\n{turn.reply.plain()}") from None


def check(conversation: Conversation, turn: Turn, expected: dict[str, Any]) -> None:
    unknown = set(expected) - {
        "user",
        "acts",
        "facts",
        "not_facts",
        "stack",
        "not_first",
        "says",
        "not_says",
        "blocks",
        "question",
        "excluded",
        "caveats",
        "command",
    }
    assert not unknown, f"unknown checks {unknown}"
    acts = {act.act for act in turn.utterance.acts}
    for act in expected.get("acts", ()):
        assert act in acts, f"act {act} not in {sorted(acts)}"
    held: dict[str, set[Any]] = {}
    for fact in conversation.state.facts:
        value = fact.value.value if isinstance(fact.value, Quantity) else fact.value
        held.setdefault(f"not {fact.slot}" if fact.negated else fact.slot, set()).add(value)
    for slot, values in expected.get("facts", {}).items():
        for value in values if isinstance(values, list) else [values]:
            assert value in held.get(slot, set()), f"{slot}={value} not in {held.get(slot)}"
    for slot, values in expected.get("not_facts", {}).items():
        for value in values if isinstance(values, list) else [values]:
            assert value not in held.get(slot, set()), f"{slot}={value} should not hold"
    conclusion = conversation.conclusion()
    for role, tools in expected.get("stack", {}).items():
        first = conclusion.first(role)
        assert first in (tools if isinstance(tools, list) else [tools]), f"first choice for {role} is {first}"
    firsts = {choice.ranking[0].tool for choice in conclusion.stack}
    for tool in expected.get("not_first", ()):
        assert tool not in firsts, f"{tool} is a first choice"
    for tool in expected.get("excluded", ()):
        assert tool in {e.tool for e in conclusion.excluded}, f"{tool} is not excluded"
    for caveat in expected.get("caveats", ()):
        assert caveat in {c.id for c in conclusion.caveats}, f"caveat {caveat} missing"
    said = turn.reply.plain()
    for words in expected.get("says", ()):
        assert words.lower() in said.lower(), f"does not say “{words}”"
    for words in expected.get("not_says", ()):
        assert words.lower() not in said.lower(), f"says “{words}”"
    kinds = [type(block).__name__.lower() for block in turn.reply.blocks]
    for kind in expected.get("blocks", ()):
        assert kind in kinds, f"no {kind} block in {kinds}"
    if "question" in expected:
        assert conversation.state.question == expected["question"], f"asks {conversation.state.question}"
    if "command" in expected:
        assert turn.reply.command == expected["command"]
