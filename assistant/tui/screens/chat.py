"""The conversation: title, messages, side panel, prompt, status line."""

from __future__ import annotations

import asyncio
import re
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from assistant.tui.actions import ACTIONS, shown_key, slashes
from assistant.tui.completion import Completion
from assistant.tui.desk import snapshot
from assistant.tui.draw.page import Run, fit
from assistant.tui.draw.parts import ACCENT, DIM, STRONG
from assistant.tui.safe import one_line
from assistant.tui.widgets.bars import Bar
from assistant.tui.widgets.message import Entry, MessageView, entries_of
from assistant.tui.widgets.prompt import Prompt
from assistant.tui.widgets.transcript import Transcript
from assistant.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Choices, Proof, Reply
    from assistant.dialogue.conversation import Panel
    from assistant.sessions.service import Sessions
    from assistant.sessions.session import Session
    from assistant.tui.app import AssistantApp
    from assistant.tui.desk import Backend, Snapshot
    from assistant.tui.widgets.panel import SidePanel

WIDE = 110  # cells from which the side panel stands beside the conversation
PATIENCE = 0.25  # seconds before "working" is shown
HINT_ROWS = 6
MOST_WORDS = 600  # cells of an error
_QUANTITY = re.compile(r"\s*[<>=≤≥]?\s*[0-9]")


