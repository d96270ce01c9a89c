"""Whether an ordinary word that is also a name is meant as one: a linear model over what stands around it.

"Ray or dask" names a tool, "a ray of light" none; "Stan is slow" does, "my friend Stan" does not. The word itself says little of
that, so the model looks at its neighbours, at how it is written and at what else the message names, and judges words that it
was never taught by the same signs. Its weights are readable JSON, learnt from knowledge/phrases/lookalikes.yaml and the
other examples of how tools are named by scripts/train_names.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.language.lexicon import Lexicon
from assistant.language.reading import Reading
from assistant.language.repair import is_english
from assistant.language.tokens import CLAUSE, COMMA, SENTENCE, Token

NAME, WORD = "name", "word"
_ORDER = 3  # words on either side that are looked at in order
_BAG = 6  # words on either side that are looked at in any order
_JOINERS = frozenset({"and", "or", "nor", "vs", "versus", "plus", "v", "than"})


def share(reading: Reading, lexicon: Lexicon, first: int, last: int, names: Mapping[int, str], kind: str) -> float:
    """How likely `tokens[first:last]` is a name where it stands, from 0 to 1. See `clues` for the rest."""
    found = clues(reading, lexicon, first, last, names, kind)
    return next(amount for label, amount in lexicon.naming.shares(found) if label == NAME)


def clues(
    reading: Reading, lexicon: Lexicon, first: int, last: int, names: Mapping[int, str], kind: str
) -> dict[str, float]:
    """What the model looks at, with how much it counts.

    `names` tells by token what else is a name ("{t}") or may be one ("{w}"); `kind` is "language" or "tool".
    """
    tokens = reading.tokens
    clause = reading.clauses(SENTENCE)[first]
    start, stop = max(clause[0], first - _BAG), min(clause[1], last + _BAG)
    before = [_sign(reading, lexicon, names, at) for at in range(start, first)]
    after = [_sign(reading, lexicon, names, at) for at in range(last, stop)]
    left = [*(["^"] if start == clause[0] else []), *_with_pauses(tokens, before, start, first)]
    right = [*_with_pauses(tokens, after, last, stop), *(["$"] if stop == clause[1] else [])]
    if first > start and tokens[first].gap >= COMMA:
        left.append(_pause(tokens[first]))
    found = {"": 1.0, f"is {kind}": 1.0}
    near_left, near_right = left[-1] if left else "^", right[0] if right else "$"
    for distance in range(1, _ORDER + 1):
        if distance <= len(left):
            found[" ".join(left[-distance:]) + " >"] = 1.0
        if distance <= len(right):
            found["< " + " ".join(right[:distance])] = 1.0
    found[f"{near_left} > < {near_right}"] = 1.0
    for side, signs in (("l ", reversed(before)), ("r ", after)):
        for distance, sign in enumerate(signs):
            found.setdefault(side + sign, 0.7 if distance < _ORDER else 0.3)
    written = _written(reading, first, last, clause[0])
    for own in _own(lexicon, tokens[first].word):
        found[own] = 0.7
        found[f"{own} {written}"] = 0.7
        found[f"{own} {near_left} >"] = 0.7
        found[f"{own} < {near_right}"] = 0.7
    found[written] = 0.7
    found[f"{kind} {near_left} >"] = 0.7
    found[f"{kind} < {near_right}"] = 0.7
    found["own " + tokens[first].word] = 1.0
    ending = tokens[clause[1]].start if clause[1] < len(tokens) else len(reading.plain)
    asks = "asks" if "?" in reading.plain[tokens[clause[1] - 1].end : ending] else "tells"
    length = min(clause[1] - clause[0], 9)
    found[f"length {length}"] = 0.5
    found[f"length {length} {asks}"] = 0.5
    if "{t}" in names.values():
        found["beside names"] = 0.5
    if any(sign in ("{t}", "{x}", "{w}") for sign in (*before, *after)):
        found["near names"] = 0.5
    for sign in _listed(reading, lexicon, first, last, names):
        found["listed " + sign] = 1.0
    if first > clause[0]:
        found[f"opens {tokens[clause[0]].fold}"] = 0.4
    if first in reading.ending("tool<"):
        found["cue before"] = 0.7
    if last in reading.starting("tool>"):
        found["cue behind"] = 0.7
    return found


def _pause(token: Token) -> str:
    return "," if token.gap == COMMA else ";"


def _with_pauses(tokens: Sequence[Token], signs: Sequence[str], start: int, stop: int) -> list[str]:
    found: list[str] = []
    for position, sign in zip(range(start, stop), signs, strict=True):
        if tokens[position].gap in (COMMA, CLAUSE):
            found.append(_pause(tokens[position]))
        found.append(sign)
    return found


def _sign(reading: Reading, lexicon: Lexicon, names: Mapping[int, str], at: int) -> str:
    """A word as the model sees it: names, numbers and unknown words are all alike."""
    token = reading.tokens[at]
    if at in names:
        return names[at]
    if token.word[0].isdigit():
        return "{q}"
    if token.word not in lexicon.stopwords and not is_english(token.word) and token.fold not in lexicon.known:
        return "{x}"
    return token.fold


def _written(reading: Reading, first: int, last: int, opening: int) -> str:
    """How the word is written: small, or with a capital where the rest is not."""
    start, end = reading.place(first, last)
    raw = reading.text[start:end]
    if reading.text[max(0, start - 1) : start] == "`":
        return "quoted"
    if not raw[:1].isupper():
        return "small"
    if reading.text.isupper():
        return "all capital"
    return "first capital" if first == opening else "capital"


def _own(lexicon: Lexicon, word: str) -> tuple[str, ...]:
    """What is known of the word: whether people bear it, whether it is a tool more often than not."""
    found = []
    if word in lexicon.given_names:
        found.append("person")
    if word in lexicon.familiar:
        found.append("familiar")
    if not is_english(word) and not found:
        found.append("no word")
    return tuple(found) or ("plain",)


def _listed(reading: Reading, lexicon: Lexicon, first: int, last: int, names: Mapping[int, str]) -> set[str]:
    """What the word stands in a list with: a name ("dask, ray or spark"), what may be one, an unknown word."""
    tokens = reading.tokens
    found: set[str] = set()
    for at, step in ((first - 1, -1), (last, 1)):
        if not 0 <= at < len(tokens):
            continue
        gap = tokens[first if step < 0 else last].gap
        beside = gap == COMMA or (gap < SENTENCE and _sticks(reading, at if step < 0 else last - 1))
        if tokens[at].fold in _JOINERS and gap <= COMMA and 0 <= at + step < len(tokens):
            at, beside = at + step, True
        if beside:
            found.add(_sign(reading, lexicon, names, at))
    return found & {"{t}", "{w}", "{x}"}


def _sticks(reading: Reading, at: int) -> bool:
    """Whether a word and the next are joined by a sign ("dask/ray")."""
    raw = reading.plain[reading.tokens[at].end : reading.tokens[at + 1].start]
    return any(sign in raw for sign in "/+>&")
