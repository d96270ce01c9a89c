"""Questions that one opening gives away ("why ...?", "how sure ...?"): what they name is asked about, and never stated."""

from __future__ import annotations

import re

import msgspec

from assistant.knowledge.model import Claim, Knowledge, Tool
from assistant.language.model import Act, Utterance

_ONE_SENTENCE = r"(?:(?:but|and|so|ok|okay|then)[ ,]+)*{}(?:[^.!?;:\n]|\.(?=\w))*[.!? \n]*"
_WHY = re.compile(_ONE_SENTENCE.format(r"why (?!not\b|no\b|don't\b|do not\b|ask\b)"), re.IGNORECASE)
_HOW_SURE = re.compile(
    _ONE_SENTENCE.format(r"how (?:sure|certain|confident) (?:are|is)(?: you| that| this| it)?\b"), re.IGNORECASE
)
_OPENING = re.compile(
    r"\W*(?:\w+ )*?how (?:sure|certain|confident) (?:are|is)(?: you)?(?: that| about| of)*(?: it is)?\b", re.IGNORECASE
)
_ASKED_OF_TOOLS = frozenset(("hardware", "os", "deployment", "language"))
_SHORT = re.compile(r"\b[A-Z][A-Z0-9]+s?\b")
_SOURCES = re.compile(
    r"\W*(?:(?:what|which|show|give|list|name|the|your|are|is|me|us|any|all|please)\s+)*"
    r"(?:sources?|references?|citations?|evidence)\s+(?:for|of|on|about|behind)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\d\s+points?\b", re.IGNORECASE)
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
    if utterance.mentions and _SOURCES.match(text):
        return _as("sources", utterance)
    scored = {"capability", "how_sure"} if _POINTS.search(text) else set()
    if not _WHY.fullmatch(text) or not (acts <= _NO_QUESTION | {"why"} | scored):
        return utterance
    if about_advice(text):  # what a caveat is about need be no tool
        utterance = msgspec.structs.replace(utterance, unknown=(), not_understood=())
    elif acts == {"why"} or not (utterance.facts or utterance.mentions):
        return utterance
    return _as("why", utterance)


def known_in_records(utterance: Utterance, knowledge: Knowledge) -> Utterance:
    """The utterance without the unknown names that the record of the tool it asks about speaks of ("NPUs")."""
    if not utterance.has("capability") or not utterance.unknown:
        return utterance
    tools = [knowledge.tools[mention.tool] for mention in utterance.mentions]
    rest = tuple(name for name in utterance.unknown if not any(spoken_of(tool, name.text) for tool in tools))
    return msgspec.structs.replace(utterance, unknown=rest)


def named_values(utterance: Utterance, knowledge: Knowledge) -> list[tuple[str, str]]:
    """What a question about a tool names in words that alone could mean something else, and here cannot ("AMD")."""
    text, named = utterance.text, [(mention.start, mention.end) for mention in utterance.mentions]
    found: list[tuple[str, str]] = []
    for slot in (slot for slot in knowledge.slots.values() if slot.id in _ASKED_OF_TOOLS):
        for value in slot.values:
            places = (
                m for word in value.needs_context for m in re.finditer(rf"\b{re.escape(word)}s?\b", text, re.IGNORECASE)
            )
            if any(all(m.end() <= start or end <= m.start() for start, end in named) for m in places):
                found.append((slot.id, value.id))
    return found


def spoken_of(tool: Tool, text: str) -> tuple[Claim, ...]:
    """The claims about a tool that have one of the abbreviations in a text: `NPU`, said of one or several."""
    asked = {word.upper().removesuffix("S") for word in _SHORT.findall(text)}
    claims = (*tool.strengths, *tool.weaknesses)
    return tuple(c for c in claims if asked & {word.removesuffix("s") for word in _SHORT.findall(c.text)})


def about_advice(text: str) -> bool:
    """Whether a question is about a caveat or a step, by their names."""
    return _ADVICE.search(text) is not None


def _as(act: str, utterance: Utterance) -> Utterance:
    named = tuple(dict.fromkeys(mention.tool for mention in utterance.mentions))
    facts = tuple(fact for fact in utterance.facts if fact.value not in named)
    return msgspec.structs.replace(
        utterance, acts=(Act(act, tools=named, because=utterance.text.strip()),), facts=facts, readings=()
    )
