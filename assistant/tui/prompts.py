"""What was typed before, across sessions: a small file of JSON strings, readable by its owner only."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from assistant.tui.safe import safe

KEPT = 500
LONGEST = 4000  # longer messages (pasted files) are not kept


class Prompts:
    """The prompts typed so far, oldest first. Reading happens on first use; a disk that refuses is no error."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._texts: list[str] | None = None

    @property
    def texts(self) -> list[str]:
        if self._texts is None:
            self._texts = self._read()
        return self._texts

    def add(self, text: str) -> None:
        """Remember `text` unless it repeats the last one."""
        if not text.strip() or len(text) > LONGEST or self.texts[-1:] == [text]:
            return
        self.texts.append(text)
        del self.texts[:-KEPT]
        self._append(text)

    def _read(self) -> list[str]:
        if self._path is None:
            return []
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        texts = []
        for line in lines[-KEPT:]:
            with suppress(ValueError):
                text = json.loads(line)
                if isinstance(text, str) and len(text) <= LONGEST:
                    texts.append(safe(text))
        if len(lines) > 2 * KEPT:
            self._rewrite(texts)
        return texts

    def _append(self, text: str) -> None:
        if self._path is None:
            return
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(text) + "\n")

    def _rewrite(self, texts: list[str]) -> None:
        if self._path is None:
            return
        fresh = self._path.with_suffix(".new")
        with suppress(OSError):
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(text) + "\n" for text in texts)
            fresh.replace(self._path)
