"""From a message to what it says: the one entrance to this package."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from assistant.language import facts as facts_of
from assistant.language.acts import recognise
from assistant.language.answers import answer, chosen_tools, counts
from assistant.language.completion import refusal
from assistant.language.contradictions import TOOL_SLOTS, settle, torn
from assistant.language.ellipsis import again
from assistant.language.entry import Entry
from assistant.language.guessing import CERTAIN, CLOSE, features, outlines, weigh
from assistant.language.leftovers import not_used
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act, Context, Stated, Utterance
from assistant.language.parts import PASTE, TAIL, Part, part_of, read
from assistant.language.reading import Reading, Span
from assistant.language.scene import Scene
from assistant.language.tokens import SENTENCE
from assistant.language.view import TOOL, sentences

_NOTHING = Context()
_STRANGER = Entry("unrecorded")
_LOOKED = 4  # blocks; of what is longer it is no news that much was not used


def _guessed(part: Part, parts: Sequence[Part], lexicon: Lexicon) -> Part:
    """The part with the task that it seems to describe, and without those that its words only happen to name."""
    stated = [fact for one in parts for fact in one.stated]
    tasks = [fact for fact in stated if fact.slot == "task" and not fact.negated]
    doubtful = {fact for fact in tasks if not _called(fact, part, lexicon)}
    if tasks and not doubtful:
        return part
    weighed = weigh(part.reading, lexicon, part.spans, part.amounts, stated, part.mentions)
    named = {str(fact.value) for fact in tasks}
    stray = {fact for fact in doubtful if weighed.is_stray(str(fact.value))}
    kept = [fact for fact in part.stated if fact not in stray]
    standing = named - {str(fact.value) for fact in stray}
    span = weighed.told
    if span is not None and span.entry.name not in named and (not standing or weighed.share >= CERTAIN):
        start, end = part.reading.place(span.first, span.last)
        fact = Stated("task", span.entry.name, start, end, assumed=span.assumed)
        return part._replace(guessed=[span], stated=[*kept, fact])
    if standing:
        return part._replace(stated=kept)
    purpose = facts_of.from_purpose(part.mentions, lexicon)
    return part._replace(stated=[*kept, *purpose], likely=() if purpose else weighed.likely)


def _called(fact: Stated, part: Part, lexicon: Lexicon) -> bool:
    """Whether a task is called by its own name."""
    said = lexicon.tokeniser.folds(part.reading.text[fact.start : fact.end])
    return said in (lexicon.tokeniser.folds(name) for name in (lexicon.title("task", str(fact.value)), str(fact.value)))


def described_by(text: str, lexicon: Lexicon) -> dict[str, float]:
    """What the model that guesses tasks finds in a message: what its weights are learnt from."""
    part = part_of(read(text, lexicon)[0], lexicon)
    lines = outlines(part.reading, part.spans, part.amounts)
    return features([words for words, _ in lines], part.stated, part.mentions, lexicon)


def _is_open(context: Context) -> bool:
    """Whether the task is still to be told: later on, words that no rule knows are rather about something else."""
    return context.question == "task" or (context.question is None and context.act in _BEFORE_ANY)


_BEFORE_ANY = (None, "greet", "help", "thanks", "out_of_scope", "not_understood")


def understand(text: str, lexicon: Lexicon, context: Context = _NOTHING) -> Utterance:
    """What `text` says, given what the conversation has in focus. Takes any string; never raises.

    The facts that a `what_if`, `correct` or `retract` is about stand in that act and among the facts of the message.
    """
    parts = [part_of(reading, lexicon, context.amount) for reading in read(text, lexicon)]
    if parts and _is_open(context):
        parts[0] = _guessed(parts[0], parts, lexicon)
    mentions = tuple(mention for part in parts for mention in part.mentions)
    settled, clashes = settle([fact for part in parts for fact in part.stated], lexicon, text)
    disputed = [clash for part in parts for clash in torn(part.reading, part.mentions)]
    if disputed:
        tools = {clash.first.value for clash in disputed}
        settled = [fact for fact in settled if fact.slot not in TOOL_SLOTS or fact.value not in tools]
        clashes += disputed
    acts: list[Act] = []
    readings: list[Act] = []
    asked: list[tuple[int, int]] = []  # where questions about tools stand
    for part in parts if len(parts) < 3 else (parts[0], parts[-1]):
        scene = _scene(part, settled, context, lexicon, alone=len(parts) == 1)
        asked += _questions(scene)
        found, likely = _acts(scene, lexicon)
        acts.extend(act for act in found if act.act not in {known.act for known in acts})
        readings.extend(likely)
    compared = {tool for act in acts if act.act == "compare" for tool in act.tools}
    raised = [
        m
        for m, other in pairwise(mentions)
        if m.role == "answer_candidate" and m.tool in compared and text[m.end : other.start].strip().lower() == "or"
    ]
    if raised:  # "is X or Y better?": both are up for the choice
        weighed = {m.start: msgspec.structs.replace(m, role="considering") for m in raised}
        mentions = tuple(weighed.get(m.start, m) for m in mentions)
        known = {fact.value for fact in settled if fact.slot == "considering"}
        added = [fact for fact in facts_of.from_mentions(list(weighed.values())) if fact.value not in known]
        settled = sorted([*settled, *added], key=lambda fact: fact.start)
    if acts and not {act.act for act in acts} & _WEIGHING:
        mentions = tuple(msgspec.structs.replace(m, role="asked_about") if m.role in _OPEN else m for m in mentions)
        settled = [fact for fact in settled if fact.slot != "considering"]
    if clashes and {act.act for act in acts} <= {"not_understood", "out_of_scope"}:
        acts, readings = [Act("inform", confidence=0.5)], []  # of which only the contradiction was taken out
    settled = _told(settled, asked, acts)
    if "out_of_scope" in {act.act for act in acts}:
        guesses = {span.entry.name for part in parts for span in part.guessed}
        settled = [fact for fact in settled if fact.slot != "task" or fact.value not in guesses]
    if parts and _describes(parts[0], acts):
        acts = [Act("recommend", CLOSE, because=text.strip())]
    if len(parts) == 1 and _is_elsewhere(parts[0].reading, acts):
        settled, clashes = [], []  # what another matter speaks of is nothing about the project
    unknown = tuple(strange.unknown for part in parts for strange in part.strange)[:9]
    unused: list[str] = []
    if len(parts) <= _LOOKED and not any(act.act in _SETTLED for act in acts):
        for part in parts:
            unused += not_used(part.reading, lexicon, [*part.spans, *part.guessed], part.amounts, unknown)
    return Utterance(
        text,
        tuple(acts),
        tuple(settled),
        mentions,
        tuple(unused),
        unknown,
        tuple(clashes),
        tuple(readings[:2]),
        unread=(PASTE - TAIL, len(text) - TAIL) if len(text) > PASTE else None,
        likely=tuple(parts[0].likely) if parts else (),
    )


_AT_A_LOSS = frozenset({"out_of_scope", "not_understood"})
_DESCRIPTION = 6  # words of a message that may describe a project in words that nothing else was heard in


def _describes(part: Part, acts: Sequence[Act]) -> bool:
    """Whether a message that no act fits describes a project, though it is not sure what is to be done."""
    at_a_loss = all(act.act in _AT_A_LOSS and not act.argument for act in acts)
    return bool(part.likely) and at_a_loss and len(part.reading.tokens) >= _DESCRIPTION


_ASKED_FOR = {"status": "priorities", "licence": "licence"}
"""What a question about a tool names that is no wish of the person: "is it still maintained?"."""


def _questions(scene: Scene) -> list[tuple[int, int]]:
    """Where the questions that name a tool stand in the text, when the message says more than one thing."""
    if len(scene.sentences) < 2:
        return []
    return [
        scene.reading.place(sentence.first, sentence.last)
        for sentence in scene.sentences
        if sentence.asks and TOOL in sentence.folds()
    ]


def _told(facts: list[Stated], asked: Sequence[tuple[int, int]], acts: Sequence[Act]) -> list[Stated]:
    """The facts but for what questions about tools only ask for."""
    slots = {_ASKED_FOR.get(act.act, "") for act in acts}
    return [
        fact for fact in facts if fact.slot not in slots or not any(start <= fact.start < end for start, end in asked)
    ]


def _is_elsewhere(reading: Reading, acts: Sequence[Act]) -> bool:
    """Whether the message is one sentence, and that is surely about another matter."""
    if not acts or any(token.gap == SENTENCE for token in reading.tokens[1:]):
        return False
    return all(act.act == "out_of_scope" and act.argument for act in acts)


def _scene(part: Part, settled: list[Stated], context: Context, lexicon: Lexicon, *, alone: bool) -> Scene:
    """What acts are recognised by: all of a message of one block, or one block of a longer one."""
    reading = part.reading
    strangers = [Span(first, last, _STRANGER) for first, last, _ in part.strange]
    named = [*part.spans, *strangers]
    lines = sentences(reading, named, part.amounts, lexicon.fillers, lexicon.cues.words, lexicon.asking)
    sure = {span.first for span in part.spans if not span.entry.weak}
    weak = frozenset(reading.tokens[s.first].start for s in part.spans if s.entry.weak and s.first not in sure)
    if alone:
        return Scene(reading, lines, settled, part.mentions, context, weak, bool(strangers))
    start, end = reading.place(0, len(reading.tokens))
    here = [fact for fact in settled if start <= fact.start < end]
    return Scene(reading, lines, here, part.mentions, context, weak, bool(strangers))


# Acts in which tools that are named are up for a choice; in others the person only asks about them.
_WEIGHING = frozenset(
    {
        "recommend",
        "compare",
        "alternatives",
        "what_about",
        "inform",
        "answer",
        "correct",
        "migrate",
        "what_if",
        "retract",
    }
)
_OPEN = ("considering", "answer_candidate")

# Acts after which it is no news that some words were not used.
_SETTLED = frozenset(
    {"out_of_scope", "greet", "thanks", "goodbye", "answer", "dont_know", "skip", "help", "undo", "reset"}
)


def _acts(scene: Scene, lexicon: Lexicon) -> tuple[list[Act], list[Act]]:
    """What was picked from a list or answered, else what the words themselves do. Answers add to the scene's facts."""
    reading, context = scene.reading, scene.context
    pointed = chosen_tools(reading, lexicon, context)
    if pointed is not None:
        return [pointed], []
    repeated = again(scene, lexicon)
    if repeated is not None:
        return [repeated], []
    acts, readings = recognise(scene, lexicon)
    if context.question is not None and not any(_is_no_answer(act) for act in acts) and not _asks_back(scene, acts):
        answered = answer(reading, lexicon, scene.facts, context)
        if answered is not None:
            act, added = answered
            scene.facts.extend(added)
            others = [other for other in acts if other.act in _BESIDE_ANSWER and scene.mentions]
            return [act, *others], []
    if not scene.facts and not scene.mentions and {act.act for act in acts} <= _UNREAD:
        counted = counts(reading, lexicon)
        if counted:
            return [refusal(scene, "not_understood", 0.0)], counted
    return acts, readings


_UNREAD = frozenset({"inform", "not_understood", "out_of_scope"})


def _asks_back(scene: Scene, acts: list[Act]) -> bool:
    """Whether the message is a question about tools rather than an answer ("does it have a Java client?")."""
    asks = bool(scene.sentences) and scene.sentences[-1].asks
    return asks and acts[0].act in _BESIDE_ANSWER and acts[0].confidence >= _CLEARLY and bool(acts[0].tools)


_CLEARLY = 0.5


def _is_no_answer(act: Act) -> bool:
    """Whether an act shows that the open question is not answered; "no" alone may mean either."""
    return act.act in _NO_ANSWER and (act.act != "dont_know" or act.confidence == 1.0)


# Whole messages that are never the answer to a question, whatever was asked.
_NO_ANSWER = frozenset(
    {"correct", "undo", "redo", "reset", "greet", "thanks", "goodbye", "why_ask", "dont_know", "show_facts", "what_if"}
)
# Acts that may come along with an answer ("on Android. what about jax?").
_BESIDE_ANSWER = frozenset(
    {"compare", "alternatives", "what_about", "capability", "status", "licence", "about", "why_not"}
)
