"""Edits of watched knowledge, as the conversation's screen tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.tui.draw.page import fit

if TYPE_CHECKING:
    from assistant.tui.screens.chat import ChatScreen
    from assistant.tui.talker import Reloaded

LOOKING = 0.5  # seconds between two looks
MOST_FINDINGS = 6
MOST_WORDS = 600  # cells of one


class Watching:
    """Looks after the knowledge for a screen, one look at a time."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen
        self._looking = False

    def look(self) -> None:
        """Look in the background whether there is something new."""
        if not self._looking:
            self._looking = True
            self._screen.run_worker(self._take_edits(), group="watch", exit_on_error=False)

    async def _take_edits(self) -> None:
        talker = self._screen.app.talker
        try:
            if await talker.edited():
                self._screen.set_busy("reading the edited knowledge…")
                try:
                    await self._tell_reloaded(await talker.reload())
                finally:
                    self._screen.set_busy("")
        except Exception as error:  # the author must read it here, whatever it is
            await self._tell_broken(error)
        finally:
            self._looking = False

    async def _tell_reloaded(self, reloaded: Reloaded) -> None:
        from assistant.dialogue.blocks import Notice

        self._screen.complete_names(reloaded.knowledge)
        words = f"The edited knowledge holds now (version {reloaded.knowledge.version}): {reloaded.differences}"
        await self._screen.tell(Notice(text=words, level="info"))
        if reloaded.taken:
            await self._screen.show_snapshot(reloaded.taken)

    async def _tell_broken(self, error: Exception) -> None:
        """Each error with its file and line."""
        from assistant.dialogue.blocks import Notice

        found = [str(finding) for finding in getattr(error, "findings", ())]
        lines = found[:MOST_FINDINGS] or [f"{error} ({type(error).__name__})"]
        if len(found) > len(lines):
            lines.append(f"… and {len(found) - len(lines)} more; assistant knowledge lint shows all")
        head = Notice(text="The edited knowledge has errors; the one before goes on:", level="error")
        await self._screen.tell(head, *(Notice(text=fit(line, MOST_WORDS), level="error") for line in lines))
