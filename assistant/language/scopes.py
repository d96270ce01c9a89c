"""What a "no" reaches, what is only a wish, and what "only" closes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.reading import Reading, Span
from assistant.language.tokens import CLAUSE, COMMA, NONE, SENTENCE
from assistant.language.trie import Hit

_FREE = re.compile(r"-free\b")
_COMPARED = 9  # words between two wishes that are compared
_LIST = 30  # things that one refusal may list
_DENIED = 5  # words behind a denial that may deny
_NEGATIVE = frozenset({"no", "not", "without", "lack", "lacking", "never", "none", "unlabelled", "unlabeled"})
_LINKS = frozenset({"and", "or", "nor", "as", "well"})
_HINGES = frozenset({"in", "on", "with", "to", "for", "from", "at", "by", "via", "of"})


def refused(reading: Reading, lexicon: Lexicon, spans: Sequence[Span]) -> dict[int, tuple[int, int]]:
    """Which spans (by index) are refused, each with the words that refuse it (token range)."""
    found: dict[int, tuple[int, int]] = {}
    immune = [*reading.of("pseudo"), *reading.of("correction")]
    denied = _denied(reading)
    inside = {position for span in spans for position in range(span.first, span.last)}
    for hit in reading.of("deny<"):
        if hit.first in denied or any(p.first <= hit.first and hit.last <= p.last for p in immune):
            continue
        whole = next((s for s in spans if s.first <= hit.first and hit.last <= s.last and s[:2] != hit[:2]), None)
        if whole is not None:  # the phrase itself says no: "no labels" is a value of its own
            if whole.entry.slot == "privacy":  # "we can not send anything to the cloud"
                sent = _forward(reading, lexicon, spans, whole.last, inside)
                found.update({at: whole[:2] for at in sent if spans[at].entry.slot == "deployment" and at not in found})
            continue
        for index in _forward(reading, lexicon, spans, hit.last, inside):
            if spans[index].is_tool and not _refuses_tool(reading, lexicon, hit, spans[index]):
                continue
            found.setdefault(index, (hit.first, hit.last))
    for index in range(1, len(spans)):
        words = _preferred(reading, lexicon, spans[index - 1], spans[index])
        if words is not None:
            found.setdefault(index, words)
    for kind in ("deny>", "unconcerned"):
        for hit in reading.of(kind):
            if any(p.first <= hit.first and hit.last <= p.last for p in immune) or _describes(reading, lexicon, hit):
                continue
            for index in _backward(reading, spans, hit.first):
                if kind == "deny>" or spans[index].entry.slot == "priorities":
                    found.setdefault(index, (hit.first, hit.last))
    for position in answering_no(reading):
        for index in _backward(reading, spans, position, SENTENCE):
            found.setdefault(index, (position, position + 1))
    for index, span in enumerate(spans):
        if _FREE.match(reading.plain, reading.place(span.first, span.last)[1]):
            found.setdefault(index, (span.first, span.last + 1))  # "GPL-free"
        if span.first in denied and reading.tokens[span.first].word in _NEGATIVE:
            found[index] = (span.first, span.last)  # "I would not say we have no labels"
    return found


def _describes(reading: Reading, lexicon: Lexicon, hit: Hit[Entry]) -> bool:
    """Whether a single refusing word only describes what follows it: "images of forbidden items"."""
    if hit.last - hit.first > 1 or hit.last == len(reading.tokens):
        return False
    follower = reading.tokens[hit.last]
    return follower.gap == NONE and follower.fold not in lexicon.stopwords


def _denied(reading: Reading) -> set[int]:
    """Where a "no" is itself denied: "not that we lack a GPU"."""
    found: set[int] = set()
    for hit in reading.of("denial"):
        position = hit.last
        while position < len(reading.tokens) and position < hit.last + _DENIED and reading.tokens[position].gap == NONE:
            found.add(position)
            position += 1
    return found


def answering_no(reading: Reading) -> list[int]:
    """Where a word says no to what stands right before it: "AGPL: no", "Windows? God no.", "PyTorch yes, TensorFlow no"."""
    tokens = reading.tokens
    found: list[int] = []
    for position, token in enumerate(tokens):
        if token.word not in _NOES or not position:
            continue
        if (
            position + 1 < len(tokens)
            and tokens[position + 1].gap < COMMA
            and tokens[position + 1].word not in _SOFTENERS
        ):
            continue
        asked = position
        while asked and tokens[asked].gap == NONE and tokens[asked - 1].word in _INTERJECTIONS:
            asked -= 1
        if not asked:
            continue
        between = reading.plain[tokens[asked - 1].end : tokens[asked].start].strip()
        if between in (":", "->", "=") and asked == position:
            found.append(position)
        elif between == "?" and asked - clause(reading, asked - 1, SENTENCE)[0] <= _ASKED:
            found.append(asked)
        elif not between and asked == position and _says_yes(reading, position):
            found.append(position)
    return found


def _says_yes(reading: Reading, position: int) -> bool:
    """Whether a "yes" closes another part of the sentence, so that this "no" answers as well."""
    first, last = clause(reading, position, SENTENCE)
    return any(
        reading.tokens[at].word in _YESES and (at + 1 == last or reading.tokens[at + 1].gap >= COMMA)
        for at in range(first + 1, last)
    )


def _preferred(reading: Reading, lexicon: Lexicon, one: Span, other: Span) -> tuple[int, int] | None:
    """The "than" of "rather X than Y", which refuses Y."""
    between = reading.tokens[one.last : other.first]
    if [token.fold for token in between] != ["than"] or not _kin(one, other):
        return None
    before = reading.tokens[max(0, one.first - 3) : one.first]
    if any(token.fold in lexicon.negation.preferring for token in before):
        return one.last, one.last + 1
    return None


def outweighed(reading: Reading, lexicon: Lexicon, spans: Sequence[Span]) -> set[int]:
    """The priorities (by index) that another one beats: the accuracy of "speed matters more than accuracy"."""
    found: set[int] = set()
    wishes = [index for index, span in enumerate(spans) if span.entry.slot == "priorities"]
    for pair in pairwise(wishes):
        one, other = spans[pair[0]], spans[pair[1]]
        lesser = _lesser(reading, lexicon, one.last, other.first) if one.last < other.first else None
        if lesser is not None:
            found.add(pair[lesser])
    return found


def _lesser(reading: Reading, lexicon: Lexicon, first: int, last: int) -> int | None:
    """Which of the wishes on either side of `tokens[first:last]` weighs less by these words: 0, 1 or neither."""
    words = [token.fold for token in reading.tokens[first:last]]
    if any(token.gap >= CLAUSE for token in reading.tokens[first : last + 1]):
        return None
    if " ".join(words) in lexicon.negation.outweighs:
        return 1
    if "than" in words and len(words) <= _COMPARED:
        before = words[: words.index("than")]
        denied = not {"not", "no"}.isdisjoint(before)
        if "more" in before:
            return 0 if denied else 1
        if "less" in before:
            return 1 if denied else 0
    return None


def _refuses_tool(reading: Reading, lexicon: Lexicon, hit: Hit[Entry], span: Span) -> bool:
    """A bare "not" refuses a tool only right before it, and in no question ("isn't vLLM better?", "why X and not Y")."""
    words = reading.tokens[hit.first : hit.last]
    if not all(token.fold in _BARE for token in words):
        return True
    first, last = clause(reading, hit.first, SENTENCE)
    opener = reading.tokens[first].fold
    stop = reading.tokens[last].start if last < len(reading.tokens) else len(reading.plain)
    if opener in _ASKS or "?" in reading.plain[reading.tokens[last - 1].end : stop]:
        return False
    between = reading.tokens[hit.last : span.first]
    return all(token.fold in lexicon.stopwords for token in between) and len(between) <= 4


_ASKED = 3  # words of a question that is nothing but a name
_YESES = frozenset({"yes", "yeah", "ok", "okay", "fine", "sure"})
_SOFTENERS = frozenset({"thanks", "thank", "way", "please"})
_INTERJECTIONS = frozenset(
    {"god", "hell", "oh", "lord", "heavens", "absolutely", "definitely", "certainly", "sorry", "well", "um"}
)
_NOES = frozenset({"no", "never", "nope", "nein", "not"})
_BARE = frozenset(
    {"not", "no", "nor", "never", "neither", "any", "nobody", "one", "none", "of", "us", "hardly", "barely"}
)
_ASKS = frozenset(
    {"why", "what", "how", "which", "where", "when", "is", "are", "does", "do", "would", "can", "could", "should"}
)


def _forward(reading: Reading, lexicon: Lexicon, spans: Sequence[Span], start: int, inside: set[int]) -> list[int]:
    """The spans that a refusal before them reaches: the first within reach and what is coordinated with it."""
    tokens = reading.tokens
    breaks = reading.starting("break")
    reached: list[int] = []
    end = start
    for index, span in enumerate(spans):
        if span.first < start:
            continue
        if len(reached) == _LIST:
            break
        if not reached:
            if span.first - start > lexicon.negation.reach:
                break
            between = range(start, span.first)
            if any(tokens[p].gap != NONE for p in range(start, span.first + 1)):
                break
            if any(p in breaks for p in between):
                break
        elif span.first < end:
            pass  # nested in or equal to what was reached already
        elif not _coordinated(reading, spans, reached[-1], span, end, start):
            break
        reached.append(index)
        end = max(end, span.last)
    return reached


def _coordinated(reading: Reading, spans: Sequence[Span], last: int, span: Span, end: int, start: int) -> bool:
    tokens = reading.tokens
    if tokens[span.first].gap >= CLAUSE:
        return False
    between = tokens[end : span.first]
    words = [token.fold for token in between]
    if not words:
        if tokens[span.first].gap == COMMA:
            return _list_goes_on(reading, span.last)
        return tokens[span.first].gap == NONE and spans[last].is_tool == span.is_tool
    if words[0] not in _LINKS:
        return False
    if any(
        word in ("we", "i", "but", "use", "must", "have", "it", "only", "just", "moved", "switched", "now")
        for word in words
    ):
        return False
    if words[0] == "and" and not (spans[last].is_tool == span.is_tool and _kin(spans[last], span)):
        return False
    return len(words) <= 3 and all(token.gap <= COMMA for token in between)


def _kin(one: Span, other: Span) -> bool:
    return one.is_tool or one.entry.slot == other.entry.slot


def _list_goes_on(reading: Reading, position: int) -> bool:
    """Whether a list with commas ends in "or", "nor" or "and" a little later."""
    for token in reading.tokens[position : position + 6]:
        if token.gap >= CLAUSE:
            return False
        if token.fold in ("or", "nor", "and"):
            return True
    return False


def _backward(reading: Reading, spans: Sequence[Span], position: int, level: int = COMMA - 1) -> list[int]:
    """The spans that a refusal behind them reaches ("the cloud is not an option")."""
    tokens = reading.tokens
    reached: list[int] = []
    nearest = -1
    for index in range(len(spans) - 1, -1, -1):
        span = spans[index]
        if span.last > position:
            continue
        if not reached:
            if position - span.last > 3 or any(t.gap > level for t in tokens[span.last : position + 1]):
                break
        elif span.last > nearest:
            pass
        else:
            between = [token.fold for token in tokens[span.last : nearest]]
            if between not in (["and"], ["or"], ["nor"]):
                break
        reached.append(index)
        nearest = span.first
    return reached


def soft(reading: Reading, spans: Sequence[Span]) -> set[int]:
    """The spans that are wishes: a word of wishing stands in their clause, and no word of demand nearer."""
    return {index for index, span in enumerate(spans) if _is_soft(reading, span)}


def _is_soft(reading: Reading, span: Span) -> bool:
    tokens = reading.tokens
    begin = span.first
    while begin > 0 and tokens[begin].gap < CLAUSE and span.first - begin < 10:
        if tokens[begin].gap == COMMA and tokens[begin].fold in ("but", "and", "we", "it", "must"):
            break
        begin -= 1
    finish = span.last
    while finish < len(tokens) and tokens[finish].gap < COMMA and finish - span.last < 6:
        finish += 1
    if finish < len(tokens) and tokens[finish].gap == COMMA and any(h.first == finish for h in reading.of("soft")):
        finish += 2
    distances = [
        (_distance(h.first, h.last, span), 1) for h in reading.of("soft") if begin <= h.first and h.last <= finish + 1
    ]
    demands = [
        (_distance(h.first, h.last, span), 0)
        for h in reading.of("hard")
        if begin <= h.first < span.first or (span.last <= h.first and h.last <= finish)
    ]
    demands = [d for d in demands if not any(True for h in reading.of("soft") if h.first <= d[0] < 0)]
    return bool(distances) and min(distances) < min(demands, default=(99, 0))


def _distance(first: int, last: int, span: Span) -> int:
    return span.first - last if last <= span.first else first - span.last


def closed(reading: Reading, spans: Sequence[Span]) -> set[int]:
    """The spans that "only" closes, with those coordinated with them ("Apache or MIT only")."""
    tokens = reading.tokens
    found: set[int] = set()
    for hit in reading.of("closed"):
        found |= {index for index, span in enumerate(spans) if _closes(reading, hit, span)}
    for index in range(len(spans) - 2, -1, -1):
        following = spans[index + 1]
        between = tokens[spans[index].last : following.first]
        if index + 1 in found and len(between) == 1 and between[0].fold in ("or", "and"):
            found.add(index)
    return found


def _closes(reading: Reading, hit: Hit[Entry], span: Span) -> bool:
    """Whether an "only" stands in a span, right behind it or right before it."""
    tokens = reading.tokens
    if span.first <= hit.first < span.last:
        return True
    if 0 <= hit.first - span.last <= 1:
        return all(token.gap < COMMA for token in tokens[span.last : hit.first + 1])
    return 0 <= span.first - hit.last <= 1 and all(token.gap == NONE for token in tokens[hit.last : span.first + 1])


def clause(reading: Reading, position: int, level: int = CLAUSE) -> tuple[int, int]:
    """First and last+1 token of the clause (or sentence, by `level`) around a position."""
    return reading.clauses(level)[position]
