"""Questions that one opening gives away ("why ...?", "how sure ...?"): what they name is asked about, and never stated."""

from __future__ import annotations

import re

import msgspec

from assistant.language.model import Act, Utterance

_ONE_SENTENCE = r"(?:(?:but|and|so|ok|okay|then)[ ,]+)*{}[^.!?;:\n]*[.!? \n]*"
_WHY = re.compile(_ONE_SENTENCE.format(r"why (?!not\b|no\b|don't\b|do not\b|ask\b)"), re.IGNORECASE)
_HOW_SURE = re.compile(
    _ONE_SENTENCE.format(r"how (?:sure|certain|confident) (?:are|is)(?: you| that| this| it)?\b"), re.IGNORECASE
)
_OPENING = re.compile(
    r"\W*(?:\w+ )*?how (?:sure|certain|confident) (?:are|is)(?: you)?(?: that| about| of)*(?: it is)?\b", re.IGNORECASE
)
_ADVICE = re.compile(r"\b(caveat|warning|step)s?\b", re.IGNORECASE)

_NO_QUESTION = frozenset(
    (
        "inform",
        "recommend",
        "answer",
        "correct",
        "retract",
        "what_if",
        "what_about",
        "about",
        "not_understood",
        "out_of_scope",
    )
)
"""What such a question may be taken for, because of what it names."""


def plainly_asked(utterance: Utterance) -> Utterance:
    """The utterance as the act that its opening tells, where its other words only made it look like another."""
    text = utterance.text.strip()
    acts = {act.act for act in utterance.acts}
    if _HOW_SURE.fullmatch(text):
        opening = _OPENING.match(utterance.text)
        begin = opening.end() if opening else 0
        facts = tuple(fact for fact in utterance.facts if fact.start >= begin)
        return _as("how_sure", msgspec.structs.replace(utterance, facts=facts))
    if not _WHY.fullmatch(text) or not (acts <= _NO_QUESTION | {"why"}):
        return utterance
    if about_advice(text):  # what a caveat is about need be no tool
        utterance = msgspec.structs.replace(utterance, unknown=(), not_understood=())
    elif acts == {"why"} or not (utterance.facts or utterance.mentions):
        return utterance
    return _as("why", utterance)


def about_advice(text: str) -> bool:
    """Whether a question is about a caveat or a step, by their names."""
    return _ADVICE.search(text) is not None


def _as(act: str, utterance: Utterance) -> Utterance:
    named = tuple(dict.fromkeys(mention.tool for mention in utterance.mentions))
    facts = tuple(fact for fact in utterance.facts if fact.value not in named)
    return msgspec.structs.replace(
        utterance, acts=(Act(act, tools=named, because=utterance.text.strip()),), facts=facts, readings=()
    )
