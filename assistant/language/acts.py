"""What a message does: a set of acts, from closed patterns first, then from cues and weights, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.language.arguments import act as act_of
from assistant.language.completion import between_tools, complete, refusal
from assistant.language.exact import SHORT, set_phrases
from assistant.language.foreign import LIKELY, foreign
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act, Context
from assistant.language.scene import Guess, Scene
from assistant.language.view import SLOT, TOOL, Sentence

# Acts that only a whole message can be: inside a longer one the same words mean something else.
WHOLE = frozenset(
    {
        "undo", "redo", "reset", "help", "greet", "thanks", "goodbye", "skip", "dont_know", "show_facts", "plan", "export",
        "why_ask", "how_sure", "retract",
    }
)  # fmt: skip
# Acts that throw something away: never on a guess.
DESTRUCTIVE = frozenset({"undo", "redo", "reset"})
REFUSED = frozenset({"out_of_scope", "troubleshooting", "shopping", "doing"})

# Acts that change what was said, or have their own words: never on the weights alone.
_CUED_ONLY = frozenset({"correct", "migrate", "retract", "what_if", "what_would_change", "export", *DESTRUCTIVE})
_SMALL_TALK = frozenset({"greet", "thanks", "goodbye"})
# What a sentence may do, besides saying facts, when nothing but a likeness speaks for it.
_NO_PROJECT = REFUSED | {"what_if"}
_A_PROJECT = 3  # slots that a message speaks of, from which on it describes a project
_TOLD = frozenset({"inform", "recommend", "out_of_scope"})
_PLAIN = _TOLD | {"compare", "alternatives"}
# Questions about a tool: a sentence that describes a project and asks nothing is none of them.
_QUESTIONS = frozenset({"capability", "what_about", "about", "status", "licence", "what_if", "what_would_change"})

_TAKES_BACK = frozenset({"correct", "retract"})

_AFTER = 3  # words behind what a command is about ("drop the licence rule again")
_COMMAND = 12  # words, with both ends
_SURE = 0.5
_FAINT = 0.03
_MOST = 40  # sentences looked at on either end of a long paste
_LONG = 60  # words of a sentence looked at


def recognise(scene: Scene, lexicon: Lexicon) -> tuple[list[Act], list[Act]]:
    """The acts of the message, main one first, and, when nothing is certain, the likeliest readings."""
    exact = set_phrases(scene, lexicon)
    if exact:
        return exact, []
    looked = list(scene.sentences)
    if len(looked) > 2 * _MOST:
        looked = looked[:_MOST] + looked[-_MOST:]
    guesses = [guess for sentence in looked for guess in _guesses(scene, sentence, lexicon, len(looked))]
    return _assemble(scene, lexicon, guesses)


# --- one sentence --------------------------------------------------------------------------------------


def _guesses(scene: Scene, sentence: Sentence, lexicon: Lexicon, count: int) -> list[Guess]:
    """What a sentence may do, likeliest first."""
    folds = sentence.folds()[:_LONG]
    if folds[1:3] == ["what", "if"] and scene.context != Context():  # never more than a supposition, then
        return [Guess("what_if", 1.0, "what if", sentence)]
    trust = 1.0 if len(folds) <= SHORT + 2 else 0.6  # the weights were learnt from short sentences
    scores = {act: share * trust for act, share in lexicon.ranking.rank(folds)}
    cued: dict[str, str] = {}
    short = count == 1 and len(folds) <= SHORT + 2
    for match in lexicon.cues.find(folds):
        words = [w for w in sentence.words[match.first : match.last] if w.end > w.start]
        if words:
            cued[match.act] = scene.reading.text[words[0].start : words[-1].end]
        bonus = min(match.weight, 5) * (0.13 if short else 0.16) + (
            _extra(scene) if match.act == "troubleshooting" else 0.0
        )
        scores[match.act] = scores.get(match.act, 0.0) + bonus
    if not short:
        scores = {act: score for act, score in scores.items() if act not in WHOLE or (act in cued and len(folds) < 8)}
    if "troubleshooting" not in cued and len(scene.facts) > 1:
        scores["troubleshooting"] = scores.get("troubleshooting", 0.0) - 0.4  # requirements, not complaints
    elif not sentence.asks and any(f.slot == "task" and f.start not in scene.weak for f in scene.facts):
        scores["troubleshooting"] = scores.get("troubleshooting", 0.0) - 0.4
    if "troubleshooting" in cued and not scene.mentions:
        for act in ("compare", "recommend", "capability", "about"):
            scores[act] = scores.get(act, 0.0) - 0.5
    if short and cued.keys() - {"inform", "recommend"} and "inform" in scores:
        scores["inform"] -= 0.35  # who asks or corrects says facts too, but that is not the point
    described = _describes(scene, sentence)
    plain = _PLAIN if sentence.asks else _TOLD
    for act in list(scores):
        if act not in cued and (act in _CUED_ONLY or (described and act not in plain)):
            del scores[act]
        elif described and not sentence.asks and act in _QUESTIONS and not _supposes(act, folds):
            scores[act] -= 0.3 if scene.context.act or act != "what_if" else 1.0
    holds = _Holds(
        folds.count(TOOL),
        any(word[0] == "{" and word != TOOL and not word.startswith(SLOT) for word in folds),
        any(word.startswith(SLOT) for word in folds),
    )
    for act in list(scores):
        scores[act] += _fit(act, scene, sentence, folds, holds, short)
    ordered = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Guess(act, score, cued.get(act, ""), sentence) for act, score in ordered if score > _FAINT]


_ARTICLES = frozenset({"the", "our", "my", "a", "an"})


def _says_more(sentence: Sentence, folds: Sequence[str]) -> bool:
    """Whether words stand behind the last fact, name or slot that a command could be about ("clear images of the belt")."""
    marks = [number for number, fold in enumerate(folds) if fold[0] == "{"]
    if not marks or marks[0] == 1 or folds[1] in _ARTICLES:  # what is told of comes first ("latency does not matter")
        return False
    return len(folds) - 2 - marks[-1] > _AFTER


def _describes(scene: Scene, sentence: Sentence) -> bool:
    """Whether the sentence tells of a project, in words that mean nothing else, and asks about no tool."""
    if sentence.asks and TOOL in sentence.folds():
        return False
    tokens = scene.reading.tokens
    start, end = tokens[sentence.first].start, tokens[sentence.last - 1].end
    return any(
        start <= fact.start < end and fact.slot != "considering" and fact.start not in scene.weak
        for fact in scene.facts
    )


def _supposes(act: str, folds: Sequence[str]) -> bool:
    """Whether the sentence supposes ("what if ...", "suppose ..."), and does not only begin "with ..."."""
    return act in ("what_if", "what_would_change") and folds[1] not in _BESIDE


_BESIDE = frozenset({"with", "without", "on"})


def _extra(scene: Scene) -> float:
    """Words of trouble count for more than words of advice, the more so where no tool is named."""
    return 0.45 if scene.mentions else 0.6


class _Holds(NamedTuple):
    """What stands in a sentence: how many tools, whether facts, whether names of slots."""

    tools: int
    facts: bool
    slots: bool


def _fit(act: str, scene: Scene, sentence: Sentence, folds: Sequence[str], holds: _Holds, short: bool) -> float:
    """How well what stands in the sentence suits an act; a demand that is not met counts against it."""
    tools, facts, slots = holds
    focus = bool(scene.context.tools or scene.context.listed)
    if act == "compare" and not sentence.asks and {mention.role for mention in scene.mentions} == {"avoid"}:
        return -1.0  # "not X" and "neither X nor Y" refuse
    if act == "compare" and tools < 2 and not focus and len(scene.mentions) < 2 and "or" not in folds:
        return -0.25
    if act == "retract" and (len(folds) > _COMMAND or len(scene.facts) > 2 or _says_more(sentence, folds)):
        return -2.0  # a long sentence describes; taking something back is short, and about nothing else
    if (
        act in ("about", "status", "licence", "what_about", "migrate")
        and not tools
        and not focus
        and not scene.mentions
    ):
        return -0.3
    if act == "capability" and not tools and not focus and not scene.mentions and len(scene.facts) > 1:
        return -0.3  # a project that asks what it needs asks about no tool
    if act == "what_about" and len(folds) == 3 and tools and scene.reading.tokens[sentence.first].fold == "and":
        return 0.5
    if act == "about" and len(folds) == 3 and tools and scene.reading.tokens[sentence.first].fold != "and":
        return 0.4
    if act == "what_if" and sentence.asks and facts and short and len(folds) <= 5 and not tools and folds[1] != "{s}":
        return 0.5
    if act == "capability" and "you" in folds[2:4]:
        return -0.5  # "what would you add" asks for advice, not what a tool can do
    if act == "inform" and (sentence.asks or not (facts or tools)):
        return -0.4
    if act in ("correct", "what_if") and not facts and not tools and not slots:
        return -0.15
    if act == "retract" and not facts and not tools and not slots:
        return -0.4
    if act == "out_of_scope" and (tools or facts or any(fact.slot == "task" for fact in scene.facts)):
        return -0.6
    if act in _NO_PROJECT and not sentence.asks and len({fact.slot for fact in scene.facts}) >= _A_PROJECT:
        return -0.4  # a project that mentions what is broken is still a project
    return 0.0


# --- the message as a whole -----------------------------------------------------------------------------


def _assemble(scene: Scene, lexicon: Lexicon, guesses: Sequence[Guess]) -> tuple[list[Act], list[Act]]:
    by_sentence: dict[int, list[Guess]] = {}
    for guess in guesses:
        by_sentence.setdefault(guess.sentence.first, []).append(guess)
    if not by_sentence and (not scene.facts or not scene.sentences or scene.sentences[0].asks):
        return [refusal(scene, "not_understood", 0.0)], []
    if not by_sentence:
        if foreign(scene, lexicon, Guess("inform", 0.0, "", scene.sentences[0])):
            return [refusal(scene, "out_of_scope", 0.5)], []
        return complete(scene, lexicon, [])
    if len(scene.sentences) == 1 and len(scene.sentences[0].words) <= SHORT + 2:
        return _single(scene, lexicon, next(iter(by_sentence.values())))
    return _several(scene, lexicon, list(by_sentence.values()))


def _single(scene: Scene, lexicon: Lexicon, ranked: Sequence[Guess]) -> tuple[list[Act], list[Act]]:
    if ranked[0].act == "inform":
        ranked = [*(g for g in ranked[1:3] if g.score >= _ASKED and g.act in _ASKABLE), *ranked]
    best = ranked[0]
    second = ranked[1] if len(ranked) > 1 else None
    if best.act != "what_if" and foreign(scene, lexicon, best):
        return [refusal(scene, "out_of_scope", min(1.0, best.score))], []
    if (
        best.act in DESTRUCTIVE
        or best.score < (_SURE if best.act in _SMALL_TALK else LIKELY)
        or (best.score < _SURE and second is not None and best.score - second.score < 0.06)
    ):
        tasked = any(fact.slot == "task" for fact in scene.facts)
        stated = any(fact.slot != "considering" for fact in scene.facts)
        told = stated and (tasked or not best.sentence.asks)
        if best.act not in DESTRUCTIVE and (told or between_tools(scene, lexicon, set())):
            return complete(scene, lexicon, [])
        return _unsure(scene, lexicon, ranked)
    acts = [best]
    for guess in ranked[1:5]:
        if guess.act == best.act or (guess.act == "inform" and best.act in _ASKABLE):
            continue
        together = guess.because and ((best.act, guess.act) in _TOGETHER or (guess.act, best.act) in _TOGETHER)
        if (guess.score >= 0.62 or (guess.score >= 0.3 and together)) and guess.act not in REFUSED:
            acts.append(guess)
    return complete(scene, lexicon, acts)


# Acts that may hide behind a description of the project, and how likely they must be then.
_ASKABLE = frozenset({"compare", "recommend", "alternatives", "capability", "status", "migrate", "licence"})
_ASKED = 0.4

# Acts that a question often is at once ("X or Y for a phone?" compares and asks for advice).
_TOGETHER = frozenset(
    {
        ("compare", "recommend"),
        ("compare", "why"),
        ("alternatives", "recommend"),
        ("alternatives", "compare"),
        ("alternatives", "migrate"),
        ("capability", "compare"),
        ("capability", "recommend"),
        ("status", "capability"),
        ("what_about", "compare"),
        ("what_about", "capability"),
        ("alternatives", "status"),
        ("compare", "migrate"),
        ("about", "compare"),
        ("about", "capability"),
    }
)


def _several(scene: Scene, lexicon: Lexicon, groups: Sequence[Sequence[Guess]]) -> tuple[list[Act], list[Act]]:
    kept: dict[str, Guess] = {}
    for ranked in groups:
        for guess in ranked[:3]:
            needed = 0.45 if guess.sentence.asks else 0.6
            better = guess.act not in kept or kept[guess.act].score < guess.score
            if guess.act in _TAKES_BACK and guess.sentence.first > 0 and not _drops(scene, lexicon, guess):
                continue  # what was said a sentence ago is not corrected in the same breath
            if guess.score >= needed and guess.act != "inform" and better:
                kept[guess.act] = guess
    if scene.mentions or scene.facts:
        kept.pop("out_of_scope", None)
    chosen = sorted(kept.values(), key=lambda guess: (not guess.sentence.asks, -guess.score, guess.act))[:4]
    if len(chosen) > 1:
        chosen = [guess for guess in chosen if guess.act not in REFUSED] or chosen[:1]
    if not chosen:
        best = max((group[0] for group in groups), key=lambda guess: guess.score)
        if foreign(scene, lexicon, best):
            return [refusal(scene, "out_of_scope", min(1.0, best.score))], []
        if not scene.facts and not scene.mentions:
            return _unsure(scene, lexicon, sorted((g for group in groups for g in group), key=lambda g: -g.score))
    return complete(scene, lexicon, chosen)


def _drops(scene: Scene, lexicon: Lexicon, guess: Guess) -> bool:
    """Whether a later sentence takes back something of before, and nothing that the message itself tells."""
    if guess.act != "retract" or not guess.because or scene.context.act is None:
        return False
    meant = act_of(scene, lexicon, guess)
    told = {fact.slot for fact in scene.facts if fact not in meant.facts}
    slots = {*meant.slots, *(fact.slot for fact in meant.facts)}
    return bool(slots) and not slots & told


def _unsure(scene: Scene, lexicon: Lexicon, ranked: Sequence[Guess]) -> tuple[list[Act], list[Act]]:
    readings: dict[str, Act] = {}
    for guess in ranked:
        if (
            guess.act not in REFUSED | _SMALL_TALK
            and guess.act not in readings
            and guess.score > (LIKELY if guess.act in DESTRUCTIVE else _FAINT)
        ):
            readings[guess.act] = act_of(scene, lexicon, guess)
    return [refusal(scene, "not_understood", ranked[0].score if ranked else 0.0)], list(readings.values())[:2]
