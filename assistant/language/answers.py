"""Read a short message as the answer to what was just asked, or as a choice among what was just shown."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.knowledge.conditions import bounds
from assistant.knowledge.facts import Quantity
from assistant.language.lexicon import Lexicon
from assistant.language.model import AGAIN, Act, Context, Stated
from assistant.language.normalise import normalise
from assistant.language.reading import Reading
from assistant.language.tokens import Token

_LONGEST = 12  # words of a message that can be a bare answer
_TELLING = 3  # with facts of other slots, a longer message is none


def picked(text: str, lexicon: Lexicon, count: int) -> int | None:
    """The place in a list of `count` proposals that a message is about and nothing else ("2", "b", "the first one")."""
    tokens = lexicon.tokeniser.cut(normalise(text))
    found = places(tokens, lexicon, count) if tokens else ()
    return found[0] if len(found) == 1 else None


def chosen_tools(reading: Reading, lexicon: Lexicon, context: Context) -> Act | None:
    """What a message does that is nothing but a pointer into the list shown last ("the second one", "both").

    While a question is open such words answer it, but for those that choose among two tools just compared.
    """
    words = {token.word for token in reading.tokens}
    found = _other(reading.tokens, lexicon, context) or places(reading.tokens, lexicon, len(context.listed))
    again = context.act in REPEATABLE and reading.tokens[0].word in ("and", "what", "how") if reading.tokens else False
    asks = again or "about" in words  # "what about the last one?", "and the first?"
    if context.question is not None and not asks:
        two = context.act == "compare" or len(context.listed) == 2
        paired = two and words & {*lexicon.answers.pairs, *lexicon.answers.several}
        if not (paired or "other" in words) or len(context.options) == 2:
            return None
    if not found:
        return None
    tools, said = tuple(context.listed[place] for place in found), reading.text.strip()
    if again and context.act:
        return Act(context.act, tools=tools, argument=AGAIN, because=said)
    act = "compare" if len(found) > 1 else "what_about" if asks else "about"
    return Act(act, tools=tools, because=said)


REPEATABLE = frozenset(
    {"status", "licence", "capability", "about", "alternatives", "caveats", "migrate", "sources", "why", "why_not"}
)
"""Acts that can be asked again of another tool just by naming it."""


def _other(tokens: Sequence[Token], lexicon: Lexicon, context: Context) -> tuple[int, ...]:
    """The place of the one of two that was not spoken of last, where a message is about "the other one" and nothing else."""
    rest = [token for token in tokens if token.word != "other"]
    around = (*lexicon.answers.around, *_JOINING)
    if len(rest) == len(tokens) or len(tokens) > _LONGEST or any(token.word not in around for token in rest):
        return ()
    return other_place(context)


def other_place(context: Context) -> tuple[int, ...]:
    """The place of the one of two that was not spoken of last; none if more were shown."""
    if len(context.listed) != 2 or not context.tools:
        return ()
    return tuple(place for place, tool in enumerate(context.listed) if tool != context.tools[0])[:1]


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
    amount = _amount(reading, lexicon, slot, context) if _is_quantity(lexicon, slot) else None
    found = [amount] if amount is not None else _options(reading, lexicon, slot, context)
    if not found:
        meant = _yes_or_no(reading, lexicon, slot, context)
        found = [meant] if meant is not None else []
    return (_act(reading, slot, found), found) if found else None


def _act(reading: Reading, slot: str, facts: Sequence[Stated]) -> Act:
    return Act("answer", facts=tuple(facts), slots=(slot,), because=reading.text.strip())


def counts(reading: Reading, lexicon: Lexicon) -> list[Act]:
    """What a message that is nothing but a number may state ("50k", "a few thousand"), as readings to choose from."""
    found = lexicon.quantities.bare(reading, _COUNTED[0], 1.0) if len(reading.tokens) <= _LONGEST // 2 else None
    if found is None:
        return []
    around = [*reading.tokens[: found.first], *reading.tokens[found.last :]]
    if (
        sum(token.fold not in lexicon.stopwords and token.fold not in lexicon.fillers for token in around)
        > _COUNTED_WORDS
    ):
        return []
    start, end = reading.place(found.first, found.last)
    return [Act("inform", facts=(Stated(slot, found.value, start, end),)) for slot in _COUNTED]


_COUNTED = ("data_rows", "users")
_COUNTED_WORDS = 1  # "200 stores"


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


def _options(reading: Reading, lexicon: Lexicon, slot: str, context: Context) -> list[Stated]:
    """The options that the message names by place, letter or label; more than one where the slot holds several."""
    found = places(reading.tokens, lexicon, len(context.options))
    if len(found) > 1 and len(context.options) > 2 and _several(reading, lexicon):
        return []  # "both" of more than two
    many = slot in lexicon.knowledge.slots and lexicon.knowledge.slots[slot].kind == "set"
    if len(found) > 1 and not many:
        return []
    asks = reading.tokens[0].fold in lexicon.asking.words
    if not found and not asks:
        position = _by_label(reading, lexicon, slot, context)
        found = () if position is None else (position,)
    stated = [_stated(lexicon, slot, context.options[place][0], _whole(reading)) for place in found]
    return [fact for fact in stated if fact is not None]


def places(tokens: Sequence[Token], lexicon: Lexicon, count: int) -> tuple[int, ...]:
    """The places in a list of `count` things that a message is about and nothing else; none if it says more."""
    if not count or len(tokens) > _LONGEST:
        return ()
    rules = lexicon.answers
    found: dict[int, None] = {}
    several = 0
    words = [token.word for token in tokens]
    listed = all(word in rules.letters or word in _JOINING for word in words)  # "b", "a and c"
    for number, word in enumerate(words):
        alone = listed or words[number - 1] in ("option", "answer", "choice", "variant") or words == [word, "please"]
        if word.isdecimal() and len(word) < 4 and 1 <= int(word) <= count:
            found[int(word) - 1] = None
        elif word in rules.several and (number or word == "both"):
            several = rules.several[word]
        elif word in rules.ordinals and (count == 2 or word not in rules.pairs) and rules.ordinals[word] < count:
            found[rules.ordinals[word] % count] = None
        elif word in rules.letters and alone and rules.letters.index(word) < count:
            found[rules.letters.index(word)] = None
        elif word not in rules.around and word not in _JOINING:
            return ()
    if several:
        return _run(several, count, backwards="last" in words) if several <= count or "all" in words else ()
    return tuple(found)


def _several(reading: Reading, lexicon: Lexicon) -> bool:
    return any(token.word in lexicon.answers.several for token in reading.tokens)


_JOINING = ("and", "or")


def _run(several: int, count: int, *, backwards: bool) -> tuple[int, ...]:
    """The first (or last) `several` places of a list."""
    length = min(several, count)
    return tuple(range(count - length, count)) if backwards else tuple(range(length))


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
