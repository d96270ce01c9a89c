"""The command as it is installed, on a terminal: from the first screen to the shell's prompt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig

import pytest

from tests.terminal import terminal

COMMAND = shutil.which("assistant", path=sysconfig.get_path("scripts"))
BRIEF = "churn prediction on a table of 80k customers"

pytestmark = pytest.mark.skipif(
    COMMAND is None, reason="the project is not installed in this environment; scripts/test.py installs it"
)


def test_a_conversation_in_the_installed_app() -> None:
    assert COMMAND
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    with terminal([COMMAND], environment, columns=110, rows=36) as it:
        it.sees("Describe your project")
        it.type(BRIEF)
        it.sees(BRIEF)
        it.type("\r")
        it.sees("Recommended stack")
        it.type("why?\r")
        it.sees("What decides it")
        it.type("\x11")  # ctrl+q
        assert it.ends() == 0
    # The terminal is as it was: no other screen, no mouse, a cursor.
    for off, on in ((b"\x1b[?1049l", b"\x1b[?1049h"), (b"\x1b[?1000l", b"\x1b[?1000h"), (b"\x1b[?25h", b"\x1b[?25l")):
        assert it.written.rindex(off) > it.written.rindex(on)
    listed = subprocess.run([COMMAND, "sessions", "list"], capture_output=True, text=True, check=True, timeout=60)
    assert BRIEF in listed.stdout
