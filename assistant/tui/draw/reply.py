"""A whole reply, or the person's message, for a width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from assistant.dialogue import blocks
from assistant.tui.draw import advice, talk
from assistant.tui.draw.page import Drawing, Page, Run
from assistant.tui.draw.parts import DIM

MESSAGE_LIMIT = 2000  # characters of a person's message that are shown
_DRAW: dict[type[blocks.Block], Callable[[Page, Any], None]] = {
    blocks.Text: talk.text,
    blocks.Notice: talk.notice,
    blocks.Understood: talk.understood,
    blocks.Recommendation: advice.recommendation,
    blocks.Matrix: advice.matrix,
    blocks.Caveats: advice.caveats,
    blocks.Conflicts: advice.conflicts,
    blocks.Ask: talk.ask,
    blocks.Plan: advice.plan,
    blocks.Proof: talk.proof,
    blocks.Comparison: advice.comparison,
    blocks.Lines: talk.lines,
    blocks.Card: talk.card,
    blocks.Facts: talk.facts,
    blocks.Diff: advice.diff,
    blocks.Choices: talk.choices,
    blocks.Capability: talk.capability,
    blocks.Status: talk.text,
    blocks.Licence: talk.text,
}


def draw_reply(
    found: Sequence[blocks.Block],
    width: int,
    *,
    developer: bool = False,
    note: str = "",
    ticked: frozenset[str] = frozenset(),
) -> Drawing:
    """The blocks one below the other, then a dim `note`; of plans, the steps in `ticked` are done.

    A block of an unknown kind is drawn from its outline.
    """
    page = Page(width, developer=developer, ticked=ticked)
    for block in found:
        _DRAW.get(type(block), _plain)(page, block)
    if note:
        page.blank()
        page.put(Run(note, DIM))
    return page.drawing()


class Mark(NamedTuple):
    """Understood words of a message: `text[start:end]`, what they say in our words, and the claim that it is so."""

    start: int
    end: int
    says: str
    ref: str


def draw_message(text: str, width: int, marks: Sequence[Mark] = ()) -> Drawing:
    """What the person said, the understood words underlined; each can be asked about."""
    page = Page(width)
    shown = text[:MESSAGE_LIMIT]
    runs: list[Run] = []
    position = 0
    for mark in _joined(marks):
        start, end = max(mark.start, position), min(mark.end, len(shown))
        if start < end:
            runs += [Run(shown[position:start]), Run(shown[start:end], "underline", ref=mark.ref, says=mark.says)]
            position = end
    page.put(*runs, Run(shown[position:]))
    if len(text) > len(shown):
        page.put(Run(f"[{len(text) - len(shown):,} more characters]", DIM))
    return page.drawing()


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    """In reading order; what the same words say is told together."""
    found: dict[tuple[int, int], Mark] = {}
    for mark in marks:
        place = (mark.start, mark.end)
        before = found.get(place)
        found[place] = before._replace(says=f"{before.says}; {mark.says}") if before else mark
    return [found[place] for place in sorted(found)]


def _plain(page: Page, block: blocks.Block) -> None:
    page.blank()
    for line in block.outline():
        page.put(
            Run(f"{line.strong}: " if line.strong else "", "bold"),
            Run(line.text or "  ".join(line.cells)),
            indent=line.level * 2,
        )
