"""The ranking of a role as a bar chart in SVG, to stand in a page: no script, colours from the page's style."""

from __future__ import annotations

from html import escape

from assistant.dialogue.blocks import Matrix
from assistant.dialogue.render import inert

_WIDTH, _ROW, _NAMES, _SCORES, _LONGEST = 640, 24, 200, 56, 28


def ranking(matrix: Matrix) -> str:
    """A bar for each candidate, the first choice marked; scores below zero go to the left of the line."""
    scores = [row.score for row in matrix.rows]
    low, high = min(0.0, *scores), max(0.0, *scores)
    scale = (_WIDTH - _NAMES - 2 * _SCORES) / ((high - low) or 1.0)
    zero = _NAMES + _SCORES - low * scale
    told = "; ".join(f"{row.name} {row.score:g}" for row in matrix.rows)
    height = _ROW * len(scores) + 8
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" class="chart">',
        f"<title>{_text(f'{matrix.title}, points: {told}')}</title>",
    ]
    for number, row in enumerate(matrix.rows):
        top, long = 4 + number * _ROW, abs(row.score) * scale
        start = zero if row.score >= 0 else zero - long
        at, anchor = (zero + long + 6, "start") if row.score >= 0 else (zero - long - 6, "end")
        name = row.name if len(row.name) <= _LONGEST else row.name[: _LONGEST - 1] + "…"
        parts += [
            f'<text x="0" y="{top + 16}">{_text(name)}</text>',
            f'<rect x="{start:.1f}" y="{top + 4}" width="{max(long, 1):.1f}" height="{_ROW - 8}"'
            f' class="{"bar" if number else "bar first"}"/>',
            f'<text x="{at:.1f}" y="{top + 16}" text-anchor="{anchor}">{row.score:g}</text>',
        ]
    parts += [f'<line x1="{zero:.1f}" y1="0" x2="{zero:.1f}" y2="{height}"/>', "</svg>"]
    return "".join(parts)


def _text(text: str) -> str:
    return escape(inert(text), quote=True)
