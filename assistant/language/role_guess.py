"""What a tool is to the person where no cue tells: a linear model over the words around its name.

Its weights are readable JSON, learnt from knowledge/phrases/mentions.yaml and the messages of the tests by
scripts/train_roles.py. Tools in one list ("pandas, dask and ray") are looked at together: the same words stand around them.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.lexicon import Lexicon
from assistant.language.model import ToolRole
from assistant.language.reading import Reading, Span
from assistant.language.scopes import clause
from assistant.language.tokens import COMMA, SENTENCE

IN_USE = "existing_stack"
_SURE, _OVERRULES = 0.7, 0.85  # the share from which a role is taken to be meant; the same against a weak cue
_NEAR = 3  # words on either side that are looked at in order
_MANY = 60  # a stretch of text with more tools is a mere list, which tells nothing of each
_SEEN = 30  # words on either side that are looked at
_FAR = 8  # words on either side that are looked at as a bag
_JOINERS = frozenset({"and", "or", "nor", "plus", "vs", "versus", "with"})
_OWNERS = frozenset({"we", "i", "our", "my", "us", "me", "mine", "ours"})
_OPEN = (None, "answer_candidate", "considering")
_STEM = 5


def roles(reading: Reading, lexicon: Lexicon, tools: Sequence[Span], told: Sequence[ToolRole | None]) -> list[ToolRole]:
    """The role of each tool: what cues told, and what the words around tell together where cues leave it open."""
    found: list[ToolRole] = []
    known: dict[int, dict[str, float]] = {}
    for index in range(len(tools)):
        role = told[index]
        if role in _OPEN and len(tools) <= _MANY:
            guessed, share = lexicon.roles.shares(clues(reading, lexicon, tools, told, index, known))[0]
            if guessed not in _OPEN and share >= (_SURE if role is None else _OVERRULES):
                role = guessed  # type: ignore[assignment]  # the labels of the weights are roles
        found.append(role or "considering")
    return found


def clues(
    reading: Reading,
    lexicon: Lexicon,
    tools: Sequence[Span],
    told: Sequence[str | None],
    index: int,
    known: dict[int, dict[str, float]],
) -> dict[str, float]:
    """What the model looks at for `tools[index]`, with how much it counts.

    `told` are the roles that cues gave; `known` keeps what stands around each list of tools, for the others in it.
    """
    begin, end = _listed(reading, tools, index)
    if begin not in known:
        known[begin] = _around(reading, lexicon, tools, begin, end)
    found = known[begin] | {f"told {told[index]}": 1.0}
    if tools[index].entry.kind == "surrounding":
        found["no candidate"] = 1.0
    return found


def _around(reading: Reading, lexicon: Lexicon, tools: Sequence[Span], begin: int, end: int) -> dict[str, float]:
    """What stands around the list from `tools[begin]` to `tools[end]`."""
    tokens = reading.tokens
    start, stop = tools[begin].first, tools[end].last
    first, last = (
        max(clause(reading, start, SENTENCE)[0], start - _SEEN),
        min(clause(reading, start, SENTENCE)[1], stop + _SEEN),
    )
    inner, outer = clause(reading, start, COMMA)[0], clause(reading, tools[end].first, COMMA)[1]
    names = {p: tool.first for tool in tools if first <= tool.first < last for p in range(tool.first, tool.last)}
    before = _words(reading, names, first, start)
    after = _words(reading, names, stop, last)
    left = ["^", *(word for word, _ in before), *_pause(reading, start, first)]
    right = [*(word for word, _ in after), "$"]
    found = {"": 1.0}
    for distance in range(1, _NEAR + 1):
        if distance <= len(left):
            found[" ".join(left[-distance:]) + " >"] = 1.0
        if distance <= len(right):
            found["< " + " ".join(right[:distance])] = 1.0
    for side, words in (("l ", before[-_FAR:]), ("r ", after[:_FAR])):
        for word, place in words:
            amount = 0.7 if inner <= place < outer else 0.2
            for name in _names(word):
                found[side + name] = max(found.get(side + name, 0.0), amount)
    said = [word for word, place in (*before, *after) if inner <= place < outer]
    for word in said:
        found.setdefault("s " + word, 0.3)
    ending = tokens[outer].start if outer < len(tokens) else len(reading.plain)
    tone = "asks" if "?" in reading.plain[tokens[outer - 1].end : ending] else "tells"
    found[tone] = 0.5
    found[f"{tone} {'nobody' if _OWNERS.isdisjoint(said) else 'owner'}"] = 0.5
    opening = next((word for word in said if word not in lexicon.fillers), "{t}")
    if opening in lexicon.asking.verbs or opening in lexicon.asking.words:
        found["opens " + opening] = 0.5
        found["opens a question"] = 0.5
    if end > begin:
        found["in a list"] = 0.5
        for one in range(begin, end):
            between = [token.fold for token in tokens[tools[one].last : tools[one + 1].first]]
            found["listed " + " ".join(between)] = 0.5
    raw = reading.plain[tokens[start - 1].end if start else 0 : tokens[start].start]
    for sign in "(:->+/":
        if sign in raw:
            found["after " + sign] = 0.5
    return found


def _names(word: str) -> tuple[str, ...]:
    return (word, word[:_STEM] + "*") if len(word) > _STEM else (word,)


def _words(reading: Reading, names: dict[int, int], first: int, last: int) -> list[tuple[str, int]]:
    """The words of a stretch with names and numbers abstracted, and where they stand."""
    found: list[tuple[str, int]] = []
    for position in range(first, last):
        token = reading.tokens[position]
        found += [(sign, position) for sign in _pause(reading, position, first)]
        if position in names:
            if names[position] == position:
                found.append(("{t}", position))
        else:
            found.append(("{q}" if token.word[0].isdigit() else token.fold, position))
    return found


def _pause(reading: Reading, position: int, first: int) -> tuple[str, ...]:
    """The sign for a comma, colon or bracket before a word in the midst of a sentence."""
    return (",",) if first < position and reading.tokens[position].gap >= COMMA else ()


def _listed(reading: Reading, tools: Sequence[Span], index: int) -> tuple[int, int]:
    """The first and the last tool of the list that a tool stands in."""
    begin = end = index
    while begin and _joined(reading, tools[begin - 1], tools[begin]):
        begin -= 1
    while end + 1 < len(tools) and _joined(reading, tools[end], tools[end + 1]):
        end += 1
    return begin, end


def _joined(reading: Reading, left: Span, right: Span) -> bool:
    between = reading.tokens[left.last : right.first]
    if right.first < left.last or len(between) > 1 or reading.tokens[right.first].gap > COMMA:
        return False
    if not between:
        raw = reading.plain[reading.tokens[left.last - 1].end : reading.tokens[right.first].start]
        return raw.strip() in (",", "+", "/", "&", "and")
    return between[0].fold in _JOINERS and between[0].gap <= COMMA
