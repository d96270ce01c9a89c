"""The blocks that replies are made of.

A block is data, never a pre-rendered string: each face (terminal app, plain text, Markdown, HTML, JSON) decides how
it looks. `outline()` is the one linear form that plain text and Markdown share. `ref` names a claim that can be asked
about: `/why <ref>` explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from assistant.dialogue.findings import Capability, Card, Conflicts, Field, Finding, Licence, Status
from assistant.dialogue.outline import UNOPENED, Block, Citation, Line, Outline, scored

__all__ = [
    "UNOPENED",
    "AnyBlock",
    "Block",
    "Capability",
    "Card",
    "Citation",
    "Conflicts",
    "Field",
    "Finding",
    "Licence",
    "Line",
    "Outline",
    "Reply",
    "SoFar",
    "Status",
    "scored",
]


class Text(Block, frozen=True, kw_only=True, tag="text"):
    text: str
    ref: str = ""
    sources: tuple[Citation, ...] = ()

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.text, sources=self.sources)


class Notice(Block, frozen=True, kw_only=True, tag="notice"):
    """Something the person should notice: an assumption, a warning, an error."""

    text: str
    level: Literal["info", "warning", "error"] = "info"
    ref: str = ""

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.text, strong={"info": "Note", "warning": "Warning", "error": "Error"}[self.level])


class UnderstoodItem(msgspec.Struct, frozen=True):
    """A fact taken from this message: `says` in our words, `words` in theirs (`text[start:end]`)."""

    says: str
    words: str
    start: int
    end: int
    change: Literal["new", "changed", "confirmed", "removed", "assumed"]
    slot: str
    ref: str


class Understood(Block, frozen=True, kw_only=True, tag="understood"):
    items: tuple[UnderstoodItem, ...]

    def outline(self) -> Iterator[Outline]:
        yield Outline("Understood", "heading")
        for item in self.items:
            mark = "" if item.change == "new" else f" ({item.change})"
            quoted = f" (“{item.words}”)" if item.words else ""
            yield Outline(f"{item.says}{mark}{quoted}", "item")


class Runner(msgspec.Struct, frozen=True):
    tool: str
    name: str
    score: float


class RoleRow(msgspec.Struct, frozen=True):
    """One role of the recommended stack: the first choice, what decided it, and who came next."""

    role: str
    title: str
    tool: str
    name: str
    score: float
    because: tuple[Line, ...]
    others: tuple[Runner, ...]
    ref: str


class Recommendation(Block, frozen=True, kw_only=True, tag="recommendation"):
    rows: tuple[RoleRow, ...]

    def outline(self) -> Iterator[Outline]:
        yield Outline("Recommended stack", "heading")
        for row in self.rows:
            others = ", ".join(f"{o.name} {o.score:g}" for o in row.others)
            yield Outline(
                f"{row.name} ({scored(row.score)})" + (f"; next: {others}" if others else ""), "item", strong=row.title
            )
            for line in row.because:
                yield Outline(line.text, "item", level=1, sources=line.sources)


class MatrixRow(msgspec.Struct, frozen=True):
    tool: str
    name: str
    score: float
    worth: tuple[float, ...]  # by pillar, in the order of `Matrix.pillars`
    ref: str


class Matrix(Block, frozen=True, kw_only=True, tag="matrix"):
    """The decision matrix of one role: candidates by pillar."""

    role: str
    title: str
    pillars: tuple[str, ...]  # titles
    rows: tuple[MatrixRow, ...]

    def outline(self) -> Iterator[Outline]:
        yield Outline(f"{self.title}: points by pillar", "heading")
        yield Outline("", "row", cells=("Tool", *self.pillars, "Sum"))
        for row in self.rows:
            yield Outline("", "row", cells=(row.name, *(f"{w:+g}" if w else "0" for w in row.worth), f"{row.score:g}"))


class CaveatItem(msgspec.Struct, frozen=True):
    id: str
    severity: str
    text: str
    advice: str
    ref: str
    sources: tuple[Citation, ...] = ()


class Caveats(Block, frozen=True, kw_only=True, tag="caveats"):
    items: tuple[CaveatItem, ...]
    more: int = 0  # how many less serious ones were left out

    def outline(self) -> Iterator[Outline]:
        yield Outline("Watch out", "heading")
        for item in self.items:
            text = f"{item.text}. {item.advice}." if item.advice else f"{item.text}."
            yield Outline(text, "item", strong=item.severity.capitalize(), sources=item.sources)
        if self.more:
            yield Outline(f"{self.more} less serious ones; ask for “caveats” to see all")


class Option(msgspec.Struct, frozen=True):
    value: str
    label: str


class Ask(Block, frozen=True, kw_only=True, tag="ask"):
    """The one question whose answer matters most now."""

    slot: str
    text: str
    help: str
    options: tuple[Option, ...]
    ref: str
    skipped: str = ""  # what is assumed when nobody answers

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.text, strong="Question")
        yield Outline(self.help)
        for number, option in enumerate(self.options, 1):
            yield Outline(option.label, "item", strong=str(number))
        if self.skipped:
            yield Outline(self.skipped, strong="If you skip it")


class StepItem(msgspec.Struct, frozen=True):
    id: str
    phase: str
    text: str
    measure: str
    falsified_if: str
    ref: str
    sources: tuple[Citation, ...] = ()


class Plan(Block, frozen=True, kw_only=True, tag="plan"):
    items: tuple[StepItem, ...]

    def outline(self) -> Iterator[Outline]:
        for phase, title in (
            ("poc", "This week: a small proof of concept"),
            ("production", "On the way to production"),
        ):
            steps = [item for item in self.items if item.phase == phase]
            if steps:
                yield Outline(title, "heading")
            for item in steps:
                yield Outline(item.text, "item", sources=item.sources)
                if item.measure:
                    yield Outline(item.measure, "item", level=1, strong="Measure")
                if item.falsified_if:
                    yield Outline(item.falsified_if, "item", level=1, strong="Wrong choice if")


class Node(msgspec.Struct, frozen=True):
    """A step of a proof. Leaves are the person's words, a default, a named tool, or a checked absence."""

    text: str
    kind: Literal["conclusion", "rule", "words", "default", "implied", "absent", "record", "assumed"]
    children: tuple[Node, ...] = ()
    sources: tuple[Citation, ...] = ()
    rule: str = ""  # for developers
    ref: str = ""


