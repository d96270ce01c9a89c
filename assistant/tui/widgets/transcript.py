"""The conversation so far: the newest messages as widgets, the older ones as data, and a cursor over claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.widgets.message import Entry, MessageView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.tui.draw.page import Claim

KEEP = 50  # messages mounted at rest
MOST = 60  # messages mounted before the oldest go
EARLIER = 50  # messages that "load earlier" brings back


class Earlier(Static):
    """The row above the first mounted message."""

    class Wanted(Message):
        """The person asked for earlier messages."""

    def on_click(self) -> None:
        self.post_message(self.Wanted())


class Transcript(VerticalScroll, can_focus=True):
    """Appending costs the same however long the conversation is: at most `MOST` widgets exist."""

    BINDING_GROUP_TITLE = "The claims"
    HELP = (
        "Everything that is claimed can be asked about. Understood words in your own messages are underlined; the line at "
        "the bottom, or the mouse, tells what they were taken for. Text selected with the mouse is copied with ^c."
    )
    FOCUS_ON_CLICK = False  # a click may begin a selection of text; only one on a claim takes the focus
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "claim(-1)", "previous claim", id="claim.previous", show=False),
        Binding("down", "claim(1)", "next claim", id="claim.next", show=False),
        Binding("enter", "choose", "why? or do what the claim offers", id="claim.choose", show=False),
        Binding("space", "tick", "tick a step of the plan", id="claim.tick", show=False),
        Binding("o", "source", "open its source", id="claim.source", show=False),
        Binding("y", "copy", "copy it", id="claim.copy", show=False),
        Binding("ctrl+home", "earlier", "load earlier messages", id="chat.earlier", show=False),
    ]

    class Selected(Message):
        """The cursor moved to `claim`, or left (None)."""

        def __init__(self, claim: Claim | None) -> None:
            super().__init__()
            self.claim = claim

    class Chosen(Message):
        """The person wants to know about `claim` of `entry` (or to do what it offers)."""

        def __init__(self, claim: Claim, entry: Entry) -> None:
            super().__init__()
            self.claim, self.entry = claim, entry

    class SourceWanted(Message):
        def __init__(self, claim: Claim) -> None:
            super().__init__()
            self.claim = claim

    class CopyWanted(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class TickWanted(Message):
        """The step `ref` of the plan is done, or is not after all."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    def __init__(self, *, developer: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ticked: frozenset[str] = frozenset()
        self.developer = developer
        self.entries: list[Entry] = []
        self._first = 0  # index of the first mounted entry
        self._at: tuple[MessageView, int] | None = None
        self._column = 102

    # --- content -------------------------------------------------------------------------------------

    @property
    def views(self) -> list[MessageView]:
        return [child for child in self.children if isinstance(child, MessageView)]

    async def show(self, entries: Iterable[Entry]) -> None:
        """Replace everything by `entries`; the newest are mounted, the last exchange is in view."""
        self.entries = list(entries)
        self._first = max(len(self.entries) - KEEP, 0)
        self._at = None
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all([*self._earlier_row(), *(self._view(entry) for entry in self.entries[self._first :])])
        if last := [view for view in self.views if view.entry.text is not None][-1:]:
            self.call_after_refresh(self._show_from, last[0])

    async def append(self, entry: Entry, *, below: MessageView | None = None) -> MessageView:
        """Mount one more message and bring it into view: from `below` on if given, else its end."""
        self.entries.append(entry)
        view = self._view(entry)
        await self.mount(view)
        if len(self.views) > MOST:
            await self._prune()
        if below is None:
            self.call_after_refresh(self.scroll_end, animate=False)
        else:
            self.call_after_refresh(self._show_from, below)
        return view

    def _show_from(self, view: MessageView) -> None:
        """As much as possible from `view` on: a long answer is read from its beginning, below what was asked.

        Of a long question only the end stays in view.
        """
        if view.is_mounted:
            area = view.virtual_region
            self.scroll_to(y=max(area.y, area.bottom - self.size.height // 3), animate=False)

    def _view(self, entry: Entry) -> MessageView:
        view = MessageView(entry, developer=self.developer, ticked=self.ticked)
        view.styles.max_width = self._column
        return view

    def set_column(self, cells: int) -> None:
        """No message is wider than `cells`."""
        self._column = cells
        for child in self.children:
            child.styles.max_width = cells

    async def _prune(self) -> None:
        views = self.views
        gone = views[: len(views) - KEEP]
        if self._at and self._at[0] in gone:
            self.leave()
        self._first += len(gone)
        with self.app.batch_update():
            await self.remove_children(gone)
            await self._refresh_earlier_row()

    async def load_earlier(self) -> None:
        """Mount the messages before the first mounted one; what was in view stays in view."""
        if not self._first:
            return
        start = max(self._first - EARLIER, 0)
        fresh = [self._view(entry) for entry in self.entries[start : self._first]]
        anchor = self.views[0]
        self._first = start
        with self.app.batch_update():
            await self.mount_all(fresh, before=anchor)
            await self._refresh_earlier_row()
        self.call_after_refresh(self._show_again, anchor)

    def _show_again(self, view: MessageView) -> None:
        if view.is_mounted:
            self.scroll_to(y=view.virtual_region.y, animate=False)

    def _earlier_row(self) -> list[Widget]:
        if not self._first:
            return []
        return [Earlier(f"↑ {self._first} earlier messages (ctrl+home or click)", markup=False, classes="earlier")]

    async def _refresh_earlier_row(self) -> None:
        await self.query(Earlier).remove()
        if row := self._earlier_row():
            await self.mount(*row, before=0)

    async def on_earlier_wanted(self) -> None:
        await self.load_earlier()

    async def action_earlier(self) -> None:
        await self.load_earlier()

    def redraw(self, developer: bool) -> None:
        """Draw everything again with or without the developer's details."""
        self.developer = developer
        for view in self.views:
            view.developer = developer
            view.redraw()

    def tick(self, ticked: frozenset[str]) -> None:
        """From now on these steps of the plan are done."""
        if ticked != self.ticked:
            changed, self.ticked = ticked ^ self.ticked, ticked
            for view in self.views:
                view.ticked = ticked
                if any(claim.box and claim.ref in changed for claim in view.claims):
                    view.redraw()

    # --- the cursor over claims ------------------------------------------------------------------------

    @property
    def claim(self) -> Claim | None:
        """The claim under the cursor."""
        if self._at is None:
            return None
        view, index = self._at
        claims = view.claims
        return claims[index] if index < len(claims) else None

    def move(self, step: int) -> None:
        """Go `step` claims on; from nowhere, to the first claim in the last message (or its last, going up)."""
        places = [(view, index) for view in self.views for index in range(len(view.claims))]
        if not places:
            self.scroll_relative(y=3 * step, animate=False)
            return
        if self._at in places:
            target = places.index(self._at) + step
        else:
            last = [number for number, (view, _) in enumerate(places) if view is places[-1][0]]
            target = last[0] if step > 0 else last[-1]
        self._go(places[min(max(target, 0), len(places) - 1)])

    def _go(self, place: tuple[MessageView, int]) -> None:
        if self._at is not None:
            self._at[0].select(None)
        self._at = place
        view, index = place
        view.select(index)
        self.scroll_to_region(view.claim_region(index), animate=False, spacing=None)
        self.post_message(self.Selected(self.claim))

    def leave(self) -> None:
        """Take the cursor off the claims."""
        if self._at is not None:
            self._at[0].select(None)
            self._at = None
            self.post_message(self.Selected(None))

    def on_focus(self) -> None:
        if self._at is None:
            self.move(1)

    def action_claim(self, step: int) -> None:
        self.move(step)

    def action_choose(self) -> None:
        if self._at and (claim := self.claim):
            self.post_message(self.Chosen(claim, self._at[0].entry))

    def action_tick(self) -> None:
        if (claim := self.claim) and claim.box:
            self.post_message(self.TickWanted(claim.ref))

    def on_message_view_box_clicked(self, event: MessageView.BoxClicked) -> None:
        event.stop()
        self.post_message(self.TickWanted(event.ref))

    def action_source(self) -> None:
        if claim := self.claim:
            self.post_message(self.SourceWanted(claim))

    def action_copy(self) -> None:
        if self._at and (claim := self.claim):
            view = self._at[0]
            self.post_message(
                self.CopyWanted(view.drawing(view.content_size.width).content.plain[claim.start : claim.end])
            )

    def on_message_view_claim_clicked(self, event: MessageView.ClaimClicked) -> None:
        event.stop()
        self._go((event.view, event.index))
        self.focus()
        if (claim := self.claim) and (event.again or claim.opens == "say"):  # an option is a button
            self.post_message(self.Chosen(claim, event.view.entry))
