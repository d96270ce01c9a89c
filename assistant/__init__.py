"""Tells you which machine-learning stack to choose, and defends every word.

    >>> from assistant import Assistant, Conversation
    >>> conversation = Conversation(Assistant.load())
    >>> print(conversation.say("churn prediction on 80k rows of CRM data").reply.plain())

Names are loaded when they are first used, so importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant._version import __version__

if TYPE_CHECKING:
    from assistant.dialogue.advisor import Advisor as Assistant
    from assistant.dialogue.blocks import Reply
    from assistant.dialogue.conversation import Conversation

__all__ = ["Assistant", "Conversation", "Reply", "__version__"]

_HOMES = {
    "Assistant": ("assistant.dialogue.advisor", "Advisor"),
    "Conversation": ("assistant.dialogue.conversation", "Conversation"),
    "Reply": ("assistant.dialogue.blocks", "Reply"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOMES[name]
    value: object = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
