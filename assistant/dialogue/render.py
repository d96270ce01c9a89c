"""Blocks as plain text and as Markdown, from their common outline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from assistant.dialogue.blocks import Block, Citation, Outline

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")  # brackets cover links and images; parentheses then mean nothing
_AT_START = re.compile(r"^(\s*(?:[0-9]+(?=[.)]))?)([.)+#=-])")  # lists, headings and rulers begin a line
_AT_END = re.compile(r"(#+\s*)$")  # hashes that would close a heading
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def inert(text: str) -> str:
    """`text` without control characters, escape codes or bidirectional overrides, on one line."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\n", " ").replace("\t", " "))


def escape(text: str) -> str:
    """`text` such that CommonMark and HTML show it literally."""
    shown = _MARKDOWN_SPECIAL.sub(r"\\\1", inert(text))
    closed = _AT_END.sub(lambda match: match.group().replace("#", "\\#"), shown)
    return _AT_START.sub(r"\1\\\2", closed)


def plain(blocks: Iterable[Block]) -> str:
    """All blocks as plain text, a blank line between blocks."""
    return "\n\n".join("\n".join(_plain_block(list(block.outline()))) for block in blocks)


def markdown(blocks: Iterable[Block], heading: int = 3) -> str:
    """All blocks as CommonMark; headings of blocks have level `heading`."""
    return "\n\n".join("\n".join(_markdown_block(list(block.outline()), heading)).strip("\n") for block in blocks)


def _lead(line: Outline) -> str:
    return f"{inert(line.strong)}: " if line.strong else ""


def _plain_block(lines: list[Outline]) -> list[str]:
    out: list[str] = []
    for is_table, run in groupby(lines, key=lambda line: line.kind == "row"):
        rows = list(run)
        if is_table:
            out += _plain_table(rows)
            continue
        for line in rows:
            text = inert(line.text) + "".join(f" [{_cite(c)}]" for c in line.sources)
            indent = "  " * line.level
            if line.kind == "heading":
                out.append(f"{inert(line.text)}")
            elif line.kind == "item":
                lead = {"+": "+ ", "-": "- ", "~": "~ "}.get(line.strong)
                out.append((f"{indent}{lead}{text}" if lead else f"{indent}- {_lead(line)}{text}").rstrip())
            else:
                out.append(f"{indent}{_lead(line)}{text}")
    return out


def _cite(citation: Citation) -> str:
    return f"{inert(citation.title)}, {inert(citation.verified)}"


def _plain_table(rows: list[Outline]) -> list[str]:
    cells = [[inert(cell) for cell in row.cells] for row in rows]
    widths = [max(len(row[i]) if i < len(row) else 0 for row in cells) for i in range(max(map(len, cells)))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in cells]


def _markdown_block(lines: list[Outline], heading: int) -> list[str]:
    out: list[str] = []
    for is_table, run in groupby(lines, key=lambda line: line.kind == "row"):
        rows = list(run)
        if is_table:
            out += ["", *_markdown_table(rows), ""]
            continue
        for line in rows:
            sources = "".join(f" ({linked(c)}, {escape(c.verified)})" for c in line.sources)
            lead = f"**{escape(line.strong)}:** " if line.strong else ""
            text = f"{lead}{escape(line.text)}{sources}"
            if line.kind == "heading":
                out += ["", f"{'#' * heading} {escape(line.text)}", ""]
            elif line.kind == "item":
                out.append(f"{'  ' * line.level}- {text}".rstrip())
            elif line.kind == "quote":
                out += [f"> {text}", ""]
            else:
                out += [text, ""]
    return out


def _markdown_table(rows: list[Outline]) -> list[str]:
    lines = ["| " + " | ".join(escape(cell) or " " for cell in row.cells) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0].cells), *lines[1:]]


def linked(citation: Citation) -> str:
    """The title as a Markdown link; bare where there is no page to open."""
    title, url = escape(citation.title), safe_url(citation.url)
    return f"[{title}]({url})" if url else title


def safe_url(url: str) -> str:
    """A link target that cannot break out of its parentheses; anything but http(s) is dropped."""
    if not url.startswith(("https://", "http://")):
        return ""
    return re.sub(r"[\s()<>\\\"]", lambda m: f"%{ord(m.group()):02X}", url)
