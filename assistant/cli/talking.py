"""`ask`: one turn. `chat`: the terminal app, or line by line where that cannot be."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli import diagnostics, output
from assistant.cli.completing import session_ids
from assistant.cli.exits import Refused
from assistant.cli.saving import save
from assistant.cli.settings import Settings, pass_settings, session_errors

if TYPE_CHECKING:
    from assistant.dialogue.blocks import Reply
    from assistant.dialogue.conversation import Turn
    from assistant.dialogue.watching import Watched
    from assistant.sessions.service import Sessions
    from assistant.sessions.session import Session

_MOST_INPUT = 1_000_000

# Options of both commands.
_last = click.option("-c", "--continue", "last", is_flag=True, help="Go on with the last session.")
_session = click.option(
    "-s",
    "--session",
    metavar="ID",
    shell_complete=session_ids,
    help="Go on with this session; the beginning of its id is enough.",
)
_debug = click.option("--debug", is_flag=True, help="Also show acts, rule names and times, on standard error.")


def start_app(
    settings: Settings, *, last: bool = False, session: str | None = None, debug: bool = False, watch: bool = False
) -> int:
    """Run the terminal app; the process's exit code."""
    from assistant.tui.app import run

    return run(session=session, continue_last=last, debug=debug, knowledge_dirs=settings.knowledge, watch=watch)


def check_terminal() -> None:
    """Raises UsageError, which says what to do instead, where the terminal app cannot be drawn."""
    instead = (
        "For a plain terminal or a screen reader: assistant chat --plain. In a script: assistant ask “your question”."
    )
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(f"The terminal app needs a terminal. {instead}")
    if os.environ.get("TERM") == "dumb":
        raise click.UsageError(f"This terminal (TERM=dumb) cannot place text, which the terminal app needs. {instead}")


@click.command(
    epilog="""
\b
Examples:
  assistant ask "detect defects in photos, on an Android phone, offline"
  assistant ask -c "we may only use permissive licences"
  assistant ask -c /why
  assistant ask --json "forecast sales of 3,000 shops" | jq .stack
  assistant ask < brief.txt
"""
)
@click.argument("words", nargs=-1, metavar="[TEXT]")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, in the form of `batch`.")
@_last
@_session
@_debug
@pass_settings
def ask(
    settings: Settings, words: tuple[str, ...], as_json: bool, last: bool, session: str | None, debug: bool
) -> None:
    """Say one thing and get one answer. Without TEXT it is read from standard input."""
    if last and session:
        raise click.UsageError("-c and -s both say which session to go on with; give one of them.")
    text = " ".join(words) if words else _piped()
    if not text.strip():
        raise Refused("Nothing was asked.")
    settings.start_engine()
    sessions = settings.sessions(debug=debug)
    with session_errors():
        talk = _open(sessions, last, session)
        if talk.notice:
            diagnostics.warn(talk.notice)
        started = time.perf_counter()
        turn = talk.say(text)
    elapsed = round((time.perf_counter() - started) * 1000, 3)
    if as_json:
        from assistant.batch import describe

        advisor = settings.advisor()
        output.write_json(describe(advisor, talk.conversation, [(turn, elapsed)], id=talk.id))
    else:
        output.write_reply(turn.reply.plain())
    if debug:
        _explain(talk, turn, elapsed)
    if talk.notice:
        diagnostics.warn(talk.notice)
    if talk.warning and talk.warning != sessions.notice:  # that is told at the end
        diagnostics.warn(talk.warning)
    if turn.reply.command == "export":
        diagnostics.note(
            f"To save it: assistant sessions export {talk.id} --format {turn.reply.argument or 'markdown'}"
        )
    elif not as_json and not talk.warning:
        diagnostics.hint(f"\nSession {talk.id}. Go on with: assistant ask -c “…”")


@click.command(
    short_help="A conversation: the terminal app, or --plain.",
    epilog="""
\b
Examples:
  assistant chat                a new conversation in the terminal app
  assistant chat -c             go on with the last one
  assistant chat --plain        line by line, for screen readers and plain terminals
  assistant --knowledge my-team chat --watch    edit my-team meanwhile: each answer is by what it says now
""",
)
@click.option("--plain", is_flag=True, help="Line by line, without colours and without drawing on the screen.")
@_last
@_session
@_debug
@click.option("--watch", is_flag=True, help="For authors: take edits of the knowledge in while you talk.")
@click.pass_context
def chat(context: click.Context, plain: bool, last: bool, session: str | None, debug: bool, watch: bool) -> None:
    """A conversation: in the terminal app, or line by line with --plain."""
    if last and session:
        raise click.UsageError("-c and -s both say which session to go on with; give one of them.")
    settings = context.ensure_object(Settings)
    if not plain:
        check_terminal()
        context.exit(start_app(settings, last=last, session=session, debug=debug, watch=watch))
    watched = settings.watch() if watch else None
    sessions = settings.sessions(debug=debug)
    with session_errors():
        talk = _open(sessions, last, session)
    _talk_by_lines(talk, watched, debug=debug)


