"""Journeys through the conversation, from the keyboard alone."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from textual import events

from assistant.dialogue import blocks as b
from assistant.tui.app import AssistantApp, Wanted
from assistant.tui.desk import Backend
from assistant.tui.draw.page import Run, wrap
from assistant.tui.draw.reply import Mark, draw_message
from assistant.tui.widgets.message import Entry, MessageView
from assistant.tui.widgets.panel import SidePanel
from assistant.tui.widgets.transcript import EARLIER, KEEP, MOST
from assistant.tui.widgets.welcome import EXAMPLES, Welcome

from .conftest import BRIEF, screen_text, until
from .fake import FakeSessions, backend


async def test_the_first_picture_invites_and_an_example_can_be_chosen(running: Any) -> None:
    async with running() as it:
        assert "Which machine-learning stack, and why?" in it.text
        it.app.screen.query_one(Welcome).focus()
        await it.pilot.press("down", "down", "enter")
        await it.sees("Recommended stack")
        assert it.said == [EXAMPLES[1]] or it.said == [EXAMPLES[0]]
        assert not it.app.chat.query(Welcome)


async def test_an_answer_is_shown_as_far_as_it_is_known_and_grows_in_its_place(running: Any) -> None:
    async with running((100, 30)) as it:
        it.app.chat.say("search")
        try:
            await it.sees("The first half of the answer.")
            await it.sees("still searching")
            await it.pilot.press(*"typing")
            assert it.app.chat.prompt.text == "typing"
            assert "second half" not in it.text
        finally:
            it.app.talker.talk.more.set()
        await it.sees("And the second half.")
        assert "still searching" not in it.text
        views = it.app.chat.transcript.views
        assert len(views) == len(it.app.chat.transcript.entries) == 2
        assert it.text.count("The first half of the answer.") == 1


async def test_brief_why_drop_undo(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say(BRIEF)
        await it.sees("PyTorch")
        await until(it.pilot, lambda: bool(it.app.chat.query(SidePanel)))
        # from claim to claim, and why
        await it.pilot.press("ctrl+down", "down", "down")
        claim = it.app.chat.transcript.claim
        assert claim is not None
        assert claim.ref == "tool/framework/pytorch"
        await it.pilot.press("enter")
        await until(it.pilot, lambda: it.said[-1] == "/why tool/framework/pytorch")
        await it.sees("∴ The data are images")
        # a fact leaves through the panel and comes back
        panel = it.app.chat.query_one(SidePanel)
        panel.focus()
        await it.pilot.press("down", "d")
        await until(it.pilot, lambda: it.said[-1] == "/drop modality image")
        await until(it.pilot, lambda: "The data are photos" not in str(panel.get_option_at_index(1).prompt))
        await it.pilot.press("escape")
        assert it.app.focused is it.app.chat.prompt
        await it.say("/undo")
        await until(it.pilot, lambda: "The data are photos" in str(panel.get_option_at_index(1).prompt))


async def test_understood_words_are_underlined_in_the_message(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        mine = it.app.chat.transcript.views[0]
        content = mine.render()
        underlined = {content.plain[span.start : span.end] for span in content.spans if span.style == "underline"}
        assert underlined == {"40,000 labelled photos", "Android"}
        # the fact shows when the words are pointed at, or reached by keys; Enter asks why of it
        claim = next(claim for claim in mine.claims if claim.says == "It runs inside an Android app")
        before = mine.render().plain[: claim.start].rpartition("\n")[2]
        await it.pilot.hover(mine, offset=(len(before) + 3, claim.line))
        assert str(mine.tooltip) == "It runs inside an Android app"
        await it.pilot.hover("#prompt")
        await it.pilot.press("ctrl+down", "up")
        assert it.app.chat.transcript.claim == claim
        assert "understood It runs inside an Android app" in it.text
        await it.pilot.press("enter")
        await until(it.pilot, lambda: it.said[-1] == "/why fact/deployment/Android")


def test_words_broken_over_two_lines_are_one_claim() -> None:
    text = "We have 40,000 labelled photos"
    marks = (Mark(8, 30, "Photos", "a"), Mark(8, 30, "40,000 of them", "b"))
    drawing = draw_message(text, 20, marks)
    assert [drawing.content.plain[claim.start : claim.end] for claim in drawing.claims] == ["40,000\nlabelled photos"]
    assert drawing.claims[0].says == "Photos; 40,000 of them"


async def test_digits_in_the_prompt_are_text_and_answer_with_enter(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await it.pilot.press(*"2 million rows only")
        assert it.app.chat.prompt.text == "2 million rows only"
        assert it.said == [BRIEF]
        it.app.chat.prompt.clear_all()
        await it.pilot.press("2", "enter")
        await until(it.pilot, lambda: it.said[-1] == "2")


async def test_digits_answer_at_once_where_the_focus_is_not_the_prompt(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await it.pilot.press("ctrl+up", "2")
        await until(it.pilot, lambda: it.said[-1] == "2")
        assert it.app.chat.prompt.text == ""
        await until(it.pilot, lambda: it.app.focused is it.app.chat.prompt)
        await it.pilot.press("x", "ctrl+up", "2")
        assert it.app.chat.prompt.text == "x2"
        assert it.said[-1] == "2"


async def test_digits_are_text_when_an_amount_is_asked_for(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    amounts = b.Ask(slot="data_rows", text="How many?", help="", options=(b.Option("< 1000", "few"),), ref="q")
    async with running() as it:
        await it.say(BRIEF)
        it.app.chat.side.panel = SimpleNamespace(ask=amounts, facts=b.Facts(items=()), recommendation=None, draft="")
        await it.pilot.press("ctrl+up", "1")
        assert it.app.chat.prompt.text == "1"
        assert it.said == [BRIEF]


async def test_typing_anywhere_goes_to_the_prompt(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await it.pilot.press("ctrl+up")
        assert it.app.focused is it.app.chat.transcript
        await it.pilot.press("h", "i")
        assert it.app.chat.prompt.text == "hi"
        assert it.app.focused is it.app.chat.prompt


async def test_a_failing_turn_is_told_and_the_next_one_works(running: Any) -> None:
    async with running() as it:
        await it.say("boom")
        await it.sees("This message could not be answered")
        assert "\x1b" not in it.text
        await it.say(BRIEF)
        await it.sees("Recommended stack")


async def test_a_failing_start_is_told(running: Any, tmp_path: Any) -> None:
    def broken() -> Any:
        raise OSError("no knowledge here")

    app = AssistantApp(broken)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(
            pilot, lambda: any("could not be loaded" in view.render().plain for view in app.chat.transcript.views)
        )


async def test_a_warning_stays_on_the_screen(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        it.app.talker.talk.warning = "The disk is full; this conversation is not saved"
        await it.say("/facts")
        await it.sees("▲ The disk is full")
        await it.say("/plan")
        assert "▲ The disk is full" in it.text


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(last=True)])
async def test_messages_sent_before_loading_is_done_are_answered_in_order(wanted: Wanted) -> None:
    sessions, gate = FakeSessions(), threading.Event()
    sessions.new().say("earlier")

    def slow() -> Backend:
        gate.wait(10)
        return backend(sessions)

    app = AssistantApp(slow, wanted=wanted)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.chat.say("first")
        app.chat.say("second")
        await until(pilot, lambda: "loading knowledge" in screen_text(app))
        gate.set()
        await until(pilot, lambda: len(app.chat.transcript.entries) == (6 if wanted.last else 4))
        entries = app.chat.transcript.entries
        texts = [entry.text for entry in entries if entry.text]
        assert texts == (["earlier", "first", "second"] if wanted.last else ["first", "second"])
        assert all(not isinstance(block, b.Notice) for entry in entries for block in entry.blocks)
        shown = [view.entry.text for view in app.chat.transcript.views if view.entry.text]
        assert shown == texts


async def test_quit_and_export_are_done_by_the_face(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        await it.say("/export adr")
        await until(it.pilot, lambda: type(it.app.screen).__name__ == "ExportScreen")
        await it.sees("adr of s1")
        await it.pilot.press("escape")
        it.app.chat.prompt.put("/quit")
        await it.pilot.press("enter")
        await until(it.pilot, lambda: it.app.return_code == 0)


async def test_a_session_is_continued_at_start(running: Any) -> None:
    sessions = FakeSessions()
    sessions.new().say(BRIEF)
    async with running(sessions=sessions, wanted=Wanted(last=True)) as it:
        await it.sees("Recommended stack")
        assert len(it.app.chat.transcript.entries) == 2


async def test_a_session_that_is_not_there_is_told_and_a_new_one_begins(running: Any) -> None:
    async with running(wanted=Wanted("nowhere")) as it:
        await it.sees("The session could not be opened")
        await it.say(BRIEF)
        await it.sees("Recommended stack")
    for _ in range(100):  # the store is closed on its own thread
        if it.sessions.closed:
            break
        await asyncio.sleep(0.02)
    assert it.sessions.closed


async def test_the_welcome_offers_the_last_session(running: Any) -> None:
    sessions = FakeSessions()
    sessions.new().say(BRIEF)
    async with running(sessions=sessions) as it:
        await it.sees("Continue: Defect detection")
        it.app.screen.query_one(Welcome).focus()
        await it.pilot.press("up", "enter")
        await it.sees("Recommended stack")


async def test_a_long_conversation_keeps_few_widgets(running: Any) -> None:
    async with running() as it:
        transcript = it.app.chat.transcript
        await transcript.show([Entry(text=f"message {number}") for number in range(200)])
        await it.pilot.pause()
        assert len(transcript.views) == KEEP
        await it.sees("message 199")
        for number in range(200, 215):
            await transcript.append(Entry(text=f"message {number}"))
        assert len(transcript.views) <= MOST
        assert len(transcript.entries) == 215
        first = transcript.views[0].entry.text
        transcript.focus()
        await it.pilot.press("ctrl+home")
        await it.pilot.pause()
        shown = [view.entry.text for view in transcript.views]
        assert shown.index(first) == EARLIER
        assert shown == [f"message {number}" for number in range(215 - len(shown), 215)]


async def test_resizing_draws_again_for_the_width(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say(BRIEF)
        wide = it.app.chat.transcript.views[-1].drawing(100).height
        await it.pilot.resize_terminal(50, 14)
        await it.pilot.pause()
        view = it.app.chat.transcript.views[-1]
        assert isinstance(view, MessageView)
        assert view.size.width <= 50
        assert view.size.height > wide
        await it.pilot.resize_terminal(3, 2)
        await it.pilot.pause()
        await it.pilot.resize_terminal(80, 24)
        await it.sees("ML stack assistant")


async def test_a_huge_paste_stands_as_a_few_words_and_is_sent_whole(running: Any) -> None:
    async with running() as it:
        huge = "word " * 200_000
        it.app.chat.prompt.post_message(events.Paste(huge))
        await it.sees("[pasted 1,000,000 characters]")
        await it.pilot.press("enter")
        await until(it.pilot, lambda: bool(it.said))
        assert it.said[-1] == huge.strip()
        await it.sees("more characters]")
        for _ in range(2):
            it.app.chat.prompt.post_message(events.Paste("x" * 1_500_000))
        stand_in = "[pasted 1,000,000 of 1,500,000 characters"
        await until(it.pilot, lambda: it.app.chat.prompt.text == f"{stand_in}]{stand_in}, 2]")
        assert len(it.app.chat.prompt.message) == 2_000_000


async def test_side_panel_on_a_narrow_screen_takes_the_place_of_the_conversation(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        assert not it.app.chat.query(SidePanel)
        await it.pilot.press("ctrl+b")
        await it.sees("Ranking")
        assert it.app.focused is it.app.chat.query_one(SidePanel)
        await it.pilot.press("escape")
        await it.sees("Watch out")
        assert it.app.focused is it.app.chat.prompt


async def test_what_is_asked_or_typed_in_a_panel_that_covers_the_conversation_is_seen(running: Any) -> None:
    async with running((80, 24)) as it:
        await it.say(BRIEF)
        await it.pilot.press("ctrl+b")
        await it.sees("e edit · d drop")
        await it.pilot.press("down", "enter")  # why of the first fact
        await until(it.pilot, lambda: it.said[-1].startswith("/why "))
        await it.sees("Describe your project")
        await it.pilot.press("ctrl+b")
        await it.sees("e edit · d drop")
        await it.pilot.press("x", "y")
        await it.sees("│ xy")
        assert it.app.focused is it.app.chat.prompt


async def test_tab_arrows_and_enter_choose_an_example(running: Any) -> None:
    async with running((80, 24)) as it:
        await it.pilot.press("tab", "down", "down", "enter")
        await until(it.pilot, lambda: it.said == [EXAMPLES[1]])


async def test_tab_goes_round_and_the_status_line_names_the_keys_of_where_it_is(running: Any) -> None:
    async with running((120, 30)) as it:
        await it.say(BRIEF)
        parts = []
        for _ in range(3):
            await it.pilot.press("tab")
            parts.append(it.app.focused.id)
        assert parts == ["transcript", "panel", "prompt"]
        await it.pilot.press("ctrl+down")
        await it.sees("Enter why?")
        await it.pilot.press("tab")
        await it.sees("F1 help")
        assert "Enter why?" not in it.text and it.app.chat.transcript.claim is None


async def test_lines_of_keys_show_whole_ones_and_always_the_way_back(running: Any) -> None:
    async with running((50, 14)) as it:
        assert it.text.rstrip().endswith("^s export")
        await it.pilot.press("ctrl+t")
        await it.sees("Up, Down choose · Esc back")
        assert "Tab to" not in it.text


def test_a_source_that_is_wider_than_its_line_breaks_between_words() -> None:
    held = "two words".replace(" ", "\N{NO-BREAK SPACE}")
    lines = [["".join(run.text for run in line) for line in wrap([Run(f"a {held}")], 6, 6)]]
    assert [line.strip("\N{NO-BREAK SPACE}") for line in lines[0]] == ["a two", "words"]
    assert ["".join(run.text for run in line) for line in wrap([Run(f"a {held}")], 9, 9)] == ["a", held]


async def test_the_mouse_selects_asks_and_copies_links(running: Any) -> None:
    async with running() as it:
        await it.say(BRIEF)
        view = it.app.chat.transcript.views[-1]
        drawing = view.drawing(view.content_size.width)
        claim = next(claim for claim in drawing.claims if claim.ref == "tool/framework/pytorch")
        assert await it.pilot.click(view, offset=(30, claim.line))
        assert it.app.chat.transcript.claim == claim
        assert "Enter why?" in it.text
        assert await it.pilot.click(view, offset=(30, claim.line))
        await until(it.pilot, lambda: it.said[-1] == "/why tool/framework/pytorch")
        await it.sees("⇒ PyTorch leads")
        await it.pilot.pause(0.2)
        row, line = next((i, t) for i, t in enumerate(it.text.split("\n")) if "↗" in t and "LiteRT" in t)
        await it.pilot.click(offset=(line.index("↗") + 3, row))
        await it.sees("The address:")
        assert it.app.clipboard == "https://github.com/google-ai-edge/LiteRT"


async def test_a_wide_screen_keeps_a_readable_column(running: Any) -> None:
    async with running((200, 50)) as it:
        await it.say("everything")
        await until(it.pilot, lambda: bool(it.app.chat.query(SidePanel)))
        view = it.app.chat.transcript.views[-1]
        assert view.size.width <= it.app.settings.column + 2
        assert view.region.x > 10


async def test_a_what_if_is_visibly_a_draft_until_it_is_kept_or_discarded(running: Any) -> None:
    async with running((80, 24)) as it:
        await it.say(BRIEF)
        assert "Draft" not in it.text
        await it.say("/whatif it ran in a browser")
        await it.sees("✎ Draft, not kept yet: it ran in a browser")
        await it.pilot.click("#keep")
        await until(it.pilot, lambda: it.said[-1] == "/keep")
        await until(it.pilot, lambda: "Draft" not in it.text)
        await it.say("/whatif it ran in a browser")
        await it.pilot.click("#discard")
        await until(it.pilot, lambda: it.said[-1] == "/discard")
        await until(it.pilot, lambda: not it.app.chat.query("#draft"))


async def test_a_fact_is_edited_from_the_panel(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say(BRIEF)
        it.app.chat.query_one(SidePanel).focus()
        await it.pilot.press("down", "down", "e")
        assert it.app.chat.prompt.text == "/set deployment android"
        await it.pilot.press(*"browser", "enter")
        await until(it.pilot, lambda: it.said[-1] == "/set deployment browser")


async def test_steps_of_the_plan_are_ticked_and_stay_so(running: Any) -> None:
    sessions = FakeSessions()
    async with running((100, 30), sessions=sessions) as it:
        await it.say(BRIEF)
        await it.say("/plan")
        await it.pilot.press("ctrl+down", "space")
        await it.sees("☑ Fine-tune a small")
        assert "(1 of 1 done)" in it.text
        view = it.app.chat.transcript.views[-1]
        step = next(claim for claim in view.claims if claim.ref == "step/s2")
        assert await it.pilot.click(view, offset=(2, step.line))
        await it.sees("☑ Convert with LiteRT")
        assert await it.pilot.click(view, offset=(2, step.line))
        await it.sees("☐ Convert with LiteRT")
        assert it.said == [BRIEF, "/plan"]
    async with running((100, 30), sessions=sessions, wanted=Wanted(last=True)) as it:
        await it.sees("☑ Fine-tune a small")


async def test_copying_tries_the_desktop_then_the_terminal_and_offers_a_file(
    running: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copied.txt").write_text("precious")
    async with running((100, 30)) as it:
        await it.pilot.press(*"/copied", "enter")
        await it.sees("Nothing was copied yet")
        await it.say(BRIEF)
        await it.pilot.press("ctrl+down", "y")
        await it.sees("Copied by way of the terminal. If nothing")
        claim = it.app.clipboard
        assert claim
        await it.pilot.press(*"/copied", "enter")
        await it.sees("copied-2.txt")
        assert (tmp_path / "copied-2.txt").read_text() == claim
        assert (tmp_path / "copied.txt").read_text() == "precious"
        desktop: list[str] = []
        monkeypatch.setattr("assistant.tui.clipboard.put", lambda text: not desktop.append(text))
        await it.pilot.press("ctrl+down", "y")
        await until(it.pilot, lambda: desktop == [claim])


async def test_ctrl_c_with_nothing_selected_explains_how_to_quit(running: Any) -> None:
    async with running() as it:
        await it.pilot.press("ctrl+c")
        await it.sees("^q quits")
        assert it.app.return_code is None


async def test_a_click_on_an_option_answers_the_question(running: Any) -> None:
    async with running((100, 60)) as it:
        await it.say(BRIEF)
        view = it.app.chat.transcript.views[-1]
        option = next(claim for claim in view.claims if claim.opens == "say" and claim.ref == "2")
        assert await it.pilot.click(view, offset=(6, option.line))
        await until(it.pilot, lambda: it.said[-1] == "2")
