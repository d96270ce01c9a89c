"""`chat --plain` on real terminals and pipes: lines of text and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.terminal import terminal

PLAIN = [sys.executable, "-m", "assistant", "chat", "--plain"]


def environment(**changed: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM", "COLUMNS", "LINES")}
    return {**kept, "LANG": "C.UTF-8", **changed}


@pytest.mark.parametrize(
    "changed",
    [{"TERM": "dumb"}, {"TERM": "xterm-256color"}, {"TERM": "xterm-256color", "NO_COLOR": "1"}, {}],
    ids=["dumb", "xterm", "no-color", "no-term"],
)
def test_lines_of_text_and_no_escape_code(changed: dict[str, str]) -> None:
    with terminal(PLAIN, environment(**changed), columns=80) as it:
        it.sees("You: ")
        it.forget()
        it.type("churn prediction on a table of 80k customers\n")
        it.sees("\r\nYou: ")
        it.type("\x04")  # the end of the input
        assert it.ends() == 0
    said = it.written.decode()
    assert "Recommended stack" in said
    assert not [character for character in said if character < " " and character not in "\r\n"]
    assert said.endswith("\n")  # the shell's prompt begins a line
    assert all(len(line) <= 80 or "  " in line.strip() or "http" in line for line in said.splitlines())


def test_ctrl_c_ends_it_and_keeps_what_was_said() -> None:
    with terminal(PLAIN, environment(TERM="dumb")) as it:
        it.sees("You: ")
        it.forget()
        it.type("churn prediction on a table\n")
        it.sees("\r\nYou: ")
        it.type("half a sen\x03")
        assert it.ends() == 130
    assert b"Traceback" not in it.written and it.written.endswith(b"\n")
    with terminal([*PLAIN, "-c"], environment(TERM="dumb")) as again:
        again.sees("You: ")
        again.type("/facts\n")
        again.sees("churn prediction")
        again.type("/quit\n")
        assert again.ends() == 0


def test_a_pipe_gets_the_answers_alone() -> None:
    done = subprocess.run(
        PLAIN,
        input=b"churn prediction on a table\n\n/quit\nnever read\n",
        capture_output=True,
        env=environment(),
        timeout=60,
    )
    assert done.returncode == 0 and done.stderr == b""
    assert done.stdout.startswith(b"\nUnderstood\n") and b"You: " not in done.stdout and b"\x1b" not in done.stdout


@pytest.mark.parametrize("command", [[], ["chat"]])
def test_a_terminal_that_cannot_be_drawn_on_gets_a_sentence(command: list[str]) -> None:
    with terminal([sys.executable, "-m", "assistant", *command], environment(TERM="dumb")) as it:
        assert it.ends() == 2
    assert b"assistant chat --plain" in it.written and b"\x1b" not in it.written
