"""Where the person types: grows with the text, remembers, completes, survives any paste."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from assistant.tui.keys import Key, keys_of
from assistant.tui.prompts import Prompts
from assistant.tui.safe import safe

LONG_PASTE = 2000  # characters; longer pastes are shown as a stand-in
LONG_PASTE_LINES = 30
LONGEST_PASTE = 1_000_000  # characters; what goes beyond is left out, and said to be
_NO_KEYMAP: Mapping[str, str] = MappingProxyType({})

Completer = Callable[[str], tuple[str, bool]]


class Prompt(TextArea):
    """A text area in which Enter sends. Long pastes stand as `[pasted N characters]` until the message is sent."""

    BINDING_GROUP_TITLE = "The prompt"
    HELP = (
        "Say in your own words what you want to build, ask why, object, correct, compare; or type a command. Up and Down "
        "at the first and last line bring back what you typed before, in this session or another. Right takes the "
        "completion. The number of an option and Enter answers the open question."
    )
    ALSO: ClassVar[tuple[Key, ...]] = (
        Key("prompt.send", "enter", "send"),
        Key("prompt.newline", "shift+enter,ctrl+j", "new line"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "complete", "take the completion, else go to the conversation", id="prompt.complete", show=False
        ),
        Binding("pageup", "scroll_transcript(-1)", "scroll up", id="prompt.page-up", show=False),
        Binding("pagedown", "scroll_transcript(1)", "scroll down", id="prompt.page-down", show=False),
    ]

    class Submitted(Message):
        """The person sent `text` (not blank)."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class PageWanted(Message):
        """Scroll the conversation by `pages`."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

    def __init__(
        self, prompts: Prompts, keymap: Mapping[str, str] = _NO_KEYMAP, *, placeholder: str = "", id: str | None = None
    ) -> None:
        super().__init__(id=id, placeholder=placeholder, highlight_cursor_line=False, compact=True)
        self._send, self._new_line = (keys_of(key.id, key.keys, keymap).split(",") for key in self.ALSO)
        self.prompts = prompts
        self.complete: Completer | None = None
        self._back = 0  # how far back in the history; 0 is the text being written
        self._written = ""
        self._pastes: dict[str, str] = {}
        self._insertable = True

    # --- sending ---------------------------------------------------------------------------------------

    @property
    def message(self) -> str:
        """The text with long pastes put back."""
        text = self.text
        for stand_in, pasted in self._pastes.items():
            text = text.replace(stand_in, pasted, 1)
        return text

    def submit(self) -> None:
        """Send what is written, unless it is blank."""
        text = self.message.strip()
        if text:
            self.post_message(self.Submitted(text))
            self.prompts.add(text)
            self.clear_all()

    def clear_all(self) -> None:
        """Empty the prompt and forget its pastes."""
        self._pastes.clear()
        self._back = 0
        self.load_text("")

    def put(self, text: str) -> None:
        """Replace the text; the cursor stands at its end."""
        self.load_text(safe(text))
        self.move_cursor(self.document.end)
        self.update_suggestion()

    def put_last_selected(self, text: str) -> None:
        """Replace the text; its last word stands selected, so that typing replaces it."""
        self.put(text)
        last = safe(text).rpartition(" ")[2]
        row, column = self.document.end
        self.selection = Selection((row, column - len(last)), (row, column))

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = safe(event.text[:LONGEST_PASTE])
        if len(text) > LONG_PASTE or text.count("\n") > LONG_PASTE_LINES:
            more = f" of {len(event.text):,}" if len(event.text) > LONGEST_PASTE else ""
            stand_in = f"[pasted {len(text):,}{more} characters]"
            if stand_in in self._pastes:
                stand_in = f"{stand_in[:-1]}, {len(self._pastes) + 1}]"
            self._pastes[stand_in] = text
            text = stand_in
        self.replace(text, *self.selection, maintain_selection_offset=False)

    async def _on_key(self, event: events.Key) -> None:
        """Keys that send or break the line; all others are the base class's.

        They are handled here and not by bindings with priority, which would overtake letters that are still waiting.
        """
        if event.key in self._send:
            self.submit()
        elif event.key in self._new_line:
            self.insert("\n")
        else:
            return
        event.stop()
        event.prevent_default()

    # --- history ------------------------------------------------------------------------------------------

    def action_cursor_up(self, select: bool = False) -> None:
        if select or self.wrapped_document.location_to_offset(self.cursor_location).y > 0 or not self._recall(1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        last = self.wrapped_document.height - 1
        at_end = self.wrapped_document.location_to_offset(self.cursor_location).y >= last
        if select or not at_end or not self._recall(-1):
            super().action_cursor_down(select)

    def _recall(self, step: int) -> bool:
        texts: Sequence[str] = self.prompts.texts
        back = self._back + step
        if not 0 <= back <= len(texts):
            return False
        if self._back == 0:
            self._written = self.text
        self._back = back
        self.put(texts[-back] if back else self._written)
        return True

    # --- completion -----------------------------------------------------------------------------------------

    def update_suggestion(self) -> None:
        """Ghost text behind the cursor: the rest of a name, or what a command takes."""
        suggestion, self._insertable = "", True
        if self.complete and self.text and self.cursor_location == self.document.end and "\n" not in self.text:
            suggestion, self._insertable = self.complete(self.text)
        self.suggestion = safe(suggestion)

    def action_complete(self) -> None:
        if self.suggestion and self._insertable:
            self.insert(self.suggestion)
        else:
            self.screen.focus_next()

    def action_cursor_right(self, select: bool = False) -> None:
        if self.suggestion and not self._insertable:
            self.move_cursor(self.get_cursor_right_location(), select=select)
        else:
            super().action_cursor_right(select)

    def action_scroll_transcript(self, pages: int) -> None:
        self.post_message(self.PageWanted(pages))
