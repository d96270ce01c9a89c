"""Two to four tools side by side, picked from the list of all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from assistant.tui.desk import compare
from assistant.tui.safe import one_line
from assistant.tui.screens.tools import ToolsScreen

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Block
    from assistant.knowledge.model import Tool

FEWEST, MOST = 2, 4


class CompareScreen(ToolsScreen):
    """Results in `/compare TOOL TOOL`, or None."""

    BINDING_GROUP_TITLE = "Compare"
    HELP = "Pick two to four tools; they stand side by side at once. With a project described, its points are compared too."
    TITLE = "Compare"
    HINT = "Type to search · Enter picks, two to four · F6 to the comparison · F5 ask in the conversation · Esc back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "clear", "unpick all", id="compare.clear", show=False),
    ]
    picked: tuple[str, ...] = ()

    async def look_at(self, tool: Tool) -> None:
        """The comparison stays while the cursor moves."""
        if len(self.picked) < FEWEST:
            await self._show_picked()

    async def choose(self, tool: Tool) -> None:
        """Enter on a tool: pick it, or leave it out again. In the search, the next words take the place of these."""
        if tool.id in self.picked:
            await self._pick(tuple(id for id in self.picked if id != tool.id))
        elif len(self.picked) == MOST:
            self.notify(f"No more than {MOST} tools stand side by side", markup=False)
        else:
            await self._pick((*self.picked, tool.id))
        self.query_one("#search", Input).select_all()

    async def action_clear(self) -> None:
        await self._pick(())

    async def _pick(self, picked: tuple[str, ...]) -> None:
        self.picked = picked
        self._fill(keep=True)
        await self._show_picked()

    async def _show_picked(self) -> None:
        if len(self.picked) < FEWEST:
            await self.show_card(self._invitation)
        else:
            await self.show_card(partial(compare, self._knowledge, self._talk, self.picked))

    def _invitation(self) -> tuple[Block, ...]:
        from assistant.dialogue.blocks import Text

        return (Text(text="Pick one to three more." if self.picked else "Pick two to four tools with Enter."),)

    def told(self) -> str:
        names = " · ".join(one_line(self._knowledge.tools[id].name) for id in self.picked)
        return f"   picked: {names}" if names else ""

    def mark(self, tool: Tool) -> str:
        return "☑ " if tool.id in self.picked else "☐ "

    def action_ask(self) -> None:
        if len(self.picked) >= FEWEST:
            self.dismiss(f"/compare {' '.join(self.picked)}")
        else:
            self.notify("Pick two tools first", markup=False)
