"""The dialogs and explorers, from the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Select

from assistant.tui import settings as kept
from assistant.tui.settings import Settings

from .conftest import BRIEF, shown, until


async def test_help_lists_every_key_and_command(running: Any) -> None:
    from assistant.dialogue.commands import COMMANDS
    from assistant.tui.actions import ACTIONS
    from assistant.tui.screens.help import HelpText

    async with running((120, 40)) as it:
        await it.pilot.press("f1")
        await it.sees("Every key and every command")
        page = it.app.screen.query_one(HelpText).render().plain
        assert all(action.help in page for action in ACTIONS if action.key)
        assert all(f"/{command.name} " in page for command in COMMANDS)
        await it.pilot.press("escape")
        assert shown(it) == "ChatScreen"


async def test_help_begins_with_what_has_the_focus(running: Any) -> None:
    from assistant.tui.screens.help import HelpText

    async def first_line() -> str:
        await it.pilot.press("f1")
        await until(it.pilot, lambda: shown(it) == "HelpScreen")
        page = str(it.app.screen.query_one(HelpText).render().plain)
        await it.pilot.press("f1", "escape")
        await until(it.pilot, lambda: shown(it) != "HelpScreen")
        return page.partition("\n")[0]

    async with running((120, 40)) as it:
        await it.say(BRIEF)
        assert await first_line() == "The prompt"
        await it.pilot.press("ctrl+down")
        assert await first_line() == "The claims"
        it.app.chat.query_one("#panel").focus()
        assert await first_line() == "The side panel"
        for key, title in (("ctrl+r", "Sessions"), ("ctrl+s", "Export"), ("f4", "Compare"), ("f2", "Settings")):
            await it.pilot.press("escape", key)
            await until(it.pilot, lambda: shown(it) != "ChatScreen")
            assert await first_line() == title
            await it.pilot.press("escape", "escape")
            await until(it.pilot, lambda: shown(it) == "ChatScreen")


async def test_compare_two_to_four_tools(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say(BRIEF)
        await it.pilot.press(*"/compare", "enter")  # alone it opens the screen
        await it.sees("Pick two to four tools with Enter")
        await it.pilot.press("f5")
        await it.sees("Pick two tools first")
        await it.pilot.press(*"keras", "enter")  # in the search; what is typed next takes the place of the words
        await it.sees("picked: Keras")
        await it.pilot.press(*"pytorch", "enter")
        await it.sees("Keras / PyTorch")
        assert it.app.focused is it.app.screen.query_one("#search")
        await it.pilot.press("down")
        await it.sees("Licence")
        await it.pilot.press("escape", "delete", "down", "enter", "down", "enter")
        await until(it.pilot, lambda: len(it.app.screen.picked) == 4)
        await it.pilot.press("end", "up", "enter")
        await it.sees("No more than 4 tools")
        before = list(it.app.screen.picked)
        assert before[:2] == ["keras", "pytorch"] and len(before) == 4
        await it.pilot.press("f5")
        await until(it.pilot, lambda: it.said[-1] == f"/compare {' '.join(before)}")


async def test_keys_are_changed_by_the_keymap(running: Any, tmp_path: Path) -> None:
    keymap = {"app.help": "f8", "session.export": "ctrl+t", "prompt.send": "ctrl+g", "nothing.at-all": "x"}
    kept.write(tmp_path / "config", Settings(keymap=keymap))
    async with running((120, 40)) as it:
        await it.sees("It takes ^t from knowledge.browse.")
        assert "nothing.at-all" in it.text
        assert "F8 help" in it.text and "^t export" in it.text
        await it.pilot.press("f8")
        await until(it.pilot, lambda: shown(it) == "HelpScreen")
        await it.pilot.press("escape", *"abc", "enter")
        assert not it.said
        await it.pilot.press("ctrl+g")
        await until(it.pilot, lambda: it.said == ["abc"])
        await it.pilot.press("ctrl+t")
        await until(it.pilot, lambda: shown(it) == "ExportScreen")


def test_every_binding_has_an_id_of_its_own_and_says_what_it_does() -> None:
    from assistant.tui.keys import known, own
    from assistant.tui.screens import chat, compare, export, proof, sessions, tools
    from assistant.tui.widgets import panel, prompt, transcript

    places = (
        chat.ChatScreen, compare.CompareScreen, export.ExportScreen, proof.ProofScreen, sessions.SessionsScreen,
        tools.ToolsScreen, panel.SidePanel, prompt.Prompt, transcript.Transcript,
    )  # fmt: skip
    for place in places:
        declared = vars(place).get("BINDINGS", ())
        assert all(binding.id and binding.description for binding in declared), place
        ids = [key.id for key in own(place)]
        assert len(ids) == len(set(ids)) and set(ids) <= known()


async def test_tools_are_filtered_and_their_claims_lead_to_sources(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say(BRIEF)
        await it.pilot.press("ctrl+t")
        await it.sees("7 of 7")
        await it.pilot.press(*"keras")
        await it.sees("1 of 7")
        await it.sees("Keras in one sentence")
        await it.pilot.press("enter")  # in the search: to the record under the cursor
        await until(it.pilot, lambda: it.app.focused.id == "card")
        await it.pilot.press("escape")
        it.app.screen.query_one("#search", Input).value = ""
        it.app.screen.query_one("#status", Select).value = "retired"
        await it.sees("MXNet")
        await it.sees("1 of 7")
        await it.pilot.press("down", "enter")
        await until(it.pilot, lambda: it.app.focused.id == "card")
        await until(it.pilot, lambda: it.app.focused.claim is not None)
        assert it.app.focused.claim.url  # o opens the source, Enter asks what it rests on
        await it.pilot.press("f5")
        await until(it.pilot, lambda: it.said[-1] == "/about mxnet")


async def test_tools_on_a_narrow_screen(running: Any) -> None:
    async with running((50, 14)) as it:
        await it.pilot.press("ctrl+t")
        await it.sees("7 of 7")
        await it.pilot.press("down", "enter")
        await it.sees("Made for")
        await it.pilot.press("escape")
        await it.sees("7 of 7")
        await it.pilot.press("escape", "escape")
        assert shown(it) == "ChatScreen"


async def test_proof_explorer(running: Any) -> None:
    async with running((100, 30)) as it:
        await it.pilot.press("f3")
        await it.sees("No proof yet")
        await it.say("/why")
        await it.pilot.press("f3")
        await it.sees("Proof explorer")
        await it.pilot.press("e")
        await it.sees("no budget is known")
        await it.pilot.press("down")
        await it.sees("follows by a rule")
        await it.pilot.press("w")
        await until(it.pilot, lambda: it.said[-1] == "/why arg/pytorch/1")


async def test_a_cut_proof_opens_whole(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.tui.draw import talk

    monkeypatch.setattr(talk, "PROOF_LINES", 3)
    async with running((100, 30)) as it:
        await it.say("/why")
        await it.say("/facts")
        it.app.chat.last_proof = None
        await it.pilot.press("ctrl+up")
        assert it.app.chat.transcript.claim.opens == "proof"
        await it.pilot.press("enter")
        await it.sees("Proof explorer")


async def test_a_theme_from_the_palette_is_kept(running: Any, tmp_path: Path) -> None:
    async with running() as it:
        it.app.theme = "nord"
        await until(it.pilot, lambda: kept.read(tmp_path / "config").theme == "nord")


async def test_settings_apply_at_once_and_are_kept(running: Any, tmp_path: Path) -> None:
    async with running() as it:
        await it.pilot.press("f2")
        await it.sees("Widest column")
        shown_boxes = " ".join(it.text.split())  # told by more than a colour
        assert "▐✔▌ Animations" in shown_boxes and "▐ ▌ Developer" in shown_boxes
        it.app.screen.query_one(Select).value = "paper"
        it.app.screen.query_one(Input).value = "60"
        await until(it.pilot, lambda: it.app.theme == "paper" and it.app.settings.column == 60)
        await it.pilot.press("escape")
        assert kept.read(tmp_path / "config") == Settings(theme="paper", column=60)


def test_settings_survive_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        '{"tui": {"theme": 7, "column": 9999, "developer": true, "new": 1}, "other": [1]}'
    )
    found = kept.read(tmp_path)
    assert found == Settings(column=160, developer=True)
    assert kept.write(tmp_path, found)
    assert '"other"' in (tmp_path / "config.json").read_text()
    (tmp_path / "config.json").write_text("{")
    assert kept.read(tmp_path) == Settings()


async def test_the_palette_knows_every_command_once(running: Any) -> None:
    from assistant.dialogue.commands import COMMANDS

    async with running() as it:
        found = list(it.app.get_system_commands(it.app.screen))
        titles = [command.title for command in found]
        assert len(titles) == len(set(titles))
        assert {command.title for command in COMMANDS} <= set(titles)
        next(command for command in found if command.title == "explain: Why not").callback()
        assert it.app.chat.prompt.text == "/whynot "


async def test_developer_view_shows_rules(running: Any) -> None:
    async with running((120, 40)) as it:
        await it.say("/why")
        assert "[pretrained-first]" not in it.text and "engine: none" not in it.text
        await it.pilot.press("ctrl+o")
        await it.sees("[pretrained-first]")
        await it.sees("engine: none")
        await it.pilot.press("ctrl+down")
        await it.sees("claim tool/framework/pytorch")
        await it.pilot.press("ctrl+o")
        await until(it.pilot, lambda: "[pretrained-first]" not in it.text and "engine: none" not in it.text)
        assert "claim tool/framework/pytorch" not in it.text
