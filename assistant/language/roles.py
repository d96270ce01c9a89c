"""What each named tool is to the person: in use, to be left, to be avoided, up for a choice, or asked about."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.entry import Entry
from assistant.language.lexicon import Lexicon
from assistant.language.model import ToolRole
from assistant.language.reading import Reading, Span
from assistant.language.tokens import COMMA, NONE
from assistant.language.trie import Hit

_PRIORITY: dict[str, int] = {
    "avoid": 3,
    "migrating_from": 2,
    "existing_stack": 1,
    "considering": 0,
    "answer_candidate": 0,
}
_REACH = 2  # words between a cue and the tool it speaks about
_BESIDES = frozenset({"besides", "apart from", "other than", "aside from", "except", "except for", "excluding"})


def roles(
    reading: Reading, lexicon: Lexicon, tools: Sequence[Span], refusals: dict[int, tuple[int, int]], default: ToolRole
) -> list[ToolRole]:
    """The role of each of `tools`, in their order. `refusals` are the refused ones (index -> words that refuse)."""
    found: list[ToolRole | None] = [None] * len(tools)
    for index, span in enumerate(tools):
        found[index] = _own(reading, tools, index, span)
    for index in refusals:
        if found[index] not in ("migrating_from",):
            found[index] = "avoid"
    _spread(reading, lexicon, tools, found)
    _arrows(reading, tools, found)
    return [role or default for role in found]


def _own(reading: Reading, tools: Sequence[Span], index: int, span: Span) -> ToolRole | None:
    """The role that the nearest cue before or behind the tool gives it."""
    best: tuple[int, int, str] | None = None
    for hit in reading.of("role<"):
        if hit.last <= span.first and _reaches(reading, tools, hit.last, span.first):
            best = _better(best, hit, span.first - hit.last)
    for hit in reading.of("role>"):
        distance = hit.first - span.last
        if 0 <= distance <= 1 and all(t.gap < COMMA for t in reading.tokens[span.last : hit.first + 1]):
            best = _better(best, hit, distance)
    if best is None:
        return None
    role = best[2]
    return role  # type: ignore[return-value]


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


def _arrows(reading: Reading, tools: Sequence[Span], found: list[ToolRole | None]) -> None:
    """ "airflow -> dagster" moves from the first to the second; so does "from airflow to dagster"."""
    for index in range(len(tools) - 1):
        left, right = tools[index], tools[index + 1]
        between = reading.plain[reading.tokens[left.last - 1].end : reading.tokens[right.first].start]
        if between.strip() in ("->", "-->", "=>", "→"):
            found[index] = "migrating_from"
            found[index + 1] = found[index + 1] or "considering"
