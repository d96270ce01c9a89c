"""The task that a message describes, weighed by a linear model: over its words, the kinds of thing they stand for, and what
was heard in it by name.

Its weights are readable JSON, learnt from knowledge/phrases/projects.yaml and scripts/projects/. A guess is an assumption: it is
shown with the words that led to it, and whoever wrote them can take it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from types import MappingProxyType
from typing import NamedTuple

from assistant.language.entry import Entry
from assistant.language.kinds import kinds
from assistant.language.lexicon import Lexicon
from assistant.language.model import Mention, Stated
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.tokens import SENTENCE
from assistant.language.view import AMOUNT, TOOL

NOTHING = "none"
SURE = 0.3  # the share from which a guess is worth telling
CERTAIN = 0.5  # the share from which it stands beside a task that was heard by name
CLOSE = 0.1  # the share from which it is worth asking about
_NEAR = 0.25  # the part of the likeliest task's share from which another is asked about beside it
_STRAY = 0.03  # the share below which words that name a task say something else, when another is worth telling
_OFFERED = 3  # tasks that are asked about at most
_STEMS = (4, 6)
_KIND = 0.5  # what one kind counts beside one word
_MISFIT = 0.1  # what a task counts that works on other data
_FEWEST = 3  # words of a message that can be guessed at
_FREE = 2  # telling words in it that say nothing else
_QUOTED = 4  # telling words that a guess is explained with
_OF_TOOLS = frozenset({"existing_stack", "considering", "avoid", "migrating_from"})
Outline = tuple[list[str], list[tuple[int, int]]]


class Weighed(NamedTuple):
    """What a message seems to be about: the task that is told and its share, or else those that it may be."""

    told: Span | None = None
    share: float = 0.0
    likely: tuple[str, ...] = ()
    shares: Mapping[str, float] = MappingProxyType({})

    def is_stray(self, task: str) -> bool:
        """Whether words that name the task rather say something else."""
        return self.told is not None and self.shares.get(task, 0.0) < _STRAY


def weigh(
    reading: Reading,
    lexicon: Lexicon,
    spans: Sequence[Span],
    amounts: Sequence[Amount],
    stated: Sequence[Stated],
    mentions: Sequence[Mention],
) -> Weighed:
    """The likeliest task, with the words that speak for it; the few likeliest when none is sure.

    What the message says about its data rules out the tasks that work on none of it.
    """
    lines = outlines(reading, spans, amounts)
    taken = {position for span in spans for position in range(span.first, span.last)}
    places = [(word, place[0]) for words, where in lines for word, place in zip(words, where, strict=True)]
    free = sum(word not in lexicon.stopwords and word != AMOUNT and at not in taken for word, at in places)
    if free < _FREE or len(places) < _FEWEST:
        return Weighed()
    found = features([words for words, _ in lines], stated, mentions, lexicon)
    modalities = {str(fact.value) for fact in stated if fact.slot == "modality" and not fact.negated}
    shares = _fitting(lexicon.tasks.shares(found), lexicon, modalities)
    task, share = shares[0]
    if task != NOTHING and share >= SURE:
        first, last = _because(lines, task, lexicon)
        span = Span(first, last, Entry("value", task, "task"), lexicon.title("task", task))
        return Weighed(span, share, (), dict(shares))
    described = [(task, share) for task, share in shares if task != NOTHING]
    least = described[0][1] * _NEAR
    likely = [task for task, share in described if share >= least] if described[0][1] >= CLOSE else []
    return Weighed(likely=tuple(likely[:_OFFERED]))


def _fitting(shares: Sequence[tuple[str, float]], lexicon: Lexicon, modalities: set[str]) -> list[tuple[str, float]]:
    """The shares where tasks that do not work on what the data is said to be count little, and tasks that tell where a
    model runs give way to one that tells what it does."""
    works_on, beside = lexicon.guessing.works_on, lexicon.guessing.beside
    doubted = {task for task, fits in works_on.items() if modalities and modalities.isdisjoint(fits)}
    weighed = [(task, share * _MISFIT if task in doubted else share) for task, share in shares]
    total = sum(share for _, share in weighed)
    ranked = sorted(((task, share / total) for task, share in weighed), key=lambda pair: -pair[1])
    other = next(((task, share) for task, share in ranked if task not in (*beside, NOTHING)), ranked[0])
    if ranked[0][0] in beside and other[1] >= CLOSE:
        return [(other[0], ranked[0][1]), *((task, share) for task, share in ranked[1:] if task != other[0])]
    return ranked


def outlines(reading: Reading, spans: Sequence[Span], amounts: Sequence[Amount]) -> list[Outline]:
    """The sentences as words with tools and amounts abstracted, and where each word stands."""
    kept = {span.first: (span.last, TOOL) for span in spans if span.is_tool}
    kept |= {amount.first: (amount.last, AMOUNT) for amount in amounts if amount.first not in kept}
    found: list[Outline] = []
    position = 0
    while position < len(reading.tokens):
        token = reading.tokens[position]
        if not position or token.gap == SENTENCE:
            found.append(([], []))
        last, word = kept.get(position, (position + 1, AMOUNT if token.word[0].isdigit() else token.fold))
        found[-1][0].append(word)
        found[-1][1].append((position, last))
        position = last
    return found


def features(
    sentences: Iterable[Sequence[str]], stated: Iterable[Stated], mentions: Iterable[Mention], lexicon: Lexicon
) -> dict[str, float]:
    """What the model looks at, with how much it counts: words, their stems and kinds, what was heard by name, and what
    the tools that are named are for."""
    found = {"": 1.0}  # it is there in all, and learns how common a task is
    for words in sentences:
        for word in words:
            if word not in found:
                found.update(_about(word, lexicon))
    for fact in stated:
        if fact.slot not in _OF_TOOLS:
            said = fact.value if isinstance(fact.value, str) else fact.value.op
            found[f"{'not ' if fact.negated else ''}{fact.slot}:{said}"] = 1.0
    for mention in mentions:
        tool = lexicon.knowledge.tools[mention.tool]
        found[f"tool:{tool.id}"] = 1.0
        for task in tool.tasks:
            found[f"for:{task}"] = max(found.get(f"for:{task}", 0.0), 1 / sqrt(len(tool.tasks)))
        found |= {f"as:{role}": 1.0 for role in tool.roles}
    return found


def _about(word: str, lexicon: Lexicon) -> dict[str, float]:
    found = {word: 1.0}
    for stem in _STEMS:
        if len(word) > stem:
            found[word[:stem] + "*"] = 1.0
    if word not in lexicon.stopwords:
        found.update(dict.fromkeys(("=" + kind for kind in kinds(word)), _KIND))
    return found


def _because(lines: Sequence[Outline], task: str, lexicon: Lexicon) -> tuple[int, int]:
    """From the first to the last of the few words that speak most for a task, in the sentence where they speak most."""
    best: tuple[float, int, int] | None = None
    for words, places in lines:
        spoken = sorted((-lexicon.tasks.speaks_for(task, _about(word, lexicon)), at) for at, word in enumerate(words))
        telling = [(worth, at) for worth, at in spoken[:_QUOTED] if worth < 0] or spoken[:1]
        worth = -sum(worth for worth, _ in telling)
        if best is None or worth > best[0]:
            at = [at for _, at in telling]
            best = worth, places[min(at)][0], places[max(at)][1]
    return best[1:] if best else (0, 1)
