"""What authors may write: the shape of each YAML record, checked by pydantic.

Conditions (`when`) and tool filters are free mappings here; `conditions.py` and `filters.py` give them meaning.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]


def _day(text: str) -> str:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("expected a day such as 2026-11-22")
    date.fromisoformat(text)  # says what is wrong with a day that is none, such as the 31st of June
    return text


Day = Annotated[str, AfterValidator(_day)]
Prose = Annotated[str, StringConstraints(min_length=2, max_length=600, strip_whitespace=True)]
Points = Annotated[float, Field(gt=0, le=5)]
When = dict[str, Any]
Pillar = Literal["scalability_performance", "production_deployment", "learning_flexibility", "community_pretrained"]


def _http(url: str) -> str:
    if not re.match(r"^https?://[^\s<>\"]+$", url):
        raise ValueError("expected a link that starts with https://")
    return url


Url = Annotated[str, AfterValidator(_http)]


class Authored(BaseModel):
    """Base: unknown fields are errors, numbers may stand where text is meant (`version: 2`)."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Source(Authored):
    id: Id
    title: Prose
    url: Url
    kind: Literal["docs", "repository", "release", "licence", "paper", "study", "article"]
    verified: Day | None = None  # the day on which somebody opened it


class Value(Authored):
    id: Id
    title: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    say: list[str] = []
    needs_context: list[str] = []


# What the reasoning says by itself; a slot of that name would be taken for it.
_TAKEN = frozenset(
    ("project", "need", "rule", "claim", "question", "advice", "joined", "candidate", "chosen", "in_play")
)


def _free(id: str) -> str:
    if id in _TAKEN:
        raise ValueError(f"the name {id!r} is taken by the reasoning")
    return id


class Slot(Authored):
    id: Annotated[Id, AfterValidator(_free)]
    kind: Literal["single", "set", "quantity", "tools", "text"]
    title: Prose
    says: str = Field(min_length=3, pattern=r"\{value\}")
    says_not: str = Field(min_length=3, pattern=r"\{value\}")
    topic: str = ""
    unit: str = ""
    values: list[Value] = []


class Match(Authored):
    slot: Id
    attribute: Literal["tasks", "modalities", "languages", "platforms", "os", "hardware", "scale"]
    mode: Literal["any", "all"] = "any"
    values: list[Id] = []
    points: float = 0


class Role(Authored):
    id: Id
    title: Prose
    purpose: Prose
    say: list[Prose] = []
    leads: bool = False
    matches: list[Match] = []


class PillarRecord(Authored):
    id: Pillar
    title: Prose
    priorities: list[Id] = []


Basis = Literal["source", "judgement"]
"""Whether the source says it, or we do (the source, if there is one, then holds only the facts behind it)."""


class Cited(Authored):
    """A record whose own source and day may be left to the record that holds it."""

    source: Id | None = None
    basis: Basis = "source"
    verified: Day | None = None


class Vouched(Cited):
    """A record that stands for itself. Without `verified` nobody opened the source's page to compare it."""

    @model_validator(mode="after")
    def _somebody_says_so(self) -> Vouched:
        if not self.source and self.basis != "judgement":
            raise ValueError("expected a `source`, or `basis: judgement` where nobody but us says so")
        return self


class Claim(Cited):
    pillar: Pillar
    points: Points
    text: Prose
    when: When | None = None
    roles: list[Id] = []


class Licence(Cited):
    spdx: Annotated[str, StringConstraints(min_length=2, max_length=120)]
    kind: Literal[
        "permissive",
        "weak_copyleft",
        "copyleft",
        "network_copyleft",
        "source_available",
        "non_commercial",
        "proprietary",
    ]
    note: Prose | Literal[""] = ""


class Status(Cited):
    state: Literal["active", "maintenance", "archived", "superseded", "retired"]
    evidence: Prose


