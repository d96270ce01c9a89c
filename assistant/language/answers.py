"""Read a short message as the answer to what was just asked, or as a choice among what was just shown."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.conditions import bounds
from assistant.knowledge.facts import Quantity
from assistant.language.lexicon import Lexicon
from assistant.language.model import Act, Context, Stated
from assistant.language.normalise import normalise
from assistant.language.reading import Reading

_LONGEST = 12  # words of a message that can be a bare answer
_TELLING = 3  # with facts of other slots, a longer message is none


def chosen_reading(reading: Reading, lexicon: Lexicon, context: Context) -> Act | None:
    """The reading that the person picks by its number or place, when readings were offered last."""
    position = _position(reading, lexicon, len(context.readings)) if context.readings else None
    return None if position is None else context.readings[position]


def chosen_tool(reading: Reading, lexicon: Lexicon, context: Context) -> Act | None:
    """The tool of the list shown last that the message is nothing but a pointer to ("the second one")."""
    position = _position(reading, lexicon, len(context.listed)) if context.listed else None
    if position is None:
        return None
    return Act("about", tools=(context.listed[position],), because=reading.text.strip())


def answer(
    reading: Reading, lexicon: Lexicon, facts: Sequence[Stated], context: Context
) -> tuple[Act, list[Stated]] | None:
    """The act `answer` and the facts it adds, when the message answers the open question; None when it does not."""
    slot = context.question
    if slot is None or not reading.tokens or len(reading.tokens) > _LONGEST:
        return None
    said = [fact for fact in facts if fact.slot == slot]
    if said:
        return _act(reading, slot, said), []
    if len(reading.tokens) > _TELLING and any(fact.slot != "considering" for fact in facts):
        return None  # it tells something else
    found = _amount(reading, lexicon, slot, context) if _is_quantity(lexicon, slot) else None
    if found is None:
        found = _option(reading, lexicon, slot, context)
    if found is None:
        found = _yes_or_no(reading, lexicon, slot, context)
    return None if found is None else (_act(reading, slot, [found]), [found])


def _act(reading: Reading, slot: str, facts: Sequence[Stated]) -> Act:
    return Act("answer", facts=tuple(facts), slots=(slot,), because=reading.text.strip())


def _is_quantity(lexicon: Lexicon, slot: str) -> bool:
    return slot in lexicon.knowledge.slots and lexicon.knowledge.slots[slot].kind == "quantity"


def _whole(reading: Reading) -> tuple[int, int]:
    return reading.place(0, len(reading.tokens))


def _amount(reading: Reading, lexicon: Lexicon, slot: str, context: Context) -> Stated | None:
    """A number, with or without a unit, as the amount that was asked for."""
    amount = lexicon.quantities.bare(reading, slot, lexicon.answers.bare.get(slot, 1.0))
    if amount is None:
        return None
    plain = len(reading.tokens) == 1 and reading.tokens[0].word.isdigit()
    if plain and 1 <= int(reading.tokens[0].word) <= len(context.options) and slot not in lexicon.answers.counted:
        return None  # the number of an option
    start, end = reading.place(amount.first, amount.last)
    return Stated(slot, amount.value, start, end)


def _option(reading: Reading, lexicon: Lexicon, slot: str, context: Context) -> Stated | None:
    """The option that the message names by place, letter or label."""
    position = _position(reading, lexicon, len(context.options))
    if position is None:
        position = _by_label(reading, lexicon, slot, context)
    if position is None:
        return None
    return _stated(lexicon, slot, context.options[position][0], _whole(reading))


def _position(reading: Reading, lexicon: Lexicon, count: int) -> int | None:
    """The place in a list of `count` things that the message is about and nothing else."""
    if not count or len(reading.tokens) > _LONGEST:
        return None
    rules = lexicon.answers
    found: set[int] = set()
    words = [token.word for token in reading.tokens]
    for number, word in enumerate(words):
        alone = (
            len(words) == 1
            or words[number - 1] in ("option", "answer", "choice", "variant")
            or words == [word, "please"]
        )
        if word.isdecimal() and len(word) < 4 and 1 <= int(word) <= count:
            found.add(int(word) - 1)
        elif word in rules.ordinals and rules.ordinals[word] < count:
            found.add(rules.ordinals[word] % count)
        elif word in rules.letters and alone and rules.letters.index(word) < count:
            found.add(rules.letters.index(word))
        elif word not in rules.around:
            return None
    return found.pop() if len(found) == 1 else None


def _by_label(reading: Reading, lexicon: Lexicon, slot: str, context: Context) -> int | None:
    """The one option whose label or other names share their telling words with the message."""
    said = {token.fold for token in reading.tokens} - lexicon.stopwords
    best: list[int] = []
    most = 0.0
    for position, (value, label) in enumerate(context.options):
        names = [label, value.replace("_", " "), *_other_names(lexicon, slot, value)]
        if _opens(reading, lexicon, label):
            return position
        share = max(
            _likeness(said, set(lexicon.tokeniser.folds(normalise(name))) - lexicon.stopwords) for name in names
        )
        if share > most:
            best, most = [position], share
        elif share == most:
            best.append(position)
    return best[0] if most >= 0.5 and len(best) == 1 else None


def _opens(reading: Reading, lexicon: Lexicon, label: str) -> bool:
    """Whether the message repeats a label, or two words or more of its beginning or end."""
    words = tuple(token.fold for token in reading.tokens)
    named = lexicon.tokeniser.folds(normalise(label))
    if len(words) < 2:
        return words == named
    return words in (named[: len(words)], named[-len(words) :])


def _other_names(lexicon: Lexicon, slot: str, value: str) -> tuple[str, ...]:
    for question in lexicon.knowledge.questions:
        if question.slot == slot:
            return next((option.say for option in question.options if option.value == value), ())
    return ()


def _likeness(said: set[str], named: set[str]) -> float:
    """How much two sets of telling words have in common, by the smaller one, if the message says little else."""
    common = len(said & named)
    if not said or not named or not common:
        return 0.0
    return common / max(len(said), 1) if common < len(named) else 1.0 + common


def _yes_or_no(reading: Reading, lexicon: Lexicon, slot: str, context: Context) -> Stated | None:
    rules = lexicon.answers
    words = " ".join(token.fold for token in reading.tokens if token.fold not in lexicon.fillers)
    meaning = rules.meaning.get(slot, {})
    for key, forms in (("yes", rules.yes), ("no", rules.no)):
        if words in forms and key in meaning:
            return _stated(lexicon, slot, meaning[key], _whole(reading))
    return None


def _stated(lexicon: Lexicon, slot: str, value: str, place: tuple[int, int]) -> Stated | None:
    """The fact that an option's value stands for; options of quantities are amounts with a bound ("< 1000")."""
    if not _is_quantity(lexicon, slot):
        return Stated(slot, value, *place)
    quantity = quantity_of(value, lexicon.knowledge.slots[slot].unit)
    return None if quantity is None else Stated(slot, quantity, *place)


def quantity_of(value: str, unit: str) -> Quantity | None:
    """The amount that an option's value writes ("< 1000", ">= 100k", "8 GB..16 GB"), in the base unit `unit`."""
    try:
        found = bounds(value, unit)
    except ValueError:
        return None
    if len(found) == 2:
        (_, low), (_, high) = found
        return Quantity(low, "in", high)
    return Quantity(found[0][1], found[0][0]) if found else None
