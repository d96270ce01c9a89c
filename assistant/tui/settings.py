"""What a person may set in the app, kept in `config.json` in the config directory."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

MIN_COLUMN, MAX_COLUMN = 40, 160


@dataclass(frozen=True, slots=True)
class Settings:
    theme: str = "ink"  # a theme's name; `ansi-dark` and `ansi-light` keep the terminal's own colours
    column: int = 100  # widest message, in cells
    animations: bool = True
    developer: bool = False  # show rule names and times
    panel: bool = True  # show the side panel where there is room
    keymap: dict[str, str] = field(default_factory=dict)  # ids of bindings and the keys they have instead, "f5,ctrl+e"


def read(folder: Path) -> Settings:
    """The settings kept in `folder`; what is missing, unreadable or of the wrong kind is as by default."""
    try:
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    return _checked(found.get("tui", {}) if isinstance(found, dict) else {})


def write(folder: Path, settings: Settings) -> bool:
    """Keep the settings (other entries of the file stay). False if the disk refuses; the app goes on."""
    path = folder / "config.json"
    kept: dict[str, Any] = {}
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        kept = found if isinstance(found, dict) else {}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(json.dumps({**kept, "tui": asdict(settings)}, indent=2) + "\n", encoding="utf-8")
    except OSError:
        return False
    return True


def _checked(found: object) -> Settings:
    settings = Settings()
    if not isinstance(found, dict):
        return settings
    for name, default in asdict(settings).items():
        value: Any = found.get(name)
        if type(value) is type(default):
            settings = changed(settings, name, value)
    keymap = {id: keys for id, keys in settings.keymap.items() if isinstance(keys, str) and keys.strip()}
    return replace(settings, column=min(max(settings.column, MIN_COLUMN), MAX_COLUMN), keymap=keymap)


def changed(settings: Settings, name: str, value: Any) -> Settings:
    """`settings` with one field, given by name, set to `value`."""
    return replace(settings, **{name: value})
