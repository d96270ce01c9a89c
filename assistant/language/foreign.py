"""Tells messages that are about something else than machine learning."""

from __future__ import annotations

from assistant.language.lexicon import Lexicon
from assistant.language.scene import Guess, Scene
from assistant.language.tokens import Token

LIKELY = 0.3
_CONVERSATION = frozenset(["why", "why_not", "how_sure", "what_would_change", "why_ask", "sources", "caveats"])

# How much a fact of a slot shows that the message is about a machine-learning project; a quarter of it if weakly said.
_EVIDENCE = {
    **dict.fromkeys(("hardware", "language", "labels", "modality", "vram_bytes", "ram_bytes", "model_parameters"), 2.0),
    **dict.fromkeys(("task", "data_rows", "data_bytes", "throughput_per_second"), 2.5),
    **dict.fromkeys(("training", "licence", "fits_in_memory", "latency_seconds", "users", "team_size", "special"), 1.5),
    **dict.fromkeys(("domain", "stage", "skill", "os", "deployment", "privacy", "budget"), 0.5),
}
_NEEDS_DOMAIN = frozenset(
    {
        "recommend", "compare", "alternatives", "about", "capability", "status", "licence", "migrate", "what_about",
        "what_if", "caveats", "why_not", "plan", "export", "retract", "correct",
    }
)  # fmt: skip


def foreign(scene: Scene, lexicon: Lexicon, best: Guess) -> bool:
    """Whether the message is about something else than machine learning: its telling words are mostly strange ones."""
    if scene.mentions or scene.strangers:
        return False
    evidence = sum(_EVIDENCE.get(fact.slot, 0.0) / (4 if fact.start in scene.weak else 1) for fact in scene.facts)
    strange = 0
    telling = [fact for fact in scene.facts if fact.slot in _EVIDENCE]
    said = {position for fact in telling for position in range(fact.start, fact.end)}
    homely = 0.5 * len(scene.reading.of("slot"))
    for token in scene.reading.tokens:
        if token.fold in lexicon.domain:
            homely += 1
        elif token.start not in said and _is_strange(token, lexicon):
            strange += 1
    if best.act == "out_of_scope" and evidence <= 2:
        return best.score >= LIKELY or strange > 0
    if best.act == "inform":
        return not _in_talk(scene) and strange > max(1.0, 3 * (evidence + homely))
    if not best.because and not evidence + homely and strange > 1:
        return True  # nothing but a likeness speaks for the act
    if best.act in _NEEDS_DOMAIN:
        borne = 2.0 if _in_talk(scene) and _points(scene, lexicon) else 0.0  # "what is it good at?"
        return strange >= max(1.0, 2 * (evidence + homely)) + borne
    if best.act not in _CONVERSATION or _in_talk(scene):
        return False
    borne = 1.0 if scene.context.act else 0.0  # nothing was said yet that could be asked back about
    return strange > max(borne, 2 * (evidence + homely))


def _in_talk(scene: Scene) -> bool:
    """Whether tools or a list are in focus: then a message is likelier to be about them."""
    return bool(scene.context.tools or scene.context.listed)


def _points(scene: Scene, lexicon: Lexicon) -> bool:
    """Whether a word points at what was named or shown last."""
    rules = lexicon.answers
    return any(t.word in ("it", "its", *rules.they, *rules.several, *rules.pairs) for t in scene.reading.tokens)


def _is_strange(token: Token, lexicon: Lexicon) -> bool:
    return not (
        token.fold in lexicon.stopwords
        or token.word in lexicon.stopwords
        or token.fold in lexicon.cues.words
        or token.word[0].isdigit()
    )
