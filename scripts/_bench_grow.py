"""Knowledge of any size for measurements, in the shape of the shipped one and the same in every run.

Knowledge grows by fields: each further field is a copy of the shipped records with tasks, kinds of data, special needs
and tools of its own, while deployment, hardware, team, licence and the like are shared, as they would be. What the
shipped rules say of every project, a copy says of projects in its field. Tools of roles that are alike in every field
(such as experiment tracking) are not copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from assistant.knowledge.facts import Fact
from assistant.knowledge.model import (
    All,
    Any,
    Argue,
    Caveat,
    Claim,
    Condition,
    Conflict,
    Exclude,
    Infer,
    Is,
    Knowledge,
    Must,
    Need,
    Nothing,
    Refused,
    Role,
    Rule,
    Slot,
    Step,
    Tool,
    Value,
)

FIELD = "field"
OWN = ("task", "modality", "special")  # slots whose values each field has for itself
_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru")

_T = TypeVar("_T")
replace = msgspec.structs.replace


def of_rules(shipped: Knowledge, rules: int) -> Knowledge:
    """Knowledge of exactly `rules` rules: as many fields as that takes, evenly thinned out."""
    whole = of_fields(shipped, -(-rules // len(shipped.rules)))
    share = rules / len(whole.rules)
    return replace(
        whole,
        version=f"{whole.version}-{rules}",
        rules=tuple(_thinned(whole.rules, share)),
        tools={
            tool.id: replace(
                tool,
                strengths=tuple(_thinned(tool.strengths, share)),
                weaknesses=tuple(_thinned(tool.weaknesses, share)),
            )
            for tool in whole.tools.values()
        },
        caveats=tuple(_thinned(whole.caveats, share)),
        steps=tuple(_thinned(whole.steps, share)),
    )


def of_fields(shipped: Knowledge, fields: int) -> Knowledge:
    """The shipped knowledge and `fields` - 1 further fields like it."""
    copies = [_Copy(shipped, number) for number in range(1, fields)]
    if not copies:
        return shipped
    own = {slot: tuple(value for copy in copies for value in copy.values(shipped.slots[slot])) for slot in OWN}
    slots = {slot.id: replace(slot, values=(*slot.values, *own.get(slot.id, ()))) for slot in shipped.slots.values()}
    named = tuple(Value(id=copy.name, title=copy.word) for copy in copies)
    slots[FIELD] = Slot(
        id=FIELD,
        kind="single",
        title="Field",
        says="the field is {value}",
        says_not="the field is not {value}",
        values=named,
    )
    return replace(
        shipped,
        version=f"{shipped.version}-x{fields}",
        slots=slots,
        tools=shipped.tools | {tool.id: tool for copy in copies for tool in copy.tools()},
        rules=(*shipped.rules, *(rule for copy in copies for rule in copy.rules())),
        caveats=(*shipped.caveats, *(copy.advice(caveat) for copy in copies for caveat in shipped.caveats)),
        steps=(*shipped.steps, *(copy.advice(step) for copy in copies for step in shipped.steps)),
    )


def in_field(facts: Iterable[Fact], number: int) -> tuple[Fact, ...]:
    """The same project in another field (0: the shipped one)."""
    if not number:
        return tuple(facts)
    moved = [
        replace(fact, value=f"{fact.value}{_suffix(number)}")
        if fact.slot in OWN or fact.slot in ("existing_stack", "considering", "avoid", "migrating_from")
        else fact
        for fact in facts
    ]
    return (*moved, Fact(FIELD, _suffix(number).strip("-")))


def _suffix(number: int) -> str:
    return f"-f{number}"


def _thinned(records: Sequence[_T], share: float) -> Iterable[_T]:
    return (r for place, r in enumerate(records) if round((place + 1) * share) > round(place * share))


class _Copy:
    """One further field."""

    def __init__(self, shipped: Knowledge, number: int) -> None:
        self._shipped = shipped
        self._suffix = _suffix(number)
        self.name = self._suffix.strip("-")
        self.word = _SYLLABLES[number // 100 % 10] + _SYLLABLES[number // 10 % 10] + _SYLLABLES[number % 10]
        self._field = Is(slot=FIELD, value=self.name)
        self._tools = {
            tool.id for tool in shipped.tools.values() if any(map(self._particular, map(self._role, tool.roles)))
        }
        self._tasks = tuple(value.id + self._suffix for value in shipped.slots["task"].values)

    def values(self, slot: Slot) -> tuple[Value, ...]:
        return tuple(
            Value(
                id=v.id + self._suffix, title=f"{v.title} {self.word}", say=tuple(f"{say} {self.word}" for say in v.say)
            )
            for v in slot.values
        )

    def tools(self) -> Iterable[Tool]:
        return (self._tool(tool) for tool in self._shipped.tools.values() if tool.id in self._tools)

    def rules(self) -> Iterable[Rule]:
        for rule in self._shipped.rules:
            when, effect = self._when(rule.when), rule.effect
            match effect:
                case Infer(facts=facts):
                    effect = replace(effect, facts=tuple((slot, self._value(slot, value)) for slot, value in facts))
                case Argue(tools=tools) | Exclude(tools=tools):
                    effect = replace(effect, tools=self._named(tools))
                case Need() | Conflict():
                    pass
            yield replace(rule, id=rule.id + self._suffix, when=when or self._field, effect=effect)

    def advice(self, record: Caveat | Step) -> Caveat | Step:
        about = tuple(tool + self._suffix if tool in self._tools else tool for tool in record.about)
        when = self._when(record.when) or (None if record.about else self._field)
        return replace(record, id=record.id + self._suffix, when=when, about=about)

    def _tool(self, tool: Tool) -> Tool:
        return replace(
            tool,
            id=tool.id + self._suffix,
            name=f"{tool.name} {self.word}",
            say=tuple(f"{say} {self.word}" for say in tool.say),
            roles=tuple(role for role in tool.roles if self._particular(self._role(role))),
            tasks=tuple(task + self._suffix for task in tool.tasks) or self._tasks,
            modalities=tuple(modality + self._suffix for modality in tool.modalities),
            strengths=tuple(map(self._claim, tool.strengths)),
            weaknesses=tuple(map(self._claim, tool.weaknesses)),
            works_with=self._named(tool.works_with),
            replaces=(),
            superseded_by=(),
            implies={s: tuple(self._value(s, value) for value in values) for s, values in tool.implies.items()},
        )

    def _claim(self, claim: Claim) -> Claim:
        when = None if claim.when is None else self._when(claim.when)
        return replace(claim, id=claim.id + self._suffix, when=when)

    def _when(self, when: Condition | None) -> Condition | None:
        """The condition in this field's terms; one that could hold in every field asks for this one."""
        if when is None:
            return None
        return self._moved(when) if self._bound(when) else All(parts=(self._field, self._moved(when)))

    def _bound(self, when: Condition) -> bool:
        """Whether `when` can only hold where something of a field's own does."""
        match when:
            case All(parts=parts):
                return any(map(self._bound, parts))
            case Any(parts=parts):
                return all(map(self._bound, parts))
            case Is(slot=slot, value=value) | Refused(slot=slot, value=value) | Must(slot=slot, value=value):
                return self._value(slot, value) != value
        return False

    def _moved(self, when: Condition) -> Condition:
        match when:
            case All(parts=parts) | Any(parts=parts) | Nothing(parts=parts):
                return replace(when, parts=tuple(map(self._moved, parts)))
            case Is(slot=slot, value=value) | Refused(slot=slot, value=value) | Must(slot=slot, value=value):
                return replace(when, value=self._value(slot, value))
        return when

    def _value(self, slot: str, value: str) -> str:
        known = self._shipped.slots.get(slot)  # None: what inference adds, such as the tools that were chosen
        own = slot in OWN or (value in self._tools and (known is None or known.kind == "tools"))
        return value + self._suffix if own else value

    def _named(self, tools: Iterable[str]) -> tuple[str, ...]:
        return tuple(tool + self._suffix for tool in tools if tool in self._tools)

    def _role(self, role: str) -> Role:
        return self._shipped.roles[role]

    def _particular(self, role: Role) -> bool:
        return any(match.slot == "task" for match in role.matches)
