"""A page: styled text laid out for a width, with the claims on it.

All text that reaches the screen from a reply passes through `Page`, which makes it harmless and never reads markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size
from textual.content import Content, Span
from textual.style import Style

from assistant.tui.safe import one_line, safe, safe_link

_BLANKS = " \N{NO-BREAK SPACE}"
_WORD = re.compile(r"[^ \n]+ *| +|\n")  # a no-break space holds words together
_HELD = re.compile(rf"[^{_BLANKS}]*[{_BLANKS}]*")


class Run(NamedTuple):
    """Text in one style. `style` is a Textual style ("bold $text-primary"); `link` a web address or ''.

    With a `ref` the run is a claim of its own; `says` puts it in our words.
    """

    text: str
    style: str = ""
    link: str = ""
    ref: str = ""
    says: str = ""


class Claim(NamedTuple):
    """A stretch of the page that can be asked about: characters `start` to `end`, first on line `line`."""

    ref: str
    start: int
    end: int
    line: int
    url: str = ""
    title: str = ""
    opens: str = "why"  # why: ask about `ref`; proof: explore the one that proves `ref`; say: say `ref`; source: `url`
    says: str = ""  # what was understood from these words
    box: bool = False  # begins with a box that can be ticked


class Drawing(NamedTuple):
    content: Content
    claims: tuple[Claim, ...]
    height: int


class Page:
    """Collects lines. `width` is in cells; nothing put on the page is wider unless a single character is."""

    def __init__(self, width: int, *, developer: bool = False, ticked: frozenset[str] = frozenset()) -> None:
        self.width = max(width, 8)
        self.developer = developer
        self.ticked = ticked  # steps of a plan that are done
        self._text: list[str] = []
        self._length = 0
        self._lines = 0
        self._spans: list[Span] = []
        self._claims: list[Claim] = []
        self._open: list[Claim] = []

    # --- claims ------------------------------------------------------------------------------------

    def begin(self, ref: str, url: str = "", title: str = "", opens: str = "why", *, box: bool = False) -> None:
        """What follows, up to `end()`, is the claim `ref`."""
        opens = opens if ref else "source"
        at, line = self._length, self._lines
        self._open.append(Claim(ref, at, at, line, safe_link(url), one_line(title), opens, box=box))

    def end(self) -> None:
        claim = self._open.pop()
        if (claim.ref or claim.url) and self._length > claim.start:
            self._claims.append(claim._replace(end=self._length - 1))

    # --- lines ---------------------------------------------------------------------------------------

    def blank(self) -> None:
        """An empty line, unless the page is empty or the last line is empty already."""
        if self._text and self._text[-1] != "\n":
            self._add("\n", ())

    def put(
        self,
        *runs: Run | str,
        indent: int = 0,
        hang: int | None = None,
        lead: Sequence[Run | str] = (),
        below: Run | None = None,
    ) -> None:
        """One paragraph, wrapped. `lead` stands before it; further lines are indented as deep as the text begins.

        `hang` overrides that depth (cells); `below` is put before further lines in place of blanks.
        """
        head = [run._replace(text=one_line(run.text)) for run in _clean(lead)]
        first = " " * indent + "".join(run.text for run in head)
        depth = cell_len(first) if hang is None else hang
        depth = min(depth, self.width // 2)
        rail = Run(fit_exactly(safe(below.text), depth), below.style) if below else Run(" " * depth)
        head = [Run(" " * indent), *head]
        if cell_len(first) >= self.width - 4:  # no room beside the lead: give it lines of its own
            for line in wrap(head, self.width, self.width):
                self._emit(line)
            head, first = [rail], " " * depth
        for number, line in enumerate(wrap(_clean(runs), self.width - cell_len(first), self.width - depth)):
            self._emit([*(head if number == 0 else [rail]), *line])

    def row(self, cells: Iterable[tuple[Sequence[Run | str], int]], gap: int = 2, indent: int = 0) -> None:
        """A table row: each cell wraps in its own width (cells)."""
        columns = [(wrap(_clean(runs), width, width) or [[]], width) for runs, width in cells]
        for line in range(max((len(lines) for lines, _ in columns), default=0)):
            out: list[Run] = [Run(" " * indent)]
            for number, (lines, width) in enumerate(columns):
                runs = lines[line] if line < len(lines) else []
                used = sum(cell_len(run.text) for run in runs)
                last = number == len(columns) - 1
                out += [*runs, Run("" if last else " " * (max(width - used, 0) + gap))]
            self._emit(out)

    def _emit(self, runs: Iterable[Run]) -> None:
        kept = list(runs)
        while kept and not kept[-1].text.rstrip(" ") and not kept[-1].style:
            kept.pop()
        if kept and not kept[-1].style:
            kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip(" "))
        self._add("".join(run.text for run in kept) + "\n", kept)

    def _add(self, text: str, runs: Iterable[Run]) -> None:
        position = self._length
        for run in runs:
            end = position + len(run.text)
            if run.style and run.text:
                self._spans.append(Span(position, end, run.style))
            if run.link and run.text and (link := safe_link(run.link)):
                self._spans.append(Span(position, end, Style(link=link)))
            if run.ref and (words := run.text.rstrip()):
                self._claim(run, position, position + len(words))
            position = end
        self._text.append(text)
        self._length += len(text)
        self._lines += 1

    def _claim(self, run: Run, start: int, end: int) -> None:
        """A claim on one run; words broken over two lines stay one claim."""
        before = self._claims[-1] if self._claims else None
        if before and before.ref == run.ref and start - before.end <= 1:
            self._claims[-1] = before._replace(end=end)
        else:
            self._claims.append(Claim(run.ref, start, end, self._lines, says=one_line(run.says)))

    def drawing(self) -> Drawing:
        """All that was put on the page."""
        text = "".join(self._text).rstrip("\n")
        spans = [span for span in self._spans if span.start < len(text)]
        claims = tuple(sorted(self._claims, key=lambda claim: (claim.start, -claim.end)))
        marks = [Span(c.start, min(c.end, len(text)), Style.from_meta({"claim": i})) for i, c in enumerate(claims)]
        return Drawing(Content(text, [*spans, *marks]), claims, text.count("\n") + 1 if text else 0)


def _clean(runs: Iterable[Run | str]) -> list[Run]:
    return [Run(safe(run)) if isinstance(run, str) else run._replace(text=safe(run.text)) for run in runs]


def wrap(runs: Sequence[Run], first: int, rest: int) -> list[list[Run]]:
    """`runs` broken into lines of at most `first`, then `rest` cells, at spaces where possible."""
    text = "".join(run.text for run in runs)
    return [_slice(runs, start, end) for start, end in _breaks(text, max(first, 2), max(rest, 2))]


def _breaks(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    start, used, room = 0, 0, first

    def close(end: int, following: int) -> None:
        nonlocal start, used, room
        lines.append((start, end))
        start, used, room = following, 0, rest

    for match in _WORD.finditer(text):
        word = match.group()
        if word == "\n":
            close(match.start(), match.end())
            continue
        at, parts = match.start(), [word]
        if cell_len(word.rstrip(" ")) > rest:  # held together in vain
            parts = _HELD.findall(word)
        for part in parts:
            size = cell_len(part.rstrip(" "))
            if used and used + size > room:
                close(at, at)
            if size > room:
                for offset, character in enumerate(part):
                    width = get_character_cell_size(character)
                    if used + width > room:
                        close(at + offset, at + offset)
                    used += width
            else:
                used += cell_len(part)
            at += len(part)
    lines.append((start, len(text)))
    return lines


def _slice(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    out: list[Run] = []
    position = 0
    for run in runs:
        low, high = max(start - position, 0), min(end - position, len(run.text))
        if low < high:
            out.append(run._replace(text=run.text[low:high]))
        position += len(run.text)
    if out:
        out[-1] = out[-1]._replace(text=out[-1].text.rstrip(" "))
    return out


def fit(text: str, width: int) -> str:
    """`text` cut to `width` cells, with an ellipsis where something was cut."""
    text = one_line(text)
    if cell_len(text) <= width:
        return text
    used, out = 0, []
    for character in text:
        used += get_character_cell_size(character)
        if used > width - 1:
            break
        out.append(character)
    return "".join(out).rstrip() + "…" if width > 0 else ""


def fit_exactly(text: str, width: int) -> str:
    """`fit(text, width)`, filled up with blanks."""
    cut = fit(text, width)
    return cut + " " * (width - cell_len(cut))
