"""The proof explorer: a conclusion, opened step by step down to the person's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static, Tree
from textual.widgets.tree import TreeNode

from assistant.tui.draw.page import Page, Run
from assistant.tui.draw.parts import DIM, first_source, source_marks
from assistant.tui.draw.talk import NODE
from assistant.tui.safe import one_line
from assistant.tui.widgets.bars import HintLine

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Node
    from assistant.tui.app import AssistantApp

MEANS = {
    "conclusion": "conclusion",
    "rule": "follows by a rule from what stands below it",
    "words": "your own words",
    "default": "a default; gives way to anything you say",
    "implied": "implied by a tool that you named",
    "absent": "checked: nothing says so",
    "record": "from the tool's record",
    "assumed": "read into your words",
}
OPEN = 2  # levels that are open at first
MOST = 2000  # steps shown; a proof that is larger is cut


class ProofScreen(Screen[str | None]):
    """Results in what to say (`/why REF`), or None."""

    BINDING_GROUP_TITLE = "The proof"
    HELP = "Each step stands on those below it, down to your own words, a default or a checked absence."
    CSS_PATH = "dialogs.tcss"
    AUTO_FOCUS = "Tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back to the conversation", id="proof.close", show=False),
        Binding("w", "why", "ask why of this step", id="proof.why", show=False),
        Binding("o", "source", "open its source", id="proof.source", show=False),
        Binding("e", "expand", "open every step", id="proof.expand", show=False),
    ]

    app: AssistantApp

    def __init__(self, root: Node, *, developer: bool = False) -> None:
        super().__init__()
        self._root = root
        self._developer = developer

    def compose(self) -> ComposeResult:
        yield Static("Proof explorer", classes="head", markup=False)
        yield Tree[object](_label(self._root), self._root)
        yield Static(id="detail", markup=False)
        yield HintLine("Enter opens and closes · e all · w why? · o source · Esc back")

    def on_mount(self) -> None:
        tree: Tree[object] = self.query_one(Tree)
        tree.guide_depth = 3
        stack: list[tuple[TreeNode[object], Node, int]] = [(tree.root, self._root, 1)]
        count = 0
        while stack and count < MOST:
            at, node, depth = stack.pop()
            for child in node.children:
                count += 1
                added = at.add(_label(child), child, expand=depth < OPEN, allow_expand=bool(child.children))
                stack.append((added, child, depth + 1))
        tree.root.expand()
        self._show(self._root)

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Node]) -> None:
        if event.node.data is not None:
            self._show(event.node.data)

    def _show(self, node: Node) -> None:
        page = Page(max(self.size.width - 2, 20))
        page.put(Run(node.text), *source_marks(page, node.sources), lead=[f"{NODE[node.kind]} "])
        checked = f"; {first_source(node.sources)[1]}" if node.sources else ""
        rule = f"; rule {node.rule}" if node.rule and self._developer else ""
        page.put(Run(f"{MEANS[node.kind]}{checked}{rule}", DIM), indent=2)
        self.query_one("#detail", Static).update(page.drawing().content)

    def _node(self) -> Node | None:
        tree: Tree[Node] = self.query_one(Tree)
        return tree.cursor_node.data if tree.cursor_node else None

    def action_why(self) -> None:
        node = self._node()
        if node and node.ref:
            self.dismiss(f"/why {node.ref}")

    def action_source(self) -> None:
        node = self._node()
        if node and node.sources:
            self.app.show_link(node.sources[0].url)

    def action_expand(self) -> None:
        self.query_one(Tree).root.expand_all()


def _label(node: Node) -> Text:
    """One line; rich text, because a plain string would be read as markup."""
    return Text(f"{NODE[node.kind]} {one_line(node.text)}", style="bold" if node.kind == "conclusion" else "")