class Release(Cited):
    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Tool(Authored):
    id: Id
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    say: list[str] = []
    needs_context: bool = False
    summary: Prose
    home: Url
    repository: Url | Literal[""] = ""
    packages: dict[str, str] = {}
    source: Id
    verified: Day | None = None
    licence: Licence
    status: Status
    release: Release | None = None
    roles: list[Id] = []
    tasks: list[Id] = []
    modalities: list[Id] = []
    languages: list[Id] = []
    platforms: list[Id] = []
    os: list[Id] = []
    hardware: list[Id] = []
    scale: list[Literal["single_machine", "multi_gpu", "multi_node"]] = []
    learning_curve: Literal["easy", "moderate", "hard", ""] = ""
    strengths: list[Claim] = []
    weaknesses: list[Claim] = []
    works_with: list[Id] = []
    replaces: list[Id] = []
    superseded_by: list[Id] = []
    implies: dict[Id, Id | list[Id]] = {}


class Rule(Vouched):
    """One of: `then`, `default` (derive facts), `need` (roles), `for`, `against` (argue), `exclude`, `conflict`."""

    id: Id
    when: When
    because: Prose
    then: dict[Id, str | list[str]] | None = None
    default: dict[Id, str | list[str]] | None = None
    need: list[Id] | None = None
    for_: list[Id] | dict[str, Any] | None = Field(default=None, alias="for")
    against: list[Id] | dict[str, Any] | None = None
    exclude: list[Id] | dict[str, Any] | None = None
    conflict: bool | None = None
    roles: list[Id] = []
    points: Points | None = None
    pillar: Pillar | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> Rule:
        effects = ("then", "default", "need", "for_", "against", "exclude", "conflict")
        given = [name.rstrip("_") for name in effects if getattr(self, name) is not None]
        if len(given) != 1:
            expected = "exactly one of then, default, need, for, against, exclude, conflict"
            raise ValueError(f"expected {expected}; found {', '.join(given) or 'none'}")
        argues = given[0] in ("for", "against")
        if argues and (self.points is None or self.pillar is None):
            raise ValueError(f"a rule with `{given[0]}` needs `points` (1 to 3) and `pillar`")
        if not argues and (self.points is not None or self.pillar is not None):
            raise ValueError("`points` and `pillar` belong to rules with `for` or `against`")
        return self


class Caveat(Vouched):
    id: Id
    severity: Literal["critical", "serious", "note"]
    when: When | None = None
    about: list[Id] | dict[str, Any] = []
    text: Prose
    advice: Prose | Literal[""] = ""

    @model_validator(mode="after")
    def _limited(self) -> Caveat:
        if not self.when and not self.about:
            raise ValueError("a caveat needs `when`, `about` or both; else it would hold for everybody")
        return self


class Option(Authored):
    share: Annotated[float, Field(gt=0, le=1000)] = 1
    value: str
    label: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    say: list[str] = []


class Question(Authored):
    slot: Id
    order: int
    text: Prose
    help: Prose
    skipped: Prose | Literal[""] = ""
    options: list[Option] = Field(min_length=2)
    when: When | None = None


class Step(Vouched):
    id: Id
    phase: Literal["poc", "production"]
    order: int
    when: When | None = None
    about: list[Id] | dict[str, Any] = []
    text: Prose
    measure: Prose | Literal[""] = ""
    falsified_if: Prose | Literal[""] = ""


RECORDS: dict[str, type[Authored]] = {
    "sources": Source,
    "slots": Slot,
    "roles": Role,
    "pillars": PillarRecord,
    "tools": Tool,
    "rules": Rule,
    "caveats": Caveat,
    "questions": Question,
    "steps": Step,
}
"""Top-level key of a file -> the model of its records."""


def json_schema() -> dict[str, object]:
    """One JSON Schema for all knowledge files, so that editors complete and check the YAML."""
    properties: dict[str, object] = {}
    shared: dict[str, object] = {}
    for kind, record in RECORDS.items():
        described = record.model_json_schema(by_alias=True)
        shared |= described.pop("$defs", {})
        properties[kind] = {"type": "array", "items": described}
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": "knowledge", "type": "object", "properties": properties, "$defs": shared}
