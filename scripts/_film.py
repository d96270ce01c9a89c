"""A film of a terminal as one SVG file: it moves by CSS alone and refers to nothing outside.

Each line that ever stands on the screen is drawn once; where and when it stands is told by an animation of its visibility.
Who prefers no motion, or looks with a program that does not animate, sees one still.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI

CELL, LINE, SIZE = 8.4, 18, 14
PAD, BAR = 12, 28
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

Row = tuple[Segment, ...]


class Frame(NamedTuple):
    """What stands on the screen, and for how many seconds."""

    rows: tuple[Row, ...]
    seconds: float


def film(frames: Sequence[Frame], columns: int, background: str, still: int) -> str:
    """The SVG. `still` is the number of the frame that stands for the whole."""
    times = [0.0]
    for frame in frames:
        times.append(times[-1] + frame.seconds)
    length = times[-1]
    styles: dict[str, str] = {}
    drawn: dict[str, str] = {}
    spans: dict[tuple[int, str], list[tuple[float, float]]] = {}
    stills: set[tuple[int, str]] = set()
    for number, frame in enumerate(frames):
        for y, row in enumerate(frame.rows):
            if not (line := _line(row, background, styles)):
                continue
            place = y, drawn.setdefault(line, f"l{len(drawn)}")
            if number == still:
                stills.add(place)
            before = spans.setdefault(place, [])
            if before and before[-1][1] == times[number]:
                before[-1] = before[-1][0], times[number + 1]
            else:
                before.append((times[number], times[number + 1]))
    shows: dict[str, str] = {}
    uses = []
    for (y, line), when in spans.items():
        steps = "" if when == [(0.0, length)] else _steps(when, length)
        kind = ""
        if steps:
            name = shows.setdefault(steps, f"k{len(shows)}")
            kind = f' class="{name} still"' if (y, line) in stills else f' class="{name}"'
        uses.append(f'<use href="#{line}" y="{y * LINE}"{kind}/>')
    width, height = columns * CELL + 2 * PAD, len(frames[0].rows) * LINE + BAR + PAD
    css = [
        f"text{{font:{SIZE}px {FONT};white-space:pre}}",
        *(f".{name}{{{rule}}}" for rule, name in styles.items()),
        "use[class]{visibility:hidden}use.still{visibility:visible}",
        "@media(prefers-reduced-motion:no-preference){",
        *(f"@keyframes {name}{{{steps}}}use.{name}{{animation:{name} {length:.2f}s step-end infinite}}" for steps, name in shows.items()),
        "}",
    ]  # fmt: skip
    lights = "".join(
        f'<circle cx="{20 + 18 * at}" cy="{BAR / 2}" r="5" fill="{fill}"/>'
        for at, fill in enumerate(("#e0685f", "#e0b050", "#6fbf73"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f"<style>{''.join(css)}</style><defs>"
        + "".join(f'<g id="{name}">{line}</g>' for line, name in drawn.items())
        + f'</defs><rect width="100%" height="100%" rx="8" fill="{background}"/>{lights}'
        f'<g transform="translate({PAD} {BAR})">{"".join(uses)}</g></svg>\n'
    )


def _steps(when: list[tuple[float, float]], length: float) -> str:
    """Key frames that show something during these spans."""
    steps = ["0%{visibility:hidden}"] if when[0][0] else []
    for start, end in when:
        steps.append(f"{100 * start / length:.3f}%{{visibility:visible}}")
        steps.append(f"{100 * end / length:.3f}%{{visibility:{'hidden' if end < length else 'visible'}}}")
    return "".join(steps)


def _line(row: Row, background: str, styles: dict[str, str]) -> str:
    """A line as SVG, '' if nothing is to be seen of it. What its styles say is collected in `styles`."""
    parts, at = [], 0
    for segment in Segment.simplify(row):
        cells, style = segment.cell_length, segment.style or Style()
        front, back = _colours(style, background)
        if back != background:
            parts.append(f'<rect x="{at * CELL:.1f}" width="{cells * CELL:.1f}" height="{LINE}" fill="{back}"/>')
        text = segment.text.rstrip() if not style.underline else segment.text
        if text.strip():
            lead = len(text) - len(text.lstrip())
            inner = text.lstrip()
            weight = "font-weight:bold;" if style.bold else ""
            slant = "font-style:italic;" if style.italic else ""
            under = "text-decoration:underline;" if style.underline else ""
            name = styles.setdefault(f"fill:{front};{weight}{slant}{under}", f"s{len(styles)}")
            length = Segment(inner).cell_length * CELL
            parts.append(
                f'<text class="{name}" x="{(at + lead) * CELL:.1f}" y="{SIZE}" textLength="{length:.1f}">'
                f"{escape(inner).replace(' ', '&#160;')}</text>"
            )
        at += cells
    return "".join(parts)


def _colours(style: Style, background: str) -> tuple[str, str]:
    """What is in front and behind, as #rrggbb."""
    theme = DIMMED_MONOKAI
    front = style.color.get_truecolor(theme).hex if style.color and not style.color.is_default else "#d8dce4"
    back = style.bgcolor.get_truecolor(theme).hex if style.bgcolor and not style.bgcolor.is_default else background
    return (back, front) if style.reverse else (front, back)
