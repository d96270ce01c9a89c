"""The knowledge as the program uses it: immutable records, compiled from the YAML under `knowledge/`.

`schema.py` says what authors may write; `loading.py` turns that into these records and caches them.
Every record carries its claims' source ids and the day each was verified (ISO date; empty: its page was not opened).
The source of a claim that is our judgement has `JUDGEMENT` before the id of the source behind it, if there is one.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Pillar = str
Severity = Literal["critical", "serious", "note"]
JUDGEMENT = "judgement:"
SHIPPED = "shipped"  # the layer that comes with the product; others are laid over it


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all records. They are made once and hold no cycles, so the garbage collector need not know them."""


# --- what a rule may ask -----------------------------------------------------------------------------


class Is(Record, frozen=True, kw_only=True, tag="is"):
    """The fact `slot = value` is in force (stated, inferred or default)."""

    slot: str
    value: str


class Refused(Record, frozen=True, kw_only=True, tag="refused"):
    """The person said that `slot` is not `value` ("not on Kubernetes")."""

    slot: str
    value: str


class Must(Record, frozen=True, kw_only=True, tag="must"):
    """`slot = value` was stated as a hard requirement, not as a wish."""

    slot: str
    value: str


class Compare(Record, frozen=True, kw_only=True, tag="compare"):
    """Every amount that the words allow satisfies `amount op bound` (base units of the slot)."""

    slot: str
    op: Literal["<", "<=", ">", ">="]
    bound: float


class Known(Record, frozen=True, kw_only=True, tag="known"):
    """Something is known about `slot` that is not a mere default."""

    slot: str


class Unknown(Record, frozen=True, kw_only=True, tag="unknown"):
    """Nothing was said about `slot` and nothing follows about it. Unknown is not false."""

    slot: str


class All(Record, frozen=True, kw_only=True, tag="all"):
    parts: tuple[Condition, ...]


class Any(Record, frozen=True, kw_only=True, tag="any"):
    parts: tuple[Condition, ...]


class Nothing(Record, frozen=True, kw_only=True, tag="none"):
    """None of the parts holds, after everything that could derive them has run (stratified negation)."""

    parts: tuple[Condition, ...]


Condition = Is | Refused | Must | Compare | Known | Unknown | All | Any | Nothing


# --- vocabulary ----------------------------------------------------------------------------------------


class Value(Record, frozen=True, kw_only=True):
    id: str
    title: str
    say: tuple[str, ...] = ()
    needs_context: tuple[str, ...] = ()  # phrases of `say` that count only beside a fitting word


class Slot(Record, frozen=True, kw_only=True):
    """`says` is a sentence with `{value}`: how the fact reads ("it runs on {value}").

    `topic` is what the slot is about, in the middle of a sentence ("where it runs"); empty: the title with an article.
    """

    id: str
    kind: Literal["single", "set", "quantity", "tools", "text"]
    title: str
    says: str
    says_not: str
    topic: str = ""
    unit: str = ""
    values: tuple[Value, ...] = ()


class Match(Record, frozen=True, kw_only=True):
    """A tool is a candidate in a role only if its record fits the profile on this slot."""

    slot: str
    attribute: str
    mode: Literal["any", "all"] = "any"
    values: tuple[str, ...] = ()  # those that count; none stands for all
    points: float = 0.0


class Role(Record, frozen=True, kw_only=True):
    id: str
    title: str
    purpose: str
    say: tuple[str, ...] = ()  # other words for it
    leads: bool = False  # chosen first; the other roles fit in with it
    matches: tuple[Match, ...] = ()


class PillarRecord(Record, frozen=True, kw_only=True):
    id: str
    title: str
    priorities: tuple[str, ...] = ()  # values of the slot `priorities` that raise this pillar's weight


# --- claims, tools ---------------------------------------------------------------------------------------


class Source(Record, frozen=True, kw_only=True):
    id: str
    title: str
    url: str
    kind: str
    verified: str = ""


class Claim(Record, frozen=True, kw_only=True):
    """A strength or weakness of a tool: an argument wherever the tool is a candidate and `when` holds."""

    id: str
    text: str
    pillar: Pillar
    points: float
    source: str
    verified: str
    when: Condition | None = None
    roles: tuple[str, ...] = ()


