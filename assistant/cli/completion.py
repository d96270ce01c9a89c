"""`completion`: Tab in a shell completes commands, options, sessions and tools."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import NamedTuple

import click

from assistant.cli import diagnostics, output
from assistant.cli.exits import Refused
from assistant.cli.saving import save

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_ASSISTANT_COMPLETE"
_MARK = "# completion of the command assistant"


class Place(NamedTuple):
    """Where a shell's completion goes. `rc` is the start-up file in which `line` loads it; None where the shell
    finds it by itself."""

    script: Path
    rc: Path | None = None
    line: str = ""


@click.group(epilog="\b\nExamples:\n  assistant completion install\n  assistant completion show zsh\n")
def completion() -> None:
    """Make Tab complete commands, options, sessions and tools in bash, zsh or fish."""


@completion.command(epilog="\b\nExample:\n  assistant completion show bash > assistant-completion.bash\n")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def show(context: click.Context, shell: str) -> None:
    """Print the script, to be put wherever you like."""
    output.write(_script(context, shell))


@completion.command(epilog="\b\nExamples:\n  assistant completion install\n  assistant completion install zsh\n")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.option("--force", is_flag=True, help="Replace a script of somebody else's that is in the place.")
@click.pass_context
def install(context: click.Context, shell: str | None, force: bool) -> None:
    """Put the script where the shell (else the one you use) finds it, and say what was written.

    The start-up file of bash and zsh gets one line more, at its end, that loads it; nothing else is changed.
    """
    shell = shell or Path(os.environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise click.UsageError("Which shell? Give one of bash, zsh and fish.")
    place = place_of(shell)
    _put(_script(context, shell), place.script, force=force)
    if place.rc is not None:
        _load_from(place.rc, place.line)
    output.write("It works in shells that are started from now on. To take it back remove that file.")


def place_of(shell: str) -> Place:
    """Where each shell looks for completions of the person's own."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    if shell == "fish":
        config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        return Place(config / "fish" / "completions" / "assistant.fish")
    if shell == "zsh":
        script = data / "zsh" / "site-functions" / "_assistant"
        at = shlex.quote(str(script))
        return Place(
            script,
            Path(os.environ.get("ZDOTDIR") or home) / ".zshrc",
            f"[[ -r {at} ]] && {{ (( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit }}; source {at} }}",
        )
    own = os.environ.get("BASH_COMPLETION_USER_DIR")
    script = (Path(own) if own else data / "bash-completion") / "completions" / "assistant"
    at = shlex.quote(str(script))
    # Without the package bash-completion nothing looks there.
    return Place(script, home / ".bashrc", f"[ -r {at} ] && . {at}")


def _script(context: click.Context, shell: str) -> str:
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    assert maker is not None
    return maker(context.find_root().command, {}, "assistant", _VARIABLE).source()


def _put(script: str, target: Path, *, force: bool) -> None:
    """Write the script. One of ours that is there already is replaced, and that is said."""
    before = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else None
    if before == script:
        output.write(f"{target} is up to date")
        return
    ours = before is not None and _VARIABLE in before
    target.parent.mkdir(parents=True, exist_ok=True)
    save(script, target, force=force or ours)
    output.write(f"{'Replaced' if before is not None else 'Wrote'} {target}")


def _load_from(rc: Path, line: str) -> None:
    """Add `line` to the shell's start-up file unless it is there."""
    text = rc.read_text(encoding="utf-8", errors="surrogateescape") if rc.exists() else ""
    if line in text:
        return
    begin = "" if not text or text.endswith("\n") else "\n"
    try:
        with rc.open("a", encoding="utf-8") as file:
            file.write(f"{begin}{line} {_MARK}\n")
    except OSError as error:
        raise Refused(f"{rc} cannot be written: {error.strerror}. Add this line to it:\n{line}") from error
    diagnostics.note(f"Added to {rc}: {line}")
