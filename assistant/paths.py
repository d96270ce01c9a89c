"""Where the assistant keeps its files. Nothing is created by asking for a path.

`ASSISTANT_HOME` overrides all of them, `ASSISTANT_CACHE` the cache alone; otherwise the platform's own places are used.
"""

from __future__ import annotations

import os
from pathlib import Path

_NAME = "ml-stack-assistant"


def data_dir() -> Path:
    """Sessions."""
    return _place("data")


def config_dir() -> Path:
    """Settings, and the person's own knowledge."""
    return _place("config")


def own_knowledge() -> tuple[Path, ...]:
    """The folder of the person's own knowledge, if it is there: it is laid over the shipped one without being asked for."""
    folder = config_dir() / "knowledge"
    return (folder,) if folder.is_dir() else ()


def cache_dir() -> Path:
    """What can be made again: compiled knowledge."""
    own = os.environ.get("ASSISTANT_CACHE")
    return Path(own).expanduser().absolute() if own else _place("cache")


def state_dir() -> Path:
    """What is worth keeping but nobody would back up: input history, logs."""
    return _place("state")


def database() -> Path:
    """The database of all sessions."""
    return data_dir() / "sessions.db"


def ensure(path: Path) -> Path:
    """`path` as a folder that only its owner may enter, created if it is not there. Raises OSError if it cannot be."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _place(kind: str) -> Path:
    home = os.environ.get("ASSISTANT_HOME")
    if home:
        return Path(home).expanduser().absolute() / kind
    import platformdirs

    places = {
        "data": platformdirs.user_data_path,
        "config": platformdirs.user_config_path,
        "cache": platformdirs.user_cache_path,
        "state": platformdirs.user_state_path,
    }
    return places[kind](_NAME, appauthor=False)
