"""Text that cannot play tricks with a terminal."""

from __future__ import annotations

import re
from typing import TextIO

# All control characters but the newline, separators that some take for newlines, and bidirectional overrides.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# Those that JSON leaves as they are.
_IN_JSON = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """`text` without control characters, escape codes and bidirectional overrides; its lines stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def harmless_json(document: bytes) -> bytes:
    """The same JSON with such characters written as escapes."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", document.decode()).encode()


def send(text: str, stream: TextIO) -> None:
    """Write harmless `text`; what the stream's encoding does not have becomes a question mark, not an error."""
    encoding = stream.encoding or "utf-8"
    stream.write(harmless(text).encode(encoding, "replace").decode(encoding))
