"""How facts, amounts and records read: the words of the domain, never slot names."""

from __future__ import annotations

from assistant.dialogue.blocks import UNOPENED, Citation
from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import JUDGEMENT, SHIPPED, Knowledge
from assistant.reasoning.model import Atom

_BYTES = ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB"), (1, "bytes"))
_SECONDS = ((3600, "hours"), (60, "minutes"), (1, "seconds"), (1e-3, "ms"), (1e-6, "microseconds"))
_DAYS = ((365, "years"), (30, "months"), (7, "weeks"), (1, "days"))
_ONE = {"people": "person", "rows": "example"}
_MANY = {"rows": "examples"}  # rows, images, documents: whatever is counted
_BIG = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def amount(value: float, unit: str) -> str:
    """`value` base units as people write it: `40,000 examples`, `80 ms`, `24 GB`, `8 billion parameters`."""
    if unit == "bytes":
        return _scaled(value, _BYTES)
    if unit == "seconds":
        return _scaled(value, _SECONDS)
    if unit == "days":
        return _scaled(value, _DAYS, whole=True)
    noun = _ONE.get(unit, unit) if value == 1 else _MANY.get(unit, unit)
    if value >= 1e6:
        size, word = next((size, word) for size, word in _BIG if value >= size)
        return f"{value / size:g} {word} {noun}".strip()
    return f"{value:,.10g} {noun}".strip()


def _scaled(value: float, units: tuple[tuple[float, str], ...], *, whole: bool = False) -> str:
    for size, word in units:
        scaled = value / size
        if scaled >= 1 and (not whole or abs(scaled - round(scaled)) < 1e-9):
            word = word[:-1] if f"{scaled:g}" == "1" and word.endswith("s") and len(word) > 2 else word
            return f"{scaled:.4g} {word}"
    return f"{value / units[-1][0]:.4g} {units[-1][1]}"


def quantity(q: Quantity, unit: str) -> str:
    """An amount with its bound: `at least 10,000 examples`, `between 5 GB and 10 GB`, `about 300 people`."""
    if q.op == "in" and q.high is not None:
        return f"between {amount(q.value, unit)} and {amount(q.high, unit)}"
    lead = {"<": "less than ", "<=": "at most ", ">": "more than ", ">=": "at least "}.get(
        q.op, "about " if q.about else ""
    )
    return lead + amount(q.value, unit)


class Wording:
    """Words for everything in one knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._titles = {(slot.id, value.id): value.title for slot in knowledge.slots.values() for value in slot.values}

    def value(self, slot: str, value: str | Quantity) -> str:
        """A value's title, a tool's name, or an amount with unit; free words stay as they are."""
        record = self.knowledge.slots.get(slot)
        if isinstance(value, Quantity):
            return quantity(value, record.unit if record else "")
        if value in self.knowledge.tools and (record is None or record.kind == "tools"):
            return self.knowledge.tools[value].name
        return self._titles.get((slot, value), value)

    def written(self, slot: str, value: str | Quantity) -> str:
        """A value as one would type it behind `/set`: `Android`, `40000`, `<= 0.3`."""
        if not isinstance(value, Quantity):
            return self.value(slot, value)
        if value.op == "in":
            return f"{value.value:.15g}..{value.high:.15g}"
        return f"{value.value:.15g}" if value.op == "=" else f"{value.op} {value.value:.15g}"

    def says(self, slot: str, value: str | Quantity, *, negated: bool = False) -> str:
        """A fact as a clause: `it runs on Android`."""
        record = self.knowledge.slots.get(slot)
        if record is None:
            return f"{slot.replace('_', ' ')}: {'not ' if negated else ''}{value if isinstance(value, str) else ''}"
        return self.saying(slot, self.value(slot, value), negated=negated)

    def saying(self, slot: str, value: str, *, negated: bool = False) -> str:
        """A fact as a clause, its value in words already."""
        record = self.knowledge.slots[slot]
        return (record.says_not if negated else record.says).replace("{value}", value)

    def fact(self, fact: Fact) -> str:
        """A fact as a clause, its softness included."""
        said = self.says(fact.slot, fact.value, negated=fact.negated)
        return f"ideally, {said}" if fact.strength == "soft" and fact.origin in ("stated", "assumed") else said

    def atom(self, atom: Atom) -> str:
        """What an atom of a proof says."""
        predicate, value = atom
        if predicate.startswith("!"):
            return self.says(predicate[1:], value, negated=True)
        if predicate.startswith("must:"):
            return f"{self.says(predicate[5:], value)}, and that is a must"
        if predicate.startswith("known:"):
            return f"what you said tells {self.slot(predicate[6:])}"
        if predicate in ("chosen", "in_play"):
            return f"{self.tool(value)} is {'chosen' if predicate == 'chosen' else 'chosen or named'}"
        record = self.knowledge.slots.get(predicate)
        if record is not None and record.kind == "quantity":
            return record.says.replace("{value}", self.threshold(value, record.unit))
        return self.says(predicate, value)

    def threshold(self, test: str, unit: str) -> str:
        """`>=10000` as `at least 10,000 examples`."""
        for sign, words in (("<=", "at most"), (">=", "at least"), ("<", "less than"), (">", "more than")):
            if test.startswith(sign):
                return f"{words} {amount(float(test[len(sign) :]), unit)}"
        return test

    def slot(self, slot: str) -> str:
        record = self.knowledge.slots.get(slot)
        return record.topic or f"the {within(record.title)}" if record else slot.replace("_", " ")

    def slot_title(self, slot: str) -> str:
        record = self.knowledge.slots.get(slot)
        return record.title if record else slot.replace("_", " ")

    def tool(self, tool: str) -> str:
        record = self.knowledge.tools.get(tool)
        return record.name if record else tool

    def role(self, role: str) -> str:
        record = self.knowledge.roles.get(role)
        return record.title if record else role

    def as_role(self, role: str) -> str:
        """The role inside a sentence: `high-level API`."""
        return within(self.role(role))

    def cite(self, source: str, verified: str, layer: str = SHIPPED) -> tuple[Citation, ...]:
        """The citation of a claim (none if the source is unknown).

        It says when the claim is a judgement of ours, and when it comes from another layer than the shipped one.
        """
        record = self.knowledge.sources.get(source.removeprefix(JUDGEMENT))
        if record is None and source != JUDGEMENT:
            return ()
        title, url = (record.title, record.url) if record else ("", "")
        if source.startswith(JUDGEMENT):
            title = f"Our judgement, from: {title}" if title else "Our judgement"
        if layer != SHIPPED:
            title += f" (from the layer “{layer}”)"
        return (Citation(source, title, url, verified or UNOPENED, layer),)


def listed(words: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def sentence(clause: str) -> str:
    """A clause as a sentence: capital first, full stop last. A name with capitals of its own keeps them (vLLM)."""
    clause = clause.strip()
    if not clause:
        return ""
    own = clause.split()[0] != clause.split()[0].lower()
    text = clause if own else clause[0].upper() + clause[1:]
    return text if text[-1] in ".?!…:" else text + "."


def points(value: float) -> str:
    """`+2`, `-1.5` with a real sign; `0` without one."""
    return f"{value:+g}" if value else "0"


def within(title: str) -> str:
    """A title inside a sentence: small letters but for abbreviations (`high-level API`)."""
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in title.split(" "))
