"""The side panel: what holds, what leads, what is asked. Every row can be acted on from the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.tui.draw.page import Page, Run, fit
from assistant.tui.draw.parts import ACCENT, DIM, HEAD, NAME, STRONG, bar, points
from assistant.tui.draw.talk import ORIGIN
from assistant.tui.safe import one_line
from assistant.tui.widgets.side import WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.dialogue.blocks import Ask, FactItem, Recommendation
    from assistant.dialogue.conversation import Panel

WIDTH = 38
WIDEST = 72  # where it stands in the place of the conversation
FEW_ROLES = 3  # with more roles, fewer runners-up are shown


class Row(NamedTuple):
    """A row of the panel: what choosing, dropping, negating or editing it says ('' if nothing)."""

    content: Content
    say: str = ""
    drop: str = ""
    negate: str = ""
    edit: str = ""


class SidePanel(OptionList):
    """Shows a `Panel`; posts what the person says by pressing a key on a row."""

    BINDING_GROUP_TITLE = "The side panel"
    HELP = (
        "What holds about your project, who leads, what is asked. Enter asks why of a fact or a tool, or gives the answer "
        "under the cursor; 1 to 9 answer at once, unless an amount is asked for. What you change moves the ranking at once."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "write another value for the fact", id="panel.edit", show=False),
        Binding("d,delete", "drop", "drop the fact", id="panel.drop", show=False),
        Binding("n", "negate", "say that it is not so", id="panel.negate", show=False),
    ]

    class Said(Message):
        """A key on a row means this message to the conversation."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Edited(Message):
        """The person wants to write another value: `text` is the command with the present one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._rows: list[Row] = []

    def show(self, panel: Panel) -> None:
        """Show `panel`; the cursor stays on its row number."""
        at = self.highlighted
        covers = self.screen.size.width < WIDE
        self._rows = list(rows_of(panel, min(self.screen.size.width - 4, WIDEST) if covers else WIDTH - 4))
        self.clear_options()
        self.add_options(Option(row.content, disabled=not (row.say or row.drop)) for row in self._rows)
        self.highlighted = at if at is not None and at < len(self._rows) else None

    def _row(self) -> Row | None:
        at = self.highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._say(self._rows[event.option_index].say)

    def action_edit(self) -> None:
        if (row := self._row()) and row.edit:
            self.post_message(self.Edited(row.edit))

    def action_drop(self) -> None:
        if row := self._row():
            self._say(row.drop)

    def action_negate(self) -> None:
        if row := self._row():
            self._say(row.negate)

    def _say(self, text: str) -> None:
        if text:
            self.post_message(self.Said(text))


def rows_of(panel: Panel, width: int) -> Iterator[Row]:
    """The rows for a panel, top to bottom."""
    if panel.draft:
        yield _paragraph(width, Run("✎ Draft  ", f"bold {ACCENT}"), Run(what_if(panel.draft)))
        yield Row(_line(width, Run("✔ keep it", ACCENT)), "/keep")
        yield Row(_line(width, Run("✘ discard it", ACCENT)), "/discard")
        yield _gap()
    yield _paragraph(width, Run("Facts", HEAD), Run("   e edit · d drop · n not so" if panel.facts.items else "", DIM))
    for item in panel.facts.items:
        yield _fact(item, width)
    if not panel.facts.items:
        yield _paragraph(width, Run("Nothing yet", DIM))
    if panel.recommendation and panel.recommendation.rows:
        yield _gap()
        yield from _ranking(panel.recommendation, width)
    if panel.ask:
        yield _gap()
        yield from _question(panel.ask, width)


def what_if(draft: str) -> str:
    """What was tried, without the command that tried it."""
    return draft.removeprefix("/whatif").strip()


def _fact(item: FactItem, width: int) -> Row:
    """One line where it fits: the fact, then the words it was taken from, or its origin."""
    own = item.origin in ("stated", "assumed", "implied")
    tail = f"“{one_line(item.words)}”" if own and item.words else item.origin
    beside = cell_len(item.says) + cell_len(tail) + 4 <= width
    page = Page(width)
    page.put(
        Run(item.says), Run(f"  {tail}" if beside else "", DIM), lead=[Run(f"{ORIGIN.get(item.origin, '·')} ", ACCENT)]
    )
    fact = f"{item.title or item.slot} {item.written or item.value}"
    return Row(
        page.drawing().content,
        say=f"/why {item.ref}",
        drop=f"/drop {fact}" if own else f"/not {fact}",
        edit=f"/set {fact}",
        negate=f"/not {fact}" if not item.negated else f"/set {fact}",
    )


def _ranking(block: Recommendation, width: int) -> Iterator[Row]:
    yield _paragraph(width, Run("Ranking", HEAD))
    runners = 2 if len(block.rows) <= FEW_ROLES else 1
    for row in block.rows:
        yield _paragraph(width, Run(row.title, DIM))
        most = max([row.score, *(other.score for other in row.others)], default=0.0)
        yield Row(_ranked(width, row.name, row.score, most, NAME), f"/why {row.ref}")
        for other in row.others[:runners]:
            yield Row(_ranked(width, other.name, other.score, most, ""), f"/why tool/{row.role}/{other.tool}")


def _ranked(width: int, name: str, score: float, most: float, style: str) -> Content:
    page = Page(width)
    room = min(width, WIDTH + 8) - 15  # the points stay near the names
    page.row(
        [
            ((Run(fit(name, room), style),), room),
            ((Run(f"{points(score):>5}", STRONG),), 5),
            ((Run(bar(score, most, 6), ACCENT),), 6),
        ],
        gap=1,
    )
    return page.drawing().content


def _question(block: Ask, width: int) -> Iterator[Row]:
    yield _paragraph(width, Run("Question", HEAD))
    yield _paragraph(width, Run(block.text))
    for number, option in enumerate(block.options, 1):
        page = Page(width)
        page.put(Run(option.label), lead=[Run(f"{number} ", f"bold {ACCENT}")])
        yield Row(page.drawing().content, str(number))
    yield Row(_line(width, Run("skip this question", DIM)), "/skip")


def _paragraph(width: int, *runs: Run) -> Row:
    return Row(_line(width, *runs))


def _line(width: int, *runs: Run) -> Content:
    page = Page(width)
    page.put(*runs)
    return page.drawing().content


def _gap() -> Row:
    return Row(Content(" "))
