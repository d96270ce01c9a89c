"""The blocks that advise: recommendation, matrix, comparison, caveats, plan, diff."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len

from assistant.tui.draw.page import Page, Run, fit_exactly
from assistant.tui.draw.parts import (
    ACCENT,
    BAD,
    DIM,
    GOOD,
    NAME,
    STRONG,
    WARN,
    bar,
    first_source,
    heading,
    points,
    sentence,
    signed,
    source_marks,
)

if TYPE_CHECKING:
    from assistant.dialogue.blocks import (
        Caveats,
        CompareRow,
        Comparison,
        Conflicts,
        Diff,
        Matrix,
        Plan,
        Recommendation,
        RoleRow,
        StepItem,
    )

SEVERITY = {"critical": ("✖", "Critical", BAD), "serious": ("▲", "Serious", WARN), "note": ("●", "Note", DIM)}
MATRIX_COLUMN = 10  # cells that a tool needs at least
FEW = 6  # cells that hold points
LABEL = 34  # cells; what is longer is a sentence
COLUMN = 24  # cells that a sentence needs at least
_NEXT = re.compile(r"; (?=[+-] )")
SIGN = {"+": GOOD, "-": BAD, "~": WARN}
PHASES = (("poc", "This week: a small proof of concept"), ("production", "On the way to production"))


def recommendation(page: Page, block: Recommendation) -> None:
    heading(page, "Recommended stack")
    wide = page.width >= 56
    titles = min(max((cell_len(row.title) for row in block.rows), default=0), 22)
    for row in block.rows:
        (_wide_role if wide else _narrow_role)(page, row, titles)


def _wide_role(page: Page, row: RoleRow, titles: int) -> None:
    page.begin(row.ref)
    page.put(*_choice(row), lead=[Run(fit_exactly(row.title, titles), DIM), "  "])
    page.end()
    for line in row.because:
        sentence(page, line, "·", indent=titles + 2)


def _narrow_role(page: Page, row: RoleRow, titles: int) -> None:
    page.put(Run(row.title, DIM))
    page.begin(row.ref)
    page.put(*_choice(row), indent=2)
    page.end()
    for line in row.because:
        sentence(page, line, "·", indent=2)


def _choice(row: RoleRow) -> list[Run]:
    others = ", ".join(f"{other.name} {points(other.score)}" for other in row.others)
    runs = [Run(row.name, NAME), Run(f"  {points(row.score)}", STRONG)]
    return [*runs, Run(f"   then {others}", DIM)] if others else runs


def matrix(page: Page, block: Matrix) -> None:
    """Pillars down, tools across, a bar in each field; on a narrow page one tool below the other."""
    heading(page, f"{block.title}: points by pillar")
    most = max((abs(worth) for row in block.rows for worth in row.worth), default=0.0)
    titles = min(max((cell_len(title) for title in block.pillars), default=0), 32)
    across = min((page.width - titles) // (MATRIX_COLUMN + 2), len(block.rows))
    while across > 2 and any(cell_len(row.name) > _room(page, titles, across) for row in block.rows[:across]):
        across -= 1  # fewer tools, but with their whole names
    if across >= min(2, len(block.rows)):
        _matrix_across(page, block, most, titles, across)
    else:
        _matrix_down(page, block, most, titles)


def _room(page: Page, titles: int, across: int) -> int:
    """The cells of each of `across` columns beside the titles."""
    return min((page.width - titles) // max(across, 1) - 2, 18)


def _matrix_across(page: Page, block: Matrix, most: float, titles: int, across: int) -> None:
    rows, left = block.rows[:across], block.rows[across:]
    room = _room(page, titles, across)
    names = [Run(fit_exactly(row.name, room), NAME, ref=row.ref) for row in rows]
    page.put(Run(" " * titles), *(run for name in names for run in (Run("  "), name)))
    for number, pillar in enumerate(block.pillars):
        runs = [Run(fit_exactly(pillar, titles), DIM)]
        for row in rows:
            runs += [Run("  "), *_worth(row.worth[number], most, room)]
        page.put(*runs)
    runs = [Run(fit_exactly("Sum", titles), STRONG)]
    for row in rows:
        runs += [Run("  "), Run(fit_exactly(points(row.score), room), STRONG)]
    page.put(*runs)
    if left:
        page.put(Run("Also: " + ", ".join(f"{row.name} {points(row.score)}" for row in left), DIM))


def _matrix_down(page: Page, block: Matrix, most: float, titles: int) -> None:
    titles = min(titles, page.width // 2)
    for row in block.rows:
        page.begin(row.ref)
        page.put(Run(row.name, NAME), Run(f"  {points(row.score)}", STRONG))
        page.end()
        for pillar, worth in zip(block.pillars, row.worth, strict=False):
            field = _worth(worth, most, max(page.width - titles - 4, 6))
            page.put(*field, lead=["  ", Run(fit_exactly(pillar, titles), DIM), "  "])


def _worth(worth: float, most: float, room: int) -> list[Run]:
    """`███▌ +3.5`, padded to `room`; what counts against is drawn broken."""
    label = signed(worth)
    length = max(min(room - cell_len(label) - 1, 12), 1)
    drawn = "╌" * len(bar(-worth, most, length)) if worth < 0 else bar(worth, most, length)
    text = f"{drawn} {label}" if drawn else label
    style = BAD if worth < 0 else GOOD if worth else DIM
    return [Run(drawn, style), Run(text[len(drawn) :], ""), Run(" " * max(room - cell_len(text), 0))]


def comparison(page: Page, block: Comparison) -> None:
    """Tools in columns: what is short as a table, then the sentences that count, each below the tools they count for."""
    heading(page, " / ".join(block.names))
    names = [Run(name, NAME, ref=ref) for name, ref in zip(block.names, _tool_refs(block), strict=False)]
    table = [row for row in block.rows if not _is_argument(row)]
    count = max(len(names), 1)
    wanted = max((cell_len(row.title) for row in table), default=1)
    labels = min(wanted, max(page.width // (count + 2), 16))
    room = (page.width - labels) // count - 2
    if room >= 10:
        page.row([((Run(""),), labels), *(((name,), room) for name in names)])
        for row in table:
            page.begin(row.ref)
            page.row([((Run(row.title, DIM),), labels), *(((Run(_listed(cell)),), room) for cell in row.cells)])
            page.end()
    else:
        for number, name in enumerate(names):
            page.put(name)
            for row in table:
                cell = row.cells[number] if number < len(row.cells) else ""
                page.begin(row.ref)
                page.put(Run(f"{row.title}  ", DIM), Run(_listed(cell)), indent=2, hang=4)
                page.end()
    _arguments(page, [row for row in block.rows if _is_argument(row)], block.names)
    page.begin(block.verdict.ref, *first_source(block.verdict.sources))
    page.put(Run(block.verdict.text), *source_marks(page, block.verdict.sources), lead=[Run("⇒ Verdict  ", STRONG)])
    page.end()


def _listed(cell: str) -> str:
    """What speaks for and against a tool, each on a line of its own."""
    return _NEXT.sub("\n", cell)


def _tool_refs(block: Comparison) -> list[str]:
    """Why each tool stands where it does, if a project is described."""
    refs = [f"tool/{block.role}/{tool}" for tool in block.tools] if block.role else []
    return [*refs, *[""] * (len(block.names) - len(refs))]


def _is_argument(row: CompareRow) -> bool:
    """Whether the row is a sentence with points for each tool, and no short label."""
    return cell_len(row.title) > LABEL and all(cell_len(cell) <= FEW for cell in row.cells)


def _arguments(page: Page, rows: list[CompareRow], names: tuple[str, ...]) -> None:
    """What counts for or against each tool, in columns where there is room."""
    told = [[(row.cells[number], row) for row in rows if row.cells[number][:1] in SIGN] for number in range(len(names))]
    if not any(told):
        return
    heading(page, "What counts")
    room = page.width // len(names) - 2
    if room < COLUMN:
        for name, sentences in zip(names, told, strict=True):
            if sentences:
                page.put(Run(name, NAME))
            for worth, row in sentences:
                page.begin(row.ref)
                page.put(Run(row.title), lead=[Run(f"{worth:<5}", SIGN[worth[:1]])], indent=2)
                page.end()
        page.blank()
        return
    page.row([((Run(name, NAME),), room) for name in names])
    for across in zip_longest(*told):
        page.row([(_argument(found), room) for found in across])
    page.blank()


def _argument(found: tuple[str, CompareRow] | None) -> list[Run]:
    if not found:
        return [Run("")]
    worth, row = found
    return [Run(f"{worth} ", f"bold {SIGN[worth[:1]]}", ref=row.ref), Run(row.title)]


def conflicts(page: Page, block: Conflicts) -> None:
    heading(page, "These cannot all be met")
    for item in block.items:
        page.begin(item.ref, *first_source(item.sources))
        said = " and ".join(line.text for line in item.facts)
        page.put(
            Run(f"{said}: ", STRONG),
            Run(item.text),
            *source_marks(page, item.sources),
            lead=[Run("▲ ", f"bold {WARN}")],
        )
        page.end()
        for way in item.ways:
            page.begin(way.ref)
            page.put(Run(way.text), lead=[Run("→ ", DIM)], indent=2)
            page.end()
    if block.more:
        page.put(Run(f"{block.more} more; say “conflicts” to see all", DIM), indent=2)


def caveats(page: Page, block: Caveats) -> None:
    heading(page, "Watch out")
    for item in block.items:
        symbol, word, style = SEVERITY.get(item.severity, ("●", item.severity.capitalize(), DIM))
        page.begin(item.ref, *first_source(item.sources))
        page.put(
            Run(f"{item.text}."),
            *source_marks(page, item.sources),
            lead=[Run(f"{symbol} {word:<8} ", f"bold {style}")],
        )
        page.end()
        if item.advice:
            page.put(Run(f"{item.advice}."), lead=[Run("→ ", DIM)], indent=11 if page.width >= 50 else 2)
    if block.more:
        page.put(Run(f"{block.more} less serious ones; say “caveats” to see all", DIM), indent=2)


def plan(page: Page, block: Plan) -> None:
    for phase, title in PHASES:
        steps = [item for item in block.items if item.phase == phase]
        if steps:
            done = sum(item.ref in page.ticked for item in steps)
            heading(page, f"{title} ({done} of {len(steps)} done)" if done else title)
        for item in steps:
            _step(page, item)


def _step(page: Page, item: StepItem) -> None:
    done = item.ref in page.ticked
    page.begin(item.ref, *first_source(item.sources), box=True)
    words = Run(f"{item.text}.", f"{DIM} strike" if done else "")
    page.put(words, *source_marks(page, item.sources), lead=[Run("☑ " if done else "☐ ", GOOD if done else ACCENT)])
    page.end()
    if done:
        return
    if item.measure:
        page.put(Run(item.measure, DIM), lead=[Run("Measure: ", f"{DIM} bold")], indent=2, hang=4)
    if item.falsified_if:
        page.put(Run(item.falsified_if, DIM), lead=[Run("Wrong choice if: ", f"{DIM} bold")], indent=2, hang=4)


def diff(page: Page, block: Diff) -> None:
    heading(page, block.title)
    for change in block.changes:
        style = SIGN.get(change.sign, "")
        page.begin(change.ref)
        page.put(Run(change.text, style), lead=[Run(f"{change.sign} ", f"bold {style}")])
        page.end()
