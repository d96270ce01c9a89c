"""The conversation: title, messages, side panel, prompt, status line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from assistant.tui.actions import slashes
from assistant.tui.completion import Completion
from assistant.tui.draw.page import fit
from assistant.tui.safe import one_line
from assistant.tui.screens.hearing import Hearing
from assistant.tui.screens.starting import Starting
from assistant.tui.widgets.bars import CommandHints, StatusBar, TitleBar, WarningLine
from assistant.tui.widgets.begun import Begun
from assistant.tui.widgets.message import Entry, entries_of
from assistant.tui.widgets.prompt import Prompt
from assistant.tui.widgets.side import WIDE, Side
from assistant.tui.widgets.transcript import Transcript
from assistant.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Notice, Proof, Reply
    from assistant.knowledge.model import Knowledge
    from assistant.tui.desk import Snapshot
    from assistant.tui.talker import Opened

PATIENCE = 0.25  # seconds before "working" is shown
MOST_WORDS = 600  # cells of an error


class ChatScreen(Hearing):
    """Everything that is said goes through `say`; everything that is shown comes from replies and snapshots."""

    AUTO_FOCUS = "#prompt"
    BINDING_GROUP_TITLE = "Anywhere in the conversation"
    HELP = "Typing goes to the prompt wherever the focus is."
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - the base class has it so

    def __init__(self) -> None:
        super().__init__()
        self.last_proof: Proof | None = None
        self.completion = Completion(())
        self._ready = asyncio.Event()
        self._order = asyncio.Lock()  # turns, and changes of the session, one after the other
        self._busy = ""

    # --- layout ----------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield TitleBar(id="title")
        yield WarningLine(id="warning", markup=False)
        with Horizontal(id="body"):
            with Vertical(id="column"):
                yield Transcript(developer=self.app.settings.developer, id="transcript")
                yield CommandHints(id="hints", markup=False)
                with Horizontal(id="entry"):
                    yield Prompt(
                        self.app.prompts,
                        self.app.settings.keymap,
                        placeholder="Describe your project, or ask",
                        id="prompt",
                    )
            yield Side(id="side")
        yield StatusBar(id="status")

    async def on_mount(self) -> None:
        self.query_one(TitleBar).show_title("")
        self.show_status()
        self.apply_width()
        await self._welcome()
        await self.app.take_early()
        self.call_after_refresh(self._start)

    def apply_width(self) -> None:
        """Keep the column as narrow as the settings say."""
        column = self.app.settings.column
        self.prompt.styles.max_width = column + 2
        self.transcript.set_column(column + 2)

    async def _welcome(self) -> None:
        if not self.query(Welcome):
            await self.transcript.mount(Welcome(min(self.app.settings.column, self.app.size.width - 6)))
            self.apply_width()

    # --- loading -----------------------------------------------------------------------------------------

    @property
    def loaded(self) -> bool:
        """Whether loading is over, well or badly; messages wait for it."""
        return self._ready.is_set()

    def _start(self) -> None:
        self.completion = Completion(slashes())
        self.prompt.complete = self.completion.ghost
        self.run_worker(Starting(self).load(), group="load", exit_on_error=False)

    def set_loaded(self) -> None:
        """Loading is over: answer what was said meanwhile."""
        self._ready.set()
        self.set_busy("")

    def complete_names(self, knowledge: Knowledge) -> None:
        """Complete commands and the names of tools."""
        names = [name for tool in knowledge.tools.values() for name in (tool.name, tool.id)]
        self.completion = Completion(slashes(), names)
        self.prompt.complete = self.completion.ghost

    # --- sessions ------------------------------------------------------------------------------------------

    async def show_session(self, opened: Opened) -> None:
        """Make this session the conversation on the screen."""
        entries = [entry for turn in opened.turns for entry in entries_of(turn.text, turn.reply)]
        self.choices = self.last_proof = None
        self.transcript.ticked = self.app.ticks.of(opened.taken.id)
        await self.transcript.show(entries)
        if opened.turns:
            self._remember(opened.turns[-1].reply)
        else:
            await self._welcome()
        await self.show_snapshot(opened.taken)
        self.prompt.focus()

    async def new_session(self) -> None:
        """Begin anew; the session is stored with its first message."""
        async with self._order:
            self.app.talker.leave()
            self.choices = self.last_proof = None
            self.transcript.ticked = frozenset()
            await self.transcript.show([])
            await self._welcome()
            await self._show_draft("")
            await self.side.show(None)
            self.query_one(TitleBar).show_title("")
            self.query_one(WarningLine).show_warning(None)
            self.prompt.focus()

    async def resume(self, session: str) -> None:
        """Show the stored session with this id."""
        async with self._order:
            try:
                await self.show_session(await self.app.talker.resume(session))
            except Exception as error:  # the store may fail; the conversation on the screen goes on
                await self.fail("The session could not be opened", error)

    # --- turns --------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Say `text` to the conversation, or do it if it is one of the app's own commands."""
        name = text[1:].strip().lower() if text.startswith("/") else ""
        command = self.completion.commands.get(name) if name else None
        if command and command.run:
            self.run_worker(self.app.run_action(command.run), exit_on_error=False)
        else:
            self.run_worker(self._turn(text), group="turns", exit_on_error=False)

    async def _turn(self, text: str) -> None:
        from assistant.dialogue.commands import spoken

        async with self._order:
            await self.query(Welcome).remove()
            mine = await self.transcript.append(Entry(text=spoken(text)))
            await self._ready.wait()
            if not mine.is_attached:  # the session that was opened meanwhile has taken its place
                mine = await self.transcript.append(mine.entry)
            waiting = self.set_timer(PATIENCE, lambda: self.set_busy("working…"))
            begun = Begun(self.transcript, mine)
            try:
                reply, taken = await self.app.talker.say(text, begun.show)
            except Exception as error:  # a turn may fail, the app may not
                await begun.stop()
                await self.fail("This message could not be answered", error)
                return
            finally:
                waiting.stop()
                self.set_busy("")
            await self._show_reply(begun, text, reply, taken)

    async def _show_reply(self, begun: Begun, text: str, reply: Reply, taken: Snapshot) -> None:
        said, answer = entries_of(text, reply)
        begun.mine.entry.marks = said.marks
        begun.mine.redraw(same_size=True)
        answer.details = taken.details
        await begun.finish(answer)
        self._remember(reply)
        await self.show_snapshot(taken)
        if reply.command == "quit":
            self.app.exit()
        elif reply.command == "export":
            self.app.open_export(reply.argument)

    def _remember(self, reply: Reply) -> None:
        from assistant.dialogue.blocks import Choices, Proof

        self.choices = next((block for block in reply.blocks if isinstance(block, Choices)), None)
        self.last_proof = next((block for block in reply.blocks if isinstance(block, Proof)), self.last_proof)

    async def tell(self, *notices: Notice) -> None:
        """Say something between two turns."""
        async with self._order:
            await self.query(Welcome).remove()
            await self.transcript.append(Entry(blocks=notices))

    async def fail(self, what: str, error: Exception) -> None:
        """Say in the conversation what went wrong."""
        from assistant.dialogue.blocks import Notice

        words = fit(str(error), MOST_WORDS) or "no further words"
        await self.transcript.append(
            Entry(blocks=(Notice(text=f"{what}: {words} ({type(error).__name__})", level="error"),))
        )

    # --- what stands around the conversation -----------------------------------------------------------------

    async def show_snapshot(self, taken: Snapshot) -> None:
        """Show where the conversation stands: title, warning, panel."""
        self.query_one(TitleBar).show_title(taken.title)
        self.query_one(WarningLine).show_warning(taken.warning)
        await self._show_draft(taken.panel.draft)
        await self.side.show(taken.panel)
        if taken.notice:
            self.notify(one_line(taken.notice), severity="warning", timeout=15, markup=False)
        self.show_status()

    async def _show_draft(self, draft: str) -> None:
        """While a what-if is tried, a line says so above the conversation."""
        self.set_class(bool(draft), "-draft")
        await self.query("#draft").remove()
        if draft:
            from assistant.tui.widgets.draft import DraftLine

            await self.mount(DraftLine(draft), before="#body")

    def set_busy(self, words: str) -> None:
        """Say in the status line what keeps the app busy ('': nothing)."""
        self._busy = words
        self.show_status()

    def show_status(self) -> None:
        """Say in the status line what can be done now."""
        if self.is_mounted:
            self.query_one(StatusBar).show_status(self.transcript.claim, self.app.settings, self._busy)

    async def toggle_panel(self) -> None:
        """Show or hide the panel; on a narrow screen it takes the place of the conversation."""
        if self.side.panel is None:
            self.notify("The side panel fills with your first message", markup=False)
        elif not await self.side.toggle():
            self.prompt.focus()
