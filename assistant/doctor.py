"""Is everything in order here? Each check says what it found and, if something is wrong, how to mend it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from assistant import __version__, paths

Level = Literal["fine", "note", "broken"]


class Check(msgspec.Struct, frozen=True):
    """`note` works but is not as it could be. `mend` says what to do."""

    name: str
    level: Level
    found: str
    mend: str = ""


def examine(knowledge_dirs: tuple[Path, ...] = ()) -> Iterator[Check]:
    """All checks, one after the other. Never raises. Nothing is changed, but a damaged database is set aside."""
    yield Check("assistant", "fine", __version__)
    yield Check("python", "fine", f"{platform.python_version()} ({sys.executable})")
    yield from _engine()
    yield from _knowledge(knowledge_dirs)
    yield from _folders()
    yield from _database()
    yield from _damaged()
    yield _terminal()


def _engine() -> Iterator[Check]:
    from assistant.reasoning.engines import available

    problems = {engine.name: engine.problem for engine in available()}
    problem = problems.get("durable")
    if problem is None:
        yield Check("engine", "fine", "durable_rules answers a test question rightly")
        return
    yield Check(
        "engine",
        "note",
        f"the reference engine in Python, with the same answers, because {problem}",
        "Install a C compiler and Python's headers (Debian, Ubuntu: build-essential python3-dev; macOS: "
        "xcode-select --install), then: CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
        "pip install --no-cache-dir --force-reinstall durable_rules",
    )


def _knowledge(knowledge_dirs: tuple[Path, ...]) -> Iterator[Check]:
    from assistant.knowledge.loading import KnowledgeError, load

    try:
        known = load(knowledge_dirs)
    except KnowledgeError as error:
        yield Check(
            "knowledge",
            "broken",
            f"{len(error.findings)} errors, first: {error.findings[0]}",
            "assistant knowledge lint",
        )
        return
    except OSError as error:
        yield Check("knowledge", "broken", f"cannot be read: {error}", "Install the assistant again")
        return
    counts = (
        f"{len(known.tools)} tools, {len(known.rules)} rules, {len(known.caveats)} caveats, "
        f"{len(known.questions)} questions, {len(known.sources)} sources"
    )
    yield Check("knowledge", "fine", f"version {known.version}, last verified {known.verified}: {counts}")
    if len(known.layers) > 1:
        yield Check("layers", "fine", ", ".join(known.layers))


def _folders() -> Iterator[Check]:
    places: dict[str, Callable[[], Path]] = {
        "data": paths.data_dir,
        "config": paths.config_dir,
        "cache": paths.cache_dir,
        "state": paths.state_dir,
    }
    for name, place in places.items():
        yield _folder(name, place())


def _folder(name: str, folder: Path) -> Check:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Check(
            name, "note", f"{folder} cannot be written", "Change its rights, or set ASSISTANT_HOME to another folder"
        )
    return Check(name, "fine", f"{folder}" if there == folder else f"{folder} (made when it is needed)")


def _database() -> Iterator[Check]:
    from assistant.sessions.model import StoreError
    from assistant.sessions.store import Store

    file = paths.database()
    if not file.exists():
        yield Check("sessions", "fine", f"{file} (made with the first conversation)")
        return
    store = Store(file)
    try:
        state = store.check()
        store.check_writable()
        count = len(store.recent())
    except StoreError as error:
        yield Check("sessions", "broken", str(error), "Move the file away to start a new one")
        return
    finally:
        store.close()
    if store.notice:
        yield Check("sessions", "note", store.notice)
    elif state != "ok":
        yield Check("sessions", "broken", f"{file}: {state}", "Export what can be exported, then move the file away")
    else:
        yield Check("sessions", "fine", f"{file}, {count} sessions, sound")


def _damaged() -> Iterator[Check]:
    """Databases that were set aside, and what can be recovered from each."""
    from assistant.sessions.recovery import readable, set_aside

    for file in set_aside(paths.database()):
        found = readable(file)
        messages = sum(len(turns) for _, turns in found)
        if found:
            yield Check(
                "damaged",
                "note",
                f"{file}: {len(found)} sessions with {messages} messages can be recovered",
                f"assistant sessions recover {file}",
            )
        else:
            yield Check(
                "damaged", "note", f"{file}: nothing can be recovered", "Delete it, or keep it for a specialist"
            )


def _terminal() -> Check:
    term = os.environ.get("TERM", "")
    encoding = (sys.stdout.encoding or "").lower()
    found = f"TERM={term or 'unset'}, encoding {encoding or 'unknown'}"
    if sys.stdout.isatty():
        size = os.get_terminal_size(sys.stdout.fileno())
        found += f", {size.columns} x {size.lines}"
    if term in ("", "dumb"):
        return Check("terminal", "note", found, "The terminal app needs a terminal; use assistant chat --plain")
    if "utf" not in encoding:
        return Check("terminal", "note", found, "Set a UTF-8 locale, such as LC_ALL=C.UTF-8, to see all characters")
    return Check("terminal", "fine", found)
