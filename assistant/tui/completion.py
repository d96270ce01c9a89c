"""What the ghost text behind the cursor says."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from assistant.tui.actions import Slash

SHORTEST = 3  # letters before a tool's name is offered
_LAST_WORD = re.compile(r"[^\s,;:!?()/\"'“”]+\Z")


class Completion:
    """Completes slash commands at the start of a message and names of tools anywhere."""

    def __init__(self, commands: Iterable[Slash], names: Iterable[str] = ()) -> None:
        self.commands = {command.name: command for command in commands}
        self._names = sorted({(name.lower(), name) for name in names if name})

    def ghost(self, text: str) -> tuple[str, bool]:
        """What to show behind `text`, and whether it may be inserted (a hint for an argument may not)."""
        if len(text) > 1000:
            return "", True
        if text.startswith("/"):
            name, space, argument = text[1:].partition(" ")
            if not space:
                return self._command(name)
            command = self.commands.get(name)
            if command and command.hint and not argument:
                return command.hint, False
        return self._name(text)

    def matching(self, text: str) -> list[Slash]:
        """The commands that the text (`/`, `/wh`) may become."""
        if not text.startswith("/") or " " in text or "\n" in text:
            return []
        return [command for name, command in self.commands.items() if name.startswith(text[1:].lower())]

    def _command(self, name: str) -> tuple[str, bool]:
        found = self.matching(f"/{name}")
        if not name or not found:
            return "", True
        first = found[0]
        if first.name == name:
            return (f" {first.hint}", False) if first.hint else ("", True)
        return first.name[len(name) :], True

    def _name(self, text: str) -> tuple[str, bool]:
        match = _LAST_WORD.search(text)
        word = match.group() if match else ""
        if len(word) < SHORTEST:
            return "", True
        position = bisect_left(self._names, (word.lower(), ""))
        if position < len(self._names):
            lower, name = self._names[position]
            if lower.startswith(word.lower()):
                return name[len(word) :], True
        return "", True
