"""Acts with their arguments, and what the message as a whole adds to those of its sentences."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assistant.language.arguments import act as act_of
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act, Stated
from assistant.language.scene import Guess, Scene
from assistant.language.view import TOOL, Sentence

_HELD = ("existing_stack", "avoid")
TOOL_SLOTS = frozenset({"considering", "existing_stack", "migrating_from", "avoid"})


def complete(scene: Scene, lexicon: Lexicon, chosen: Sequence[Guess]) -> tuple[list[Act], list[Act]]:
    """Acts with their arguments, and what a description of a project adds to them."""
    acts = [act_of(scene, lexicon, guess) for guess in chosen if guess.act != "inform"]
    names = {act.act for act in acts}
    if names & {"out_of_scope"}:
        return acts[:1], []
    if not names & _SPECIFIC:
        acts.extend(between_tools(scene, lexicon, names))
        names = {act.act for act in acts}
    if _has_all(scene, acts) and not any(_weighs(scene, lexicon, sentence, True) for sentence in scene.sentences):
        acts = [act for act in acts if act.act != "compare"]
        names = {act.act for act in acts}
    if "why_not" in names and "why" not in names and not (scene.context.tools or scene.context.listed):
        asked = next(act for act in acts if act.act == "why_not")
        acts.insert(acts.index(asked) + 1, msgspec.structs.replace(asked, act="why", confidence=0.5))
    hypothetical = names & {"what_if", "retract", "correct"}
    project = any(fact.slot in ("task", "modality") for fact in scene.facts)
    plain = [fact for fact in scene.facts if fact.slot != "considering"]
    informs = any(guess.act == "inform" for guess in chosen)
    named = {position for m in scene.mentions for position in range(m.start, m.end)}
    own = [f for f in plain if f.slot in _HELD or not named.issuperset(range(f.start, f.end))]
    only_asked = _only_asked(scene, names, plain)
    tells = informs or not names or (len(own) > 1 and not only_asked) or len(scene.sentences) > 1
    if not hypothetical and (plain or informs) and tells:
        acts.append(Act("inform", facts=tuple(plain)))
    told = {f.slot for f in plain if f.slot not in TOOL_SLOTS and not named.issuperset(range(f.start, f.end))}
    described = "task" in told or len(told) > (1 if project else 2)
    if (
        described
        and not hypothetical
        and not only_asked
        and "recommend" not in names
        and not names & {"why", "why_not", "status", "licence"}
    ):
        acts.append(Act("recommend", 0.6))
    if not acts:
        acts.append(Act("inform", facts=tuple(scene.facts)) if scene.facts else refusal(scene, "not_understood", 0.0))
    return acts, []


# What a question about a tool may ask of it; facts in other slots describe the project that asks.
_OFFERED = frozenset({"task", "modality", "language", "deployment", "os", "hardware"})
_ASKED_OF = {
    "capability": _OFFERED,
    "what_about": _OFFERED,
    "licence": frozenset({"licence", "stage", "deployment"}),
    **dict.fromkeys(
        ("how_sure", "what_would_change", "caveats", "sources", "plan"), frozenset({"task"})
    ),  # "... about serving?"
}


def _only_asked(scene: Scene, names: set[str], facts: Sequence[Stated]) -> bool:
    """Whether the message is one question about a tool or the advice, and all facts in it belong to what is asked."""
    if len(scene.sentences) != 1 or not scene.sentences[0].asks or not names:
        return False
    asked = frozenset[str]().union(*(_ASKED_OF.get(name, ()) for name in names))
    return names <= _ASKED_OF.keys() and all(fact.slot in asked for fact in facts)


def _has_all(scene: Scene, acts: Sequence[Act]) -> bool:
    """Whether every tool that would be compared is in use already ("we have X and Y, which Z fits?")."""
    had = {mention.tool for mention in scene.mentions if mention.role == "existing_stack"}
    compared = {tool for act in acts if act.act == "compare" for tool in act.tools}
    return bool(compared) and compared <= had


# Beside these a question with several tools in it is not one about their differences too.
_SPECIFIC = frozenset(
    {"compare", "alternatives", "why", "why_not", "licence", "migrate", "what_if", "correct", "retract", "out_of_scope"}
)
_VAGUE = frozenset({"recommend", "what_about", "about", "status", "inform"})
_LEFT = frozenset({"migrating_from", "avoid"})


def between_tools(scene: Scene, lexicon: Lexicon, names: set[str]) -> list[Act]:
    """What a question does by the tools around it: which of several is better, or what comes after one that is left."""
    asking = [sentence for sentence in scene.sentences if sentence.asks or _opens_with_a_choice(sentence, lexicon)]
    tools = {mention.tool for mention in scene.mentions}
    if not asking or not tools:
        return []
    named = [sentence for sentence in asking if TOOL in sentence.folds()]
    roles = {mention.tool: mention.role for mention in scene.mentions}
    left = {tool for tool, role in roles.items() if role in _LEFT}
    if len(tools) > 1 and len(left) < len(tools):
        compares = any(_weighs(scene, lexicon, sentence, sentence in named) for sentence in asking)
        had = left or "existing_stack" in roles.values()
        if compares or (named and had and names <= _VAGUE):
            return [Act("compare", 0.5, tuple(roles), because=_words(scene, (named or asking)[0]))]
    if left and left == tools and not names - _VAGUE - (set() if named else {"capability"}):
        return [Act("alternatives", 0.5, tuple(sorted(left)), because=_words(scene, asking[0]))]
    return []


def _opens_with_a_choice(sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether it begins "X or Y": a question, with its mark or without."""
    folds = sentence.folds()[1:4]  # after the mark of the beginning
    return len(folds) == 3 and folds[0] == folds[2] == TOOL and folds[1] in lexicon.comparing


def _weighs(scene: Scene, lexicon: Lexicon, sentence: Sentence, names: bool) -> bool:
    """Whether a question has a word that weighs one thing against another; "or" alone only beside a name."""
    words = {token.fold for token in scene.reading.tokens[sentence.first : sentence.last]}
    return not lexicon.comparing.isdisjoint(words if names else words - {"or"})


def _words(scene: Scene, sentence: Sentence) -> str:
    return scene.reading.words(sentence.first, sentence.last)


def refusal(scene: Scene, act: str, confidence: float) -> Act:
    return Act(act, round(min(1.0, max(0.0, confidence)), 2), because=scene.reading.text.strip()[:80])
