"""Write a project to start with: which files, into which folder. Nothing that is there is overwritten."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from assistant.tui.safe import one_line, safe
from assistant.tui.screens.dialog import Dialog
from assistant.tui.screens.export import slug

if TYPE_CHECKING:
    from assistant.sessions.session import Session
    from assistant.sessions.starter import Project

HINT = "Enter or ^s writes the files · Esc closes"


class StarterScreen(Dialog[None]):
    """Writes a folder."""

    BINDING_GROUP_TITLE = "Project starter"
    HELP = (
        "Name a folder: a baseline that runs, the dependencies, this week's plan and the decision record go into it. "
        "Nothing that is there is overwritten."
    )
    AUTO_FOCUS = "#path"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "write the files", id="starter.save", show=False)
    ]

    def __init__(self, talk: Session) -> None:
        super().__init__()
        self._talk = talk
        self._project: Project | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="box tall") as box:
            box.border_title = "Project starter"
            with VerticalScroll(id="scroll"):
                yield Static(id="preview", markup=False)
            yield Input(id="path", placeholder="Folder")
            yield Static(id="told", markup=False)
            yield Static(HINT, classes="hint", markup=False)

    async def on_mount(self) -> None:
        try:
            self._project = await self.app.desk.run(self._talk.starter)
        except Exception as error:  # shown, not raised
            self._tell(str(error))
            return
        files = "\n".join(f"  {name}" for name in self._project.files)
        notes = "\n\n".join(self._project.notes)
        self.query_one("#preview", Static).update(safe(f"These files are written:\n\n{files}\n\n{notes}".rstrip()))
        self.query_one("#path", Input).value = slug(self._talk.title)

    @on(Input.Submitted)
    async def action_save(self) -> None:
        """Write the files, or say why not."""
        from assistant.sessions.starter import write

        given = self.query_one("#path", Input).value.strip()
        if self._project is None or not given:
            self._tell("There is no folder to write to" if self._project else "There is nothing to write")
            return
        folder = Path(given).expanduser().absolute()
        try:
            await self.app.desk.run(partial(write, self._project, folder))
        except Exception as error:  # shown, not raised
            self._tell(str(error))
            return
        self.notify(f"Written to {one_line(str(folder))}", markup=False)
        self.dismiss(None)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._tell("")

    def _tell(self, words: str) -> None:
        self.query_one("#told", Static).update(one_line(words))
