"""The line above the conversation and the line below the prompt."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from assistant.tui.draw.page import Run, fit


class Bar(Widget):
    """One row with a left and a right part. What does not fit is cut, the right part first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: tuple[Run, ...] = ()
        self._right: tuple[Run, ...] = ()

    def show(self, left: tuple[Run, ...] | None = None, right: tuple[Run, ...] | None = None) -> None:
        """Replace either part."""
        self._left = self._left if left is None else left
        self._right = self._right if right is None else right
        self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        left = _cut(self._left, width)
        used = sum(cell_len(text) for text, _ in left)
        right = _cut(self._right, width - used - 2)
        gap = width - used - sum(cell_len(text) for text, _ in right)
        return Content.assemble(*left, " " * max(gap, 0), *right)


def _cut(runs: tuple[Run, ...], width: int) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for run in runs:
        if width <= 0:
            break
        text = fit(run.text, width)
        out.append((text, run.style))
        width -= cell_len(text)
    return out
