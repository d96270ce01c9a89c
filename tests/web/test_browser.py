"""The whole way in a real browser: a brief, the advice, why, the export; and nothing is asked of any other host."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import paths

from .browser import CHROMIUM, chromium, until
from .conftest import Start

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium here; .ci/run installs it where the system has packages"
)
TOKEN = "a token for tests"
BRIEF = "churn prediction on a table of 80k customers, in Python"


async def test_a_conversation_in_a_browser(served: Start, tmp_path: Path) -> None:
    link = served("--token", TOKEN)
    address = link.partition("?")[0]
    async with chromium(tmp_path) as browser:
        tab = await browser.open(address)
        await until(lambda: bool(tab.asked), lambda: "no page was asked for")
        await tab.until("document.activeElement?.id === 'token'")
        await tab.type(TOKEN)
        await tab.press("Enter")
        await tab.sees("Churn")  # an example on the first screen
        await tab.say(BRIEF)
        await tab.sees("Recommended stack")
        await tab.say("why lightgbm?")
        await tab.sees("because")
        if pictures := os.environ.get("PICTURES"):
            await tab.picture(Path(pictures) / "web.png")

        await tab.say("/export markdown")
        await tab.sees("### Recommended stack")  # the preview
        await tab.press("Enter")
        await until(lambda: bool(browser.saved), lambda: f"nothing was downloaded:\n{tab.text}")
        document = (browser.downloads / browser.saved[0]).read_text(encoding="utf-8")
        assert browser.saved[0].endswith(".md")
        assert BRIEF in document and "LightGBM" in document

        await tab.misses("Esc closes")  # a key that comes too early would go to the dialog
        await tab.press("F2")
        await tab.sees("kept on the computer that serves this page")
        assert str(tmp_path) not in tab.text
        await tab.press("Escape")
        await tab.misses("Esc closes")

        again, stranger = await browser.open(address), await browser.open(link, stranger=True)
        await again.sees(BRIEF[:30])  # to be continued
        await stranger.sees("Churn")
        assert BRIEF[:30] not in stranger.text
        assert len(list((paths.data_dir() / "web").iterdir())) == 2

        assert browser.asked and all(
            asked.startswith((address, address.replace("http", "ws", 1), "data:", "about:", "chrome:"))
            for asked in browser.asked
        ), browser.asked
        harmless = ("WebGL", "401")  # there is no graphics card here; and the first answer asked for the token
        assert [words for words in tab.said if not any(known in words for known in harmless)] == []
