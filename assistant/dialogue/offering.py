"""Readings of an unclear message, as proposals to choose from by number."""

from __future__ import annotations

from assistant.dialogue.blocks import Choices, Option
from assistant.dialogue.commands import COMMANDS
from assistant.dialogue.updating import as_fact
from assistant.dialogue.wording import Wording, listed
from assistant.knowledge.facts import Quantity
from assistant.language.model import Act, Utterance

_COMMANDS = {command.act: command for command in COMMANDS}


def option(reading: Act, utterance: Utterance, turn: int, wording: Wording) -> Option | None:
    """The command that does what the reading says, with words for it; None when no command does."""
    if reading.act == "inform":
        return _fact(reading, utterance, turn, wording)
    command = _COMMANDS.get(reading.act)
    if command is None:
        return None
    tools = [wording.tool(tool) for tool in reading.tools]
    title = command.title.partition(": ")[2]
    say = " ".join([f"/{command.name}", *reading.tools])
    return Option(say, f"{title}{' ' + listed(tools) if tools else ''}: {command.help}")


def to_settle(utterance: Utterance, turn: int, wording: Wording) -> Choices | None:
    """The two sides of the first contradiction of a message, to choose from by number."""
    if not utterance.contradictions:
        return None
    clash = utterance.contradictions[0]
    options = []
    for stated in (clash.first, clash.second):
        fact = as_fact(stated, utterance.text, turn)
        says = wording.fact(fact)
        command = f"/{'not' if fact.negated else 'set'} {fact.slot} {wording.written(fact.slot, fact.value)}"
        options.append(Option(command, says[:1].upper() + says[1:]))
    return Choices(text="Which one holds?", options=tuple(options))


def _fact(reading: Act, utterance: Utterance, turn: int, wording: Wording) -> Option | None:
    """The one amount that a reading states."""
    if len(reading.facts) != 1 or not isinstance(reading.facts[0].value, Quantity):
        return None
    amount = reading.facts[0].value.value
    fact = as_fact(reading.facts[0], utterance.text, turn)
    return Option(f"/set {fact.slot} {amount:g}", wording.fact(fact)[:1].upper() + wording.fact(fact)[1:])
