"""What a question in plain words is about: a fact, a caveat, a step, a role, a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from assistant.dialogue.blocks import Block, Lines, Node, Proof
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.wording import Wording
from assistant.knowledge.model import Knowledge
from assistant.language.model import Act, Utterance
from assistant.reasoning.model import Advice, Conclusion

_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STEM = 5  # letters that two forms of a word share
_KINDS = {"caveat": "caveat", "warning": "caveat", "warn": "caveat", "step": "step", "plan": "step"}
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_CARDINALS = "one two three four five six seven eight nine ten eleven twelve".split()
_BEFORE_IT = re.compile(
    rf"\b({'|'.join(_ORDINALS)}|\d+(?=st|nd|rd|th))(?:st|nd|rd|th)? (?:\w+ )?(?:caveat|warning|step)"
)
_BEHIND_IT = re.compile(rf"\b(?:caveat|warning|step)s? (?:number |no\.? ?|nr\.? ?|#)?#?(\d+|{'|'.join(_CARDINALS)})\b")


def role_in(text: str, knowledge: Knowledge) -> str | None:
    """The role that the text names by its title or another word for it."""
    found = _role_said(text, knowledge)
    return found[0] if found else None


def _role_said(text: str, knowledge: Knowledge) -> tuple[str, int, int] | None:
    """A role that the text names, and where the longest words for one stand."""
    said = text.lower()
    best: tuple[str, int, int] | None = None
    for role in knowledge.roles.values():
        for words in (role.title.lower(), *role.say):
            found = re.search(rf"(?<![\w-]){re.escape(words)}s?(?![\w-])", said)
            if found and (best is None or len(found[0]) > best[2] - best[1]):
                best = role.id, *found.span()
    return best


_ABOUT_A_ROLE = frozenset(
    (
        "recommend",
        "inform",
        "what_if",
        "what_about",
        "about",
        "alternatives",
        "compare",
        "out_of_scope",
        "not_understood",
    )
)
"""What a question about a role ("and for serving?") may be taken for."""


def role_asked(utterance: Utterance, conclusion: Conclusion, knowledge: Knowledge) -> Utterance:
    """The utterance as a request for the choice of a role, where it asks about one and says nothing else of the project.

    The words for it state the task too ("which tracker?"). That is new only where nothing fills the role yet.
    """
    found = _role_said(utterance.text, knowledge) if conclusion.stack else None
    asks = utterance.text.rstrip().endswith("?") or utterance.has("recommend")
    if found is None or not asks or utterance.mentions or utterance.unknown:
        return utterance
    role, start, end = found
    if not _within(utterance, start, end) or not {act.act for act in utterance.acts} <= _ABOUT_A_ROLE:
        return utterance
    act = Act("recommend", argument=role, because=utterance.text[start:end])
    facts = () if conclusion.choice(role) else utterance.facts
    return msgspec.structs.replace(utterance, acts=(act,), facts=facts, not_understood=(), readings=())


def deeper(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The claims that an explanation rests on, for "why that?": its sentences, else the next steps of its proof."""
    lines = [line.ref for block in blocks if isinstance(block, Lines) for line in block.lines if line.ref]
    below = [node.ref for block in blocks if isinstance(block, Proof) for node in _below(block.root) if node.ref]
    return tuple(dict.fromkeys(lines or below))


def _below(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _below(child)


def claim_in(utterance: Utterance, conclusion: Conclusion, wording: Wording, tools: tuple[str, ...]) -> str | None:
    """The claim that a "why ...?" asks about, as a `ref`; None if it names none, or a tool and nothing else."""
    text = utterance.text.lower()
    score = _score(text, conclusion, tools)
    if score is not None:
        return score
    if tools:
        return None
    kind = next((kind for word, kind in _KINDS.items() if re.search(rf"\b{word}", text)), None)
    advice = [a for a in (*conclusion.caveats, *conclusion.plan) if kind in (None, a.kind)]
    placed = _place(text) if kind else None
    if kind and placed is not None:
        return f"{kind}/{advice[placed].id if placed < len(advice) and advice else placed + 1}"
    if not kind and (named := _role_named(utterance, conclusion, wording.knowledge)):
        return named
    stated = {(fact.slot, fact.value) for fact in utterance.facts}
    fact = next((fact for fact in conclusion.facts if (fact.slot, fact.value) in stated), None)
    if fact is not None and kind is None:
        return fact_ref(fact)
    meant = _alike(text, advice, enough=0.0 if kind else 1.0)
    if meant is not None:
        return f"{meant.kind}/{meant.id}"
    if kind:  # of all of them, if it says nothing more
        return f"{kind}/{advice[0].id if advice and not any(_stems(text)) else ''}"
    return None


def _place(text: str) -> int | None:
    """The place in a list, from 0, that the text tells of a caveat or a step; -1 for the last one."""
    found = _BEFORE_IT.search(text) or _BEHIND_IT.search(text)
    if found is None:
        return None
    said = found[1]
    if said in _ORDINALS:
        return _ORDINALS[said]
    return max(0, (int(said) if said.isdigit() else _CARDINALS.index(said) + 1) - 1)


def _score(text: str, conclusion: Conclusion, tools: tuple[str, ...]) -> str | None:
    """The tool whose score the text tells ("why 9.5 points?")."""
    if not re.search(r"\b(points?|scores?)\b", text):
        return None
    said = {float(number) for number in _NUMBER.findall(text)}
    for choice in conclusion.stack:
        for ranked in choice.ranking:
            if ranked.score in said and (not tools or ranked.tool in tools):
                return f"tool/{choice.role}/{ranked.tool}"
    return None


def _role_named(utterance: Utterance, conclusion: Conclusion, knowledge: Knowledge) -> str | None:
    """The role of the stack that a "why ...?" is about, or its first choice ("why that vector store?")."""
    found = _role_said(utterance.text, knowledge)
    choice = conclusion.choice(found[0]) if found else None
    if found is None or choice is None or not _within(utterance, *found[1:]):
        return None
    points = re.search(r"\b(this|that|the|your)\s+$", utterance.text[: found[1]].lower())
    return f"tool/{choice.role}/{choice.ranking[0].tool}" if points else f"role/{choice.role}"


def _within(utterance: Utterance, start: int, end: int) -> bool:
    """Whether all that the message states is the task that the words for a role tell."""
    return all(fact.slot == "task" and fact.start < end and start < fact.end for fact in utterance.facts)


def _alike(text: str, advice: Iterable[Advice], *, enough: float) -> Advice | None:
    """The advice that shares most words with the text, each worth the less the more advice has it; None if too few."""
    known = [(item, set(_stems(f"{item.id} {item.text} {item.advice}"))) for item in advice]
    asked = set(_stems(text))
    often = {stem: sum(stem in stems for _, stems in known) for stem in asked}
    best: tuple[float, Advice] | None = None
    for item, stems in known:
        shared = asked & stems
        worth = sum(1.0 / often[stem] for stem in sorted(shared))
        if shared and worth >= enough and (best is None or worth > best[0]):
            best = worth, item
    return best[1] if best else None


def _stems(text: str) -> Iterator[str]:
    return (
        word[:_STEM]
        for word in _WORD.findall(text.lower().replace("_", " "))
        if len(word) >= _STEM - 1 and word not in _EMPTY
    )


_EMPTY = frozenset(
    "about should would could there their these those what when where which with without that this does have need needs "
    "caveat caveats warning warnings step steps plan first second third fourth fifth last build think assume your yours "
    "they them then than because reason matter matters important model models".split()
)
