"""Whether each value of the vocabulary is heard in the sentences that should say it, and not in those that should not.

The sentences stand in `phrases/values.yaml`: per slot and value some that say it (`says`) and some that hold its words, or
near ones, and do not affirm it (`not`).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assistant.knowledge.model import Knowledge
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.language.lexicon import Lexicon
from assistant.language.patterns import BadPattern
from assistant.language.understand import understand

STEM = "values"


class Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"never": "not"}):
    """The tests of one value."""

    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


Tests = dict[str, dict[str, Sentences]]


def lint_values(knowledge: Knowledge, places: Places) -> list[Finding]:
    """Values without tests, tests that fail, and tests of what does not exist."""
    try:
        tests = msgspec.convert(knowledge.phrases.get(STEM, {}), Tests)
    except msgspec.ValidationError as error:
        shape = "slot: {value: {says: [...], not: [...]}}"
        return [places.phrases("error", STEM, f"phrases/{STEM}.yaml: {error}", shape)]
    return [
        *_unknown(tests, knowledge, places),
        *_untested(tests, knowledge, places),
        *_failing(tests, knowledge, places),
    ]


def _unknown(tests: Tests, knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    for slot_id, by_value in tests.items():
        slot = knowledge.slots.get(slot_id)
        if slot is None:
            expected = "one of " + ", ".join(knowledge.slots)
            yield places.phrases("error", STEM, f"there is no slot {slot_id!r}", expected, slot_id)
            continue
        known = {value.id for value in slot.values}
        for value in by_value:
            if value not in known:
                message = f"{value!r} is no value of {slot_id}"
                yield places.phrases("error", STEM, message, f"one of {', '.join(sorted(known))}", slot_id, value)


def _untested(tests: Tests, knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    for slot in (slot for slot in knowledge.slots.values() if slot.kind != "tools"):  # whose values are names
        for number, value in enumerate(slot.values):
            own = tests.get(slot.id, {}).get(value.id, Sentences())
            for field, sentences, told in (("says", own.says, "says"), ("not", own.never, "comes near and is not")):
                if not sentences:
                    expected = f"`{slot.id}: {{{value.id}: {{{field}: [...]}}}}` in phrases/{STEM}.yaml"
                    message = f"no test sentence {told} {slot.id}: {value.id}"
                    yield places.finding("warning", "slots", slot.id, message, expected, "values", number, "id")


def _failing(tests: Tests, knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    try:
        lexicon = Lexicon(knowledge)
    except (msgspec.ValidationError, BadPattern):  # of another phrase file, about which the lint of the phrases tells
        return
    for slot, by_value in tests.items():
        for value, own in by_value.items():
            for field, sentences in (("says", own.says), ("not", own.never)):
                for number, sentence in enumerate(sentences):
                    facts = [fact for fact in understand(sentence, lexicon).facts if not fact.negated]
                    heard = [f"{fact.slot}: {fact.value}" for fact in facts]
                    if (f"{slot}: {value}" in heard) == (field == "says"):
                        continue
                    fails = "is not heard in" if field == "says" else "is heard in"
                    message = f"{slot}: {value} {fails} {sentence!r}"
                    expected = "" if field == "not" else f"that rather than {', '.join(heard) or 'nothing'}"
                    yield places.phrases("warning", STEM, message, expected, slot, value, field, number)
