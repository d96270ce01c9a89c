"""The page of the command line says what `--help` says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_help_says() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "write_help.py"), "--check"], capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stderr


def test_every_command_is_on_it() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "assistant", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    listing = said.stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    commands = [line.split()[0] for line in listing.splitlines() if line[2:3].isalpha()]
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    assert len(commands) > 5
    assert all(f"## assistant {command}\n" in page for command in commands)
