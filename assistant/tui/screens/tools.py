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
from assistant.tui.widgets.message import Entry, MessageView
from assistant.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from assistant.knowledge.model import Knowledge, Tool
    from assistant.sessions.session import Session
    from assistant.tui.app import AssistantApp

HINT = "Type to search · Up, Down choose · Tab to role, status, record · F5 ask in the conversation · Esc back"


class ToolsScreen(Screen[str | None]):
    """Results in what to say about the chosen tool, or None."""

    CSS_PATH = "dialogs.tcss"
    AUTO_FOCUS = "#search"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (78, "-wide")]  # noqa: RUF012 - the base class has it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f5", "ask", show=False),
        Binding("down", "into_list", show=False),
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
        yield Static("Tools", classes="head", markup=False)
        with Horizontal(id="both"):
            with Vertical(id="left"):
                yield Input(placeholder="Search", id="search", compact=True)
                yield Select(_plain(roles), prompt="Any role", id="role", compact=True)
                yield Select(
                    _plain([(state, state) for state in states]), prompt="Any status", id="status", compact=True
                )
                yield OptionList(id="list", markup=False)
            yield Transcript(id="card")
        yield Static(HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        self._fill()

    @on(Input.Changed)
    @on(Select.Changed)
    def _fill(self) -> None:
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
        listed.clear_options()
        listed.add_options(self._option(tool) for tool in self._shown)
        listed.highlighted = 0 if self._shown else None
        self.query_one(".head", Static).update(f"Tools   {len(self._shown)} of {len(tools)}")

    def _text(self, tool: Tool) -> str:
        roles = " ".join(self._knowledge.roles[role].title for role in tool.roles if role in self._knowledge.roles)
        return f"{tool.name} {tool.id} {' '.join(tool.say)} {tool.summary} {roles} {tool.status.state}".lower()

    def _option(self, tool: Tool) -> Option:
        page = Page(34)
        state = "" if tool.status.state == "active" else f"  {tool.status.state}"
        page.put(Run(fit(tool.name, 32 - len(state)), STRONG), Run(state, f"{DIM} italic"))
        page.put(Run(fit(tool.summary, 34), DIM))
        return Option(page.drawing().content)

    @on(OptionList.OptionHighlighted, "#list")
    async def _show(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._shown):
            tool = self._shown[event.option_index]
            try:
                blocks = await self.app.desk.run(partial(describe, self._knowledge, self._talk, tool.id))
            except Exception as error:  # shown, not raised
                self.notify(one_line(str(error)), severity="error", markup=False)
                return
            card = self.query_one("#card", Transcript)
            await card.show([Entry(blocks=blocks)])
            card.call_after_refresh(card.scroll_home, animate=False)

    @on(OptionList.OptionSelected, "#list")
    def _enter(self) -> None:
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
    """How many of the words are not in the tool's name: tools found by name come first."""
    return sum(word not in f"{tool.name} {tool.id}".lower() for word in words)


def _plain(options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Options whose labels no markup parser changes."""
    from rich.markup import escape

    return [(escape(label), value) for label, value in options]
