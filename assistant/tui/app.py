"""The terminal app: `run` starts it."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.theme import Theme

from assistant import paths
from assistant.tui import clipboard, themes
from assistant.tui import settings as kept
from assistant.tui.actions import ACTIONS, bindings, shown_key
from assistant.tui.desk import Backend, Desk, load
from assistant.tui.keys import keys_of
from assistant.tui.prompts import Prompts
from assistant.tui.safe import one_line, safe, safe_link
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.talker import Talker
from assistant.tui.ticks import Ticks

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Proof
    from assistant.tui.settings import Settings


class Wanted(NamedTuple):
    """The session to open at start: one by id, the last one, or (neither) none."""

    session: str | None = None
    last: bool = False


class AssistantApp(App[None]):
    """Holds what all screens share: settings, prompt history, the desk; and opens the screens."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "ML stack assistant"
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    PAUSE_GC_ON_SCROLL = True

    def __init__(
        self,
        loader: Callable[[], Backend],
        *,
        wanted: Wanted | None = None,
        config: Path | None = None,
        state: Path | None = None,
        debug: bool = False,
    ) -> None:
        super().__init__()
        self.wanted = wanted or Wanted()
        self.config = config
        self.settings = kept.read(config) if config else kept.Settings()
        if debug:
            self.settings = replace(self.settings, developer=True)
        self.set_keymap(self.settings.keymap)
        self._told_of_file = False
        self._early: list[events.Event] | None = []  # typed before the prompt is there
        self.deleted: list[str] = []  # sessions deleted since the start, which can be brought back until the end
        self.prompts = Prompts(state / "prompts.jsonl" if state else None)
        self.ticks = Ticks(state / "ticks.json" if state else None)
        self.desk = Desk()
        self.talker = Talker(self.desk, loader)
        for theme in themes.OWN:
            self.register_theme(theme)
        self.theme = self.settings.theme if self.settings.theme in self.available_themes else themes.INK.name
        if not self.settings.animations:
            self.animation_level = "none"

    def get_default_screen(self) -> Screen[Any]:
        return ChatScreen()

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._keep_theme)

    def _keep_theme(self, theme: Theme) -> None:
        """A theme chosen in the palette is kept like one chosen in the settings."""
        if theme.name != self.settings.theme:
            self.change_settings(replace(self.settings, theme=theme.name))

    def on_unmount(self) -> None:
        self.talker.close()

    @property
    def chat(self) -> ChatScreen:
        """The conversation, which lies below every other screen."""
        screen = self.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        return screen

    def change_settings(self, settings: Settings) -> None:
        """Use the settings from now on and keep them."""
        before, self.settings = self.settings, settings
        self.theme = settings.theme
        self.animation_level = "full" if settings.animations else "none"
        self.chat.apply_width()
        if before.developer != settings.developer:
            self.chat.transcript.redraw(settings.developer)
            self.chat.show_status()
        if self.config and not kept.write(self.config, settings):
            self.notify("The settings could not be written; they hold until you quit", severity="warning", markup=False)

    async def on_event(self, event: events.Event) -> None:
        """A paste may hold escape codes, which no field is to show, and ends its lines as the terminal likes; what is
        typed before the prompt is there waits for it; everything else goes on as it is."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event.text = safe(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if self._early is not None and isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._early.append(event)
        else:
            await super().on_event(event)

    async def take_early(self) -> None:
        """The prompt is there: it gets what was typed before, and what is typed meanwhile, in order."""
        while self._early:
            await super().on_event(self._early.pop(0))
        self._early = None

    # --- palette -----------------------------------------------------------------------------------------

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that can be done, by name: the app's actions, then the dialogue's commands."""
        for action in ACTIONS:
            if action.id != "app.palette":
                yield SystemCommand(action.title, action.help, partial(self.run_action, action.run))
        yield SystemCommand("view: Theme", "Try the themes", self.action_change_theme)
        from assistant.dialogue.commands import COMMANDS

        taken = {action.title for action in ACTIONS}
        for command in COMMANDS:
            if command.title in taken:
                continue
            yield SystemCommand(command.title, command.help, partial(self._command, command.name, command.hint))

    def _command(self, name: str, hint: str) -> None:
        """Say a command at once, or put it into the prompt if it needs an argument."""
        if hint:
            self.chat.prompt.put(f"/{name} ")
            self.chat.prompt.focus()
        else:
            self.chat.say(f"/{name}")

    # --- actions -----------------------------------------------------------------------------------------

    def _open(self, screen: Screen[Any], callback: Callable[[Any], Any] | None = None) -> None:
        """Show a screen unless one is open already."""
        if len(self.screen_stack) == 1:
            self.push_screen(screen, callback)

    def action_help(self) -> None:
        """Help for what has the focus, over whatever screen is open."""
        from assistant.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.focused or self.screen))

    def action_help_quit(self) -> None:
        """ctrl+c with nothing selected."""
        key = shown_key(keys_of("app.quit", "ctrl+q", self.settings.keymap))
        self.notify(f"{key} quits; all is saved already. ^c copies what is selected.", markup=False)

    def check_keymap(self) -> None:
        """Tell of ids in the keymap that no binding has, and of keys that it takes from other actions."""
        from assistant.tui.keys import known

        keymap = self.settings.keymap
        if not keymap:
            return
        wanted = {key.strip() for keys in keymap.values() for key in keys.split(",")}
        words = [f"It takes {shown_key(a.key)} from {a.id}." for a in ACTIONS if a.key in wanted and a.id not in keymap]
        if unknown := sorted(set(keymap) - known()):
            words.append(f"No binding is called {', '.join(unknown)}; help in the developer view shows the names.")
        if words:
            title, told = "The keymap of your settings", one_line(" ".join(words))
            self.notify(told, title=title, severity="warning", timeout=15, markup=False)

    async def action_new_session(self) -> None:
        if len(self.screen_stack) == 1:
            await self.chat.new_session()

    def action_sessions(self) -> None:
        from assistant.tui.screens.sessions import SessionsScreen

        if backend := self._backend():
            talk = self.talker.talk
            self._open(SessionsScreen(backend.sessions, talk.id if talk else None), self._session_chosen)

    async def _session_chosen(self, chosen: str | None) -> None:
        """Resume what was chosen; '' means that the open session is gone."""
        if chosen:
            await self.chat.resume(chosen)
        elif chosen == "":
            await self.chat.new_session()

    def action_export(self) -> None:
        self.open_export("")

    def open_export(self, format: str) -> None:
        """The export dialog, `format` chosen if it is one."""
        from assistant.tui.screens.export import ExportScreen

        backend, talk = self._backend(), self.talker.talk
        if backend and talk is None:
            self.notify("There is nothing to export yet", markup=False)
        elif backend and talk:
            self._open(ExportScreen(talk, format))

    def action_starter(self) -> None:
        from assistant.tui.screens.starter import StarterScreen

        backend, talk = self._backend(), self.talker.talk
        if self.is_web:
            self.notify("A browser has no folder to write to: use assistant starter DIR on a terminal", markup=False)
        elif backend and talk is None:
            self.notify("There is nothing to start with yet", markup=False)
        elif backend and talk:
            self._open(StarterScreen(talk))

    def action_picture(self) -> None:
        self.call_after_refresh(self._save_picture)  # once the palette is gone

    def _save_picture(self) -> None:
        """The screen as an SVG file under a name that is free."""
        from assistant.tui.screens.export import slug, write_whole

        talk = self.talker.talk
        name = slug(talk.title if talk else "screen")
        picture = self.export_screenshot(title=one_line(talk.title) if talk else "ml-stack-assistant")
        if self.is_web:
            self.download(f"{name}.svg", picture)
            return
        path, number = Path(f"{name}.svg").absolute(), 1
        while path.exists():
            number += 1
            path = path.with_name(f"{name}-{number}.svg")
        try:
            write_whole(path, picture)
        except OSError as error:
            self.notify(f"Not saved: {error.strerror}", severity="warning", markup=False)
        else:
            self.notify(f"Saved {one_line(str(path))}", markup=False)

    def action_tools(self) -> None:
        from assistant.tui.screens.tools import ToolsScreen

        if backend := self._backend():
            self._open(ToolsScreen(backend.knowledge, self.talker.talk), self._say_chosen)

    def action_compare(self) -> None:
        from assistant.tui.screens.compare import CompareScreen

        if backend := self._backend():
            self._open(CompareScreen(backend.knowledge, self.talker.talk), self._say_chosen)

    def _say_chosen(self, words: str | None) -> None:
        if words:
            self.chat.say(words)

    async def action_panel(self) -> None:
        if len(self.screen_stack) == 1:
            await self.chat.toggle_panel()

    def action_proof(self) -> None:
        self.open_proof(self.chat.last_proof)

    def open_proof(self, proof: Proof | None) -> None:
        """Explore a proof."""
        from assistant.tui.screens.proof import ProofScreen

        if proof:
            self._open(ProofScreen(proof.root, developer=self.settings.developer), self._say_chosen)
        else:
            self.notify("No proof yet: ask why, or press Enter on a claim", markup=False)

    def action_developer(self) -> None:
        """Show or hide what only developers want to see."""
        self.change_settings(replace(self.settings, developer=not self.settings.developer))
        state = "on" if self.settings.developer else "off"
        self.notify(f"Developer view {state}", timeout=3, markup=False)

    def action_settings(self) -> None:
        from assistant.tui.screens.settings import SettingsScreen

        self._open(SettingsScreen())

    def _backend(self) -> Backend | None:
        if self.talker.backend is None:
            self.notify("Still loading" if not self.chat.loaded else "Nothing is loaded", markup=False)
        return self.talker.backend

    # --- copying -----------------------------------------------------------------------------------------

    def copy_to_clipboard(self, text: str) -> None:
        """To the desktop's clipboard, else by way of the terminal's (OSC 52), which cannot say whether it worked."""
        self._clipboard = text
        self.run_worker(self._copy(text), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self, text: str) -> None:
        if not self.is_web and await asyncio.to_thread(clipboard.put, text):
            self.notify("Copied", timeout=2, markup=False)
            return
        super().copy_to_clipboard(text)
        again = "" if self._told_of_file else ". If nothing arrives, /copied writes it to a file"
        self._told_of_file = True
        self.notify(f"Copied by way of the terminal{again}", timeout=8 if again else 2, markup=False)

    def action_save_copied(self) -> None:
        """Write what was copied last to a file in the folder the app was started from, else beside the sessions; in a
        browser it is a download."""
        if not self.clipboard:
            self.notify("Nothing was copied yet", markup=False)
            return
        if self.is_web:
            self.download("copied.txt", self.clipboard)
            return
        try:
            path = clipboard.save(self.clipboard, (Path.cwd(), paths.state_dir()))
        except OSError as error:
            self.notify(one_line(f"Not saved: {error.strerror or error}"), severity="error", markup=False)
        else:
            self.notify(one_line(f"Saved {path}"), markup=False)

    def download(self, name: str, text: str) -> None:
        """In a browser a file goes to the visitor's downloads, never to the machine that serves the page."""
        self.deliver_text(io.StringIO(text), save_filename=name, encoding="utf-8")
        self.notify(one_line(f"Downloading {name}"), markup=False)

    def show_link(self, url: str) -> None:
        """Copy the address and, on a desktop, open it in the browser."""
        if not (url := safe_link(url)):
            return
        self.copy_to_clipboard(url)
        desktop = (
            self.is_web  # the visitor's browser opens it
            or sys.platform in ("darwin", "win32")
            or os.environ.get("DISPLAY")
            or os.environ.get("WAYLAND_DISPLAY")
        )
        if desktop:
            self.open_url(url)
        self.notify(f"{'Opened' if desktop else 'The address'}: {url}", markup=False)


def run(
    *,
    session: str | None = None,
    continue_last: bool = False,
    debug: bool = False,
    knowledge_dirs: tuple[Path, ...] = (),
    watch: bool = False,
) -> int:
    """Run the app until the person leaves; the process's exit code.

    `session` (an id or the beginning of one) or the last session (`continue_last`) is opened; otherwise the app
    starts empty. `debug` shows rule names and times. `watch` takes edits of the knowledge in while the app runs.
    """
    app = AssistantApp(
        partial(load, knowledge_dirs, debug, watch),
        wanted=Wanted(session, continue_last),
        config=paths.config_dir(),
        state=paths.state_dir(),
        debug=debug,
    )
    app.run()
    return app.return_code or 0
