"""Read "and X?" as the last question, asked again of another tool or about another value."""

from __future__ import annotations

from assistant.language.answers import REPEATABLE
from assistant.language.lexicon import Lexicon
from assistant.language.model import AGAIN, Act
from assistant.language.scene import Scene

_JOINING = frozenset({"and", "or", "what", "how", "same"})


def again(scene: Scene, lexicon: Lexicon) -> Act | None:
    """The act that a whole message asks again; None when it is no ellipsis or nothing was asked before.

    "And Y?" after "is X maintained?" asks the same of Y, "and on a Mac?" after "does X run on Android?" the same of X, and
    after advice it supposes something.
    """
    context = scene.context
    if context.act is None or len(scene.sentences) != 1:
        return None
    sentence = scene.sentences[0]
    opens = scene.reading.tokens[sentence.first].word in _JOINING
    if not (sentence.asks or opens):
        return None
    folds = sentence.folds()
    kinds = {match.act for match in lexicon.ellipses.find(folds) if (match.first, match.last) == (1, len(folds))}
    said = scene.reading.text.strip()
    tools = tuple(dict.fromkeys(mention.tool for mention in scene.mentions))
    together = any(token.fold == "with" for token in scene.reading.tokens)
    if "tool" in kinds and tools and context.act == "capability" and together and context.tools:
        return Act("capability", tools=(context.tools[0], *tools), argument=said, because=said)
    either = len(tools) > 1 and any(token.fold == "or" for token in scene.reading.tokens)
    if either and context.act in ("why", "why_not"):  # "X or Y?" asks which, not why both
        return None
    if "tool" in kinds and tools and context.act in REPEATABLE:
        return Act(context.act, tools=tools, argument=AGAIN, because=said)
    facts = tuple(fact for fact in scene.facts if fact.slot != "considering")
    if "value" not in kinds or not facts or tools or (context.question == facts[0].slot and not opens):
        return None
    if context.act == "capability" and context.tools:
        return Act("capability", tools=context.tools[:1], facts=facts, argument=said, because=said)
    if sentence.asks and (context.tools or context.listed or context.act == "what_if"):
        return Act("what_if", facts=facts, because=said)
    return None
