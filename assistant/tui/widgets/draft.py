"""The line that stands above a conversation while a what-if is tried: nothing of it holds until it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, Static

from assistant.tui.draw.page import fit
from assistant.tui.widgets.panel import what_if

if TYPE_CHECKING:
    from textual.events import Resize

AROUND = 34  # cells of what stands around the words


class DraftLine(Horizontal):
    """Says what is tried; two buttons keep or discard it."""

    BINDING_GROUP_TITLE = "A what-if"
    HELP = "You are looking at a draft. Keep makes it so, Discard forgets it; so do /keep and /discard."

    class Decided(Message):
        """The person decided: `text` is the command."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, draft: str) -> None:
        super().__init__(id="draft")
        self.draft = draft

    def compose(self) -> ComposeResult:
        yield Static(id="draft-words", markup=False)
        yield Button("Keep", id="keep", compact=True)
        yield Button("Discard", id="discard", compact=True)

    def on_resize(self, event: Resize) -> None:
        words = fit(what_if(self.draft), event.size.width - AROUND)
        self.query_one("#draft-words", Static).update(f"✎ Draft, not kept yet: {words}" if words else "✎ Draft")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Decided(f"/{event.button.id}"))
