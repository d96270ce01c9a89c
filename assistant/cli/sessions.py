"""`sessions`: what was talked about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from assistant.cli import diagnostics, output
from assistant.cli.completing import deleted_ids, formats, session_ids
from assistant.cli.exits import Exit, Refused
from assistant.cli.saving import save
from assistant.cli.settings import Settings, pass_settings, session_errors

if TYPE_CHECKING:
    from assistant.sessions.model import Hit, SessionInfo
    from assistant.sessions.replay import Replay

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_QUESTION = 40  # characters of the open question in a list
_ID = click.argument("session", metavar="ID", shell_complete=session_ids)
_DELETED_ID = click.argument("session", metavar="ID", shell_complete=deleted_ids)


@click.group(
    epilog="""
\b
An ID may be shortened to its beginning.
Examples:
  assistant sessions list
  assistant sessions show k3j2
  assistant sessions search "android"
  assistant sessions export k3j2 --format adr -o decision.md
  assistant sessions replay k3j2
"""
)
def sessions() -> None:
    """Show, search, export and replay past conversations."""


@sessions.command("list", epilog="\b\nExample:\n  assistant sessions list --limit 5 --json\n")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many at most.")
@click.option("--deleted", is_flag=True, help="Those that were deleted and can be brought back.")
@click.option("--archived", is_flag=True, help="Those in the archive.")
@click.option("--tag", default="", metavar="TAG", help="Only those with this tag.")
@_JSON
@pass_settings
def list_(settings: Settings, limit: int, deleted: bool, archived: bool, tag: str, as_json: bool) -> None:
    """The last sessions, the newest first, each with its first choice and the question that is open."""
    if deleted and archived:
        raise click.UsageError("--deleted and --archived are two lists; give one of them.")
    with session_errors():
        found = settings.sessions().list(limit, deleted=deleted, archived=archived, tag=tag)
    if as_json:
        output.write_json(found)
    elif found:
        output.write_rows(
            [("ID", "LAST USED (UTC)", "TURNS", "FIRST CHOICE", "OPEN QUESTION", "TAGS", "TITLE"), *map(_row, found)]
        )
    else:
        apart = "deleted" if deleted else "archived" if archived else f"“{tag}”" if tag else ""
        diagnostics.note(f"There are no {apart} sessions." if apart else "There are no sessions yet.")


@sessions.command(epilog="\b\nExample:\n  assistant sessions show k3j2\n")
@_ID
@_JSON
@pass_settings
def show(settings: Settings, session: str, as_json: bool) -> None:
    """A session as it went."""
    with session_errors():
        output.write(settings.sessions().export(session, "json" if as_json else "text", "conversation"))


@sessions.command(epilog="\b\nExample:\n  assistant sessions search android offline\n")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many at most.")
@_JSON
@pass_settings
def search(settings: Settings, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Messages, answers and titles that hold all words of TEXT."""
    with session_errors():
        hits = settings.sessions().hits(" ".join(words), limit)
    if as_json:
        output.write_json(hits)
    elif hits:
        output.write_rows(
            [
                (hit.session.id, "title" if hit.number is None else f"message {hit.number + 1}", _highlighted(hit))
                for hit in hits
            ]
        )
    else:
        diagnostics.note("Nothing found.")


@sessions.command(epilog='\b\nExample:\n  assistant sessions rename k3j2 "Churn, second try"\n')
@_ID
@click.argument("title", nargs=-1, required=True)
@_JSON
@pass_settings
def rename(settings: Settings, session: str, title: tuple[str, ...], as_json: bool) -> None:
    """Give a session another title."""
    with session_errors():
        _done(settings.sessions().rename(session, " ".join(title)), "Renamed", as_json)


@sessions.command(epilog="\b\nExample:\n  assistant sessions duplicate k3j2\n")
@_ID
@_JSON
@pass_settings
def duplicate(settings: Settings, session: str, as_json: bool) -> None:
    """Copy a session, to try another way from there."""
    with session_errors():
        _done(settings.sessions().duplicate(session), "Copied to", as_json)


@sessions.command(
    epilog="\b\nExamples:\n  assistant sessions tag k3j2 churn urgent\n  assistant sessions tag k3j2 --remove urgent\n"
)
@_ID
@click.argument("tags", nargs=-1)
@click.option("--remove", multiple=True, metavar="TAG", help="Take this tag away; may be given several times.")
@_JSON
@pass_settings
def tag(settings: Settings, session: str, tags: tuple[str, ...], remove: tuple[str, ...], as_json: bool) -> None:
    """Give a session tags; `sessions list --tag TAG` finds them."""
    with session_errors():
        info = settings.sessions().tag(session, tags, remove)
    _done(info, f"Tagged {' '.join(info.tags)}:" if info.tags else "Without tags:", as_json)


@sessions.command(epilog="\b\nExamples:\n  assistant sessions archive k3j2\n  assistant sessions archive k3j2 --back\n")
@_ID
@click.option("--back", is_flag=True, help="Out of the archive again.")
@_JSON
@pass_settings
def archive(settings: Settings, session: str, back: bool, as_json: bool) -> None:
    """Put a session out of the list; it is still found by its id and by a search."""
    with session_errors():
        _done(settings.sessions().archive(session, back=back), "Out of the archive:" if back else "Archived", as_json)