def _talk_by_lines(talk: Session, watched: Watched | None, *, debug: bool) -> None:
    """Read a message per line until /quit, goodbye or the end of the input."""
    interactive = sys.stdin.isatty()
    if interactive:
        _line_editing()
        output.write("Tell me about your project. /help shows what you can say, /quit ends.")
    if talk.notice:
        diagnostics.warn(talk.notice)
    shown: str | None = None
    while True:
        line = _read_line("\nYou: " if interactive else "")
        if line is None or line.strip().lower() in ("/quit", "/exit"):
            return
        if not line.strip():
            continue
        if watched:
            _take_edits(talk, watched)
        started = time.perf_counter()
        turn = talk.say(line)
        elapsed = round((time.perf_counter() - started) * 1000, 3)
        reply = turn.reply
        output.write("")
        output.write_reply(reply.plain())
        if debug:
            _explain(talk, turn, elapsed)
        if talk.notice:
            diagnostics.warn(talk.notice)
        if talk.warning != shown and talk.warning:
            diagnostics.warn(talk.warning)
        shown = talk.warning
        if reply.command == "export":
            _export(talk, reply)
        if reply.command == "quit":
            return


def _take_edits(talk: Session, watched: Watched) -> None:
    """Go on with edited knowledge if it is sound; else say what is wrong and go on with the one before."""
    from assistant.dialogue.advisor import UNUSABLE

    watched.changed()  # the look before the next
    if not watched.changed():
        return
    try:
        fresh = watched.build()
    except UNUSABLE as problem:
        diagnostics.warn(f"{problem}\nThe knowledge before goes on.")
        return
    talk.adopt(fresh)
    diagnostics.note(f"The edited knowledge holds now: {watched.swap(fresh)}.")


def _explain(talk: Session, turn: Turn, elapsed: float) -> None:
    """For whoever writes knowledge: what the message was taken for, which rules fired, and how long it took."""
    diagnostics.note(f"\n{elapsed:g} ms with storing")
    for line in talk.details(turn):
        diagnostics.note(line)


def _read_line(prompt: str) -> str | None:
    """A line of input without its end; None at the end of the input. What the shell says next begins on a line of its own."""
    try:
        return input(prompt)
    except EOFError:
        if prompt:
            output.write("")
        return None
    except KeyboardInterrupt:
        if prompt:
            output.write("")
        raise
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


def _line_editing() -> None:
    """Give `input` editing and a history, which needs a terminal that can move its cursor."""
    if os.environ.get("TERM", "dumb") == "dumb":
        return
    try:
        import readline  # noqa: F401 - being there is its effect: `input` gets editing and a history
    except ImportError:
        return


def _export(talk: Session, reply: Reply) -> None:
    from assistant.sessions.export import ENDINGS, format_of
    from assistant.sessions.model import SessionError

    try:
        format = format_of(reply.argument)
        target = Path(f"assistant-{talk.id}.{ENDINGS[format]}")
        save(talk.export(format), target, force=False)
    except SessionError as problem:
        diagnostics.warn(str(problem))
    except Refused as problem:
        diagnostics.warn(problem.format_message())
    else:
        output.write(f"Saved as {target}")


def _open(sessions: Sessions, last: bool, session: str | None) -> Session:
    if session:
        return sessions.resume(session)
    found = sessions.last() if last else None
    if last and found is None:
        diagnostics.hint("There is no session yet; this starts the first.")
    return found or sessions.new()


def _piped() -> str:
    if sys.stdin.isatty():
        raise click.UsageError("What do you want to ask? Give the text behind `ask`, or pipe it in.")
    data = sys.stdin.buffer.read(_MOST_INPUT + 1)
    if len(data) > _MOST_INPUT:
        raise Refused(
            f"That is more than {_MOST_INPUT:,} bytes of text; the assistant advises on briefs, not on books."
        )
    return data.decode("utf-8", "replace")
