"""What happens behind the first picture: knowledge and store are loaded, the wanted session is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.tui.safe import one_line
from assistant.tui.screens.watching import LOOKING, Watching
from assistant.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from assistant.tui.desk import Backend
    from assistant.tui.screens.chat import ChatScreen

PATIENCE = 0.25  # seconds before loading is spoken of


class Starting:
    """Loads for a screen, once."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen

    async def load(self) -> None:
        """Load, greet, or say in the conversation what went wrong."""
        screen = self._screen
        screen.set_timer(PATIENCE, self._say_loading)
        try:
            backend = await screen.app.talker.load()
        except Exception as error:  # whatever fails, the person must read it on the screen
            await screen.fail("The knowledge could not be loaded", error)
        else:
            await self._greet(backend)
        screen.set_loaded()

    def _say_loading(self) -> None:
        if not self._screen.loaded:
            self._screen.set_busy("loading knowledge…")

    async def _greet(self, backend: Backend) -> None:
        """Complete the tools' names, open the wanted session or offer the last one."""
        screen = self._screen
        screen.complete_names(backend.knowledge)
        screen.app.check_keymap()
        if backend.watched:
            screen.set_interval(LOOKING, Watching(screen).look)
        if backend.notice:
            screen.notify(one_line(backend.notice), severity="warning", markup=False)
        wanted, talker = screen.app.wanted, screen.app.talker
        try:
            if wanted.session is not None:
                await screen.show_session(await talker.resume(wanted.session))
            elif wanted.last and (opened := await talker.resume_last()):
                await screen.show_session(opened)
            elif latest := await talker.latest():
                for welcome in screen.query(Welcome):  # it has gone when a message was sent already
                    welcome.offer_last(latest.title)
        except Exception as error:  # the store may be broken; a new conversation is still possible
            await screen.fail("The session could not be opened", error)
