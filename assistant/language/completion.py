"""Acts with their arguments, and what the message as a whole adds to those of its sentences."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assistant.language.arguments import act as act_of
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act
from assistant.language.scene import Guess, Scene

_TOOL_SLOTS = frozenset({"considering", "existing_stack", "migrating_from", "avoid"})


def complete(scene: Scene, lexicon: Lexicon, chosen: Sequence[Guess]) -> tuple[list[Act], list[Act]]:
    """Acts with their arguments, and what a description of a project adds to them."""
    acts = [act_of(scene, lexicon, guess) for guess in chosen if guess.act != "inform"]
    names = {act.act for act in acts}
    if names & {"out_of_scope"}:
        return acts[:1], []
    if "why_not" in names and "why" not in names and not (scene.context.tools or scene.context.listed):
        asked = next(act for act in acts if act.act == "why_not")
        acts.insert(acts.index(asked) + 1, msgspec.structs.replace(asked, act="why", confidence=0.5))
    hypothetical = names & {"what_if", "retract", "correct"}
    project = any(fact.slot in ("task", "modality") for fact in scene.facts)
    plain = [fact for fact in scene.facts if fact.slot != "considering"]
    informs = any(guess.act == "inform" for guess in chosen)
    if not hypothetical and (plain or informs) and (informs or not names or len(plain) > 1 or len(scene.sentences) > 1):
        acts.append(Act("inform", facts=tuple(plain)))
    told = {fact.slot for fact in plain if fact.slot not in _TOOL_SLOTS}
    described = len(told) > (1 if project else 2)
    if (
        described
        and not hypothetical
        and "recommend" not in names
        and not names & {"why", "why_not", "status", "licence"}
    ):
        acts.append(Act("recommend", 0.6))
    if not acts:
        acts.append(Act("inform", facts=tuple(scene.facts)) if scene.facts else refusal(scene, "not_understood", 0.0))
    return acts, []


def refusal(scene: Scene, act: str, confidence: float) -> Act:
    return Act(act, round(min(1.0, max(0.0, confidence)), 2), because=scene.reading.text.strip()[:80])
