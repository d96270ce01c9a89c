"""Pictures of a report as inline SVG: bars for shares, and flows from old first choices to new ones.

Nothing is loaded from elsewhere; colours come from the page, so that they suit a light and a dark screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape as html_escape

from assistant.audit.report import Part
from assistant.dialogue.render import inert

_WIDTH, _LINE, _BAR = 760, 26, 14
_LABEL = 300  # width of the names beside bars
_FLOWN = 12  # flows of a role that are drawn apart; the rest is one flow
_NAMED = 8  # tools of a role that have a piece of the bar of their own
_COLOURS = 8


def escape(text: str) -> str:
    """`text` such that HTML and SVG show it literally, on one line."""
    return html_escape(inert(text), quote=True)


def shares(parts: tuple[Part, ...]) -> str:
    """A bar for each part: how much of the whole it is."""
    height = _LINE * len(parts)
    room = _WIDTH - _LABEL - 110
    rows = []
    for number, part in enumerate(parts):
        y = number * _LINE
        filled = room * part.some / part.whole if part.whole else 0.0
        rows.append(
            f'<text x="{_LABEL - 10}" y="{y + 17}" text-anchor="end">{escape(part.title)}</text>'
            f'<rect class="empty" x="{_LABEL}" y="{y + 6}" width="{room}" height="{_BAR}" rx="3"/>'
            f'<rect class="c0" x="{_LABEL}" y="{y + 6}" width="{filled:.1f}" height="{_BAR}" rx="3"/>'
            f'<text x="{_LABEL + room + 8}" y="{y + 17}">{part.some:,} of {part.whole:,}</text>'
        )
    return _svg(height, "Shares", rows)


def winners(first: Mapping[str, Mapping[str, int]]) -> str:
    """A bar for each role, in pieces: how often each tool came first."""
    rows = []
    room = _WIDTH - 210
    for number, (role, tools) in enumerate(sorted(first.items())):
        y, x, total = number * _LINE, 200.0, sum(tools.values())
        rows.append(f'<text x="190" y="{y + 17}" text-anchor="end">{escape(role)}</text>')
        ranked = sorted(tools.items(), key=lambda item: (-item[1], item[0]))
        rest = sum(count for _, count in ranked[_NAMED:])
        pieces = [*ranked[:_NAMED], *([(f"{len(ranked) - _NAMED} others", rest)] if rest else [])]
        for place, (tool, count) in enumerate(pieces):
            width = room * count / total
            inside = "rest" if place == _NAMED else "in"
            shown = (
                f'<text class="{inside}" x="{x + 4:.1f}" y="{y + 17}">{escape(tool)}</text>'
                if width > 8 * len(tool)
                else ""
            )
            colour = "empty" if place == _NAMED else f"c{place % _COLOURS}"
            rows.append(
                f'<g><title>{escape(tool)}: {count} of {total}</title><rect class="{colour}" x="{x:.1f}" y="{y + 6}" '
                f'width="{max(width - 1, 0.5):.1f}" height="{_BAR}"/>{shown}</g>'
            )
            x += width
    return _svg(_LINE * len(first), "First choices by role", rows)


def flows(role: str, turns: Mapping[str, Mapping[str, int]]) -> str:
    """From which tool to which the first choices of a role moved; the thicker, the more projects."""
    listed = sorted(
        ((before, after, count) for before, to in turns.items() for after, count in to.items()),
        key=lambda flow: (-flow[2], flow[:2]),
    )
    rest = sum(count for *_, count in listed[_FLOWN:])
    shown = [*listed[:_FLOWN], *([("others", "others", rest)] if rest else [])]
    total = sum(count for *_, count in shown)
    scale = max(160.0, _LINE * max(len({f[0] for f in shown}), len({f[1] for f in shown}))) / total
    left, height_left = _stacked([(before, count) for before, _, count in shown], scale)
    right, height_right = _stacked([(after, count) for _, after, count in shown], scale)
    rows = []
    for number, (before, after, count) in enumerate(shown):
        width = max(count * scale, 1.0)
        y0, y1 = left[before][1], right[after][1]
        left[before] = (left[before][0], y0 + width)
        right[after] = (right[after][0], y1 + width)
        middle = _WIDTH / 2
        rows.append(
            f"<g><title>{escape(before)} → {escape(after)}: {count}</title>"
            f'<path class="flow c{number % _COLOURS}" d="M200 {y0:.1f} C{middle} {y0:.1f} {middle} {y1:.1f} 560 {y1:.1f} '
            f'V{y1 + width:.1f} C{middle} {y1 + width:.1f} {middle} {y0 + width:.1f} 200 {y0 + width:.1f} Z"/></g>'
        )
    for side, x, anchor in ((left, 190, "end"), (right, 570, "start")):
        for tool, (top, bottom) in side.items():
            rows.append(f'<text x="{x}" y="{(top + bottom) / 2 + 5:.1f}" text-anchor="{anchor}">{escape(tool)}</text>')
    return _svg(max(height_left, height_right), f"First choices as {role}, before and after", rows)


def _stacked(pieces: list[tuple[str, int]], scale: float) -> tuple[dict[str, tuple[float, float]], float]:
    """Where the column of each name begins, and the height of all columns on each other."""
    sizes: dict[str, float] = {}
    for name, count in pieces:
        sizes[name] = sizes.get(name, 0.0) + max(count * scale, 1.0)
    places: dict[str, tuple[float, float]] = {}
    y = 8.0
    for name, size in sizes.items():
        places[name] = (y, y)
        y += max(size, 14.0) + 10.0
    return places, y


def _svg(height: float, title: str, rows: list[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {max(height, 1):.0f}" role="img" aria-label="{escape(title)}">\n'
        + "\n".join(rows)
        + "\n</svg>"
    )
