"""What a shell offers where an argument names something of the person's: sessions, records, formats. Silent when in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from assistant import paths
from assistant.cli.harmless import harmless

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

_MOST = 50


def session_ids(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem[str]]:
    """The last sessions by id, with their titles."""
    return _sessions(begun, deleted=False)


def deleted_ids(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem[str]]:
    """Sessions that can be brought back."""
    return _sessions(begun, deleted=True)


def formats(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The forms of an export."""
    from assistant.sessions.export import FORMATS

    return [name for name in FORMATS if name.startswith(begun)]


def records(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem[str]]:
    """The tools, if the knowledge lies compiled: nobody waits for it behind a Tab."""
    from click.shell_completion import CompletionItem

    from assistant.knowledge.loading import KnowledgeError, is_kept, load

    try:
        folders = paths.own_knowledge()
        if not is_kept(folders):
            return []
        tools = load(folders).tools
    except (KnowledgeError, OSError):
        return []
    return [CompletionItem(id, help=harmless(tool.name)) for id, tool in tools.items() if id.startswith(begun)]


def _sessions(begun: str, *, deleted: bool) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    from assistant.sessions.model import StoreError
    from assistant.sessions.service import Sessions

    if not paths.database().exists():
        return []
    sessions = Sessions.open(_no_advisor)
    try:
        found = sessions.list(_MOST if not begun else None, deleted=deleted)
    except StoreError:
        return []
    finally:
        sessions.close()
    return [
        CompletionItem(info.id, help=harmless(" ".join(info.title.split())))
        for info in found
        if info.id.startswith(begun)
    ]


def _no_advisor() -> NoReturn:
    raise NotImplementedError("a list of sessions needs no advice")  # completion only lists, so it never gets here
