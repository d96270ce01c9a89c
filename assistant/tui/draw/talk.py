"""The blocks that talk: text, notices, what was understood, lists, cards, facts, questions, proofs."""

from __future__ import annotations

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
    first_source,
    heading,
    sentence,
    source_marks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.dialogue.blocks import (
        Ask,
        Capability,
        Card,
        Choices,
        FactItem,
        Facts,
        Licence,
        Lines,
        Node,
        Notice,
        Option,
        Proof,
        Status,
        Text,
        Understood,
    )

LEVEL = {"info": ("●", "Note", ACCENT), "warning": ("▲", "Warning", WARN), "error": ("✖", "Error", BAD)}
ORIGIN = {"stated": "●", "assumed": "◐", "inferred": "○", "default": "◌", "implied": "◇"}
CHANGE = {"new": "+", "changed": "~", "confirmed": "=", "removed": "−", "assumed": "?"}
NODE = {
    "conclusion": "⇒",
    "rule": "∴",
    "words": "✎",
    "default": "◌",
    "implied": "◇",
    "absent": "∅",
    "record": "▤",
    "assumed": "◐",
}
ANSWER = {"yes": ("✔", GOOD), "no": ("✖", BAD), "unknown": ("?", WARN)}
PROOF_LINES = 14


def text(page: Page, block: Text | Status | Licence) -> None:
    page.blank()
    page.begin(block.ref, *first_source(block.sources))
    page.put(Run(block.text), *source_marks(page, block.sources))
    page.end()


def notice(page: Page, block: Notice) -> None:
    symbol, word, style = LEVEL[block.level]
    page.blank()
    page.begin(block.ref)
    page.put(Run(block.text), lead=[Run(f"{symbol} {word}  ", f"bold {style}")])
    page.end()


def understood(page: Page, block: Understood) -> None:
    """What was taken from the message; the words themselves are underlined in the message above."""
    if block.items:
        heading(page, "Understood")
    for item in block.items:
        tail = [] if item.change == "new" else [Run(f"  {item.change}", f"{DIM} italic")]
        page.begin(item.ref)
        page.put(Run(item.says), *tail, lead=[Run(f"{CHANGE[item.change]} ", f"bold {ACCENT}")])
        page.end()


def lines(page: Page, block: Lines) -> None:
    heading(page, block.title)
    for line in block.lines:
        sentence(page, line, "•")


def capability(page: Page, block: Capability) -> None:
    heading(page, block.title)
    for finding in block.lines:
        mark, style = ANSWER[finding.answer]
        page.begin(finding.ref, *first_source(finding.sources))
        page.put(Run(finding.text), *source_marks(page, finding.sources), lead=[Run(f"{mark} ", f"bold {style}")])
        page.end()
    for line in block.claims:
        sentence(page, line, "•")


def card(page: Page, block: Card) -> None:
    page.blank()
    page.put(Run(block.name, NAME))
    page.put(Run(block.summary), *source_marks(page, block.sources))
    labels = min(max((cell_len(field.label) for field in block.fields), default=0), page.width // 3)
    for field in block.fields:
        label = Run(f"{fit_exactly(field.label, labels)}  ", DIM)
        page.put(Run(field.text), *source_marks(page, field.sources), lead=[label])
    for title, found, mark, style in (
        ("Speaks for it", block.strengths, "+", GOOD),
        ("Speaks against it", block.weaknesses, "−", BAD),
    ):
        if found:
            heading(page, title)
        for line in found:
            sentence(page, line, mark, mark_style=f"bold {style}")


def facts(page: Page, block: Facts) -> None:
    heading(page, "What holds")
    for item in block.items:
        page.begin(item.ref)
        page.put(Run(item.says), lead=[Run(f"{ORIGIN.get(item.origin, '·')} ", ACCENT)])
        page.end()
        page.put(Run(because(item), DIM), indent=2)
    if not block.items:
        page.put(Run("Nothing yet. Tell me what you want to build.", DIM))


def because(item: FactItem) -> str:
    """Where a fact comes from, in words."""
    said = f"“{item.words}”" if item.origin in ("stated", "assumed") and item.words else item.words
    wish = "; a wish" if item.strength == "soft" and item.origin == "stated" else ""
    return f"{item.origin}: {said}{wish}" if said else f"{item.origin}{wish}"


def ask(page: Page, block: Ask) -> None:
    page.blank()
    page.begin(block.ref)
    page.put(Run(block.text, STRONG), lead=[Run("? ", f"bold {ACCENT}")])
    page.end()
    page.put(Run(block.help, DIM), indent=2)
    _options(page, block.options)


def choices(page: Page, block: Choices) -> None:
    page.blank()
    page.put(Run(block.text, STRONG))
    _options(page, block.options)


def _options(page: Page, options: tuple[Option, ...]) -> None:
    for number, option in enumerate(options, 1):
        page.begin(str(number), opens="say")
        page.put(Run(option.label), lead=[Run(f"{number:>2} ", f"bold {ACCENT}"), " "], indent=1)
        page.end()


def proof(page: Page, block: Proof) -> None:
    """The top of the proof as a tree; the explorer shows all of it."""
    page.blank()
    for shown, (node, guide, below) in enumerate(walk(block.root)):
        if shown == PROOF_LINES:
            page.begin(block.root.text, opens="proof")
            page.put(Run("… open the whole proof", ACCENT), indent=2)
            page.end()
            return
        page.begin(node.ref, *first_source(node.sources))
        lead = [Run(guide, DIM), Run(f"{NODE[node.kind]} ", DIM)]
        page.put(*node_runs(page, node), lead=lead, below=Run(below, DIM))
        page.end()


def node_runs(page: Page, node: Node) -> list[Run]:
    """One step of a proof: its words, its source, for developers the rule."""
    runs = [Run(node.text, STRONG if node.kind == "conclusion" else ""), *source_marks(page, node.sources)]
    return [*runs, Run(f"  [{node.rule}]", DIM)] if page.developer and node.rule else runs


def walk(root: Node) -> Iterator[tuple[Node, str, str]]:
    """Nodes in reading order with the guide before the first line and the one before further lines."""
    stack = [(root, "", "")]
    while stack:
        node, guide, inner = stack.pop()
        yield node, guide, inner + ("│" if node.children else "")
        last = len(node.children) - 1
        for number, child in reversed(list(enumerate(node.children))):
            joint, rail = ("└─ ", "   ") if number == last else ("├─ ", "│  ")
            stack.append((child, inner + joint, inner + rail))
