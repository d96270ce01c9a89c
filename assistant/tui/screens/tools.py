"""The knowledge browser: every tool, found by name, role or status, with its record beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, OptionList, Select, Static
from textual.widgets.option_list import Option

from assistant.tui.desk import describe
from assistant.tui.draw.page import Page, Run, fit
from assistant.tui.draw.parts import DIM, STRONG
from assistant.tui.safe import one_line
from assistant.tui.widgets.bars import HintLine
from assistant.tui.widgets.message import Entry, MessageView
from assistant.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.dialogue.blocks import Block
    from assistant.knowledge.model import Knowledge, Tool
    from assistant.sessions.session import Session
    from assistant.tui.app import AssistantApp


WIDE = 78  # cells from which the record stands beside the list


class ToolsScreen(Screen[str | None]):
    """Results in what to say about the chosen tool, or None."""

    BINDING_GROUP_TITLE = "The tools"
    HELP = "Words in the search narrow the list; Enter goes to the record under the cursor; Tab goes on to role, status and record."
    TITLE = "Tools"
    HINT = "Type to search · Up, Down choose · Tab to role, status, record · F5 ask in the conversation · Esc back"
    CSS_PATH = "dialogs.tcss"
    AUTO_FOCUS = "#search"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - the base class has it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back to the search, then to the conversation", id="tools.back", show=False),
        Binding("f5", "ask", "ask about the tool in the conversation", id="tools.ask", show=False),
        Binding("down", "into_list", "from the search to the list", id="tools.list", show=False),
        Binding("f6", "card", "from the list to the record", id="tools.card", show=False),
        Binding("f1", "app.help", "help", id="app.help", show=False),
    ]

    app: AssistantApp

    def __init__(self, knowledge: Knowledge, talk: Session | None) -> None:
        super().__init__()
        self._knowledge = knowledge
        self._talk = talk
        self._shown: list[Tool] = []

    def compose(self) -> ComposeResult:
        roles = [(one_line(role.title), role.id) for role in self._knowledge.roles.values()]
        states = sorted({tool.status.state for tool in self._knowledge.tools.values()})
        yield Static(self.TITLE, classes="head", markup=False)
        with Horizontal(id="both"):
            with Vertical(id="left"):
                yield Input(placeholder="Search", id="search", compact=True)
                yield Select(_plain(roles), prompt="Any role", id="role", compact=True)
                yield Select(
                    _plain([(state, state) for state in states]), prompt="Any status", id="status", compact=True
                )
                yield OptionList(id="list", markup=False)
            yield Transcript(id="card")
        yield HintLine(self.HINT)

    def on_mount(self) -> None:
        self._fill()

    @on(Input.Changed)
    @on(Select.Changed)
    def _filter(self) -> None:
        self._fill()

    def _fill(self, *, keep: bool = False) -> None:
        """Show the tools that are wanted; the cursor goes to the first, or (`keep`) stays."""
        words = self.query_one("#search", Input).value.lower().split()
        role, state = self.query_one("#role", Select).value, self.query_one("#status", Select).value
        tools = sorted(
            self._knowledge.tools.values(), key=lambda tool: (_misses(tool, words), tool.name.lower(), tool.id)
        )
        self._shown = [
            tool
            for tool in tools
            if (role is Select.NULL or role in tool.roles)
            and (state is Select.NULL or state == tool.status.state)
            and all(word in self._text(tool) for word in words)
        ]
        listed = self.query_one("#list", OptionList)
        at = listed.highlighted if keep else 0
        listed.clear_options()
        listed.add_options(self._option(tool) for tool in self._shown)
        if self._shown:
            listed.highlighted = min(at or 0, len(self._shown) - 1)
        self.query_one(".head", Static).update(f"{self.TITLE}   {len(self._shown)} of {len(tools)}{self.told()}")

    def _text(self, tool: Tool) -> str:
        roles = " ".join(self._knowledge.roles[role].title for role in tool.roles if role in self._knowledge.roles)
        return f"{tool.name} {tool.id} {' '.join(tool.say)} {tool.summary} {roles} {tool.status.state}".lower()

    def _option(self, tool: Tool) -> Option:
        room = 34 if self.app.size.width >= WIDE else self.app.size.width - 6
        page = Page(room)
        state = "" if tool.status.state == "active" else f"  {tool.status.state}"
        lead = self.mark(tool)
        page.put(
            Run(fit(tool.name, room - 2 - len(state) - len(lead)), STRONG), Run(state, f"{DIM} italic"), lead=[lead]
        )
        page.put(Run(fit(tool.summary, room), DIM))
        return Option(page.drawing().content)

    def told(self) -> str:
        """What stands behind the title."""
        return ""

    def mark(self, tool: Tool) -> str:
        """What stands before the tool's name in the list."""
        return ""

    @on(OptionList.OptionHighlighted, "#list")
    async def _show(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._shown):
            await self.look_at(self._shown[event.option_index])

    async def look_at(self, tool: Tool) -> None:
        """The cursor is on a tool: show its record."""
        await self.show_card(partial(describe, self._knowledge, self._talk, tool.id))

    async def show_card(self, work: Callable[[], tuple[Block, ...]]) -> None:
        """Show what `work`, done on the desk, finds to tell."""
        try:
            blocks = await self.app.desk.run(work)
        except Exception as error:  # shown, not raised
            self.notify(one_line(str(error)), severity="error", markup=False)
            return
        card = self.query_one("#card", Transcript)
        await card.show([Entry(blocks=blocks)])
        card.call_after_refresh(card.scroll_home, animate=False)

    @on(OptionList.OptionSelected, "#list")
    async def _enter(self, event: OptionList.OptionSelected) -> None:
        if event.option_index < len(self._shown):
            await self.choose(self._shown[event.option_index])

    @on(Input.Submitted, "#search")
    async def _enter_search(self) -> None:
        """Enter in the search means the tool under the cursor of the list."""
        at = self.query_one("#list", OptionList).highlighted
        if at is not None and at < len(self._shown):
            await self.choose(self._shown[at])

    async def choose(self, tool: Tool) -> None:
        """Enter on a tool: go to its record."""
        self.action_card()

    def action_card(self) -> None:
        """To what is shown of the tool, which on a narrow screen takes the place of the list."""
        self.add_class("-card")
        self.query_one("#card").focus()

    @on(Transcript.Chosen)
    def _chosen(self, event: Transcript.Chosen) -> None:
        if event.claim.opens == "source":
            self.app.show_link(event.claim.url)
        else:
            self.dismiss(f"/why {event.claim.ref}")

    @on(Transcript.SourceWanted)
    def _source(self, event: Transcript.SourceWanted) -> None:
        self.app.show_link(event.claim.url)

    @on(MessageView.LinkClicked)
    def _link(self, event: MessageView.LinkClicked) -> None:
        self.app.show_link(event.url)

    @on(Transcript.CopyWanted)
    def _copy(self, event: Transcript.CopyWanted) -> None:
        self.app.copy_to_clipboard(event.text)

    def action_into_list(self) -> None:
        self.query_one("#list").focus()

    def action_ask(self) -> None:
        at = self.query_one("#list", OptionList).highlighted
        if at is not None and at < len(self._shown):
            self.dismiss(f"/about {self._shown[at].id}")

    def action_back(self) -> None:
        if self.focused is self.query_one("#card"):
            self.remove_class("-card")
            self.query_one("#list").focus()
        elif self.focused is self.query_one("#search"):
            self.dismiss(None)
        else:
            self.query_one("#search").focus()


def _misses(tool: Tool, words: list[str]) -> int:
    """How far the name is from the words: tools found by name come first, of these those that begin with a word."""
    name = f"{tool.name} {tool.id}".lower()
    return sum(0 if name.startswith(word) else 1 if word in name else 1 + len(words) for word in words)


def _plain(options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Options whose labels no markup parser changes."""
    from rich.markup import escape

    return [(escape(label), value) for label, value in options]
