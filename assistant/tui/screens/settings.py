"""What can be set, applied at once."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Checkbox, Input, Select, Static

from assistant import paths
from assistant.tui.safe import one_line
from assistant.tui.screens.dialog import Dialog
from assistant.tui.settings import MAX_COLUMN, MIN_COLUMN, changed
from assistant.tui.themes import SHOWN

CHECKS = (
    ("animations", "Animations"),
    ("panel", "Side panel where there is room"),
    ("developer", "Developer view: rule names and times"),
)


class Box(Checkbox):
    """A box that is empty when it is off: colour alone does not tell everybody."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # the base class has a constant
        return "✔" if self.value else " "


class SettingsScreen(Dialog[None]):
    """F2."""

    BINDING_GROUP_TITLE = "Settings"
    HELP = "What you change holds at once and is kept."

    def compose(self) -> ComposeResult:
        now = self.app.settings
        themes = [name for name in (*SHOWN, now.theme) if name in self.app.available_themes]
        with Vertical(classes="box") as box:
            box.border_title = "Settings"
            with Horizontal():
                yield Static("Theme", classes="label", markup=False)
                yield Select(
                    [(name, name) for name in dict.fromkeys(themes)],
                    value=self.app.theme,
                    allow_blank=False,
                    compact=True,
                )
            with Horizontal():
                yield Static(f"Widest column ({MIN_COLUMN}–{MAX_COLUMN})", classes="label", markup=False)
                yield Input(str(now.column), type="integer", compact=True)
            for name, label in CHECKS:
                yield Box(label, getattr(now, name), id=name)
            where = f"Sessions are kept in {paths.database()}, settings in {paths.config_dir()}"
            if self.app.is_web:  # a visitor need not know the folders of the machine that serves the page
                where = "Sessions and settings are kept on the computer that serves this page"
            yield Static(one_line(where), classes="hint", markup=False)
            yield Static("Tab and Space change · Esc closes", classes="hint", markup=False)

    @on(Select.Changed)
    def _theme(self, event: Select.Changed) -> None:
        if isinstance(event.value, str) and event.value != self.app.settings.theme:
            self.app.change_settings(replace(self.app.settings, theme=event.value))

    @on(Input.Changed)
    def _column(self, event: Input.Changed) -> None:
        if event.value.isdecimal() and MIN_COLUMN <= int(event.value) <= MAX_COLUMN:
            self.app.change_settings(replace(self.app.settings, column=int(event.value)))

    @on(Checkbox.Changed)
    def _check(self, event: Checkbox.Changed) -> None:
        name = event.checkbox.id
        if name and getattr(self.app.settings, name) != event.value:
            self.app.change_settings(changed(self.app.settings, name, event.value))