class Licence(Record, frozen=True, kw_only=True):
    spdx: str
    kind: str
    note: str
    source: str
    verified: str


class Status(Record, frozen=True, kw_only=True):
    state: str
    evidence: str
    source: str
    verified: str


class Release(Record, frozen=True, kw_only=True):
    version: str
    date: str
    source: str
    verified: str


class Tool(Record, frozen=True, kw_only=True):
    id: str
    name: str
    summary: str
    home: str
    source: str
    verified: str
    licence: Licence
    status: Status
    release: Release | None = None
    repository: str = ""
    packages: dict[str, str] = {}
    say: tuple[str, ...] = ()
    needs_context: bool = False
    roles: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    scale: tuple[str, ...] = ()
    learning_curve: str = ""
    strengths: tuple[Claim, ...] = ()
    weaknesses: tuple[Claim, ...] = ()
    works_with: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    implies: dict[str, tuple[str, ...]] = {}
    layer: str = SHIPPED


# --- rules, caveats, questions, plans --------------------------------------------------------------------


class Infer(Record, frozen=True, kw_only=True, tag="infer"):
    """Derive facts. A default holds only while nothing else is known about the slot."""

    facts: tuple[tuple[str, str], ...]
    default: bool = False


class Need(Record, frozen=True, kw_only=True, tag="need"):
    roles: tuple[str, ...]


class Argue(Record, frozen=True, kw_only=True, tag="argue"):
    """Speak for (points > 0) or against (points < 0) tools; `of` names a tools slot instead of fixed tools."""

    points: float
    pillar: Pillar
    tools: tuple[str, ...] = ()
    of: str | None = None
    roles: tuple[str, ...] = ()


class Exclude(Record, frozen=True, kw_only=True, tag="exclude"):
    tools: tuple[str, ...] = ()
    of: str | None = None
    roles: tuple[str, ...] = ()


class Conflict(Record, frozen=True, kw_only=True, tag="conflict"):
    """Facts that cannot all be met."""


Effect = Infer | Need | Argue | Exclude | Conflict


class Rule(Record, frozen=True, kw_only=True):
    id: str
    when: Condition
    effect: Effect
    because: str
    source: str
    verified: str
    file: str = ""
    line: int = 0
    layer: str = SHIPPED


class Caveat(Record, frozen=True, kw_only=True):
    """Holds when `when` does and, if `about` names tools, one of them is in play (chosen or named)."""

    id: str
    severity: Severity
    text: str
    advice: str
    source: str
    verified: str
    when: Condition | None = None
    about: tuple[str, ...] = ()
    layer: str = SHIPPED


class Step(Record, frozen=True, kw_only=True):
    """A plan step. `text` may name chosen tools as `{framework}`, `{baseline}`, ... (any role id)."""

    id: str
    phase: Literal["poc", "production"]
    order: int
    text: str
    source: str
    verified: str
    measure: str = ""
    falsified_if: str = ""
    when: Condition | None = None
    about: tuple[str, ...] = ()
    layer: str = SHIPPED


class Option(Record, frozen=True, kw_only=True):
    value: str  # a vocabulary value, or a quantity in base units such as `>= 1000000`
    label: str
    say: tuple[str, ...] = ()
    share: float = 1.0  # how likely the answer is, relative to the others


class Question(Record, frozen=True, kw_only=True):
    slot: str
    text: str
    help: str
    options: tuple[Option, ...]
    order: int
    skipped: str = ""  # what is assumed when nobody answers
    when: Condition | None = None


class Knowledge(Record, frozen=True, kw_only=True):
    """Everything the assistant knows. `version` is a hash of the content of all files."""

    version: str
    verified: str
    slots: dict[str, Slot]
    roles: dict[str, Role]
    pillars: dict[str, PillarRecord]
    acts: dict[str, tuple[str, ...]]
    sources: dict[str, Source]
    tools: dict[str, Tool]
    rules: tuple[Rule, ...]
    caveats: tuple[Caveat, ...]
    questions: tuple[Question, ...]
    steps: tuple[Step, ...]
    phrases: dict[str, object]  # `phrases/*.yaml` as read; the language package gives them their form
    layers: tuple[str, ...] = (SHIPPED,)
