"""Does the assistant still say the same? Runs the messages of a stored session again and compares."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.sessions.model import StoredTurn
from assistant.sessions.session import first_choices


class Changed(msgspec.Struct, frozen=True):
    """A role whose first choice is another now ('' where the role is not filled)."""

    role: str
    before: str
    after: str


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
    replayed = []
    for turn in turns:
        now = conversation.say(turn.text)
        after = first_choices(advisor.knowledge, conversation)
        roles = dict.fromkeys([*turn.choices, *after])
        changed = [Changed(role, turn.choices.get(role, ""), after.get(role, "")) for role in roles]
        replayed.append(
            ReplayedTurn(
                number=turn.number,
                text=turn.text,
                same=msgspec.json.encode(now.reply) == msgspec.json.encode(turn.reply),
                changed=tuple(change for change in changed if change.before != change.after),
            )
        )
    recorded = tuple(dict.fromkeys(turn.knowledge for turn in turns))
    return Replay(advisor.knowledge.version, recorded, tuple(replayed))
