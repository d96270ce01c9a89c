"""Which steps of the plan are done, by session: a small file beside the history of prompts."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

KEPT = 500  # sessions; older ones are forgotten


class Ticks:
    """Steps that were ticked. Reading happens on first use; a disk that refuses is no error."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._steps: dict[str, list[str]] | None = None

    def of(self, session: str) -> frozenset[str]:
        """The steps that are done in a session."""
        return frozenset(self._known().get(session, ()))

    def toggle(self, session: str, step: str) -> frozenset[str]:
        """Tick `step`, or take its tick away; the steps that are done then."""
        done = self.of(session) ^ {step}
        known = self._known()
        known.pop(session, None)
        if done:
            known[session] = sorted(done)
        for old in list(known)[:-KEPT]:
            del known[old]
        self._write()
        return done

    def _known(self) -> dict[str, list[str]]:
        if self._steps is None:
            self._steps = self._read()
        return self._steps

    def _read(self) -> dict[str, list[str]]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        sessions = found.items() if isinstance(found, dict) else ()
        return {id: [s for s in steps if isinstance(s, str)] for id, steps in sessions if isinstance(steps, list)}

    def _write(self) -> None:
        if self._path is None:
            return
        fresh = self._path.with_suffix(".new")
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(self._steps, file)
            fresh.replace(self._path)
