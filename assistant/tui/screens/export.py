"""Save the conversation: format, place, preview. Never overwrites without being told twice; in a browser it downloads."""

from __future__ import annotations

import os
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.safe import one_line, safe
from assistant.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from assistant.sessions.session import Session

PREVIEW = 8000  # characters
HINT = (
    "Up and Down choose · c all, conversation or advice · Tab to preview and file name · Enter or ^s saves · Esc closes"
)


_CONTENTS = ("all", "conversation", "advice")


class ExportScreen(Dialog[None]):
    """Writes one file."""

    BINDING_GROUP_TITLE = "Export"
    HELP = (
        "Choose a form, look at the preview, name the file. A file that exists is overwritten only when you save twice."
    )
    AUTO_FOCUS = "#formats"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save the file", id="export.save", show=False),
        Binding("c", "content", "all, the conversation or the advice alone", id="export.content", show=False),
    ]

    def __init__(self, talk: Session, format: str = "") -> None:
        super().__init__()
        from assistant.sessions.export import ENDINGS, FORMATS, format_of
        from assistant.sessions.model import SessionError

        self._talk = talk
        self._endings = ENDINGS
        self._formats = FORMATS
        try:
            self._format = format_of(format)
        except SessionError:
            self._format = FORMATS[0]
        self._content = _CONTENTS[0]
        self._text = ""
        self._confirmed: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="box tall") as box:
            box.border_title = "Export"
            with Horizontal(id="middle"):
                yield OptionList(*(Option(name, id=name) for name in self._formats), id="formats", markup=False)
                with VerticalScroll(id="scroll"):
                    yield Static(id="preview", markup=False)
            yield Input(id="path")
            yield Static(id="told", markup=False)
            yield Static(HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one("#formats", OptionList).highlighted = self._formats.index(self._format)

    @on(OptionList.OptionHighlighted)
    async def _preview(self, event: OptionList.OptionHighlighted) -> None:
        self._format = self._formats[event.option_index]
        await self._show()

    async def action_content(self) -> None:
        """The next content."""
        self._content = _CONTENTS[(_CONTENTS.index(self._content) + 1) % len(_CONTENTS)]
        self.query_one(".box").border_title = f"Export · {self._content}"
        await self._show()

    async def _show(self) -> None:
        try:
            self._text = await self.app.desk.run(partial(self._talk.export, self._format, self._content))
        except Exception as error:  # shown, not raised
            self._text = ""
            self._tell(str(error))
        more = f"\n… {len(self._text) - PREVIEW:,} more characters" if len(self._text) > PREVIEW else ""
        self.query_one("#preview", Static).update(safe(self._text[:PREVIEW]) + more)
        self.query_one("#scroll").scroll_home(animate=False)
        self.query_one("#path", Input).value = f"{slug(self._talk.title)}.{self._endings[self._format]}"

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Write the file, or say why not."""
        given = self.query_one("#path", Input).value.strip()
        if not given or not self._text:
            self._tell("There is no file name" if not given else "There is nothing to save")
            return
        if self.app.is_web:
            self.app.download(Path(given).name or "session", self._text)
            self.dismiss(None)
            return
        path = Path(given).expanduser().absolute()
        if path.exists() and path != self._confirmed:
            self._confirmed = path
            self._tell(f"{path.name} exists. Save again to overwrite it, or change the name.")
            return
        try:
            write_whole(path, self._text)
        except (OSError, ValueError) as error:
            self._tell(f"Not saved: {getattr(error, 'strerror', None) or error}")
            return
        self.notify(f"Saved {one_line(str(path))}", markup=False)
        self.dismiss(None)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._confirmed = None
        self._tell("")

    def _tell(self, words: str) -> None:
        self.query_one("#told", Static).update(one_line(words))


def slug(title: str) -> str:
    """A file name from a title: letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", title[:60].lower()).strip("-") or "session"


def write_whole(path: Path, text: str) -> None:
    """Write the file at once or not at all. Raises OSError."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".export-")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(fresh, path)
    except BaseException:
        os.unlink(fresh)
        raise
