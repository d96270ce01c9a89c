"""From a message to what it says: the one entrance to this package."""

from __future__ import annotations

from assistant.language import facts as facts_of
from assistant.language.acts import Scene, recognise
from assistant.language.lexicon import Lexicon
from assistant.language.model import Context, Mention, Stated, ToolRole, Utterance
from assistant.language.normalise import normalise
from assistant.language.reading import Reading, Span
from assistant.language.roles import roles
from assistant.language.scopes import closed, refused, soft
from assistant.language.spans import choose
from assistant.language.tokens import Token
from assistant.language.view import sentences

_NOTHING = Context()


def read(text: str, lexicon: Lexicon) -> tuple[Reading, dict[int, str]]:
    """The message cut into words, misspelt ones read as what they stand for (index -> word), and all phrases in it."""
    plain = normalise(text)
    tokens = lexicon.tokeniser.cut(plain)
    repaired = lexicon.repairs.apply(tokens) if lexicon.has_unknown(tokens) else {}
    for index, word in repaired.items():
        token = tokens[index]
        tokens[index] = Token(word, lexicon.tokeniser.fold(word), token.start, token.end, token.gap, token.joined)
    return Reading(text, plain, tokens, lexicon.trie.find(tokens)), repaired


def understand(text: str, lexicon: Lexicon, context: Context = _NOTHING) -> Utterance:
    """What `text` says, given what the conversation has in focus. Takes any string; never raises."""
    reading, repaired = read(text, lexicon)
    spans = [_with_repairs(span, repaired, reading) for span in choose(reading, lexicon)]
    refusals = refused(reading, lexicon, spans)
    amounts = lexicon.quantities.read(reading)
    wishes, only = soft(reading, spans), closed(reading, spans)
    tools = [span for span in spans if span.is_tool]
    index_of = {index: tools.index(span) for index, span in enumerate(spans) if span.is_tool and index in refusals}
    default: ToolRole = "considering"
    given = roles(reading, lexicon, tools, {t: refusals[i] for i, t in index_of.items()}, default)
    mentions = tuple(
        Mention(span.entry.name, role, *reading.place(span.first, span.last), assumed=span.assumed)
        for span, role in zip(tools, given, strict=True)
    )
    stated: list[Stated] = facts_of.from_values(reading, lexicon, spans, refusals, wishes, only)
    stated += facts_of.from_amounts(reading, amounts, set())
    stated += facts_of.from_mentions(mentions)
    settled, clashes = facts_of.settle(stated, lexicon)
    parts = sentences(reading, spans, amounts, lexicon.fillers)
    scene = Scene(reading, parts, settled, mentions, context)
    acts, readings = recognise(scene, lexicon)
    return Utterance(
        text, tuple(acts), tuple(settled), mentions, contradictions=tuple(clashes), readings=tuple(readings)
    )


def outline(text: str, lexicon: Lexicon) -> list[list[str]]:
    """The sentences of `text` in the abstract words that acts are recognised by."""
    reading, _ = read(text, lexicon)
    spans = choose(reading, lexicon)
    amounts = lexicon.quantities.read(reading)
    return [sentence.folds() for sentence in sentences(reading, spans, amounts, lexicon.fillers)]


def _with_repairs(span: Span, repaired: dict[int, str], reading: Reading) -> Span:
    if not any(position in repaired for position in range(span.first, span.last)):
        return span
    words = " ".join(reading.tokens[position].word for position in range(span.first, span.last))
    return span._replace(assumed=words)
