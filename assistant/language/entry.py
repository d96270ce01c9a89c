"""What a phrase of the vocabulary says."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """What a phrase says.

    `kind` is `tool` (`name` is its id), `value` (`slot`, `name`), `surrounding` (a value of a
    slot of tools), `opaque`, `unit` and `fixed` (`name` is an index), or the
    name of a family of cues such as `deny` or `role<`. `weak`: counts only in fitting company.
    """

    kind: str
    name: str = ""
    slot: str = ""
    weak: bool = False
