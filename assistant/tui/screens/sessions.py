"""All sessions: find, resume, rename, tag, copy, archive, delete, take back a deletion."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Key
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.dialogue.commands import spoken
from assistant.tui.draw.page import Page, Run, fit
from assistant.tui.draw.parts import ACCENT, DIM
from assistant.tui.safe import one_line
from assistant.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.sessions.model import SessionInfo
    from assistant.sessions.service import Sessions

HIT = f"bold underline {ACCENT}"
MOST = 200
PREVIEWED = 12  # messages
ANSWERED = 5  # lines of an answer
HINT = "Enter resume · r rename · t tags · d duplicate · Del delete · u undo delete · a archive · A show it · / search · Esc close"


class SessionsScreen(Dialog[str | None]):
    """Results in the id to resume, '' if the open session was deleted, None otherwise."""

    BINDING_GROUP_TITLE = "Sessions"
    HELP = "Enter opens the session under the cursor. What you delete can be brought back until you leave the app."
    AUTO_FOCUS = ""  # the list has it once it is filled
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - the base class has it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rename", "rename", id="sessions.rename", show=False),
        Binding("t", "tags", "give it tags, or take them away", id="sessions.tags", show=False),
        Binding("d", "duplicate", "duplicate", id="sessions.duplicate", show=False),
        Binding("delete,x", "delete", "delete", id="sessions.delete", show=False),
        Binding("a", "archive", "archive, or out of the archive", id="sessions.archive", show=False),
        Binding("A", "archived", "show the archive, or the sessions in use", id="sessions.archived", show=False),
        Binding("u", "undelete", "bring back what was deleted last", id="sessions.undelete", show=False),
        Binding("slash", "search", "search", id="sessions.search", show=False),
        Binding("escape", "close", "back: from a field to the list, then close", id="sessions.close", show=False),
    ]

    def __init__(self, sessions: Sessions, current: str | None) -> None:
        super().__init__()
        self._sessions = sessions
        self._current = current
        self._shown: list[tuple[SessionInfo, str]] = []
        self._archived = False  # the archive is shown
        self._edited: SessionInfo | None = None  # whose title or tags are being written
        self._early: list[Key] | None = []  # keys that were pressed before there was a list; None once there is one

    def compose(self) -> ComposeResult:
        with Vertical(classes="box tall") as box:
            box.border_title = "Sessions"
            yield Input(placeholder="Search titles and messages", id="search")
            with Horizontal(id="middle"):
                yield OptionList(id="list", markup=False)
                with VerticalScroll(id="scroll", can_focus=False):
                    yield Static(id="preview", markup=False)
            yield Input(placeholder="New title", id="rename", classes="edit")
            yield Input(placeholder="Tags, with spaces between", id="tags", classes="edit")
            yield Static(HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)  # once the list has its width

    async def _begin(self) -> None:
        """Fill the list, then take the keys that came too early, in their order: they are meant for what is shown."""
        await self._fill()
        self._list.focus()
        early, self._early = self._early or [], None
        for key in early:
            self.app.post_message(Key(key.key, key.character))

    def on_key(self, event: Key) -> None:
        if self._early is not None and event.key != "escape":
            self._early.append(event)
            event.stop()

    @property
    def _list(self) -> OptionList:
        return self.query_one("#list", OptionList)

    async def _fill(self, at: int = 0) -> None:
        """Show what the search finds, or the latest sessions."""
        wanted = self.query_one("#search", Input).value.strip()
        try:
            self._shown = await self.app.desk.run(partial(self._find, wanted))
        except Exception as error:  # a broken store must not break the app
            self._shown = []
            self._tell(f"The sessions could not be read: {error}")
        self._list.clear_options()
        self._list.add_options(self._option(info, excerpt) for info, excerpt in self._shown)
        if self._shown:
            self._list.highlighted = min(at, len(self._shown) - 1)
        else:
            self._list.add_option(
                Option(
                    "Nothing found" if wanted else "The archive is empty" if self._archived else "No sessions yet",
                    disabled=True,
                )
            )

    def _find(self, wanted: str) -> list[tuple[SessionInfo, str]]:
        if not wanted:
            return [(info, "") for info in self._sessions.list(MOST, archived=self._archived)]
        found: dict[str, tuple[SessionInfo, str]] = {}
        for hit in self._sessions.hits(wanted, MOST):
            found.setdefault(hit.session.id, (hit.session, hit.excerpt))
        return list(found.values())

    def _option(self, info: SessionInfo, excerpt: str) -> Option:
        page = Page(max(self._list.size.width - 3, 20))
        mark = "●" if info.id == self._current else " "
        title = fit(info.title or "Untitled", page.width - 3)
        page.put(*_marked(title, self._words(), ""), lead=[Run(f"{mark} ", ACCENT)])
        turns = f"{info.turns} message{'' if info.turns == 1 else 's'}"
        choice = f" · {info.first_choice}" if info.first_choice else ""
        about = f"{info.updated[:16].replace('T', ' ')} · {turns}{choice} · {info.id}"
        page.put(Run(fit(about, page.width - 3), DIM), indent=2)
        if info.tags:
            page.put(Run(fit(" ".join(f"#{tag}" for tag in info.tags), page.width - 3), DIM), indent=2)
        if info.question:
            page.put(Run(fit(f"open: {info.question}", page.width - 3), DIM), indent=2)
        if excerpt:
            page.put(*_marked(fit(excerpt, page.width - 3), self._words(), f"{DIM} italic"), indent=2)
        return Option(page.drawing().content)

    def _words(self) -> list[str]:
        return self.query_one("#search", Input).value.split()

    @on(OptionList.OptionHighlighted)
    async def _preview(self) -> None:
        """Beside the list: what was asked and what was advised."""
        info = self._at()
        if info is None or not self.query_one("#scroll").display:
            return
        try:
            turns = await self.app.desk.run(partial(self._sessions.turns, info.id))
        except Exception as error:  # shown, not raised
            self._tell(str(error))
            return
        page = Page(max(self.query_one("#scroll").size.width - 3, 20))
        for turn in turns[:PREVIEWED]:
            page.blank()
            page.put(*_marked(fit(spoken(turn.text), 300), self._words(), "bold"), lead=[Run("› ", f"bold {ACCENT}")])
            for line in [line for line in turn.reply.plain().splitlines() if line.strip()][:ANSWERED]:
                page.put(*_marked(fit(line, page.width - 3), self._words(), DIM), indent=2)
        if len(turns) > PREVIEWED:
            page.blank()
            page.put(Run(f"… and {len(turns) - PREVIEWED} more", DIM))
        self.query_one("#preview", Static).update(page.drawing().content)
        self.query_one("#scroll").scroll_home(animate=False)

    def _at(self) -> SessionInfo | None:
        at = self._list.highlighted
        return self._shown[at][0] if at is not None and at < len(self._shown) else None

    def _tell(self, words: str) -> None:
        self.query_one(".hint", Static).update(one_line(words))

    async def _change(self, work: Callable[[], object], done: str) -> None:
        """Do `work` on the desk, say `done`, show the list again; or say what went wrong."""
        try:
            await self.app.desk.run(work)
        except Exception as error:
            self._tell(str(error))
            return
        self._tell(f"{done} · {HINT}")
        await self._fill(self._list.highlighted or 0)

    @on(Input.Changed, "#search")
    async def _searched(self) -> None:
        await self._fill()

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self._list.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        if info := self._at():
            self.dismiss(info.id)

    def action_search(self) -> None:
        self.query_one("#search").focus()

    def action_rename(self) -> None:
        if info := self._at():
            self._edit(info, "#rename", one_line(info.title))

    def action_tags(self) -> None:
        if info := self._at():
            self._edit(info, "#tags", " ".join(info.tags))

    def _edit(self, info: SessionInfo, which: str, value: str) -> None:
        self._stop_editing()
        self._edited = info
        field = self.query_one(which, Input)
        field.value = value
        field.display = True
        field.focus()

    @on(Input.Submitted, "#rename")
    async def _renamed(self, event: Input.Submitted) -> None:
        self._stop_editing()
        if info := self._edited:
            await self._change(partial(self._sessions.rename, info.id, event.value), "Renamed")

    @on(Input.Submitted, "#tags")
    async def _tagged(self, event: Input.Submitted) -> None:
        """The session has the tags in the field, and no others."""
        self._stop_editing()
        if info := self._edited:
            wanted = event.value.replace(",", " ").split()
            kept = {tag.lstrip("#").lower() for tag in wanted}
            gone = [tag for tag in info.tags if tag not in kept]
            await self._change(partial(self._sessions.tag, info.id, wanted, gone), "Tagged" if kept else "Without tags")

    def _stop_editing(self) -> None:
        self.query(".edit").set(display=False)
        self._list.focus()

    async def action_duplicate(self) -> None:
        if info := self._at():
            await self._change(partial(self._sessions.duplicate, info.id), "Copied")

    async def action_delete(self) -> None:
        if info := self._at():
            self.app.deleted.append(info.id)
            await self._change(partial(self._sessions.delete, info.id), "Deleted (u brings it back)")

    async def action_archive(self) -> None:
        if info := self._at():
            done = "Out of the archive" if info.archived else "Archived (A shows the archive)"
            await self._change(partial(self._sessions.archive, info.id, back=info.archived), done)

    async def action_archived(self) -> None:
        self._archived = not self._archived
        self.query_one(".box").border_title = "Archive" if self._archived else "Sessions"
        await self._fill()

    async def action_undelete(self) -> None:
        if self.app.deleted:
            await self._change(partial(self._sessions.undelete, self.app.deleted.pop()), "Brought back")

    def action_close(self) -> None:
        if any(field.display for field in self.query(".edit")):
            self._stop_editing()
        elif self.focused is self.query_one("#search") and self._shown:
            self._list.focus()
        else:
            self.dismiss("" if self._current in self.app.deleted else None)


def _marked(text: str, words: list[str], style: str) -> list[Run]:
    """`text` with every occurrence of a searched word set off."""
    found = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if not found:
        return [Run(text, style)]
    parts = re.split(f"({found})", text, flags=re.IGNORECASE)
    return [Run(part, HIT if number % 2 else style) for number, part in enumerate(parts) if part]
