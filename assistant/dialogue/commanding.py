"""Slash commands into utterances, so that everything a person can do is a message in the log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from assistant.dialogue.commands import as_act, nearest, parse
from assistant.dialogue.pointing import role_in
from assistant.knowledge.conditions import ConditionError, amount, bounds
from assistant.knowledge.facts import Quantity
from assistant.knowledge.model import Knowledge, Slot
from assistant.language.model import Act, Context, Stated, Unknown, Utterance
from assistant.language.understand import understand

if TYPE_CHECKING:
    from assistant.dialogue.conversation import Conversation


_NAME = re.compile(r"[^\s,;/]{2,60}")
_JOINING = frozenset(("and", "or", "vs", "versus", "with", "to", "from", "the", "all"))
_MOST = 3  # names without a record that are told


def command_utterance(text: str, conversation: Conversation) -> Utterance | None:
    """What a message that starts with a slash asks for; None when it is no command."""
    if not text.lstrip().startswith("/") or text.lstrip().startswith("//"):
        return None
    found = parse(text)
    if found is None:
        near = [f"/{name}" for name in nearest(text)]
        word = text.strip().split()[0][:40]
        if len(word) < 2 or "/" in word[1:]:
            return None
        return Utterance(text=text, acts=(Act("bad_command", argument=f"{word}|{', '.join(near)}"),))
    command, rest = found
    start = text.index(rest) if rest else len(text)
    if command.name in ("set", "not", "drop"):
        return _fact_command(command.name, rest, text, start, conversation)
    meant = understand(rest, conversation.advisor.lexicon, Context()) if rest else Utterance(text="")
    tools = tuple(dict.fromkeys([*_ids(rest, conversation), *(mention.tool for mention in meant.mentions)]))
    act = as_act(command, rest, tools)
    facts: tuple[Stated, ...] = ()
    if command.name == "whatif":
        facts = tuple(_shifted(fact, start) for fact in meant.facts)
        slots = tuple(slot for a in meant.acts for slot in a.slots)
        act = msgspec.structs.replace(act, facts=facts, slots=slots)
    takes_names = "TOOL" in command.hint and "/" not in rest and role_in(rest, conversation.advisor.knowledge) is None
    unknown = _unrecorded(text, start, meant, conversation) if takes_names else ()
    return Utterance(text=text, acts=(act,), facts=facts, unknown=unknown or (() if tools else meant.unknown))


def _ids(rest: str, conversation: Conversation) -> list[str]:
    tools = conversation.advisor.knowledge.tools
    return [word for word in rest.replace(",", " ").lower().split() if word in tools]


def _unrecorded(text: str, start: int, meant: Utterance, conversation: Conversation) -> tuple[Unknown, ...]:
    """The words behind a command about tools that name none, each with the tools whose names come near."""
    from difflib import get_close_matches

    tools = conversation.advisor.knowledge.tools
    heard = [(start + mention.start, start + mention.end) for mention in meant.mentions]
    names = {name.lower(): tool.id for tool in tools.values() for name in (tool.id, tool.name)}
    found: list[Unknown] = []
    for match in _NAME.finditer(text, start):
        word, place = match.group().lower(), match.span()
        if word in tools or word in _JOINING or any(a < place[1] and place[0] < b for a, b in heard):
            continue
        near = get_close_matches(word, names, n=2, cutoff=0.7)
        found.append(Unknown(match.group(), *place, tuple(dict.fromkeys(names[name] for name in near))))
    return tuple(found[:_MOST])


def _shifted(fact: Stated, by: int) -> Stated:
    return msgspec.structs.replace(fact, start=fact.start + by, end=fact.end + by)


def _fact_command(name: str, rest: str, text: str, start: int, conversation: Conversation) -> Utterance:
    slots = conversation.advisor.knowledge.slots
    slot, value = _slot_and_value(rest, slots.values())
    if slot is None:
        known = ", ".join(sorted(slot.title for slot in slots.values()))
        return _refused(text, f"I know nothing called “{rest}” that could be set. There are: {known}.")
    end = len(text.rstrip())
    start = end - len(value)
    if name == "drop":
        return Utterance(text=text, acts=(_retraction(slot, value, start, end, conversation),))
    try:
        parsed = value_of(slot, value, conversation.advisor.knowledge)
    except ConditionError as error:
        expected = f" Expected {error.expected}." if error.expected else ""
        return _refused(text, f"{error}.{expected}")
    stated = Stated(slot.id, parsed, start, end, negated=name == "not")
    return Utterance(text=text, acts=(Act("inform", because=f"/{name}"),), facts=(stated,))


def _slot_and_value(rest: str, slots: Iterable[Slot]) -> tuple[Slot | None, str]:
    """The slot that `rest` begins with, by its title or its id, and what follows."""
    said = f"{rest} ".lower()
    names = [(name, slot) for slot in slots for name in (slot.title, slot.id) if said.startswith(f"{name.lower()} ")]
    name, slot = max(names, key=lambda found: len(found[0]), default=("", None))
    return slot, rest[len(name) :].strip()


def _retraction(slot: Slot, value: str, start: int, end: int, conversation: Conversation) -> Act:
    if not value:
        return Act("retract", slots=(slot.id,))
    named = value.lstrip("!").lower()
    words = conversation.wording
    held = [fact for fact in conversation.state.facts if fact.slot == slot.id]
    facts = [f for f in held if named in (f.key()[1].lower(), words.written(slot.id, f.value).lower())]
    return Act("retract", facts=tuple(Stated(f.slot, f.value, start, end, f.negated) for f in facts))


def value_of(slot: Slot, text: str, knowledge: Knowledge) -> str | Quantity:
    """The value that `text` names for the slot, by its title or its id. Raises ConditionError."""
    titles = {value.id: value.title for value in slot.values}
    if slot.kind == "tools":
        titles |= {tool.id: tool.name for tool in knowledge.tools.values()}
    expected = ", ".join(titles.values()) if len(titles) < 60 else "a value by its name, such as in “/facts”"
    if not text:
        raise ConditionError(f"{slot.title} needs a value", expected)
    if slot.kind == "quantity":
        if text[0] in "<>=" or ".." in text:
            tests = bounds(text, slot.unit)
            if len(tests) == 2:
                return Quantity(tests[0][1], "in", tests[1][1])
            return Quantity(tests[0][1], tests[0][0])
        return Quantity(amount(text, slot.unit))
    if slot.kind == "text":
        return text
    value = next((id for id, title in titles.items() if text.lower() in (id, title.lower())), None)
    if value is None:
        raise ConditionError(f"“{text[:40]}” is no value of {slot.title.lower()}", expected)
    return value


def _refused(text: str, why: str) -> Utterance:
    return Utterance(text=text, acts=(Act("refused", argument=why),))
