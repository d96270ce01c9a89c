"""From a message to what it says: the one entrance to this package."""

from __future__ import annotations

from assistant.language import facts as facts_of
from assistant.language.acts import Scene, recognise
from assistant.language.answers import answer, chosen_reading, chosen_tool
from assistant.language.leftovers import not_used, unknown_names
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act, Context, Mention, Stated, ToolRole, Utterance
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
    parts = sentences(reading, spans, amounts, lexicon.fillers, lexicon.cues.words)
    weak = frozenset(reading.tokens[span.first].start for span in spans if span.entry.weak)
    scene = Scene(reading, parts, settled, mentions, context, weak)
    acts, readings = _acts(scene, lexicon)
    unknown = unknown_names(reading, lexicon, spans, amounts)
    unused: tuple[str, ...] = ()
    if not any(act.act in _SETTLED for act in acts):
        unused = not_used(reading, lexicon, spans, amounts, unknown)
    return Utterance(
        text, tuple(acts), tuple(scene.facts), mentions, unused, unknown, tuple(clashes), tuple(readings)
    )


# Acts after which it is no news that some words were not used.
_SETTLED = frozenset({"out_of_scope", "greet", "thanks", "goodbye", "answer", "dont_know", "skip", "help", "undo", "reset"})


def _acts(scene: Scene, lexicon: Lexicon) -> tuple[list[Act], list[Act]]:
    """What was picked from a list or answered, else what the words themselves do. Answers add to the scene's facts."""
    reading, context = scene.reading, scene.context
    if context.question is None or context.readings:
        picked = chosen_reading(reading, lexicon, context) or chosen_tool(reading, lexicon, context)
        if picked is not None:
            return [picked], []
    acts, readings = recognise(scene, lexicon)
    if context.question is not None and not any(act.act in _NO_ANSWER for act in acts):
        answered = answer(reading, lexicon, scene.facts, context)
        if answered is not None:
            act, added = answered
            scene.facts.extend(added)
            others = [other for other in acts if other.act in _BESIDE_ANSWER]
            return [act, *others], []
    return acts, readings


# Whole messages that are never the answer to a question, whatever was asked.
_NO_ANSWER = frozenset({"undo", "redo", "reset", "greet", "thanks", "goodbye", "why_ask", "dont_know", "show_facts", "what_if"})
# Acts that may come along with an answer ("on Android. what about jax?").
_BESIDE_ANSWER = frozenset({"compare", "alternatives", "what_about", "capability", "status", "licence", "about", "why_not"})


def outline(text: str, lexicon: Lexicon) -> list[list[str]]:
    """The sentences of `text` in the abstract words that acts are recognised by."""
    reading, _ = read(text, lexicon)
    spans = choose(reading, lexicon)
    amounts = lexicon.quantities.read(reading)
    return [sentence.folds() for sentence in sentences(reading, spans, amounts, lexicon.fillers, lexicon.cues.words)]


def _with_repairs(span: Span, repaired: dict[int, str], reading: Reading) -> Span:
    if not any(position in repaired for position in range(span.first, span.last)):
        return span
    words = " ".join(reading.tokens[position].word for position in range(span.first, span.last))
    return span._replace(assumed=words)
