"""What the conversation does with keys, and with what the widgets on it post."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from assistant.tui.completion import Completion
from assistant.tui.safe import one_line
from assistant.tui.widgets.bars import CommandHints
from assistant.tui.widgets.message import MessageView
from assistant.tui.widgets.prompt import Prompt
from assistant.tui.widgets.side import Side
from assistant.tui.widgets.transcript import Transcript
from assistant.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Choices
    from assistant.tui.app import AssistantApp
    from assistant.tui.widgets.draft import DraftLine
    from assistant.tui.widgets.panel import SidePanel

DIGITS = "123456789"
_QUANTITY = re.compile(r"\s*[<>=≤≥]?\s*[0-9]")


class Hearing(Screen[None]):
    """Turns keys and messages into what `ChatScreen`, which is one, can do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "home", "one step back towards the prompt", id="chat.home", show=False),
        Binding("ctrl+up", "claim(-1)", "previous claim", id="chat.previous", show=False),
        Binding("ctrl+down", "claim(1)", "next claim", id="chat.next", show=False),
    ]

    app: AssistantApp
    completion: Completion
    choices: Choices | None = None  # the options that were offered last

    @abstractmethod
    def say(self, text: str) -> None:
        """Say `text` to the conversation."""

    @abstractmethod
    async def resume(self, session: str) -> None:
        """Show the stored session with this id."""

    @abstractmethod
    async def toggle_panel(self) -> None:
        """Show or hide the panel."""

    @abstractmethod
    def show_status(self) -> None:
        """Say in the status line what can be done now."""

    @property
    def transcript(self) -> Transcript:
        return self.query_one("#transcript", Transcript)

    @property
    def prompt(self) -> Prompt:
        return self.query_one("#prompt", Prompt)

    @property
    def side(self) -> Side:
        return self.query_one("#side", Side)

    @property
    def focus_chain(self) -> list[Widget]:
        """Tab goes from the prompt to the conversation (or the examples in its place), on to the panel, and back."""
        chain = [widget for widget in super().focus_chain if widget is not self.transcript or self.transcript.entries]
        return sorted(chain, key=lambda widget: widget is self.prompt)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A claim is chosen only while the keys that the status line names mean it."""
        if self.transcript.claim and event.widget is not self.transcript:
            self.transcript.leave()

    # --- keys ------------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Typing anywhere goes to the prompt, unless the key means something where the focus is.

        A letter may still come here when the prompt has got the focus: it was typed before that, and is text as well.
        """
        if event.key in self.active_bindings or not (event.character and event.is_printable):
            return
        event.stop()
        elsewhere = self.focused is not self.prompt
        await self._to_prompt()
        digit = int(event.key) if elsewhere and event.key in DIGITS and not self.prompt.text else 0
        if not (digit and self._take_digit(digit)):
            self.prompt.insert(event.character)

    async def on_paste(self, event: events.Paste) -> None:
        if self.focused is not self.prompt:
            await self._to_prompt()
            self.prompt.post_message(events.Paste(event.text))

    def _take_digit(self, digit: int) -> bool:
        """A digit typed outside of the prompt answers the open question, unless amounts are asked for or two digits may
        come. In the prompt it may be the first of an amount, so it is text until Enter sends it."""
        panel = self.side.panel
        options = self.choices.options if self.choices else panel.ask.options if panel and panel.ask else ()
        amounts = not self.choices and any(_QUANTITY.match(option.value) for option in options)
        if amounts or len(options) > 9 or not 1 <= digit <= len(options):
            return False
        self.say(str(digit))
        return True

    async def action_home(self) -> None:
        """One step towards the prompt: close a panel that hides the conversation, leave claims, then the end."""
        if self.side.covers:
            await self.toggle_panel()
        elif self.focused is not self.prompt or self.transcript.claim:
            self.transcript.leave()
            self.prompt.focus()
        elif self.prompt.suggestion:
            self.prompt.suggestion = ""
        else:
            self.transcript.scroll_end(animate=False)

    async def action_claim(self, step: int) -> None:
        await self._show_conversation()
        self.transcript.move(step)
        self.transcript.focus()

    async def _to_prompt(self) -> None:
        await self._show_conversation()
        self.prompt.focus()

    async def _show_conversation(self) -> None:
        """Close the panel if it stands in the place of the conversation."""
        if self.side.covers:
            await self.toggle_panel()

    # --- what the widgets post ---------------------------------------------------------------------------

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        self.transcript.leave()
        self.say(event.text)

    @on(Prompt.PageWanted)
    def _page(self, event: Prompt.PageWanted) -> None:
        height = max(self.transcript.size.height - 2, 1)
        self.transcript.scroll_relative(y=event.pages * height, animate=False)

    @on(Prompt.Changed)
    def _typed(self) -> None:
        """Show the commands that a slash may become."""
        self.query_one(CommandHints).offer(self.completion.matching(self.prompt.text))

    @on(Welcome.Picked)
    def _picked(self, event: Welcome.Picked) -> None:
        self.prompt.focus()
        self.say(event.text)

    @on(Welcome.Continue)
    async def _continue(self) -> None:
        if latest := await self.app.talker.latest():
            await self.resume(latest.id)

    # The next three are found by their names: these modules are loaded after the first picture.

    async def on_side_panel_said(self, event: SidePanel.Said) -> None:
        """What changes facts moves the ranking in the panel; an explanation is read in the conversation."""
        if event.text.startswith("/why"):
            await self._show_conversation()
        self.say(event.text)

    async def on_side_panel_edited(self, event: SidePanel.Edited) -> None:
        """Write another value for a fact: the present one stands selected in the prompt."""
        await self._to_prompt()
        self.prompt.put_last_selected(event.text)

    def on_draft_line_decided(self, event: DraftLine.Decided) -> None:
        self.say(event.text)
        self.prompt.focus()

    @on(Transcript.Chosen)
    def _chosen(self, event: Transcript.Chosen) -> None:
        if event.claim.opens == "proof":
            self.app.open_proof(event.entry.proof(event.claim.ref))
        elif event.claim.opens == "source":
            self.app.show_link(event.claim.url)
        else:
            self.say(event.claim.ref if event.claim.opens == "say" else f"/why {event.claim.ref}")

    @on(Transcript.Selected)
    def _selected(self) -> None:
        self.show_status()

    @on(Transcript.SourceWanted)
    def _source(self, event: Transcript.SourceWanted) -> None:
        if event.claim.url:
            self.app.show_link(event.claim.url)

    @on(Transcript.TickWanted)
    def _tick(self, event: Transcript.TickWanted) -> None:
        if talk := self.app.talker.talk:
            self.transcript.tick(self.app.ticks.toggle(talk.id, event.ref))

    @on(Transcript.CopyWanted)
    def _copy(self, event: Transcript.CopyWanted) -> None:
        self.app.copy_to_clipboard(event.text)

    @on(MessageView.LinkClicked)
    def _link(self, event: MessageView.LinkClicked) -> None:
        self.app.show_link(event.url)

    # --- the rest of the world -----------------------------------------------------------------------------

    async def on_resize(self) -> None:
        await self.side.adjust()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A failure of the app itself is told in one line; the conversation goes on."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            words = one_line(f"Something went wrong on the screen: {error} ({type(error).__name__})")
            self.notify(words, severity="error", markup=False)
