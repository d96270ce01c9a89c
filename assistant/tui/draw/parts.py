"""Small pieces that several blocks share: styles by meaning, source marks, bars, sentences that are claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.tui.draw.page import Page, Run, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.dialogue.blocks import Citation, Line

HEAD = "bold $text-primary"
STRONG = "bold"
DIM = "$text-muted"
GOOD = "$text-success"
BAD = "$text-error"
WARN = "$text-warning"
ACCENT = "$text-accent"
NAME = "bold $text-accent"
TITLE = 48  # cells of a source's title in running text, at most


def heading(page: Page, text: str) -> None:
    page.blank()
    page.put(Run(text, HEAD))


def source_marks(page: Page, sources: Sequence[Citation]) -> list[Run]:
    """` ↗ Title` for each source, linked; long titles are cut (the line for the chosen claim says more)."""
    runs: list[Run] = []
    room = min(TITLE, page.width * 2 // 3)
    for source in sources:
        title = f"{'↗ ' if source.url else ''}{fit(source.title, room)}".replace(" ", "\N{NO-BREAK SPACE}")
        runs += [Run("  "), Run(title, f"{DIM} italic", source.url)]
    return runs


def first_source(sources: Sequence[Citation]) -> tuple[str, str]:
    """Address and title (with the day of the claim) of the first source, or two empty strings."""
    if not sources:
        return "", ""
    from assistant.dialogue.blocks import UNOPENED  # after the first picture, which needs no replies

    day = sources[0].verified
    return sources[0].url, f"{sources[0].title}, {day if day == UNOPENED else f'noted {day}'}"


def sentence(page: Page, line: Line, mark: str, *, indent: int = 0, style: str = "", mark_style: str = DIM) -> None:
    """One sentence that can be asked about, behind a mark."""
    page.begin(line.ref, *first_source(line.sources))
    page.put(
        Run(line.text, style), *source_marks(page, line.sources), lead=[Run(f"{mark} ", mark_style)], indent=indent
    )
    page.end()


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most `width` cells for `value` on a scale up to `most`."""
    if most <= 0 or value <= 0 or width <= 0:
        return ""
    halves = round(min(value / most, 1.0) * width * 2) or 1
    return "━" * (halves // 2) + "╸" * (halves % 2)


def points(value: float) -> str:
    return f"{value:g}"


def signed(value: float) -> str:
    return f"{value:+g}" if value else "0"
