"""The lines around the conversation: title, warning, command hints, status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.actions import ACTIONS, Slash, shown_key
from assistant.tui.draw.page import Run, fit
from assistant.tui.draw.parts import ACCENT, DIM, STRONG
from assistant.tui.keys import keys_of
from assistant.tui.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.tui.draw.page import Claim
    from assistant.tui.settings import Settings

HINT_ROWS = 6
SHORTEST = 14  # cells that a source's title is worth showing in
SOURCE_IS = "source: "
SOURCE = 44  # cells of a source's title in the status line
APART = " · "
VERBS = {"why": "why?", "proof": "open", "say": "choose"}


class Bar(Widget):
    """One row with a left and a right part. What does not fit is cut, the right part first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: tuple[Run, ...] = ()
        self._right: tuple[Run, ...] = ()

    def show(self, left: tuple[Run, ...], right: tuple[Run, ...] = ()) -> None:
        """Replace both parts."""
        self._left, self._right = left, right
        self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        left = _cut(self._left, width)
        used = sum(cell_len(text) for text, _ in left)
        right = _cut(self._right, width - used - 2)
        gap = width - used - sum(cell_len(text) for text, _ in right)
        return Content.assemble(*left, " " * max(gap, 0), *right)


class TitleBar(Bar):
    """The product's name, and the session's."""

    def show_title(self, title: str) -> None:
        """Show the session's title ('' while it has none)."""
        left = (Run("◆ ", f"bold {ACCENT}"), Run("ML stack assistant", STRONG))
        self.show(left, (Run(one_line(title), DIM),) if title else ())


class StatusBar(Bar):
    """What can be done now: with the chosen claim, or at all."""

    _pairs: Sequence[tuple[str, str]] = ()

    def show_status(self, claim: Claim | None, settings: Settings, busy: str = "") -> None:
        """Show the keys for `claim`, or the app's if it is None; what keeps the app busy stands before them.

        Developers see what the claim is called.
        """

        def key(id: str, default: str) -> str:
            return shown_key(keys_of(id, default, settings.keymap).partition(",")[0])

        pairs = [(key(action.id, action.key), action.label) for action in ACTIONS if action.label]
        if claim:
            source = f"{SOURCE_IS}{fit(claim.title, SOURCE)}"
            pairs = [(key("claim.choose", "enter"), VERBS.get(claim.opens, source)), (key("claim.copy", "y"), "copy")]
            if claim.says:
                pairs.insert(0, ("understood", fit(claim.says, SOURCE)))
            if settings.developer and claim.ref:
                pairs.insert(0, ("claim", claim.ref))
            if claim.box:
                pairs.insert(1, (key("claim.tick", "space"), "tick"))
            pairs.append((key("chat.home", "escape"), "back"))
            if claim.url and claim.opens != "source":
                pairs.append((key("claim.source", "o"), source))
        self._pairs = ([(busy, "")] if busy else []) + pairs
        self.refresh()

    def render(self) -> Content:
        """As many keys as fit with their whole label; a source may be cut, for its beginning tells enough."""
        runs: list[Run] = []
        width = self.content_size.width
        for pressed, label in self._pairs:
            if cell_len(pressed) + cell_len(label) + 1 > width:
                if width < SHORTEST or not label.startswith(SOURCE_IS):
                    break
                label = fit(label, width - cell_len(pressed) - 1)
            runs += [Run(pressed, f"bold {ACCENT}"), Run(f" {label}  ", DIM)]
            width -= cell_len(pressed) + cell_len(label) + 3
        return Content.assemble(*((run.text, run.style) for run in runs))


class HintLine(Bar):
    """Keys of a screen, apart by dots: as many of them as fit, and always the last, which leads back."""

    def __init__(self, hints: str) -> None:
        super().__init__()
        self.add_class("hint")
        self._hints = hints.split(APART)

    def render(self) -> Content:
        hints, width = list(self._hints), self.content_size.width
        while len(hints) > 1 and cell_len(APART.join(hints)) > width:
            del hints[-2]
        return Content(fit(APART.join(hints), width))


class WarningLine(Static):
    """A warning that stays until its cause has gone."""

    def show_warning(self, warning: str | None) -> None:
        self.update(f"▲ {one_line(warning)}" if warning else "")
        self.display = bool(warning)


class CommandHints(Static):
    """The commands that what is typed may become."""

    _offered: list[Slash] | None = None

    def offer(self, found: list[Slash]) -> None:
        """Show the first few of `found`; nothing when there is none. Costs nothing while that stays the same."""
        if found == self._offered:
            return
        self._offered = found
        width = max((len(command.name) + len(command.hint) for command in found), default=0) + 3
        rows = [f"{f'/{command.name} {command.hint}':<{width}}  {command.help}" for command in found[:HINT_ROWS]]
        if len(found) > HINT_ROWS:
            rows.append(f"… and {len(found) - HINT_ROWS} more; Tab completes")
        self.update("\n".join(rows))
        self.display = bool(rows)


def _cut(runs: tuple[Run, ...], width: int) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for run in runs:
        if width <= 0:
            break
        text = fit(run.text, width)
        out.append((text, run.style))
        width -= cell_len(text)
    return out
