"""Tells you which machine-learning stack to choose, and defends every word.

    >>> from assistant import Assistant
    >>> with Assistant.load() as assistant:
    ...     reply = assistant.conversation().say("churn prediction on 80k rows of CRM data")
    >>> str(reply).startswith("Understood")
    True

`assistant/api.py` says what there is. Names are loaded when they are first used, so importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant._version import __version__

if TYPE_CHECKING:
    from assistant.api import Assistant, Conclusion, Conversation, KnowledgeError, Reply

__all__ = ["Assistant", "Conclusion", "Conversation", "KnowledgeError", "Reply", "__version__"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from assistant import api

    value: object = getattr(api, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
