"""Everything the app can be told to do, once: key bindings, palette and slash completion all come from here.

What changes or asks something in the conversation is a command of the dialogue (`assistant.dialogue.commands`) and is
sent as a message; the actions of this table only move the person around the app.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    id: str
    title: str  # "session: Export", as the palette shows it
    help: str
    run: str  # the Textual action that does it
    slash: str = ""
    key: str = ""
    label: str = ""  # short form for the status line; '' keeps it off


ACTIONS: tuple[Action, ...] = (
    Action("app.help", "help: Keys and commands", "Every key and every command", "app.help", "keys", "f1", "help"),
    Action(
        "app.palette",
        "app: Command palette",
        "Find any command by name",
        "app.command_palette",
        "",
        "ctrl+p",
        "commands",
    ),
    Action("session.new", "session: New", "Start an empty conversation", "app.new_session", "new", "ctrl+n"),
    Action(
        "session.browse",
        "session: Browse",
        "Search, resume, rename, tag, copy or delete sessions",
        "app.sessions",
        "sessions",
        "ctrl+r",
        "sessions",
    ),
    Action(
        "session.export",
        "session: Export",
        "Save the conversation or the decision as a file",
        "app.export",
        "save",
        "ctrl+s",
        "export",
    ),
    Action(
        "session.starter",
        "session: Project starter",
        "Write a folder to start with: a baseline that runs, the plan and the decision record",
        "app.starter",
        "starter",
    ),
    Action(
        "session.picture",
        "session: Picture of the screen",
        "Save what the screen shows as an SVG file",
        "app.picture",
        "picture",
    ),
    Action(
        "knowledge.browse",
        "tools: Browse",
        "Every tool with its claims and sources",
        "app.tools",
        "tools",
        "ctrl+t",
        "tools",
    ),
    Action(
        "tools.compare",
        "tools: Compare side by side",
        "Pick two to four tools and see them in columns",
        "app.compare",
        "compare",
        "f4",
    ),
    Action(
        "view.panel",
        "view: Side panel",
        "Show or hide facts, ranking and question",
        "app.panel",
        "panel",
        "ctrl+b",
        "panel",
    ),
    Action(
        "view.proof", "view: Proof explorer", "Walk through the last proof, step by step", "app.proof", "proof", "f3"
    ),
    Action(
        "view.settings", "view: Settings", "Theme, width, animations, developer view", "app.settings", "settings", "f2"
    ),
    Action(
        "view.developer",
        "view: Developer view",
        "Show or hide rule names, the engine and times",
        "app.developer",
        "developer",
        "ctrl+o",
    ),
    Action(
        "app.copied",
        "app: Save what was copied",
        "Write what was copied last to a file, for terminals without a clipboard",
        "app.save_copied",
        "copied",
    ),
    Action("app.quit", "app: Quit", "Leave; everything is saved already", "app.quit", "quit", "ctrl+q", "quit"),
)


_ALWAYS = ("app.quit", "app.palette")  # work whatever has the focus


class Slash(NamedTuple):
    """A slash command as completion shows it. `run` is a Textual action, or '' if the text is sent as it is."""

    name: str
    title: str
    hint: str
    help: str
    run: str = ""


def bindings() -> list[BindingType]:
    """One binding with an id per action that has a key. `ctrl+p` and `ctrl+q` are the framework's own as well."""
    return [
        Binding(action.key, action.run, action.help, id=action.id, show=False, priority=action.id in _ALWAYS)
        for action in ACTIONS
        if action.key
    ]


def slashes() -> tuple[Slash, ...]:
    """All slash commands by name. One of the dialogue may be one of the app as well: alone it opens the screen."""
    from assistant.dialogue.commands import COMMANDS

    found = {
        action.slash: Slash(action.slash, action.title, "", action.help, action.run)
        for action in ACTIONS
        if action.slash
    }
    for command in COMMANDS:
        run = found[command.name].run if command.name in found else ""
        found[command.name] = Slash(command.name, command.title, command.hint, command.help, run)
    return tuple(found[name] for name in sorted(found))


_WRITTEN = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "slash": "/", "delete": "Del", "space": "Space"}


def shown_key(key: str) -> str:
    """`ctrl+p` as `^p`, `f1` as `F1`, `d,delete` as `d, Del`: how keys are written on screen."""
    return ", ".join(_shown(one.strip()) for one in key.split(","))


def _shown(key: str) -> str:
    before, plus, last = key.rpartition("+")
    last = _WRITTEN.get(last, last.capitalize() if len(last) > 1 else last)
    return f"{before}{plus}{last}".replace("ctrl+", "^")
