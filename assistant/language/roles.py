"""What each named tool is to the person: in use, to be left, to be avoided, up for a choice, or asked about."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.model import ToolRole
from assistant.language.reading import Reading, Span
from assistant.language.scopes import clause
from assistant.language.tokens import COMMA, NONE, SENTENCE
from assistant.language.trie import Hit

_FAR = 80  # words on either side that may say whose a tool is
_REACH = 2  # words between a cue and the tool it speaks about
_LEFT = frozenset({"migrating_from", "avoid"})
_OPEN = (None, "answer_candidate", "considering")
_THINGS = frozenset({"deployment", "hardware", "os", "language"})  # what a pronoun may mean as well
_REFUSED = 4  # words between a refusal and a cue that it turns around
_FIRST_PERSON = frozenset({"we", "i", "our", "my", "us", "me", "mine", "ours"})
_PRONOUNS = frozenset({"it", "them", "this", "that"})


def cued(
    reading: Reading, lexicon: Lexicon, tools: Sequence[Span], refusals: dict[int, tuple[int, int]]
) -> list[ToolRole | None]:
    """The role that cues give each of `tools`, in their order. `refusals` are the refused ones (index -> words that refuse)."""
    signs = _Signs(reading, tools)
    found = [_own(reading, lexicon, tools, index, signs) for index in range(len(tools))]
    for index in refusals:
        if found[index] not in ("migrating_from",):
            found[index] = "avoid"
    for index, span in enumerate(tools):
        if found[index] in _OPEN and _made_with(reading, lexicon, span):
            found[index] = "existing_stack"
    _spread(reading, lexicon, tools, found)
    _spread_back(reading, tools, found)
    _arrows(reading, lexicon, tools, found)
    return found


class _Signs:
    """The cues of a message by the places where they count, so that a tool looks at those around it only."""

    def __init__(self, reading: Reading, tools: Sequence[Span]) -> None:
        self.ending: dict[int, list[Hit[Entry]]] = {}
        self.pointing: list[Hit[Entry]] = []  # those that a pronoun follows
        for hit in reading.of("role<"):
            self.ending.setdefault(hit.last, []).append(hit)
            if hit.last < len(reading.tokens) and reading.tokens[hit.last].fold in _PRONOUNS:
                self.pointing.append(hit)
        self.starting: dict[int, list[Hit[Entry]]] = {}
        for hit in reading.of("role>"):
            self.starting.setdefault(hit.first, []).append(hit)
        self.persons = [index for index, token in enumerate(reading.tokens) if token.fold in _FIRST_PERSON]
        self.behind_tools = {tool.last for tool in tools}

    def around(self, span: Span) -> list[Hit[Entry]]:
        """The cues for what follows them that end shortly before a tool, and those that point back by a pronoun."""
        before = [hit for at in range(span.first - _REACH, span.first + 1) for hit in self.ending.get(at, ())]
        return [*before, *(hit for hit in self.pointing if hit.first >= span.last)]

    def behind(self, span: Span) -> list[Hit[Entry]]:
        """The cues for what stands before them that begin right behind a tool."""
        return [hit for at in (span.last, span.last + 1) for hit in self.starting.get(at, ())]


def _own(reading: Reading, lexicon: Lexicon, tools: Sequence[Span], index: int, signs: _Signs) -> ToolRole | None:
    """The role that the nearest cue before or behind the tool gives it. A question tells less than it asks."""
    span = tools[index]
    first, last = clause(reading, span.first, SENTENCE)
    stop = reading.tokens[last].start if last < len(reading.tokens) else len(reading.plain)
    asks = "?" in reading.plain[reading.tokens[last - 1].end : stop]
    theirs = any(max(first, span.first - _FAR) <= at < min(last, span.last + _FAR) for at in signs.persons)
    opens = reading.tokens[first].fold in lexicon.asking.verbs
    ahead: tuple[int, int, str] | None = None
    behind: tuple[int, int, str] | None = None
    for hit in signs.around(span):
        if hit.last - hit.first == 1 and hit.payload.name in _LEFT and hit.first in signs.behind_tools:
            continue  # "will X replace Y": not the person does
        if asks and not theirs and hit.payload.name == "existing_stack":
            continue  # "can a model trained in X ..."
        if hit.payload.name == "existing_stack" and hit.first > first:
            if reading.tokens[hit.first - 1].fold in lexicon.asking.verbs:
                continue  # "can we ship X in a closed product?"
        if hit.last <= span.first and _reaches(reading, tools, hit.last, span.first):
            ahead = _better(ahead, hit, span.first - hit.last)
        elif _stands_for(reading, lexicon, tools, index, hit):
            behind = _better(behind, hit, 0)
    for hit in signs.behind(span):
        judged = reading.tokens[hit.last - 1].fold == "but"  # "X is great but what about ..."
        if asks and not judged and (opens if hit.payload.name in _LEFT else not theirs):
            continue  # "is X dead?"
        distance = hit.first - span.last
        if 0 <= distance <= 1 and all(t.gap < COMMA for t in reading.tokens[span.last : hit.first + 1]):
            behind = _better(behind, hit, distance)
    if ahead is None or behind is None:
        best = ahead or behind
    elif behind[2] in _LEFT and ahead[2] not in _LEFT:
        best = behind  # "we tried X but it was too slow"
    else:
        best = min(ahead, behind)
    return best[2] if best is not None else None  # type: ignore[return-value]  # the vocabulary's keys are roles


def _made_with(reading: Reading, lexicon: Lexicon, span: Span) -> bool:
    """Whether something that is there already is made with the tool: "serve X models", asked or told."""
    tokens, cues = reading.tokens, lexicon.role_cues
    first, last = clause(reading, span.first, COMMA)
    if span.last >= last or tokens[span.last].word not in cues.made:
        return False
    cut = [position for position in range(first, last) if tokens[position].word in cues.cuts]
    first = max((position for position in cut if position < span.first), default=first)
    last = min((position for position in cut if position >= span.last), default=last)
    return any(token.word in cues.used for token in tokens[first:last])


def _stands_for(reading: Reading, lexicon: Lexicon, tools: Sequence[Span], index: int, hit: Hit[Entry]) -> bool:
    """Whether a cue is about the tool by a pronoun ("Kubeflow is a pain. We are leaving it.")."""
    tokens, span = reading.tokens, tools[index]
    if hit.last >= len(tokens) or tokens[hit.last].fold not in _PRONOUNS or span.last > hit.first:
        return False
    if hit.last + 1 < len(tokens) and tokens[hit.last + 1].gap == NONE and hit.payload.name in _LEFT:
        return False  # "replace that part"
    if index + 1 < len(tools) and tools[index + 1].first < hit.first:
        return False
    if hit.first and tokens[hit.first - 1].fold == "or":
        return False  # "we could keep it or drop it"
    if hit.payload.name not in _LEFT and (hit.payload.name != "existing_stack" or hit.last - hit.first < 2):
        return False
    if any(
        span.last <= value.first and value.last <= hit.first and value.payload.slot in _THINGS
        for value in reading.of("value")
    ):
        return False
    if any(0 <= hit.first - no.last <= _REFUSED for no in reading.of("deny<")):
        return False  # "do not tell me to move off it"
    return sum(token.gap == SENTENCE for token in tokens[span.last : hit.first + 1]) < 2


def _better(best: tuple[int, int, str] | None, hit: Hit[Entry], distance: int) -> tuple[int, int, str]:
    """Nearer cues win, of equally near ones the longer."""
    candidate = (distance, hit.first - hit.last, hit.payload.name)
    return candidate if best is None or candidate < best else best


def _reaches(reading: Reading, tools: Sequence[Span], last: int, first: int) -> bool:
    """Whether nothing but a few words stands between a cue and a tool."""
    if first - last > _REACH:
        return False
    if any(token.gap != NONE for token in reading.tokens[last : first + 1]):
        return False
    if any(last <= tool.first < first for tool in tools):
        return False
    breaks = reading.starting("break")
    return not any(position in breaks for position in range(last, first))


def _spread(reading: Reading, lexicon: Lexicon, tools: Sequence[Span], found: list[ToolRole | None]) -> None:
    """In a list, tools without a role of their own take that of the one before ("we use pandas, dask and ray")."""
    conjunctions = frozenset(lexicon.role_cues.conjunctions) - {"vs", "versus", "with"}
    for index in range(1, len(tools)):
        if found[index] in (None, "considering") and found[index - 1] in ("existing_stack", "migrating_from", "avoid"):
            between = reading.tokens[tools[index - 1].last : tools[index].first]
            gaps = [t.gap for t in reading.tokens[tools[index - 1].last : tools[index].first + 1]]
            words = [token.fold for token in between]
            listed = max(gaps, default=0) <= COMMA and all(w in conjunctions or w in ("the", "a") for w in words)
            if listed and not (words == ["or"] and found[index - 1] == "existing_stack"):
                found[index] = found[index - 1]


def _spread_back(reading: Reading, tools: Sequence[Span], found: list[ToolRole | None]) -> None:
    """What is said behind a list holds for all of it ("tesseract and spaCy work fine")."""
    for index in range(len(tools) - 2, -1, -1):
        left, right = tools[index], tools[index + 1]
        if found[index] is None and found[index + 1] == "existing_stack" and left.last <= right.first:
            between = reading.plain[reading.tokens[left.last - 1].end : reading.tokens[right.first].start]
            if between.strip() in ("and", "+", "&", ","):
                found[index] = "existing_stack"


def _arrows(reading: Reading, lexicon: Lexicon, tools: Sequence[Span], found: list[ToolRole | None]) -> None:
    """ "airflow -> dagster" moves from the first to the second; so does "from airflow to dagster"."""
    for index in range(len(tools) - 1):
        left, right = tools[index], tools[index + 1]
        between = reading.plain[reading.tokens[left.last - 1].end : reading.tokens[right.first].start]
        if between.strip() in ("->", "-->", "=>", "→") or _from_to(reading, lexicon, left, right):
            found[index] = "migrating_from"
            found[index + 1] = found[index + 1] or "considering"


def _from_to(reading: Reading, lexicon: Lexicon, left: Span, right: Span) -> bool:
    """Whether a word of moving stands with "from LEFT to RIGHT"."""
    tokens = reading.tokens
    first, last = clause(reading, left.first)
    if right.first >= last or not left.first or tokens[left.first - 1].fold != "from":
        return False
    towards = [token.fold for token in tokens[left.last : right.first]]
    said = {token.word for token in tokens[first : left.first]}
    return bool(towards) and towards[-1] in ("to", "into", "towards") and not said.isdisjoint(lexicon.role_cues.moves)
