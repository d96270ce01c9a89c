"""What an empty conversation shows: what this is, three briefs to try, the way back to the last session."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.tui.draw.page import Page, Run
from assistant.tui.draw.parts import ACCENT, DIM, HEAD

EXAMPLES = (
    "Defect detection on 40,000 labelled photos, running inside an Android app, commercial, two people, six weeks",
    "Churn prediction for a bank: 2 million rows of tabular data, on premises, every decision must be explained",
    "Semantic search over 300,000 internal PDFs, nothing may leave our network, one NVIDIA GPU with 24 GB",
)
INTRO = (
    "Tell me what you want to build: the data, where it runs, who builds it, what matters. I name a stack and can "
    "say why, step by step, down to your own words. "
)
ROOMY = 18  # rows; with fewer, the examples come at once
HERE = "Nothing leaves this computer."
SERVED = "Your words go to the computer that serves this page, and no further."


class Welcome(OptionList):
    """Examples to choose from. Choosing sends them like typed text."""

    BINDING_GROUP_TITLE = "Examples"
    HELP = "Enter sends the example under the cursor, or opens the last session."

    class Picked(Message):
        """An example was chosen."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Continue(Message):
        """The last session is wanted back."""

    def __init__(self, width: int) -> None:
        super().__init__(id="welcome", markup=False)
        self._width = width

    def on_mount(self) -> None:
        self.add_option(Option(self._intro(), disabled=True))
        for example in EXAMPLES:
            self.add_option(Option(self._item("›", example)))
        self.highlighted = None

    def offer_last(self, title: str) -> None:
        """Add the way back to the last session."""
        self.add_option(Option(self._item("↩", f"Continue: {title}"), id="continue"))

    def _intro(self) -> Content:
        page = Page(self._width)
        page.put(Run("Which machine-learning stack, and why?", HEAD))
        if self.app.size.height >= ROOMY:
            page.blank()
            page.put(Run(INTRO + (SERVED if self.app.is_web else HERE)))
            page.blank()
        page.put(Run("For example", DIM), Run("  (Tab, arrows and Enter, or click)", DIM))
        return page.drawing().content

    def _item(self, mark: str, text: str) -> Content:
        page = Page(self._width)
        page.put(Run(text), lead=[Run(f"{mark} ", f"bold {ACCENT}")])
        return page.drawing().content

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id == "continue":
            self.post_message(self.Continue())
        else:
            self.post_message(self.Picked(EXAMPLES[event.option_index - 1]))
