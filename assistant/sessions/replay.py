"""Does the assistant still say the same? Runs the messages of a stored session again and compares."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.wording import Wording
from assistant.sessions.basis import Basis, Changed, changes
from assistant.sessions.model import StoredTurn
from assistant.sessions.session import first_choices


class ReplayedTurn(msgspec.Struct, frozen=True):
    """`same`: the reply is the same to the byte."""

    number: int
    text: str
    same: bool
    changed: tuple[Changed, ...]


class Replay(msgspec.Struct, frozen=True):
    """`recorded` are the versions of the knowledge that gave the replies, `knowledge` is the one used now."""

    knowledge: str
    recorded: tuple[str, ...]
    turns: tuple[ReplayedTurn, ...]

    @property
    def same(self) -> bool:
        return all(turn.same for turn in self.turns)

    @property
    def same_knowledge(self) -> bool:
        return self.recorded == (self.knowledge,)


def replay(advisor: Advisor, turns: Sequence[StoredTurn]) -> Replay:
    """Say every message of `turns` again in a fresh conversation."""
    conversation = Conversation(advisor)
    wording = Wording(advisor.knowledge)
    basis: Basis = {}
    replayed = []
    for turn in turns:
        now = conversation.say(turn.text)
        basis = turn.basis or basis
        after = first_choices(advisor.knowledge, conversation)
        replayed.append(
            ReplayedTurn(
                number=turn.number,
                text=turn.text,
                same=msgspec.json.encode(now.reply) == msgspec.json.encode(turn.reply),
                changed=changes(turn.choices, after, basis, conversation.conclusion(), wording),
            )
        )
    recorded = tuple(dict.fromkeys(turn.knowledge for turn in turns))
    return Replay(advisor.knowledge.version, recorded, tuple(replayed))
