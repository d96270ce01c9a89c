"""Text from outside, made harmless for a terminal.

What a person types, what a knowledge file says and what a database holds may carry escape codes, bidirectional
overrides or lone surrogates. Each becomes one replacement character, so offsets into the text stay valid.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f-\x9f\"'<>\\^`{|}]{1,2000}")


def safe(text: str) -> str:
    """`text` without anything a terminal would obey; newlines stay, each other character keeps its place."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " ").replace("\r", " "))


def one_line(text: str) -> str:
    """`safe(text)` on one line."""
    return safe(text).replace("\n", " ")


def safe_link(url: str) -> str:
    """`url` if it is a plain web address, else ''."""
    return url if _LINK.fullmatch(url) else ""
