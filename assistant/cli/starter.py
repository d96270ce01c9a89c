"""`starter`: the first hours of the proof of concept, written into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.cli import diagnostics, output
from assistant.cli.completing import session_ids
from assistant.cli.settings import Settings, pass_settings, session_errors


@click.command(
    epilog="""
\b
Examples:
  assistant starter churn/                                   for the last session
  assistant starter churn/ -s k3j2                           for this session
  assistant starter churn/ "churn prediction on 80k rows"    for a new one
"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("brief", nargs=-1)
@click.option(
    "-s",
    "--session",
    metavar="ID",
    shell_complete=session_ids,
    help="The session; the beginning of its id is enough.",
)
@click.option("--last", is_flag=True, help="The last session; so it is too when nothing is said.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_settings
def starter(
    settings: Settings, folder: Path, brief: tuple[str, ...], session: str | None, last: bool, as_json: bool
) -> None:
    """Write a project to start with into DIR: dependencies, a baseline that runs, a plan and the decision record.

    Nothing that is there is ever overwritten.
    """
    from assistant.sessions.model import SessionError
    from assistant.sessions.starter import write

    if sum((bool(brief), bool(session), last)) > 1:
        raise click.UsageError("Give one of BRIEF, --session and --last.")
    sessions = settings.sessions()
    with session_errors():
        talk = sessions.new() if brief else sessions.resume(session) if session else sessions.last()
        if talk is None:
            raise SessionError(
                "There is no session yet. Tell what the project is: assistant starter DIR “your project”."
            )
        if brief:
            talk.say(" ".join(brief))
        if talk.warning:
            diagnostics.warn(talk.warning)
        project = talk.starter()
        write(project, folder)
    if as_json:
        output.write_json(
            {"session": talk.id, "folder": str(folder), "starter": project.starter, "files": [*project.files],
             "notes": project.notes}
        )  # fmt: skip
        return
    for name in project.files:
        output.write(str(folder / name))
    for note in project.notes:
        diagnostics.note(note)
    diagnostics.note(
        f"Next: cd {folder} && pip install -r requirements.txt && python baseline.py"
        if project.starter
        else f"Next: read {folder / 'README.md'}"
    )
