#!/usr/bin/env python3
"""Write the `--help` of every command into docs/cli.md. With --check only say whether it is as it should be (exit code 1)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from assistant.cli.root import root  # noqa: E402 - found only once the path is set

PAGE = ROOT / "docs" / "cli.md"

_INTRODUCTION = """\
# The command line

What `--help` says, command by command; this page is written by `python scripts/write_help.py`.

Exit codes: 0 done, 1 refused input, 2 wrong command line, 130 interrupted. Answers go to standard output, everything else to
standard error.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_sections(root, "assistant", None)])


def _sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    with click.Context(
        command, info_name=name, parent=parent, terminal_width=100, **command.context_settings
    ) as context:
        yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            for each in command.list_commands(context):
                inner = command.get_command(context, each)
                if inner is not None and not inner.hidden:
                    yield from _sections(inner, each, context)


def main() -> None:
    """Write the page, or compare it."""
    wanted = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(wanted, encoding="utf-8", newline="\n")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
        sys.exit("docs/cli.md does not say what --help says; run: python scripts/write_help.py")


if __name__ == "__main__":
    main()
