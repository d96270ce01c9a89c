"""The task of a project whose words no rule knows: a linear model over words and the kinds of thing they stand for.

Its weights are readable JSON, learnt from knowledge/phrases/projects.yaml. A guess is an assumption: it is shown with the
words that led to it, and whoever wrote them can take it back.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.entry import Entry
from assistant.language.kinds import kinds
from assistant.language.lexicon import Lexicon
from assistant.language.quantities import Amount
from assistant.language.reading import Reading, Span
from assistant.language.tokens import SENTENCE
from assistant.language.view import AMOUNT, TOOL

NOTHING = "none"
SURE = 0.4  # the share from which a guess is worth telling
_STEM = 5
_SHARE = 0.3  # what one kind counts beside one word
_FEWEST, _LONGEST = 3, 40  # words of a sentence that can be guessed at
_FREE = 2  # telling words in it that say nothing else
_QUOTED = 4  # telling words that a guess is explained with


def guess(
    reading: Reading, lexicon: Lexicon, spans: Sequence[Span], amounts: Sequence[Amount], modalities: frozenset[str]
) -> Span | None:
    """The likeliest task of the likeliest sentence, with the words that speak for it; None when none is likely.

    `modalities` is what the message says about its data: a task that works on none of it is out.
    """
    if any(span.is_tool for span in spans):
        return None  # who names tools talks about them; what such messages leave out is no task in other words
    best: tuple[float, Span] | None = None
    taken = {position for span in spans for position in range(span.first, span.last)}
    for words, places in outlines(reading, spans, amounts):
        free = sum(
            word not in lexicon.stopwords and word != AMOUNT and place[0] not in taken
            for word, place in zip(words, places, strict=True)
        )
        if free < _FREE or not _FEWEST <= len(words) <= _LONGEST:
            continue
        task, share = _fitting(lexicon.tasks.shares(features(words, lexicon)), lexicon, modalities)
        if task != NOTHING and share >= SURE and (best is None or share > best[0]):
            first, last = _because(words, places, task, lexicon)
            best = share, Span(first, last, Entry("value", task, "task"), lexicon.title("task", task))
    return None if best is None else best[1]


def _fitting(shares: Sequence[tuple[str, float]], lexicon: Lexicon, modalities: frozenset[str]) -> tuple[str, float]:
    """The likeliest task among those that work on what the data is said to be, with its share among them."""
    works_on = lexicon.works_on
    kept = [
        (task, share)
        for task, share in shares
        if not modalities or task not in works_on or not modalities.isdisjoint(works_on[task])
    ]
    return kept[0][0], kept[0][1] / sum(share for _, share in kept)


def outlines(
    reading: Reading, spans: Sequence[Span], amounts: Sequence[Amount]
) -> list[tuple[list[str], list[tuple[int, int]]]]:
    """The sentences as words with tools and amounts abstracted, and where each word stands."""
    kept = {span.first: (span.last, TOOL) for span in spans if span.is_tool}
    kept |= {amount.first: (amount.last, AMOUNT) for amount in amounts if amount.first not in kept}
    found: list[tuple[list[str], list[tuple[int, int]]]] = []
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


def features(words: Sequence[str], lexicon: Lexicon) -> dict[str, float]:
    """What the model looks at, with how much it counts: words, their stems and kinds. Small words have no kinds."""
    found = (
        {"": 1.0, "^" + words[0]: 1.0} if words else {"": 1.0}
    )  # the first is there in all, and learns how common a task is
    for word in words:
        found.update(_about(word, lexicon))
    return found


def _about(word: str, lexicon: Lexicon) -> dict[str, float]:
    found = {word: 1.0}
    if len(word) > _STEM:
        found[word[:_STEM] + "*"] = 1.0
    if word not in lexicon.stopwords:
        found.update(dict.fromkeys(("=" + kind for kind in kinds(word)), _SHARE))
    return found


def _because(words: Sequence[str], places: Sequence[tuple[int, int]], task: str, lexicon: Lexicon) -> tuple[int, int]:
    """From the first to the last of the few words that speak most for a task."""
    model = lexicon.tasks
    speaking = sorted(range(len(words)), key=lambda at: (-model.speaks_for(task, _about(words[at], lexicon)), at))
    telling = [at for at in speaking[:_QUOTED] if model.speaks_for(task, _about(words[at], lexicon)) > 0]
    chosen = telling or speaking[:1]
    return places[min(chosen)][0], places[max(chosen)][1]
