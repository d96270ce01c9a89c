"""Writes what was measured into docs/performance.md: tables between markers, and line charts as SVG beside them."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "performance.md"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 400, 64, 230, 44, 48
COLOURS = ("#0b62a4", "#d1495b", "#3a8a3d", "#8b5fbf", "#b7791f", "#4a5568")


def spread(found: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile."""
    if len(found) < 2:
        return (found[0], found[0], found[0])
    low, middle, high = statistics.quantiles(found, n=4, method="inclusive")
    return low, middle, high


def milliseconds(found: Sequence[float]) -> str:
    """The median with its quartiles, in ms."""
    low, middle, high = spread(found)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def number(value: float) -> str:
    """Two digits that count, and no more than a reader needs."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def busy() -> float:
    """How many processes of others wanted a core in the last minute; 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def machine(others: float) -> str:
    """What the numbers were taken on. `others` is what `busy` said before."""
    cores = os.cpu_count() or 1
    name = f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{name}, while {others:.0f} processes of others shared the cores" if others > cores / 2 else name


def write(section: str, text: str) -> None:
    """Put `text` between the markers of `section` in the page; the rest of the page stays as it is."""
    begin, end = f"<!-- bench:{section} -->", f"<!-- /bench:{section} -->"
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    if begin not in page:
        page = f"{page.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")


def bars(name: str, title: str, up: str, values: Mapping[str, float]) -> str:
    """Draw `values` as bars into docs/images; the Markdown that shows them."""
    left, step, most = 170, 34, max(values.values())
    height = TOP + step * len(values) + 24
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="24" font-size="15" font-weight="600" fill="#1a202c">{escape(title)}, {escape(up)}</text>',
    ]
    for place, (label, value) in enumerate(values.items()):
        y, wide = TOP + step * place, (WIDTH - left - 80) * value / most
        out.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end" fill="#4a5568">{escape(label)}</text>')
        out.append(f'<rect x="{left}" y="{y}" width="{wide:.1f}" height="20" fill="{COLOURS[0]}"/>')
        out.append(f'<text x="{left + wide + 8:.1f}" y="{y + 15}" fill="#1a202c">{number(value)}</text>')
    return _drawn(name, title, out)


def chart(
    name: str, title: str, along: str, up: str, lines: Mapping[str, Sequence[tuple[float, float]]], goal: float = 0.0
) -> str:
    """Draw `lines` on logarithmic axes into docs/images; the Markdown that shows it."""
    points = [point for line in lines.values() for point in line]
    xs = sorted({x for x, _ in points})
    ys = [y for _, y in points] + ([goal] if goal else [])
    low, high = 10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys)))

    def across(x: float) -> float:
        wide = math.log(xs[-1] / xs[0]) or 1.0
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(x / xs[0]) / wide

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * math.log(y / low) / math.log(high / low)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600" fill="#1a202c">{escape(title)}</text>',
    ]
    tick = low
    while tick <= high * 1.001:
        y = down(tick)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#4a5568">{tick:,g}</text>')
        tick *= 10
    for x in xs:
        out.append(
            f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#4a5568">{x:,g}</text>'
        )
    out.append(f'<text x="{LEFT}" y="{HEIGHT - 8}" fill="#4a5568">{escape(along)}; {escape(up)}</text>')
    if goal:
        out.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{down(goal):.1f}" y2="{down(goal):.1f}" stroke="#1a202c"'
            ' stroke-dasharray="4 4"/>'
        )
    lowest = 0.0
    drawn = sorted(zip(lines.items(), COLOURS, strict=False), key=lambda one: down(one[0][1][-1][1]))
    for (label, line), colour in drawn:
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>' for x, y in line]
        lowest = max(down(line[-1][1]), lowest + 15)  # names must not lie on each other
        out.append(
            f'<text x="{across(line[-1][0]) + 10:.1f}" y="{lowest + 4:.1f}" fill="{colour}">{escape(label)}</text>'
        )
    return _drawn(name, title, out)


def _drawn(name: str, title: str, out: list[str]) -> str:
    (DOCS / "images").mkdir(exist_ok=True)
    (DOCS / "images" / f"{name}.svg").write_text("\n".join([*out, "</svg>"]) + "\n", encoding="utf-8")
    return f"![{title}](images/{name}.svg)"
