"""The conversation as it went, as Markdown and as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue.blocks import Block
from assistant.dialogue.commands import spoken
from assistant.dialogue.render import escape, inert
from assistant.dialogue.render import markdown as blocks_as_markdown
from assistant.dialogue.render import plain as blocks_as_text
from assistant.sessions.export import Document
from assistant.sessions.model import StoredTurn

ADVICE = "Where the advice stands"


def markdown(document: Document, turns: Sequence[StoredTurn], advice: Sequence[Block] = ()) -> str:
    """These turns, then the advice as it stands, as CommonMark in which everything that people wrote stands as they wrote it."""
    parts = [f"# {escape(document.session.title)}", f"{escape(about(document))}"]
    for turn in turns:
        parts += [f"## Message {turn.number + 1}", quoted(spoken(turn.text)), blocks_as_markdown(turn.reply.blocks)]
    if advice:
        parts += [f"## {ADVICE}", blocks_as_markdown(advice)]
    return "\n\n".join(part for part in parts if part) + "\n"


def text(document: Document, turns: Sequence[StoredTurn], advice: Sequence[Block] = ()) -> str:
    """The same as plain text without markup."""
    title = inert(document.session.title)
    parts = [f"{title}\n{'=' * len(title)}", about(document)]
    for turn in turns:
        said = "\n".join(f"> {inert(line)}".rstrip() for line in spoken(turn.text).splitlines())
        parts += [f"{turn.number + 1}.\n{said}", turn.reply.plain()]
    if advice:
        parts += [f"{ADVICE}\n{'-' * len(ADVICE)}", blocks_as_text(advice)]
    return "\n\n".join(part for part in parts if part) + "\n"


def about(document: Document) -> str:
    """One line that says which session this is."""
    turns = document.turns
    versions = list(dict.fromkeys(turn.knowledge for turn in turns if turn.knowledge))
    count = f"{len(turns)} message{'s' if len(turns) != 1 else ''}"
    knowledge = f", knowledge {', '.join(versions)}" if versions else ""
    return f"Session {document.session.id}, {count}, {minute(turns[0])} to {minute(turns[-1])} UTC{knowledge}"


def minute(turn: StoredTurn) -> str:
    """When a turn was said, to the minute: `2026-11-22 18:05`."""
    return inert(turn.created[:16].replace("T", " "))


def quoted(text: str) -> str:
    """What a person wrote as a Markdown quotation, line by line and to the letter."""
    lines = [escape(line.strip()) for line in text.splitlines()]
    return "\\\n".join(f"> {line}" if line else "> &nbsp;" for line in lines) or "> &nbsp;"
