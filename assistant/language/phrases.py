"""The typed form of `knowledge/phrases/*.yaml`: how people say things, as data."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from assistant.knowledge.model import Knowledge

Strings = tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """Base of all parts: what a file does not say has a harmless default."""


class Spelling(Part, frozen=True):
    same: dict[str, str] = {}
    expand: dict[str, Strings] = {}
    words: Strings = ()  # not in the list of English words, and yet not misspelt


class Implied(Part, frozen=True):
    """A refused value that says something else: refusing a GPU (in these `words`) leaves the CPU."""

    slot: str
    value: str
    gives: dict[str, str] = {}
    words: Strings = ()
    instead: bool = False


class Refusable(Part, frozen=True):
    """Words that say nothing by themselves, and what refusing them says ("no internet")."""

    slot: str
    value: str
    words: Strings = ()


class Negation(Part, frozen=True):
    """Its lists of phrases may hold patterns of the simple kind: `(a|b)` either, `[a]` may be missing."""

    before: Strings = ()
    after: Strings = ()
    pseudo: Strings = ()
    breaks: Strings = ()
    preferring: Strings = ()
    unconcerned: Strings = ()  # a wish before these is refused; a thing is not
    denials: Strings = ()  # a "no" behind these is itself denied
    refusable: tuple[Refusable, ...] = ()
    corrections: Strings = ()  # take back what stands before them, where something of its kind follows
    outweighs: Strings = ()  # between two priorities: the first is the one that counts
    reach: int = 6
    implied: tuple[Implied, ...] = ()


class StrengthWords(Part, frozen=True):
    soft: Strings = ()
    hard: Strings = ()
    closed: Strings = ()


class Numbers(Part, frozen=True):
    ones: dict[str, float] = {}
    tens: dict[str, float] = {}
    scales: dict[str, float] = {}
    suffixes: dict[str, float] = {}
    fractions: dict[str, float] = {}
    vague: dict[str, float] = {}
    about: Strings = ()
    bounds: dict[str, Strings] = {}
    after: dict[str, Strings] = {}


class Unit(Part, frozen=True):
    slot: str
    say: Strings
    factor: float = 1.0
    skip: int = 0
    attached: Strings = ()
    count: dict[str, str] = {}
    only: str = ""
    careful: bool = False
    near_card: bool = False
    pronoun: bool = False  # counts what was named before: "14k of them"


class BytesOf(Part, frozen=True):
    slot: str
    near: Strings


class Fixed(Part, frozen=True):
    say: Strings
    slot: str
    value: float
    op: str = "="


class Units(Part, frozen=True):
    units: tuple[Unit, ...] = ()
    bytes_of: tuple[BytesOf, ...] = ()
    card: Strings = ()
    deadline_near: Strings = ()
    deadline_not: Strings = ()
    deadline_sure: Strings = ()
    shipped: Strings = ()
    horizon: Strings = ()
    team_near: Strings = ()
    latency_near: Strings = ()
    observed: Strings = ()
    crowd: Strings = ()  # people beside these are neither the team nor the users
    alone: Strings = ()  # one person beside these is the whole team
    book: Strings = ()  # what has pages, and is no data by them
    sized: Strings = ()  # what a number of billions before it is the size of
    fixed: tuple[Fixed, ...] = ()
    before: dict[str, Strings] = {}  # words before a bare number that tell its slot ("a team of ten")


class Unrecorded(Part, frozen=True):
    """Names that have no record, and the tools (ids) that come near in purpose."""

    say: Strings
    near: Strings


class Names(Part, frozen=True):
    names: tuple[Unrecorded, ...] = ()


class Opaque(Part, frozen=True):
    phrases: Strings = ()


class Company(Part, frozen=True):
    """What must stand beside an ordinary word for it to count as a name or value."""

    before: Strings = ()
    after: Strings = ()
    slots: Strings = ()
    sure_before: Strings = ()
    single: bool = False


class ToolCompany(Part, frozen=True):
    ordinary: Strings = ()
    before: Strings = ()
    after: Strings = ()
    familiar: Strings = ()
    generic: Strings = ()


class Lookalikes(Part, frozen=True):
    """Sentences by ordinary word where it is the word (`words`) and where it is a name (`names`); `people` are given names.

    `persons`, `tools` and `languages` are what is said of any of them, with {} for the name.
    """

    people: Strings = ()
    persons: Strings = ()
    words: dict[str, Strings] = {}
    names: dict[str, Strings] = {}
    tools: Strings = ()
    languages: Strings = ()


class Shift(Part, frozen=True):
    """A value that means another one beside certain words ("faster" about training)."""

    slot: str
    value: str
    becomes: str
    words: Strings = ()
    near: Strings = ()


class CompanyRules(Part, frozen=True):
    tools: ToolCompany = ToolCompany()
    values: dict[str, Company] = {}
    nestable: Strings = ()  # slots whose values also count inside a longer phrase of another slot
    shifts: tuple[Shift, ...] = ()


class RoleCues(Part, frozen=True):
    before: dict[str, Strings] = {}
    after: dict[str, Strings] = {}
    cuts: Strings = ()  # a sign counts no further than such a word
    made: Strings = ()  # things that are made with the tool before them
    used: Strings = ()  # what is done with such a thing once it is there
    moves: Strings = ()  # beside one of these, "from X to Y" leaves X
    conjunctions: Strings = ()


class Descriptions(Part, frozen=True):
    """Patterns by slot and value: what is to be done, with free words inside ("label 500 hours of video")."""

    says: dict[str, dict[str, Strings]] = {}
    verbs: Strings = ()  # verbs whose form with -s is a noun


class Guessing(Part, frozen=True):
    """`works_on`: the modalities under which a task is likely; a task that is not in it fits all. `beside`: tasks that tell
    where a model runs; another that tells what it does is guessed instead."""

    works_on: dict[str, Strings] = {}
    beside: Strings = ()


class Conflicts(Part, frozen=True):
    """`prefer`: which of several values of one slot says most. `never`: pairs that cannot both hold."""

    prefer: dict[str, Strings] = {}
    never: dict[str, tuple[Strings, ...]] = {}
    refusing: Strings = ()
    services: Strings = ()
    amounts: Strings = ()  # slots of which a message may tell one amount only
    apart: Strings = ()  # words that tell two amounts apart
    keen: Strings = ()  # before a tool: nobody who says so avoids it


class Asking(Part, frozen=True):
    words: Strings = ()
    verbs: Strings = ()
    subjects: Strings = ()


class ActCues(Part, frozen=True):
    """Patterns by act: `exact` for whole messages, `cues` anywhere in a sentence, `not_in_scope` by kind of refusal."""

    exact: dict[str, Strings] = {}
    cues: dict[str, Strings] = {}
    not_in_scope: dict[str, Strings] = {}
    ellipses: dict[str, Strings] = {}  # whole messages that ask the last question again of something else
    formats: dict[str, str] = {}
    domain: Strings = ()
    comparing: Strings = ()
    asking: Asking = Asking()


class Answers(Part, frozen=True):
    yes: Strings = ()
    no: Strings = ()
    meaning: dict[str, dict[str, str]] = {}
    letters: Strings = ()
    ordinals: dict[str, int] = {}
    pairs: Strings = ()
    several: dict[str, int] = {}
    pointing: Strings = ()
    they: Strings = ()
    around: Strings = ()
    bare: dict[str, float] = {}
    counted: Strings = ()


class SlotNames(Part, frozen=True):
    names: dict[str, Strings] = {}


class Stopwords(Part, frozen=True):
    words: Strings = ()
    fillers: Strings = ()


_Part = TypeVar("_Part", bound=Part)


def part(knowledge: Knowledge, stem: str, kind: type[_Part]) -> _Part:
    """`phrases/<stem>.yaml` in its typed form; its defaults when there is no such file.

    Raises msgspec.ValidationError when the file has another shape.
    """
    return msgspec.convert(knowledge.phrases.get(stem) or {}, kind, strict=False)
