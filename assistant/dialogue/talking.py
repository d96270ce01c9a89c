"""The few fixed sentences, and small answers that need no reasoning."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.dialogue import advising
from assistant.dialogue.blocks import AnyBlock, Line, Lines, Text
from assistant.dialogue.commands import COMMANDS
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.model import Knowledge, Tool
from assistant.reasoning.model import Conclusion

GREETING = (
    "Hello. Tell me what you want to build: the task, the data, where it will run, and what matters. "
    "I will recommend a stack and show you why."
)
THANKS = (
    "You are welcome. Prove the choice with a small proof of concept this week; ask for the plan if you want its steps."
)
GOODBYE = "Goodbye. This conversation is kept; you can resume it any time."
SET_ANSWERS = {"thanks": THANKS, "goodbye": GOODBYE}
ROBUST = "I have no further question: no likely answer to what I could still ask would change a first choice."
NOTHING_ASKED = "No question is open. Tell me more about your project, or ask about a tool."
NOTHING_TO_EXPLAIN = "There is no advice yet that I could explain. Tell me about your project first."
NO_FACTS = "You have not told me anything about your project yet."
EXPORT = "You can save this conversation as Markdown, JSON, plain text, HTML or a decision record."
OUT_OF_SCOPE = (
    "That is not something I can help with. I help to choose machine-learning tools: frameworks, models, serving, "
    "tracking, deployment. Ask, for example, “which library for churn on 80,000 rows?”."
)
TROUBLE = (
    "That sounds like a problem in a running system, and finding bugs is another job than choosing tools: the project's "
    "own issue tracker and documentation will serve you better. I can compare the tools involved or name alternatives."
)
SHOPPING = (
    "Prices and offers change by the day, and I know none. Tell me the model and the data, and I can say which tools suit "
    "the hardware you have, or how little of it will do."
)
REFUSALS = {"troubleshooting": TROUBLE, "shopping": SHOPPING}
HELP = (
    "Describe your project in plain words, correct me any time, and ask about every claim. Everything runs on this "
    "machine, and the same words always get the same answer."
)
EXAMPLES = (
    "We have 80,000 customer records and want to predict churn on a laptop",
    "40k labelled photos, must run on Android offline, Apache or MIT only",
    "pytorch or jax for physics simulation on a TPU?",
    "why? - why not TensorFlow? - what if we had a GPU? - what would change your mind?",
    "is TorchServe still maintained? - may we sell a product with Ultralytics inside?",
    "actually we have 2,000 photos - forget the licence - undo - what have you understood?",
)


def help_blocks() -> Iterable[AnyBlock]:
    """What one can say and which commands there are."""
    yield Text(text=HELP)
    yield Lines(title="Things to say", lines=tuple(Line(text) for text in EXAMPLES))
    commands = tuple(Line(f"/{c.name} {c.hint}".rstrip() + f": {c.help}") for c in COMMANDS)
    yield Lines(title="Commands", lines=commands)


def nothing_yet(some_facts: bool) -> str:
    """Why there is no recommendation."""
    if some_facts:
        return "I cannot recommend a stack from that alone; it starts from what you want to do."
    return "Tell me what you want to build, and I will recommend a stack."


def nothing_to_forget(tools: list[str]) -> str:
    """Why nothing was forgotten; `tools` are the names that were to be."""
    if tools:
        return f"{listed(tools)} was not among your facts. Say “avoid {tools[0]}” to rule it out."
    return "There is no such fact to forget. Ask “what have you understood?” to see them all."


def not_understood(knowledge: Knowledge) -> str:
    """What to say when nothing in a message made sense."""
    count = len(knowledge.tools)
    return (
        "I did not understand that. I choose among "
        f"{count} machine-learning tools: tell me the task, the data and where it will run, or ask about a tool. "
        "“help” shows examples."
    )


def weaknesses(tool: Tool, knowledge: Knowledge, conclusion: Conclusion, wording: Wording) -> Iterable[AnyBlock]:
    """What to watch out for with one tool: what its record and the caveats about it say, this project's first."""
    here = advising.caveats([c for c in conclusion.caveats if tool.id in c.tools], wording, most=None)
    if here:
        yield here
    shown = {c.id for c in conclusion.caveats}
    general = [
        Line(f"{c.text}. {c.advice}" if c.advice else c.text, sources=wording.cite(c.source, c.verified, c.layer))
        for c in knowledge.caveats
        if tool.id in c.about and c.id not in shown
    ]
    general += [
        Line(claim.text, sources=wording.cite(claim.source, claim.verified, tool.layer)) for claim in tool.weaknesses
    ]
    if general:
        yield Lines(title=f"Watch out with {tool.name}", lines=tuple(general[:10]))
    elif not here:
        yield Text(text=f"I know of no particular caveat about {tool.name}.")
