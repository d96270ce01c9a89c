"""Every key and every command on one page."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from assistant.tui.actions import ACTIONS, shown_key, slashes
from assistant.tui.draw.page import Drawing, Page, Run
from assistant.tui.draw.parts import ACCENT, DIM, heading
from assistant.tui.screens.dialog import Dialog

KEYS = (
    ("Enter", "send"),
    ("shift+Enter, ^j", "new line"),
    ("Up, Down", "earlier messages of yours, at the first and last line"),
    ("Tab, Right", "take the completion; Tab also goes to the conversation"),
    ("1 to 9", "answer the open question, while the prompt is empty"),
    ("^Up, ^Down", "go from claim to claim"),
    ("Enter on a claim", "why?"),
    ("o, y on a claim", "open its source, copy it"),
    ("d, n in the panel", "drop a fact, say that it is not so"),
    ("PgUp, PgDn", "scroll"),
    ("^Home", "load earlier messages (in the conversation)"),
    ("^c", "copy what is selected"),
    ("Esc", "one step back towards the prompt"),
)
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
    """Draws the page for its width."""

    def render(self) -> Content:
        return self._page(self.content_size.width or 70).content

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._page(width).height

    def _page(self, width: int) -> Drawing:
        page = Page(width)
        page.put(
            "Say in your own words what you want to build, ask why, object, correct, compare. "
            "Everything can also be said as a command."
        )
        heading(page, "Keys")
        for key, does in (*((shown_key(a.key), a.help) for a in ACTIONS if a.key), *KEYS):
            page.put(does, lead=[Run(f"{key:<19}", ACCENT)])
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


class HelpScreen(Dialog[None]):
    """F1."""

    AUTO_FOCUS = "#text"

    def compose(self) -> ComposeResult:
        with Vertical(classes="box tall") as box:
            box.border_title = "Help"
            with VerticalScroll(id="text"):
                yield HelpText()
            yield Static("Arrows scroll · Esc closes", classes="hint", markup=False)
