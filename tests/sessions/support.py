"""A conversation that needs no knowledge: it counts, repeats what it hears, and remembers it in its events."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from assistant.dialogue.blocks import Reply, Text
from assistant.dialogue.conversation import Turn
from assistant.dialogue.events import Event, Focus
from assistant.language.model import Utterance
from assistant.reasoning.model import Choice, Conclusion, Firing, Ranked
from assistant.sessions.model import StoredTurn


class FakeAdvisor:
    """Stands in for an Advisor: the sessions look only at the knowledge's version and roles."""

    knowledge = SimpleNamespace(version="fake", roles={}, questions=())
    notice = None


class Fake:
    """`heard` is its whole state; a reply depends on all that was said before."""

    def __init__(self, advisor: Any = None, *, debug: bool = False) -> None:
        self.heard: list[str] = []

    @classmethod
    def resume(cls, advisor: Any, turns: Iterable[tuple[Event, ...]], *, debug: bool = False) -> Fake:
        fake = cls()
        for (event,) in turns:
            assert isinstance(event, Focus)
            fake.heard.append(event.act or "")
        return fake

    @property
    def turns(self) -> int:
        return len(self.heard)

    @property
    def state(self) -> SimpleNamespace:
        return SimpleNamespace(facts=tuple(self.heard), question=None)

    def say(self, text: str, so_far: object = None) -> Turn:
        number = len(self.heard)
        self.heard.append(text)
        reply = Reply((Text(text=f"{number + 1}: {' | '.join(self.heard)}"),))
        return Turn(number, text, Utterance(text), (Focus(act=text),), reply)

    def conclusion(self) -> Conclusion:
        firing = Firing("c", "r", (), ("a", "b"))
        choice = Choice("framework", (Ranked(f"tool-{len(self.heard)}", 1.0, (), firing),), ())
        return Conclusion((), (choice,) if self.heard else (), (), (), (), (), ())


def turn(number: int, text: str = "hello", answer: str = "answer") -> StoredTurn:
    """A turn as the store keeps it."""
    return StoredTurn(
        number=number,
        text=text,
        reply=Reply((Text(text=answer),)),
        created=f"2026-11-22T12:00:{number % 60:02}.000+00:00",
        utterance=Utterance(text),
        events=(Focus(act=text),),
        knowledge="fake",
        choices={"framework": "tool"},
        answer=answer,
    )
