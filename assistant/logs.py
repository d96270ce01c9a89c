"""Warnings go to a file in the state folder, for whoever wants to know later what went wrong; never to the screen."""

from __future__ import annotations

import logging
from pathlib import Path

from assistant import paths

MOST = 1_000_000
"""Bytes of the file; when it is longer, it becomes `.old` and another one is started."""

_FORM = logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")


def file() -> Path:
    """Where the log is; it is there once something was logged."""
    return paths.state_dir() / "assistant.log"


class _File(logging.Handler):
    """Appends each record at once. Where nothing can be written, nothing is."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            target = file()
            paths.ensure(target.parent)
            if target.exists() and target.stat().st_size > MOST:
                target.replace(target.with_suffix(".log.old"))
            with target.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(self.format(record).replace("\n", "\n  ") + "\n")
        except OSError:
            return


def keep() -> None:
    """Write what the assistant logs to the file from now on."""
    log = logging.getLogger("assistant")
    if not any(isinstance(handler, _File) for handler in log.handlers):
        handler = _File(logging.WARNING)
        handler.setFormatter(_FORM)
        log.addHandler(handler)
