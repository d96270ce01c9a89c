"""A session as a document: transcript (Markdown, text, JSON, HTML) or decision record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from assistant.dialogue.blocks import Block
from assistant.knowledge.model import Knowledge
from assistant.reasoning.model import Conclusion
from assistant.sessions.model import SessionError, SessionInfo, StoredTurn

FORMATS = ("markdown", "json", "text", "html", "adr")
_ALSO = {"md": "markdown", "txt": "text", "plain": "text", "htm": "html", "decision": "adr", "": "markdown"}
CONTENTS = {
    "all": "the conversation and where the advice stands",
    "conversation": "what was said and answered",
    "advice": "where the advice stands",
    "last": "the last message and its answer",
}
ENDINGS = {"markdown": "md", "json": "json", "text": "txt", "html": "html", "adr": "md"}
"""The usual file ending of each format."""

_FORMAT = "ml-stack-assistant/session"
_SCHEMA = 1


class Document(msgspec.Struct, frozen=True):
    """A whole session: what `json` writes and `sessions import` reads."""

    session: SessionInfo
    turns: tuple[StoredTurn, ...]
    format: Literal["ml-stack-assistant/session"] = "ml-stack-assistant/session"
    schema: int = _SCHEMA

    @classmethod
    def of(cls, session: SessionInfo, turns: Sequence[StoredTurn]) -> Document:
        return cls(session, tuple(turns))

    @classmethod
    def parse(cls, text: str) -> Document:
        """What `json()` wrote. Raises SessionError for anything else, saying what is wrong."""
        try:
            head = msgspec.json.decode(text, type=_Head)
            if head.format != _FORMAT:
                raise SessionError("This is not an exported session: its “format” is missing or another one.")
            if head.schema > _SCHEMA:
                raise SessionError("This session was exported by a newer version of the assistant; update to read it.")
            document = msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise SessionError(f"This is not an exported session: {error}.") from error
        if not document.turns or [turn.number for turn in document.turns] != list(range(len(document.turns))):
            raise SessionError("This export is not a whole session: its turns are not numbered 0, 1, 2 and so on.")
        return document

    def json(self) -> str:
        """Everything, without loss: texts, utterances, events and replies."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode() + "\n"


class Reached(NamedTuple):
    """Where a conversation stands; `turning` says what would change that, `advice` shows it."""

    knowledge: Knowledge
    conclusion: Conclusion
    turning: tuple[str, ...] = ()
    advice: tuple[Block, ...] = ()


class _Head(msgspec.Struct):
    format: str = ""
    schema: int = 0


def format_of(name: str) -> str:
    """The format that `name` means. Raises SessionError when there is none."""
    wanted = _ALSO.get(name.strip().lower(), name.strip().lower())
    if wanted not in FORMATS:
        raise SessionError(f"There is no export format “{name}”. Formats: {', '.join(FORMATS)}.")
    return wanted


def needs_conclusion(format: str, content: str = "all") -> bool:
    """True when the export is made from what follows now, and not just from what is stored."""
    wanted = format_of(format)
    return wanted == "adr" or (wanted != "json" and content_of(content) in ("all", "advice"))


def content_of(name: str) -> str:
    """The content that `name` means. Raises SessionError when there is none."""
    wanted = "all" if name == "everything" else name
    if wanted not in CONTENTS:
        raise SessionError(f"There is no export of “{name}”; choose {', '.join(CONTENTS)}.")
    return wanted


def render(document: Document, format: str, content: str = "all", reached: Reached | None = None) -> str:
    """The document in `format`. `content` is one of CONTENTS; a decision record and JSON are always whole.

    What that `needs_conclusion` needs `reached`: where the conversation stands.
    Raises SessionError for unknown formats and contents, and when there is nothing to export.
    """
    wanted = format_of(format)
    content = content_of(content)
    if not document.turns:
        raise SessionError("Nothing has been said yet, so there is nothing to export.")
    if content == "last" and wanted == "json":
        document = msgspec.structs.replace(document, turns=document.turns[-1:])
    turns = {"last": document.turns[-1:], "advice": ()}.get(content, document.turns)
    advice = reached.advice if reached and content in ("all", "advice") else ()
    if content == "advice" and wanted not in ("json", "adr") and not advice:
        raise SessionError("There is no recommendation yet, so there is no advice to export.")
    match wanted:
        case "json":
            return document.json()
        case "html":
            from assistant.sessions.export.page import page

            return page(document, turns, advice)
        case "adr":
            from assistant.sessions.export.decision import decision_record

            if reached is None:
                raise ValueError("a decision record is made from a conclusion")
            return decision_record(document, reached.knowledge, reached.conclusion, reached.turning)
        case _:
            from assistant.sessions.export import transcript

            write = transcript.text if wanted == "text" else transcript.markdown
            return write(document, turns, advice)
