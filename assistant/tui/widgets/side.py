"""The place of the side panel. The panel itself is made when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

if TYPE_CHECKING:
    from assistant.dialogue.conversation import Panel
    from assistant.tui.app import AssistantApp

WIDE = 110  # cells from which the panel stands beside the conversation


class Side(Vertical):
    """Shows a panel where there is room and the settings say so, or where the person asked for it."""

    app: AssistantApp

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.panel: Panel | None = None
        self._asked: bool | None = None  # what the person wants; None: as the width and the settings say

    @property
    def open(self) -> bool:
        """Whether the panel is to be seen."""
        if self.panel is None:
            return False
        if self._asked is not None:
            return self._asked
        return self.app.settings.panel and self.screen.size.width >= WIDE

    @property
    def covers(self) -> bool:
        """Whether it stands in the place of the conversation."""
        return self.open and self.screen.size.width < WIDE

    async def show(self, panel: Panel | None) -> None:
        """Show `panel`, or nothing where there is none."""
        self.panel = panel
        await self.adjust()

    async def toggle(self) -> bool:
        """The other way round from now on; whether it is open then."""
        self._asked = not self.open
        await self.adjust()
        if self.open:
            self.query_one("SidePanel").focus()
        return self.open

    async def adjust(self) -> None:
        """Make, fill or remove the panel, as `open` says."""
        from assistant.tui.widgets.panel import SidePanel

        self.screen.set_class(self.open, "-panel")
        if not self.open or self.panel is None:
            await self.remove_children()
            return
        if not self.children:
            await self.mount(SidePanel(id="panel"))
        self.query_one(SidePanel).show(self.panel)
