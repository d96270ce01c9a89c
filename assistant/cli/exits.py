"""How the command ends."""

from __future__ import annotations

from enum import IntEnum

import click


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    """It did what was asked."""
    REFUSED = 1
    """The input cannot be used, or a check found something."""
    USAGE = 2
    """The command line itself is wrong."""
    INTERRUPTED = 130
    """Ended with ctrl-c."""


class Refused(click.ClickException):
    """Ends the command with a message and Exit.REFUSED."""

    exit_code = Exit.REFUSED
