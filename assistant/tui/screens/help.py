"""Every key and every command on one page, those for what has the focus first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from assistant.tui.actions import ACTIONS, shown_key, slashes
from assistant.tui.draw.page import Drawing, Page, Run
from assistant.tui.draw.parts import ACCENT, DIM, heading
from assistant.tui.keys import Key, here, keys_of
from assistant.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.widget import Widget

KEY = 20  # cells of a key

SIGNS = (
    (
        "● ◐ ○ ◌ ◇",
        "a fact you stated, one read into your words, an inferred one, a default, one that a named tool implies",
    ),
    ("✖ ▲ ●", "a critical caveat, a serious one, a note"),
    ("⇒ ∴ ✎ ∅ ▤", "in proofs: conclusion, rule, your words, a checked absence, a record"),
    ("↗", "who says so; a link"),
)


class HelpText(Static):
    """Draws the page for its width: what has the focus first, then the app's keys, commands and signs."""

    def __init__(self, focused: Widget | None, keymap: Mapping[str, str], *, developer: bool) -> None:
        super().__init__(markup=False)
        self._here = list(here(focused, keymap))
        self._keymap = keymap
        self._developer = developer

    def render(self) -> Content:
        return self._page(self.content_size.width or 70).content

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._page(width).height

    def _page(self, width: int) -> Drawing:
        page = Page(width)
        for title, words, keys in self._here:
            heading(page, title)
            page.put(words)
            self._keys(page, keys)
        heading(page, "Everywhere")
        everywhere = [Key(a.id, keys_of(a.id, a.key, self._keymap), a.help) for a in ACTIONS]
        self._keys(page, [key for key in everywhere if key.keys])
        self._keys(page, [Key("", "ctrl+c", "copy what is selected")])
        heading(page, "Commands")
        for command in slashes():
            page.put(
                command.help,
                lead=[Run(f"/{command.name} ", ACCENT), Run(f"{command.hint}  " if command.hint else " ", DIM)],
                hang=4,
            )
        heading(page, "Signs")
        for sign, means in SIGNS:
            page.put(means, lead=[Run(f"{sign:<12}", ACCENT)])
        return page.drawing()

    def _keys(self, page: Page, keys: list[Key]) -> None:
        for key in keys:
            named = [Run(f"  {key.id}", f"{DIM} italic")] if self._developer and key.id else []
            page.put(Run(key.does), *named, lead=[Run(f"{shown_key(key.keys):<{KEY}}", ACCENT)])


class HelpScreen(Dialog[None]):
    """F1. Begins with what had the focus."""

    BINDING_GROUP_TITLE = "Help"
    HELP = "Keys and commands, those for the place you came from first."
    AUTO_FOCUS = "#text"

    def __init__(self, focused: Widget | None) -> None:
        super().__init__()
        self._focused = focused

    def compose(self) -> ComposeResult:
        now = self.app.settings
        with Vertical(classes="box tall") as box:
            box.border_title = "Help"
            with VerticalScroll(id="text"):
                yield HelpText(self._focused, now.keymap, developer=now.developer)
            yield Static("Arrows scroll · Esc closes", classes="hint", markup=False)
