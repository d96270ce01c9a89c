"""One message of the conversation, drawn from data for the width at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Block, Proof, Reply
    from assistant.tui.draw.page import Claim, Drawing
    from assistant.tui.draw.reply import Mark

BOX = 2  # cells of a box that can be ticked
SELECTED = "$block-cursor-foreground on $block-cursor-background"


@dataclass(slots=True)
class Entry:
    """A message as data: the person's (`text`, understood words in `marks`) or a reply (`blocks`)."""

    text: str | None = None
    marks: tuple[Mark, ...] = ()
    blocks: tuple[Block, ...] = ()
    note: str = ""  # a dim line below
    details: str = ""  # a dim line below in the developer view

    def proof(self, proves: str) -> Proof | None:
        """The proof in this message whose conclusion has these words."""
        from assistant.dialogue.blocks import Proof

        return next((block for block in self.blocks if isinstance(block, Proof) and block.root.text == proves), None)


def entries_of(text: str, reply: Reply) -> tuple[Entry, Entry]:
    """A stored or fresh turn as two entries."""
    from assistant.dialogue.blocks import Understood
    from assistant.dialogue.commands import spoken
    from assistant.tui.draw.reply import Mark

    items = [item for block in reply.blocks if isinstance(block, Understood) for item in block.items]
    marks = tuple(Mark(item.start, item.end, item.says, item.ref) for item in items)
    return Entry(text=spoken(text), marks=marks), Entry(blocks=reply.blocks)


class MessageView(Static):
    """Shows an `Entry`. Exactly one widget, whatever the message holds; its claims can be selected."""

    class ClaimClicked(Message):
        """A claim was clicked; `again` on the second click."""

        def __init__(self, view: MessageView, index: int, again: bool) -> None:
            super().__init__()
            self.view, self.index, self.again = view, index, again

    class BoxClicked(Message):
        """The box before the step `ref` of a plan was clicked."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    class LinkClicked(Message):
        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    def __init__(self, entry: Entry, *, developer: bool = False, ticked: frozenset[str] = frozenset()) -> None:
        super().__init__(markup=False, classes="you" if entry.text is not None else "reply")
        self.entry = entry
        self.developer = developer
        self.ticked = ticked
        self.selected: int | None = None
        self._drawn: tuple[int, Drawing] | None = None
        self._pointed = ""  # what the words under the pointer say

    def drawing(self, width: int) -> Drawing:
        """The entry for `width` cells; kept until the width changes."""
        if self._drawn is None or self._drawn[0] != width:
            self._drawn = (width, self._draw(width))
        return self._drawn[1]

    def _draw(self, width: int) -> Drawing:
        from assistant.tui.draw.reply import draw_message, draw_reply

        if self.entry.text is not None:
            return draw_message(self.entry.text, width, self.entry.marks)
        note = self.entry.note or (self.entry.details if self.developer else "")
        return draw_reply(self.entry.blocks, width, developer=self.developer, note=note, ticked=self.ticked)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return self.drawing(self.content_size.width or 80).claims

    def claim_region(self, index: int) -> Region:
        """Where the claim stands, in the coordinates of the scrolling parent."""
        drawing = self.drawing(self.content_size.width or 80)
        claim = drawing.claims[index]
        height = drawing.content.plain.count("\n", claim.start, claim.end) + 1
        area = self.virtual_region
        return Region(area.x, area.y + self.gutter.top + claim.line, area.width, height)

    def select(self, index: int | None) -> None:
        """Highlight one claim, or none."""
        self.selected = index
        self.refresh()

    def redraw(self, *, same_size: bool = False) -> None:
        """Draw the entry again, after it or the developer view changed. `same_size` spares a layout."""
        self._drawn = None
        self.refresh(layout=not same_size)

    def render(self) -> Content:
        drawing = self.drawing(self.content_size.width or 80)
        if self.selected is None or self.selected >= len(drawing.claims):
            return drawing.content
        claim = drawing.claims[self.selected]
        content, start = drawing.content, claim.start
        for line in content.plain[claim.start : claim.end].split("\n"):
            blank = len(line) - len(line.lstrip(" "))
            content = content.stylize(SELECTED, start + blank, start + len(line))
            start += len(line) + 1
        return content

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.drawing(width).height

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pointing at understood words shows what was understood."""
        index = event.style.meta.get("claim")
        claims = self.claims
        says = claims[index].says if isinstance(index, int) and index < len(claims) else ""
        if says != self._pointed:
            self._pointed = says
            self.tooltip = Content(says) if says else None

    def on_click(self, event: events.Click) -> None:
        style = event.style
        meta: dict[str, Any] = style.meta
        if style.link:
            self.post_message(self.LinkClicked(style.link))
        elif isinstance(index := meta.get("claim"), int) and index < len(self.claims):
            at = event.get_content_offset(self)
            if self.claims[index].box and at is not None and at.x < BOX:
                self.post_message(self.BoxClicked(self.claims[index].ref))
            else:
                self.post_message(self.ClaimClicked(self, index, index == self.selected))
