"""What an act is about: tools, facts, slots, free words."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.answers import other_place
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act, Stated
from assistant.language.scene import Guess, Scene
from assistant.language.tokens import NONE
from assistant.language.view import TOOL, Sentence

# Acts about tools or about advice on them: without a tool of their own they are about those in focus.
_IN_FOCUS = frozenset(
    {
        "about", "status", "licence", "capability", "migrate", "what_about", "why", "why_not", "how_sure",
        "what_would_change", "why_ask", "sources", "caveats", "compare", "alternatives",
    }
)  # fmt: skip

_LONG = 60  # words of a sentence looked at


def act(scene: Scene, lexicon: Lexicon, guess: Guess) -> Act:
    """The act with what it is about: tools, facts, slots, free words."""
    sentence = guess.sentence
    start, end = _extent(scene, sentence)
    confidence = round(min(1.0, guess.score), 2)
    because = guess.because or _telling(scene, lexicon, guess) or scene.reading.text[start:end]
    if guess.act in ("troubleshooting", "shopping", "doing"):
        return Act("out_of_scope", confidence, argument=guess.act, because=because)
    tools = tuple(dict.fromkeys(m.tool for m in scene.mentions if start <= m.start < end))
    strange = scene.strangers and TOOL in sentence.folds()  # then it is about that, not about what is in focus
    if not tools and guess.act in _IN_FOCUS and not strange:
        tools = tuple(dict.fromkeys(m.tool for m in scene.mentions)) or _in_focus(scene, lexicon, guess.act)
    elif guess.act == "compare" and len(tools) < 2 and not strange:
        others = [m.tool for m in scene.mentions if m.tool not in tools] or list(_beside(scene, lexicon, tools))
        tools = (*tools, *(t for t in dict.fromkeys(others) if t not in tools))
    if guess.act == "migrate":
        tools = tuple(m.tool for m in scene.mentions if m.role == "migrating_from" and m.tool in tools) or tools
    if guess.act == "compare":
        refused = {m.tool for m in scene.mentions if m.role == "avoid"}
        rivals = _before_purpose(scene, sentence) or tools
        weighed = tuple(tool for tool in tools if tool not in refused and tool in rivals)
        tools = weighed if len(weighed) > 1 else tools
    facts: tuple[Stated, ...] = ()
    slots: tuple[str, ...] = ()
    if guess.act in ("what_if", "correct", "retract"):
        named = [fact for fact in scene.facts if start <= fact.start < end]
        facts = tuple(fact for fact in named if fact.slot != "considering" or guess.act == "retract")
    if guess.act in ("retract", "what_if", "correct", "why_ask"):
        slots = _slots(scene, sentence, facts)
    argument = ""
    if guess.act == "export":
        argument = form_of(scene, lexicon)
    elif guess.act == "capability":
        argument = scene.reading.text[start:end].strip()
    return Act(guess.act, confidence, tools, facts, slots, argument, because)


def _telling(scene: Scene, lexicon: Lexicon, guess: Guess) -> str:
    """The words by which the weights took the sentence for the act, as they stand in the message."""
    words = guess.sentence.words
    place = lexicon.ranking.telling(guess.act, [token.fold for token in words[:_LONG]])
    return scene.reading.text[words[place[0]].start : words[place[1] - 1].end] if place else ""


def _before_purpose(scene: Scene, sentence: Sentence) -> tuple[str, ...]:
    """The tools that stand before the purpose for which they are compared ("X or Y for a Z model"), if there are two."""
    tokens = scene.reading.tokens
    for number in range(sentence.first, sentence.last):
        if tokens[number].word == "for":
            before = [m.tool for m in scene.mentions if tokens[sentence.first].start <= m.start < tokens[number].start]
            if len(set(before)) > 1:
                return tuple(dict.fromkeys(before))
    return ()


def _extent(scene: Scene, sentence: Sentence) -> tuple[int, int]:
    tokens = scene.reading.tokens
    if sentence.last <= sentence.first or not tokens:
        return 0, len(scene.reading.text)
    return tokens[sentence.first].start, tokens[sentence.last - 1].end


def _in_focus(scene: Scene, lexicon: Lexicon, act: str) -> tuple[str, ...]:
    """The tools that pronouns and positions stand for ("it", "both", "the second one")."""
    context, rules = scene.context, lexicon.answers
    listed = context.listed or context.tools
    pointed = _pointed(scene, lexicon, len(listed))
    if pointed is not None:
        return tuple(listed[place] for place in pointed)
    several = context.act in ("compare", "alternatives") or act == "compare" or len(listed) == 2
    if several and any(token.word in (*rules.they, *rules.several) for token in scene.reading.tokens):
        return listed[:2]
    if act == "compare":
        return tuple(dict.fromkeys(context.tools if len(context.tools) > 1 else context.listed))[:3]
    return context.tools[:1] or context.listed[:1]


def _beside(scene: Scene, lexicon: Lexicon, tools: tuple[str, ...]) -> tuple[str, ...]:
    """What a single named tool is compared with: the one in focus, or those that "them" and the like stand for."""
    rules = lexicon.answers
    plural = any(token.word in (*rules.they, *rules.several) for token in scene.reading.tokens)
    if plural or not tools:
        return _in_focus(scene, lexicon, "compare")
    return tuple(tool for tool in (*scene.context.tools, *scene.context.listed) if tool not in tools)[:1]


def _pointed(scene: Scene, lexicon: Lexicon, count: int) -> tuple[int, ...] | None:
    """The places in the list shown last that words within a longer message point to ("is the first one alive?").

    None when nothing points there; no place when there is no such one.
    """
    rules, tokens = lexicon.answers, scene.reading.tokens
    found: dict[int, None] = {}
    points = False
    other = other_place(scene.context)
    for number, token in enumerate(tokens):
        word = token.word
        after = tokens[number + 1].word if number + 1 < len(tokens) and tokens[number + 1].gap == NONE else ""
        if word == "other" and other and (not after or after in rules.pointing):
            points = True
            found.update(dict.fromkeys(other))
        elif word == "both" or (word in rules.several and number and tokens[number - 1].word in _RUNS):
            points = True
            back = number > 0 and tokens[number - 1].word == "last"
            length = min(rules.several[word], count)
            found.update(dict.fromkeys(range(count - length, count) if back else range(length)))
        elif word in rules.pairs:
            points = True
            found.update({rules.ordinals[word]: None} if rules.ordinals[word] < count else {})
        elif word in rules.ordinals and (not after or after in rules.pointing) and after not in rules.several:
            points = True
            place = rules.ordinals[word]
            found.update({place % count: None} if -count <= place < count else {})
    return tuple(found) if points else None


_RUNS = ("first", "last", "top", "these", "those", "the")


def _slots(scene: Scene, sentence: Sentence, facts: Sequence[Stated]) -> tuple[str, ...]:
    """The slots that are named as such ("forget the licence"), where no value of theirs is."""
    said = {fact.slot for fact in facts}
    places = [(fact.start, fact.end) for fact in facts]
    found: dict[str, None] = {}
    for hit in scene.reading.of("slot"):
        start, end = scene.reading.place(hit.first, hit.last)
        inside = any(s <= start and end <= e and e - s > end - start for s, e in places)
        if sentence.first <= hit.first < sentence.last and hit.payload.slot not in said and not inside:
            found[hit.payload.slot] = None
    return tuple(found)


def form_of(scene: Scene, lexicon: Lexicon) -> str:
    """The export format that is named, or nothing."""
    for token in scene.reading.tokens:
        if token.fold in lexicon.formats:
            return lexicon.formats[token.fold]
    return ""
