"""Tab in a shell, and the command that gets it there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Run

Complete = Callable[..., list[str]]

needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of a person with nothing in it, who has the command."""
    folder, commands = tmp_path / "user", tmp_path / "bin"
    folder.mkdir()
    commands.mkdir()
    (commands / "assistant").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m assistant "$@"\n')
    (commands / "assistant").chmod(0o755)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR", "BASH_COMPLETION_USER_DIR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def bash(user: Path, run: Run) -> Complete:
    """What bash offers for the last word, after `completion install`."""
    assert run("completion", "install", "bash").code == 0

    def complete(*words: str) -> list[str]:
        line = " ".join(f"'{word}'" for word in ("assistant", *words))
        ask = (
            f"COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
            '_assistant_completion assistant; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", f'. "$HOME/.bashrc"; {ask}'], capture_output=True, text=True, timeout=60
        )
        assert done.stderr == ""
        return done.stdout.split()

    return complete


@needs_bash
def test_bash_completes_commands_options_and_formats(bash: Complete) -> None:
    assert bash("sess") == ["sessions"]
    assert {"list", "show", "export"} <= set(bash("sessions", ""))
    assert bash("sessions", "export", "--for") == ["--format", "--force"]
    assert bash("sessions", "export", "x", "--format", "ma") == ["markdown"]


@needs_bash
def test_bash_completes_the_ids_of_sessions(bash: Complete, run: Run) -> None:
    assert bash("sessions", "show", "") == []  # before there is any, and none is made
    run("ask", "churn prediction on a table of 80k customers")
    run("ask", "detect defects in photos")
    listed = [line.split()[0] for line in run("sessions", "list").out.splitlines()[1:]]
    gone = listed.pop()
    run("sessions", "delete", gone)

    assert bash("sessions", "show", "") == listed
    assert bash("chat", "-s", listed[0][:4]) == listed
    assert bash("sessions", "undelete", "") == [gone]


@needs_bash
def test_bash_completes_tools(bash: Complete, run: Run) -> None:
    run("knowledge", "show", "litert")  # compiles what lies there uncompiled
    assert "lightgbm" in bash("knowledge", "show", "light")


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
def test_fish_completes_and_shows_titles(user: Path, run: Run) -> None:
    assert run("completion", "install", "fish").code == 0
    run("ask", "churn prediction on a table of 80k customers")
    done = subprocess.run(
        ["fish", "-c", "complete -C 'assistant sessions show '"], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip().endswith("\tchurn prediction on a table of 80k customers")


def test_installing_says_what_it_writes_and_changes_nothing_twice(user: Path, run: Run) -> None:
    (user / ".zshrc").write_text("setopt autocd", encoding="utf-8")
    first = run("completion", "install", "zsh")
    script = user / ".local/share/zsh/site-functions/_assistant"
    assert f"Wrote {script}" in first.out and f"Added to {user / '.zshrc'}" in first.err
    rc = (user / ".zshrc").read_text(encoding="utf-8")
    assert rc.startswith("setopt autocd\n") and rc.count("\n") == 2

    again = run("completion", "install", "zsh")
    assert "is up to date" in again.out and again.err == ""
    assert (user / ".zshrc").read_text(encoding="utf-8") == rc

    script.write_text(script.read_text(encoding="utf-8") + "# older\n", encoding="utf-8")
    assert f"Replaced {script}" in run("completion", "install", "zsh").out


def test_what_somebody_else_put_there_is_not_replaced_unasked(user: Path, run: Run) -> None:
    script = user / ".config/fish/completions/assistant.fish"
    script.parent.mkdir(parents=True)
    script.write_text("complete -c assistant -a mine\n", encoding="utf-8")
    refused = run("completion", "install", "fish")
    assert refused.code == 1 and "exists already" in refused.err
    assert script.read_text(encoding="utf-8") == "complete -c assistant -a mine\n"
    assert run("completion", "install", "fish", "--force").code == 0


def test_the_shell_in_use_is_the_one_meant(user: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/local/bin/fish")
    assert "assistant.fish" in run("completion", "install").out
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert run("completion", "install").code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_show_writes_nothing(user: Path, run: Run, shell: str) -> None:
    assert "_ASSISTANT_COMPLETE" in run("completion", "show", shell).out
    assert list(user.iterdir()) == []
