"""What to point out about a message: repaired words, unknown names, contradictions, and what was made no use of."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.dialogue.blocks import Notice
from assistant.dialogue.wording import Wording, listed
from assistant.language.model import Utterance

_QUOTED = 5
_GLIMPSE = 60  # characters that show where something begins


def notices(utterance: Utterance, wording: Wording) -> Iterator[Notice]:
    """What the person should know before the answer."""
    text = utterance.text
    if utterance.unread is not None:
        start, end = utterance.unread
        begins = " ".join(text[start : start + _GLIMPSE].split())
        yield Notice(
            text=f"That text is too long for me to read as a whole. I read its first {start:,} characters and its last "
            f"{len(text) - end:,}, and nothing of the {end - start:,} between them, from “{begins} ...” on.",
            level="warning",
        )
    read_as = {(f.start, f.end): f.assumed for f in utterance.facts}
    read_as |= {(m.start, m.end): m.assumed for m in utterance.mentions}
    for (start, end), assumed in sorted(read_as.items()):
        if assumed:
            yield Notice(text=f"I read “{text[start:end]}” as {assumed}. If that is wrong, /undo takes it back.")
    for unknown in utterance.unknown:
        near = [wording.tool(tool) for tool in unknown.nearest]
        tail = f" The nearest I know: {listed(near, 'or')}." if near else ""
        yield Notice(text=f"I have no record of “{unknown.text}”, so I say nothing about it.{tail}", level="warning")
    for clash in utterance.contradictions:
        one, other = (text[f.start : f.end] for f in (clash.first, clash.second))
        said = f"You said both “{one}” and “{other}”, and I cannot take both."
        yield Notice(text=said, level="warning")


def leftovers(utterance: Utterance) -> Iterator[Notice]:
    """What the answer made no use of, if that was a lot."""
    missed = utterance.not_understood
    if missed:
        quoted = listed([f"“{words}”" for words in missed[:_QUOTED]])
        yield Notice(text=f"I made no use of {quoted}. Say it in other words if it matters.")
