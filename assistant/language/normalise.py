"""Make messages comparable without moving a single character: offsets into the result are offsets into the message."""

from __future__ import annotations

_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_DASH = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SPACE = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u200b\ufeff\t\r\x0b\x0c"
_TABLE = (
    dict.fromkeys(map(ord, _SINGLE), "'")
    | dict.fromkeys(map(ord, _DOUBLE), '"')
    | dict.fromkeys(map(ord, _DASH), "-")
    | dict.fromkeys(map(ord, _SPACE), " ")
    | {ord("\u2028"): "\n", ord("\u2029"): "\n"}
)


def normalise(text: str) -> str:
    """Lower case, plain quotes, dashes and spaces; exactly as long as `text`."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow when they are lowered; those stay as they are
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_TABLE)
