"""One lexicon of the shipped knowledge for all language tests: building it is not what they are about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.knowledge.loading import load
from assistant.language.lexicon import Lexicon
from assistant.language.model import Context, Utterance
from assistant.language.understand import understand

Reader = Callable[..., Utterance]


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon(load())


@pytest.fixture(scope="session")
def told(lexicon: Lexicon) -> Reader:
    """Understands a message, with or without a context."""

    def read(text: str, context: Context | None = None) -> Utterance:
        return understand(text, lexicon, context or Context())

    return read
