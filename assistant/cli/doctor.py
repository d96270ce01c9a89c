"""`doctor`: is everything in order here?"""

from __future__ import annotations

import click

from assistant.cli import output
from assistant.cli.exits import Exit
from assistant.cli.settings import Settings

_MARKS = {"fine": "ok", "note": "!", "broken": "BROKEN"}


@click.command(short_help="Is everything in order here?", epilog="\b\nExample:\n  assistant doctor --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check Python, engine, knowledge, folders, database and terminal, and say how to mend what is wrong."""
    from assistant.doctor import examine

    checks = list(examine(context.ensure_object(Settings).knowledge))
    if as_json:
        output.write_json(checks)
    else:
        for check in checks:
            output.write(f"{_MARKS[check.level]:<7}{check.name:<11}{check.found}")
            if check.mend:
                output.write(f"{'':<18}-> {check.mend}")
    if any(check.level == "broken" for check in checks):
        context.exit(Exit.REFUSED)
