"""What all dialogs share: a box in the middle, Esc closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from assistant.tui.app import AssistantApp

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A modal box; `Esc` dismisses it without a result."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close", id="dialog.close", show=False),
        Binding("f1", "app.help", "help", id="app.help", show=False),
    ]

    app: AssistantApp
