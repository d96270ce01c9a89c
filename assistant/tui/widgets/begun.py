"""An answer that is on the screen before all of it was found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.tui.widgets.message import Entry, MessageView

if TYPE_CHECKING:
    from assistant.dialogue.blocks import AnyBlock
    from assistant.tui.widgets.transcript import Transcript

SEARCHING = "… still searching; this answer will grow"


class Begun:
    """The answer to one message (`mine`): shown as far as it is known, then whole, in one and the same place."""

    def __init__(self, transcript: Transcript, mine: MessageView) -> None:
        self.mine = mine
        self._transcript = transcript
        self._view: MessageView | None = None
        self._mounting: asyncio.Task[None] | None = None
        self._entry = Entry(note=SEARCHING)

    def show(self, blocks: tuple[AnyBlock, ...]) -> None:
        """Show the answer so far."""
        self._entry.blocks = blocks
        if self._mounting is None:
            self._mounting = asyncio.create_task(self._mount())
        elif self._view is not None:
            self._view.redraw()

    async def finish(self, answer: Entry) -> None:
        """Show the whole answer; an empty one leaves no trace."""
        if self._mounting is not None:
            await self._mounting
        if self._view is not None and self._view.is_attached:
            self._entry.blocks, self._entry.note, self._entry.details = answer.blocks, answer.note, answer.details
            self._view.redraw()
        elif answer.blocks:
            await self._transcript.append(answer, below=self.mine)

    async def stop(self) -> None:
        """No more will be found: what is there stays."""
        if self._mounting is not None:
            await self.finish(Entry(blocks=self._entry.blocks))

    async def _mount(self) -> None:
        self._view = await self._transcript.append(self._entry, below=self.mine)
        self._view.redraw()
