"""One conversation: what the person types goes in, a turn with its reply comes out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Ask, Facts, Recommendation, Reply
from assistant.dialogue.events import Event, State, fold
from assistant.knowledge.facts import Fact
from assistant.language.model import Utterance
from assistant.reasoning.model import Conclusion


class Turn(msgspec.Struct, frozen=True):
    """One exchange. `number` counts from 0; `text` is what the person said, to the letter."""

    number: int
    text: str
    utterance: Utterance
    events: tuple[Event, ...]
    reply: Reply
