"""The conversation as one self-contained HTML page: no script, nothing loaded from elsewhere, proofs fold open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape as html_escape
from itertools import groupby

from assistant.dialogue.blocks import Block, Citation, Matrix, Node, Outline, Proof
from assistant.dialogue.commands import spoken
from assistant.dialogue.render import inert, safe_url
from assistant.sessions.export import Document
from assistant.sessions.export.chart import ranking
from assistant.sessions.export.transcript import ADVICE, about
from assistant.sessions.model import StoredTurn

_FORMULA = re.compile(r"\s*(?:[=@]|[+-](?![\d.]+$))")
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fcfcfa; --soft: #5c646c; --line: #d8dcde; --you: #eef2f6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --paper: #15181b; --soft: #9aa4ad; --line: #343b42; --you: #20262d; }
}
body { margin: 2rem auto; max-width: 52rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, sans-serif; }
header p, .cite { color: var(--soft); font-size: .875rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
blockquote { margin: 0 0 1rem; padding: .6rem .9rem; background: var(--you); border-radius: .4rem; white-space: pre-wrap; }
h1 { font-size: 1.5rem; } h3 { font-size: 1.05rem; margin: 1.2rem 0 .3rem; }
ul { margin: .3rem 0; padding-left: 1.3rem; } details { margin: .2rem 0 .2rem 1rem; } summary { cursor: pointer; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
a { color: inherit; } h2 { font-size: 1.2rem; } section { border-top: 2px solid var(--line); }
.chart { max-width: 40rem; font-size: 13px; fill: var(--ink); } .chart line { stroke: var(--soft); }
.bar { fill: var(--line); } .bar.first { fill: var(--soft); }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --you: #f2f2f2; }
  body { margin: 0; max-width: none; font-size: 10pt; } h2, h3, summary { break-after: avoid; }
  blockquote, tr, .chart { break-inside: avoid; } details::details-content { content-visibility: visible; }
}
"""


def page(document: Document, turns: Sequence[StoredTurn], advice: Sequence[Block] = ()) -> str:
    """The whole page: these turns, then the advice as it stands. Whatever people or knowledge files wrote is text on it, never markup."""
    title = escape(document.session.title)
    articles = "\n".join(
        f'<article id="message-{turn.number + 1}">\n<blockquote>{_lines(spoken(turn.text))}</blockquote>\n'
        + body(turn.reply.blocks)
        + "\n</article>"
        for turn in turns
    )
    stands = "\n".join(line for block in advice for line in _block(block))
    section = f'<section id="advice">\n<h2>{ADVICE}</h2>\n{stands}\n</section>\n' if advice else ""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
        f"<p>{escape(about(document))}</p>\n</header>\n<main>\n{articles}\n{section}</main>\n</body>\n</html>\n"
    )


def body(blocks: Iterable[Block]) -> str:
    """The blocks of one reply, for a page that somebody else makes."""
    return "\n".join(line for block in blocks for line in _block(block))


def escape(text: str) -> str:
    """`text` such that HTML shows it literally, on one line."""
    return html_escape(inert(text), quote=True)


def _lines(text: str) -> str:
    return "\n".join(escape(line) for line in text.splitlines())


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Proof):
        yield from _node(block.root, opened=True)
        return
    if isinstance(block, Matrix) and block.rows:
        yield ranking(block)
    for kind, run in groupby(block.outline(), key=lambda line: line.kind):
        lines = list(run)
        match kind:
            case "row":
                yield from _table(lines)
            case "item":
                yield from _items(lines)
            case "heading":
                yield from (f"<h3>{escape(line.text)}</h3>" for line in lines)
            case _:
                yield from (f"<p>{_text(line)}</p>" for line in lines)


def _items(lines: list[Outline]) -> Iterator[str]:
    """A flat run of items with levels as nested lists."""
    open_lists = 0
    for line in lines:
        # A level deeper opens one list at most, whatever the levels say, so that the lists nest well.
        wanted = min(line.level + 1, open_lists + 1)
        if wanted > open_lists:
            yield "<ul>"
            open_lists += 1
        else:
            yield "</li>"
            while open_lists > wanted:
                yield "</ul></li>"
                open_lists -= 1
        yield f"<li>{_text(line)}"
    for _ in range(open_lists):
        yield "</li></ul>"


def _table(lines: list[Outline]) -> Iterator[str]:
    yield "<table>"
    for number, line in enumerate(lines):
        cell = "td" if number else "th"
        yield "<tr>" + "".join(f"<{cell}>{escape(_no_formula(text))}</{cell}>" for text in line.cells) + "</tr>"
    yield "</table>"


def _no_formula(text: str) -> str:
    """A cell that a spreadsheet which opens the page takes for text, too; numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) else text


def _node(node: Node, *, opened: bool = False) -> Iterator[str]:
    text = escape(node.text) + _cited(node.sources)
    if not node.children:
        yield f"<ul><li>{text}</li></ul>"
        return
    yield f"<details{' open' if opened else ''}><summary>{text}</summary>"
    for child in node.children:
        yield from _node(child)
    yield "</details>"


def _text(line: Outline) -> str:
    lead = f"<strong>{escape(line.strong)}:</strong> " if line.strong else ""
    return lead + escape(line.text) + _cited(line.sources)


def _cited(sources: Iterable[Citation]) -> str:
    return "".join(f' <span class="cite">[{_linked(one)}, {escape(one.verified)}]</span>' for one in sources)


def _linked(citation: Citation) -> str:
    title, url = escape(citation.title), escape(safe_url(citation.url))
    return f'<a href="{url}" rel="noreferrer">{title}</a>' if url else title
