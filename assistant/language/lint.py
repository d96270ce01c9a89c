"""What is wrong with how things are said: phrase files of another form, and phrases that say two things."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from assistant.knowledge.model import Knowledge
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.language import phrases
from assistant.language.lexicon import Lexicon
from assistant.language.normalise import normalise
from assistant.language.patterns import BadPattern, parse

PARTS: dict[str, type[phrases.Part]] = {
    "acts": phrases.ActCues,
    "answers": phrases.Answers,
    "conflicts": phrases.Conflicts,
    "context": phrases.CompanyRules,
    "descriptions": phrases.Descriptions,
    "guessing": phrases.Guessing,
    "lookalikes": phrases.Lookalikes,
    "names": phrases.Names,
    "negation": phrases.Negation,
    "numbers": phrases.Numbers,
    "opaque": phrases.Opaque,
    "roles": phrases.RoleCues,
    "slot_names": phrases.SlotNames,
    "spelling": phrases.Spelling,
    "stopwords": phrases.Stopwords,
    "strength": phrases.StrengthWords,
    "units": phrases.Units,
}
"""The form of each file in `phrases/` that reading uses."""

_OTHERS = (
    "drafts",
    "examples",
    "mentions",
    "projects",
    "values",
)  # used elsewhere: by the dialogue, to learn weights from, as tests

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_WHERE = re.compile(r" - at `\$([^`]*)`$")


def lint_phrases(knowledge: Knowledge, places: Places) -> list[Finding]:
    """Findings about phrase files and about the phrases of values."""
    files = [*_misshapen(knowledge, places)]
    if not any(finding.level == "error" for finding in files):
        files += _unreadable(knowledge, places)
    broken = any(finding.level == "error" for finding in files)
    return files if broken else [*files, *_collisions(knowledge, places), *_recorded(knowledge, places)]


def _misshapen(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Files that the language cannot read, or that nothing reads."""
    for stem in knowledge.phrases:
        if stem not in PARTS and stem not in _OTHERS:
            message = f"nothing reads phrases/{stem}.yaml"
            yield places.phrases("warning", stem, message, ", ".join(sorted((*PARTS, *_OTHERS))))
    for stem, kind in PARTS.items():
        try:
            phrases.part(knowledge, stem, kind)
        except msgspec.ValidationError as error:
            where = _WHERE.search(str(error))
            steps = _STEP.findall(where[1]) if where else ()
            path = [int(number) if number else name for name, number in steps]
            message = f"phrases/{stem}.yaml: {_WHERE.sub('', str(error))}"
            yield places.phrases("error", stem, message, "the form of the shipped file", *path)


def _unreadable(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Patterns that do not follow the form of patterns."""
    acts = phrases.part(knowledge, "acts", phrases.ActCues)
    groups: list[tuple[tuple[str, ...], dict[str, phrases.Strings]]]
    groups = [(("acts", kind), getattr(acts, kind)) for kind in ("exact", "ellipses", "cues", "not_in_scope")]
    says = phrases.part(knowledge, "descriptions", phrases.Descriptions).says
    groups += [(("descriptions", "says", slot), values) for slot, values in says.items()]
    denying = phrases.part(knowledge, "negation", phrases.Negation)
    kinds = ("before", "after", "unconcerned", "pseudo", "denials", "breaks", "corrections")
    groups.append((("negation",), {kind: getattr(denying, kind) for kind in kinds}))
    groups.append((("opaque",), {"phrases": phrases.part(knowledge, "opaque", phrases.Opaque).phrases}))
    for (stem, *path), patterns in groups:
        for name, texts in patterns.items():
            for number, text in enumerate(texts):
                try:
                    parse(text, lambda word: (word,))
                except BadPattern as error:
                    yield places.phrases("error", stem, str(error), "a pattern", *path, name, number)


def _recorded(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Names said to be without a record that a tool or a value has, and near tools that do not exist."""
    lexicon = Lexicon(knowledge)
    for number, group in enumerate(lexicon.unrecorded):
        for index, tool in enumerate(group.near):
            if tool not in knowledge.tools:
                message, path = f"there is no tool {tool!r}", ("names", number, "near", index)
                yield places.phrases("warning", "names", message, "the id of a tool", *path)
        for index, name in enumerate(group.say):
            tokens = lexicon.tokeniser.cut(normalise(name))
            whole = [hit.payload for hit in lexicon.trie.find(tokens) if (hit.first, hit.last) == (0, len(tokens))]
            says = next((entry for entry in whole if entry.kind in ("tool", "value")), None)
            if says is not None:
                message, path = f"{name!r} has a meaning: {says.name}", ("names", number, "say", index)
                yield places.phrases("note", "names", message, "a name without a record", *path)


def _collisions(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Phrases that say two values without a mark that they need a fitting word beside them.

    In a slot that holds one value that is a contradiction. Elsewhere it may be meant: a Raspberry Pi is hardware and
    an edge device at once.
    """
    folds = Lexicon(knowledge).tokeniser.folds
    owner: dict[tuple[str, ...], tuple[str, str]] = {}
    for slot in (slot for slot in knowledge.slots.values() if slot.kind != "tools"):  # whose values are names
        for index, value in enumerate(slot.values):
            marked = frozenset(value.needs_context)
            for number, said in enumerate(value.say):
                words = tuple(folds(said))
                own, other = (slot.id, value.id), owner.get(words, (slot.id, value.id))
                if said in marked or not words:
                    continue
                if own != other:
                    contradicts = slot.id == other[0] and slot.kind == "single"
                    level = "warning" if contradicts else "note"
                    message = f"{said!r} says both {other[0]}: {other[1]} and {slot.id}: {value.id}"
                    expected = "one meaning, or `needs_context` for one of them" if contradicts else ""
                    yield places.finding(level, "slots", slot.id, message, expected, "values", index, "say", number)
                owner.setdefault(words, own)
            for number, said in enumerate(value.needs_context):
                if said not in value.say:
                    message = f"{value.id}: {said!r} needs a context but is not said"
                    where = ("values", index, "needs_context", number)
                    yield places.finding("warning", "slots", slot.id, message, "a phrase of `say`", *where)