@sessions.command(
    epilog="\b\nExamples:\n  assistant sessions delete k3j2\n  assistant sessions delete k3j2 --forever\n"
)
@_ID
@click.option("--forever", is_flag=True, help="Remove its words from the file; this cannot be taken back.")
@_JSON
@pass_settings
def delete(settings: Settings, session: str, forever: bool, as_json: bool) -> None:
    """Hide a session (`undelete` brings it back), or remove it for good."""
    with session_errors():
        info = settings.sessions().delete(session, forever=forever)
    _done(info, "Removed for good:" if forever else "Deleted", as_json)
    if not forever:
        diagnostics.hint(f"To bring it back: assistant sessions undelete {info.id}")


@sessions.command(epilog="\b\nExample:\n  assistant sessions undelete k3j2\n")
@_DELETED_ID
@_JSON
@pass_settings
def undelete(settings: Settings, session: str, as_json: bool) -> None:
    """Bring a deleted session back."""
    with session_errors():
        _done(settings.sessions().undelete(session), "Back again:", as_json)


@sessions.command(
    epilog="""
\b
Formats: markdown and text (the conversation), json (everything, to import again),
html (one page, proofs fold open), adr (a decision record).
Examples:
  assistant sessions export k3j2
  assistant sessions export k3j2 --format adr -o docs/decisions/0007-ml-stack.md
"""
)
@_ID
@click.option(
    "--format",
    "format",
    default="markdown",
    show_default=True,
    metavar="FORMAT",
    shell_complete=formats,
    help="markdown, json, text, html or adr.",
)
@click.option(
    "--content",
    default="all",
    show_default=True,
    metavar="CONTENT",
    help="all, conversation, advice (where it stands) or last (the last message and its answer).",
)
@click.option("--last", is_flag=True, help="The same as --content last.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write; else to standard output.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@pass_settings
def export(
    settings: Settings, session: str, format: str, content: str, last: bool, target: Path | None, force: bool
) -> None:
    """Write a session as a document."""
    with session_errors():
        text = settings.sessions().export(session, format, "last" if last else content)
    if target is None:
        output.write(text)
    else:
        save(text, target, force=force)
        diagnostics.note(f"Saved as {target}")


@sessions.command("import", epilog="\b\nExample:\n  assistant sessions import session.json\n")
@click.argument("file", type=click.File("rb"))
@_JSON
@pass_settings
def import_(settings: Settings, file: BinaryIO, as_json: bool) -> None:
    """Take in a session that was exported as JSON."""
    try:
        text = file.read().decode()
    except UnicodeDecodeError as error:
        raise Refused("This is not an exported session: it is not text in UTF-8.") from error
    with session_errors():
        _done(settings.sessions().load(text), "Imported as", as_json)


@sessions.command(epilog="\b\nExample:\n  assistant sessions recover ~/sessions.damaged-1.db\n")
@click.argument("file", type=click.Path(path_type=Path))
@_JSON
@pass_settings
def recover(settings: Settings, file: Path, as_json: bool) -> None:
    """Take in what can still be read from a damaged database; `assistant doctor` says where one lies."""
    with session_errors():
        found = settings.sessions().recover(file)
    if as_json:
        output.write_json(found)
    else:
        for info in found:
            _done(info, f"Recovered {info.turns} message{'' if info.turns == 1 else 's'} as", False)


@sessions.command(epilog="\b\nExample:\n  assistant sessions replay k3j2\n")
@_ID
@_JSON
@click.pass_context
def replay(context: click.Context, session: str, as_json: bool) -> None:
    """Say everything again and compare: is every reply the same to the byte?

    With the same knowledge a difference is a fault, and the exit code is 1. With other knowledge it shows where the
    first choices differ.
    """
    from assistant.sessions.replay import replay as run

    settings = context.ensure_object(Settings)
    with session_errors():
        turns = settings.sessions().turns(session)
    result = run(settings.advisor(), turns)
    if as_json:
        output.write_json(result)
    else:
        _report(result)
    if result.same_knowledge and not result.same:
        context.exit(Exit.REFUSED)


def _report(result: Replay) -> None:
    recorded = ", ".join(result.recorded)
    knowledge = f"knowledge {result.knowledge}" + ("" if result.same_knowledge else f" (recorded with {recorded})")
    for turn in result.turns:
        if not turn.same:
            output.write(f"Message {turn.number + 1} is answered differently: {turn.text}")
        for change in turn.changed:
            output.write(f"  {change.role}: {change.before or 'nothing'} before, {change.after or 'nothing'} now")
            for reason in change.because:
                output.write(f"    because: {reason}")
    same = sum(turn.same for turn in result.turns)
    output.write(f"{same} of {len(result.turns)} replies are the same to the byte, with {knowledge}.")


def _row(info: SessionInfo) -> tuple[str, ...]:
    when = info.updated[:16].replace("T", " ")
    question = info.question if len(info.question) <= _QUESTION else info.question[: _QUESTION - 1] + "…"
    return (
        info.id, when, str(info.turns), info.first_choice or "-", question or "-", " ".join(info.tags) or "-", info.title
    )  # fmt: skip


def _highlighted(hit: Hit) -> str:
    """The excerpt with the words found between asterisks: a terminal's colours would be lost in a pipe."""
    text = hit.excerpt
    for start, end in reversed(hit.marks):
        text = f"{text[:start]}*{text[start:end]}*{text[end:]}"
    return text


def _done(info: SessionInfo, what: str, as_json: bool) -> None:
    if as_json:
        output.write_json(info)
    else:
        output.write(f"{what} {info.id} ({info.title})")
