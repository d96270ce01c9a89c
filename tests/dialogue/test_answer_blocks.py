"""Answers about tools are data with fields, for programs that read JSON."""

from __future__ import annotations

import msgspec
import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Capability, Licence, Status
from assistant.dialogue.conversation import Conversation


def block_of(advisor: Advisor, text: str, tag: str) -> dict[str, object]:
    reply = Conversation(advisor).say(text).reply
    found = [block for block in msgspec.json.decode(msgspec.json.encode(reply.blocks)) if block["type"] == tag]
    (block,) = found
    return block  # type: ignore[no-any-return]  # decoded JSON


@pytest.mark.parametrize("tool", ["onnxruntime", "litert", "pytorch"])
def test_what_is_supported_is_told_field_by_field_as_the_record_has_it(advisor: Advisor, tool: str) -> None:
    record = advisor.knowledge.tools[tool]
    block = block_of(advisor, f"does {record.name} run on android and in PHP?", "capability")
    told = {(line["slot"], line["value"]): line for line in block["lines"]}  # type: ignore[attr-defined]  # a list
    for slot, value, offers in (("deployment", "android", record.platforms), ("language", "php", record.languages)):
        line = told[slot, value]
        assert line["answer"] == ("yes" if value in offers else "no")
        assert line["sources"]
        if line["answer"] == "no":
            assert line["offers"] == list(offers)
    assert block["tool"] == tool


def test_status_and_licence_have_fields(advisor: Advisor) -> None:
    theano = advisor.knowledge.tools["theano"]
    status = block_of(advisor, "is theano maintained?", "status")
    assert (status["tool"], status["state"]) == ("theano", theano.status.state)
    assert theano.release is not None and status["released"] == theano.release.date
    assert status["successors"] == list(theano.superseded_by)
    licence = block_of(advisor, "can we ship ultralytics?", "licence")
    assert (licence["spdx"], licence["kind"]) == ("AGPL-3.0-only", "network_copyleft")


def test_the_fields_survive_the_store(advisor: Advisor) -> None:
    """Replies are stored as JSON and read back as the same blocks."""
    conversation = Conversation(advisor)
    for text, kind in (
        ("does pytorch run on android?", Capability),
        ("is keras maintained?", Status),
        ("what licence does jax have?", Licence),
    ):
        reply = conversation.say(text).reply
        assert msgspec.json.decode(msgspec.json.encode(reply), type=type(reply)) == reply
        assert any(isinstance(block, kind) for block in reply.blocks)