class Proof(Block, frozen=True, kw_only=True, tag="proof"):
    root: Node

    def outline(self) -> Iterator[Outline]:
        yield from _outline_node(self.root, 0, set())


def _outline_node(node: Node, level: int, told: set[Node]) -> Iterator[Outline]:
    """The step and what it rests on, which is told once; later steps refer back to it."""
    if node.children and node in told:
        yield Outline(f"{node.text.rstrip('.')} (as told above).", "item", level=level)
        return
    yield Outline(node.text, "item", level=level, sources=node.sources)
    for child in node.children:
        yield from _outline_node(child, level + 1, told)
    told.add(node)


class CompareRow(msgspec.Struct, frozen=True):
    """A cell for each tool; an empty one where there is nothing to tell."""

    title: str
    cells: tuple[str, ...]
    ref: str = ""


_SHORT = 40  # characters that a cell may have to stand beside others on a line


class Comparison(Block, frozen=True, kw_only=True, tag="comparison"):
    """Tools side by side; `role` is empty when no project is described."""

    names: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    verdict: Line
    role: str = ""
    tools: tuple[str, ...] = ()

    def outline(self) -> Iterator[Outline]:
        yield Outline(" / ".join(self.names), "heading")
        for row in self.rows:
            told = [(name, cell) for name, cell in zip(self.names, row.cells, strict=True) if cell]
            if all(len(cell) <= _SHORT for _, cell in told):
                yield Outline("; ".join(f"{name} {cell}" for name, cell in told), "item", strong=row.title)
                continue
            yield Outline("", "item", strong=row.title)
            for name, cell in told:
                yield Outline(cell, "item", level=1, strong=name)
        yield Outline(self.verdict.text, strong="Verdict", sources=self.verdict.sources)


class Lines(Block, frozen=True, kw_only=True, tag="lines"):
    """A titled list of sentences that can each be asked about."""

    title: str
    lines: tuple[Line, ...]

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.title, "heading")
        for line in self.lines:
            yield Outline(line.text, "item", sources=line.sources)


class FactItem(msgspec.Struct, frozen=True):
    says: str
    origin: str  # stated | assumed | inferred | default | implied
    words: str  # the person's words, or why it holds
    slot: str
    value: str
    negated: bool
    strength: str
    ref: str  # `fact/<slot>/<value>` or `fact/!<slot>/<value>`
    title: str = ""  # of the slot
    written: str = ""  # the value as it is typed behind `/set` and the title


class Facts(Block, frozen=True, kw_only=True, tag="facts"):
    items: tuple[FactItem, ...]

    def outline(self) -> Iterator[Outline]:
        yield Outline("What holds", "heading")
        for item in self.items:
            said = f"“{item.words}”" if item.origin in ("stated", "assumed") else item.words
            yield Outline(f"{item.says} ({item.origin}: {said})", "item")


class Change(msgspec.Struct, frozen=True):
    sign: Literal["+", "-", "~"]
    text: str
    ref: str = ""


class Diff(Block, frozen=True, kw_only=True, tag="diff"):
    """What would be, or has become, different."""

    title: str
    changes: tuple[Change, ...]

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.title, "heading")
        for change in self.changes:
            yield Outline(change.text, "item", strong=change.sign)


class Choices(Block, frozen=True, kw_only=True, tag="choices"):
    """Numbered readings or proposals; answering with the number sends `say`."""

    text: str
    options: tuple[Option, ...]  # value: what is said when it is chosen

    def outline(self) -> Iterator[Outline]:
        yield Outline(self.text)
        for number, option in enumerate(self.options, 1):
            yield Outline(option.label, "item", strong=str(number))


AnyBlock = (
    Text
    | Notice
    | Understood
    | Recommendation
    | Matrix
    | Caveats
    | Conflicts
    | Ask
    | Plan
    | Proof
    | Comparison
    | Lines
    | Card
    | Facts
    | Diff
    | Choices
    | Capability
    | Status
    | Licence
)


SoFar = Callable[[tuple[AnyBlock, ...]], None]
"""Is told the beginning of a reply of which the rest takes longer."""


class Reply(msgspec.Struct, frozen=True):
    """What the assistant says in one turn. `command` asks the face to do something that only it can do."""

    blocks: tuple[AnyBlock, ...]
    command: Literal["", "export", "quit"] = ""
    argument: str = ""  # of the command: an export format

    def plain(self) -> str:
        """The reply as plain text, wrapped by nobody."""
        from assistant.dialogue.render import plain

        return plain(self.blocks)

    def markdown(self) -> str:
        """The reply as CommonMark; text from outside is escaped."""
        from assistant.dialogue.render import markdown

        return markdown(self.blocks)