class ChatScreen(Screen[None]):
    """Everything that is said goes through `say`; everything that is shown comes from replies and snapshots."""

    AUTO_FOCUS = "#prompt"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - the base class has it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "home", "Back to the prompt", show=False),
        Binding("ctrl+up", "claim(-1)", "Previous claim", show=False),
        Binding("ctrl+down", "claim(1)", "Next claim", show=False),
    ]

    app: AssistantApp

    def __init__(self) -> None:
        super().__init__()
        self.backend: Backend | None = None
        self.talk: Session | None = None
        self.panel: Panel | None = None
        self.last_proof: Proof | None = None
        self._choices: Choices | None = None
        self._ready = asyncio.Event()
        self._order = asyncio.Lock()
        self.completion = Completion(())
        self._busy: str = ""
        self._panel_open: bool | None = None  # None: as the width and the settings say

    # --- layout ----------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield Bar(id="title")
        yield Static(id="warning", markup=False)
        with Horizontal(id="body"), Vertical(id="column"):
            yield Transcript(developer=self.app.settings.developer, id="transcript")
            yield Static(id="hints", markup=False)
            with Horizontal(id="entry"):
                yield Prompt(self.app.prompts, placeholder="Describe your project, or ask", id="prompt")
        yield Bar(id="status")

    async def on_mount(self) -> None:
        self.prompt.takes_digit = self._take_digit
        self._show_title("")
        self._show_status()
        self.apply_width()
        await self._welcome()
        self.call_after_refresh(self._start)

    @property
    def transcript(self) -> Transcript:
        return self.query_one("#transcript", Transcript)

    @property
    def prompt(self) -> Prompt:
        return self.query_one("#prompt", Prompt)

    def apply_width(self) -> None:
        """Keep the column as narrow as the settings say."""
        column = self.app.settings.column
        self.prompt.styles.max_width = column + 2
        self.transcript.set_column(column + 2)

    async def _welcome(self) -> None:
        if not self.query(Welcome):
            await self.transcript.mount(Welcome(min(self.app.settings.column, self.app.size.width - 6)))

    # --- loading -----------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.run_worker(self._load(), group="load", exit_on_error=False)

    async def _load(self) -> None:
        self.set_timer(PATIENCE, self._say_loading)
        try:
            self.backend = await self.app.desk.run(self.app.loader)
            await self._open_wanted(self.backend.sessions)
            latest = [] if self.talk else await self.app.desk.run(partial(self.backend.sessions.list, 1))
        except Exception as error:  # whatever fails, the person must read it on the screen
            self.backend = None
            await self._fail("The knowledge or the sessions could not be loaded", error)
            self._ready.set()
            return
        finally:
            self._set_busy("")
        names = [name for tool in self.backend.knowledge.tools.values() for name in (tool.name, tool.id)]
        self.completion = Completion(slashes(), names)
        self.prompt.complete = self.completion.ghost
        for welcome in self.query(Welcome):
            if latest:
                welcome.offer_last(latest[0].title)
        if self.backend.notice:
            self.notify(one_line(self.backend.notice), severity="warning", markup=False)
        await self._mount_panel()
        self._ready.set()

    def _say_loading(self) -> None:
        if self.backend is None:
            self._set_busy("loading knowledge…")

    async def _open_wanted(self, sessions: Sessions) -> None:
        wanted = self.app.wanted
        talk = None
        if wanted.session is not None:
            talk = await self.app.desk.run(partial(sessions.resume, wanted.session))
        elif wanted.last:
            talk = await self.app.desk.run(sessions.last)
        if talk is not None:
            await self.show_talk(talk)

    # --- sessions ------------------------------------------------------------------------------------------

    async def show_talk(self, talk: Session) -> None:
        """Make `talk` the conversation on the screen."""
        self.talk = talk
        turns, taken = await self.app.desk.run(lambda: (talk.history(), snapshot(talk)))
        entries = [entry for turn in turns for entry in entries_of(turn.text, turn.reply)]
        if entries:
            await self.transcript.show(entries)
        else:
            await self.transcript.show([])
            await self._welcome()
        for turn in turns[-1:]:
            self._remember(turn.reply)
        self._show_snapshot(taken)
        self.prompt.focus()

    async def new_session(self) -> None:
        """Begin anew; the session is stored with its first message."""
        self.talk = None
        self.panel = self._choices = self.last_proof = None
        await self.transcript.show([])
        await self._welcome()
        await self._mount_panel()
        self._show_title("")
        self._show_warning(None)
        self.prompt.focus()

    async def resume(self, session: str) -> None:
        """Show the stored session with this id."""
        if self.backend is None:
            return
        try:
            await self.show_talk(await self.app.desk.run(partial(self.backend.sessions.resume, session)))
        except Exception as error:
            await self._fail("The session could not be opened", error)

    @on(Welcome.Continue)
    async def _continue(self) -> None:
        if self.backend and (latest := await self.app.desk.run(partial(self.backend.sessions.list, 1))):
            await self.resume(latest[0].id)

    # --- turns --------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Say `text` to the conversation, or do it if it is one of the app's own commands."""
        name = text[1:].strip().lower() if text.startswith("/") else ""
        command = self.completion.commands.get(name) if name and self._ready.is_set() else None
        if command and command.run:
            self.run_worker(self.app.run_action(command.run), exit_on_error=False)
        else:
            self.run_worker(self._turn(text), group="turns", exit_on_error=False)

    async def _turn(self, text: str) -> None:
        async with self._order:
            await self.query(Welcome).remove()
            mine = await self.transcript.append(Entry(text=text))
            await self._ready.wait()
            waiting = self.set_timer(PATIENCE, lambda: self._set_busy("working…"))
            started = time.perf_counter()
            try:
                reply, taken = await self.app.desk.run(partial(self._say_on_desk, text))
            except Exception as error:  # a turn may fail, the app may not
                await self._fail("This message could not be answered", error)
                return
            finally:
                waiting.stop()
                self._set_busy("")
            await self._show_reply(mine, text, reply, taken, (time.perf_counter() - started) * 1000)

    def _say_on_desk(self, text: str) -> tuple[Reply, Snapshot]:
        if self.talk is None:
            if self.backend is None:
                raise RuntimeError("nothing is loaded; see above, mend it and start again")
            self.talk = self.backend.sessions.new()
        turn = self.talk.say(text)
        return turn.reply, snapshot(self.talk)

    async def _show_reply(self, mine: MessageView, text: str, reply: Reply, taken: Snapshot, elapsed: float) -> None:
        said, answer = entries_of(text, reply)
        mine.entry.marks = said.marks
        mine.redraw(same_size=True)
        if self.app.settings.developer:
            answer.note = f"{elapsed:.1f} ms"
        if answer.blocks:
            await self.transcript.append(answer, below=mine)
        self._remember(reply)
        self._show_snapshot(taken)
        if reply.command == "quit":
            self.app.exit()
        elif reply.command == "export":
            self.app.open_export(reply.argument)

    def _remember(self, reply: Reply) -> None:
        from assistant.dialogue.blocks import Choices, Proof

        self._choices = next((block for block in reply.blocks if isinstance(block, Choices)), None)
        self.last_proof = next((block for block in reply.blocks if isinstance(block, Proof)), self.last_proof)

    async def _fail(self, what: str, error: Exception) -> None:
        from assistant.dialogue.blocks import Notice

        words = fit(str(error), MOST_WORDS) or "no further words"
        await self.transcript.append(
            Entry(blocks=(Notice(text=f"{what}: {words} ({type(error).__name__})", level="error"),))
        )

    # --- what stands around the conversation -----------------------------------------------------------------

    def _show_snapshot(self, taken: Snapshot) -> None:
        self.panel = taken.panel
        self._show_title(taken.title)
        self._show_warning(taken.warning)
        self._fill_panel()
        self._show_status()

    def _show_title(self, title: str) -> None:
        left = (Run("◆ ", f"bold {ACCENT}"), Run("ML stack assistant", STRONG))
        right = (Run(one_line(title), DIM),) if title else ()
        self.query_one("#title", Bar).show(left, right)

    def _show_warning(self, warning: str | None) -> None:
        bar = self.query_one("#warning", Static)
        bar.update(f"▲ {one_line(warning)}" if warning else "")
        bar.display = bool(warning)

    def _set_busy(self, words: str) -> None:
        self._busy = words
        self._show_status()

    def _show_status(self) -> None:
        if not self.is_mounted:
            return
        claim = self.transcript.claim
        left = [Run(f"{self._busy}  ", f"bold {ACCENT}")] if self._busy else []
        if claim:
            verbs = {"why": "why?", "proof": "open", "say": "choose", "source": f"source: {fit(claim.title, 44)}"}
            pairs = [("Enter", verbs[claim.opens]), ("y", "copy"), ("Esc", "back")]
            if claim.url and claim.opens != "source":
                pairs.append(("o", f"source: {fit(claim.title, 44)}"))
        else:
            pairs = [(shown_key(action.key), action.label) for action in ACTIONS if action.label]
        for key, label in pairs:
            left += [Run(key, f"bold {ACCENT}"), Run(f" {label}  ", DIM)]
        self.query_one("#status", Bar).show(tuple(left))

    # --- side panel --------------------------------------------------------------------------------------------

    @property
    def panel_open(self) -> bool:
        """Whether the panel is to be seen."""
        if self._panel_open is not None:
            return self._panel_open
        return self.app.settings.panel and self.size.width >= WIDE

    async def _mount_panel(self) -> None:
        """Mount or remove the panel as `panel_open` says."""
        from assistant.tui.widgets.panel import SidePanel

        shown = self.query(SidePanel)
        wanted = self.panel_open and self.panel is not None
        if wanted and not shown:
            await self.query_one("#body").mount(SidePanel(id="panel"))
        elif not wanted and shown:
            await shown.remove()
        self.set_class(wanted, "-panel")
        self._fill_panel()

    def _fill_panel(self) -> None:
        from assistant.tui.widgets.panel import SidePanel

        if self.panel is None:
            return
        for side in self.query(SidePanel):
            side.show(self.panel)
            return
        if self.panel_open:
            self.run_worker(self._mount_panel(), group="panel", exclusive=True, exit_on_error=False)

    async def toggle_panel(self) -> None:
        """Show or hide the panel; on a narrow screen it takes the place of the conversation."""
        if self.panel is None:
            self.notify("The side panel fills with your first message", markup=False)
            return
        self._panel_open = not self.panel_open
        await self._mount_panel()
        if self._panel_open:
            self.query_one("#panel").focus()
        else:
            self.prompt.focus()

    async def on_resize(self) -> None:
        if self._ready.is_set():
            await self._mount_panel()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A failure of the app itself is told in one line; the conversation goes on."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            words = one_line(f"Something went wrong on the screen: {error} ({type(error).__name__})")
            self.notify(words, severity="error", markup=False)

    # --- keys and messages ---------------------------------------------------------------------------------------

    def _take_digit(self, digit: int) -> bool:
        """A digit in the empty prompt answers the open question, unless amounts are asked for."""
        options = (
            self._choices.options if self._choices else self.panel.ask.options if self.panel and self.panel.ask else ()
        )
        amounts = not self._choices and any(_QUANTITY.match(option.value) for option in options)
        if amounts or not 1 <= digit <= len(options):
            return False
        self.say(str(digit))
        return True

    def on_key(self, event: events.Key) -> None:
        """Typing anywhere goes to the prompt, unless the key means something where the focus is."""
        if self.focused is self.prompt or event.key in self.active_bindings:
            return
        if event.character and event.is_printable:
            event.stop()
            self.prompt.focus()
            if self.prompt.text or not (event.key.isdecimal() and self._take_digit(int(event.key))):
                self.prompt.insert(event.character)

    def on_paste(self, event: events.Paste) -> None:
        if self.focused is not self.prompt:
            self.prompt.focus()
            self.prompt.post_message(events.Paste(event.text))

    async def action_home(self) -> None:
        """One step towards the prompt: close a panel that hides the conversation, leave claims, then the end."""
        if self._panel_open and self.size.width < WIDE:
            await self.toggle_panel()
        elif self.focused is not self.prompt or self.transcript.claim:
            self.transcript.leave()
            self.prompt.focus()
        elif self.prompt.suggestion:
            self.prompt.suggestion = ""
        else:
            self.transcript.scroll_end(animate=False)

    def action_claim(self, step: int) -> None:
        if self.focused is self.transcript or self.transcript.claim:
            self.transcript.move(step)
        self.transcript.focus()

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        self.transcript.leave()
        self.say(event.text)

    @on(Welcome.Picked)
    def _picked(self, event: Welcome.Picked) -> None:
        self.prompt.focus()
        self.say(event.text)

    def on_side_panel_said(self, event: SidePanel.Said) -> None:
        """Found by its name: the panel's module is loaded after the first picture."""
        self.say(event.text)

    @on(Transcript.Chosen)
    def _chosen(self, event: Transcript.Chosen) -> None:
        if event.claim.opens == "proof":
            self.app.action_proof()
        elif event.claim.opens == "source":
            self.app.show_link(event.claim.url)
        else:
            self.say(event.claim.ref if event.claim.opens == "say" else f"/why {event.claim.ref}")

    @on(Transcript.Selected)
    def _selected(self) -> None:
        self._show_status()

    @on(Transcript.SourceWanted)
    def _source(self, event: Transcript.SourceWanted) -> None:
        if event.claim.url:
            self.app.show_link(event.claim.url)

    @on(MessageView.LinkClicked)
    def _link(self, event: MessageView.LinkClicked) -> None:
        self.app.show_link(event.url)

    @on(Transcript.CopyWanted)
    def _copy(self, event: Transcript.CopyWanted) -> None:
        self.app.copy_to_clipboard(event.text)
        self.notify("Copied", timeout=2, markup=False)

    @on(Prompt.PageWanted)
    def _page(self, event: Prompt.PageWanted) -> None:
        height = max(self.transcript.size.height - 2, 1)
        self.transcript.scroll_relative(y=event.pages * height, animate=False)

    @on(Prompt.Changed)
    def _typed(self) -> None:
        """Show the commands that a slash may become."""
        hints = self.query_one("#hints", Static)
        found = self.completion.matching(self.prompt.text) if self._ready.is_set() else []
        width = max((len(command.name) + len(command.hint) for command in found), default=0) + 3
        rows = [f"{f'/{command.name} {command.hint}':<{width}}  {command.help}" for command in found[:HINT_ROWS]]
        if len(found) > HINT_ROWS:
            rows.append(f"… and {len(found) - HINT_ROWS} more; Tab completes")
        hints.update("\n".join(rows))
        hints.display = bool(rows)
