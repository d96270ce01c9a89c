"""Messages that consist of set phrases only, such as "thanks, bye" or "start over"."""

from __future__ import annotations

from assistant.language.arguments import form_of
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act
from assistant.language.scene import Scene
from assistant.language.view import BEGIN, END

SHORT = 14  # words of a message that can be one command


def set_phrases(scene: Scene, lexicon: Lexicon) -> list[Act]:
    """The acts of a message that consists of set phrases only, such as "thanks, bye" or "start over"."""
    tokens = scene.reading.tokens
    if len(tokens) > 2 * SHORT:
        return []
    whole = _set_phrase(scene, lexicon, 0, len(tokens))
    if whole is not None:
        return [whole]
    if len(scene.sentences) < 2:
        return []
    parts = [_set_phrase(scene, lexicon, sentence.first, sentence.last) for sentence in scene.sentences]
    return [part for part in parts if part is not None] if all(parts) else []


def _set_phrase(scene: Scene, lexicon: Lexicon, first: int, last: int) -> Act | None:
    tokens = scene.reading.tokens
    begin, end = first, last
    while begin < end - 1 and tokens[begin].fold in lexicon.fillers:
        begin += 1
    while end - 1 > begin and tokens[end - 1].fold in lexicon.fillers:
        end -= 1
    if first == last and scene.reading.plain.strip(" \n?!.") != "":
        return None
    for left, right in ((first, last), (begin, last), (first, end), (begin, end)):
        found = lexicon.exact.find([BEGIN, *(token.fold for token in tokens[left:right]), END])
        if found:
            act = found[0].act
            if act == "help" and first == last and "?" not in scene.reading.plain:
                return None
            words = scene.reading.words(first, last) if last > first else scene.reading.text.strip()
            return Act(act, argument=form_of(scene, lexicon) if act == "export" else "", because=words)
    return None
