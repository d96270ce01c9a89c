"""`assistant` itself: its options, its commands, and the terminal app when there is no command."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from assistant import __version__, paths
from assistant.cli.settings import Settings

_MODULES = {
    "ask": "talking",
    "batch": "batch",
    "chat": "talking",
    "completion": "completion",
    "doctor": "doctor",
    "knowledge": "knowledge",
    "serve": "web",
    "sessions": "sessions",
    "starter": "starter",
}
"""The commands, each with the module of this package that has it under its name."""

_EPILOG = """
\b
Examples:
  assistant                                      the terminal app
  assistant ask "churn prediction on 80k rows"   one question, one answer
  assistant ask -c "why not xgboost?"            go on with the last session
  assistant batch briefs.jsonl -o advice.jsonl   many at once
  assistant sessions list                        what was talked about
  assistant starter churn/                       a project to start with, for the last session
  assistant doctor                               is everything in order here?
"""


class _Commands(click.Group):
    """Imports a command when it is run, so that nobody waits for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        wanted = [cmd_name] if cmd_name in _MODULES else _MODULES  # a name that is wrong is compared with all
        for name in wanted:
            if name not in self.commands:
                self.add_command(getattr(import_module(f"assistant.cli.{_MODULES[name]}"), name))
        return super().get_command(ctx, cmd_name)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.version_option(__version__, "--version", message="ml-stack-assistant %(version)s")
@click.option(
    "--knowledge",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of knowledge to lay over the shipped one; may be given several times.",
)
@click.option("--watch", is_flag=True, help="For authors: take edits of the knowledge in while the terminal app runs.")
@click.pass_context
def root(context: click.Context, folders: tuple[Path, ...], watch: bool) -> None:
    """Tells you which machine-learning stack to choose, and defends every word.

    Without a command it starts the terminal app. Everything runs on this machine; nothing is sent anywhere.
    Your own knowledge in the folder `knowledge` of its configuration is always laid over the shipped one
    (`assistant doctor` shows where that is). ASSISTANT_HOME names another folder for all its files.
    """
    settings = context.obj = Settings((*paths.own_knowledge(), *folders))
    if context.invoked_subcommand is not None:
        if watch:
            raise click.UsageError("--watch is for the terminal app: assistant --watch, or assistant chat --watch.")
        return
    from assistant.cli.talking import check_terminal, start_app

    check_terminal()
    context.exit(start_app(settings, watch=watch))
