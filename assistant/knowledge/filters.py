"""Filters of rules and caveats: which tools a mapping from fields of the record to values picks out."""

from __future__ import annotations

from typing import Any

from assistant.knowledge.model import Tool

FILTER_FIELDS = (
    "id",
    "roles",
    "tasks",
    "modalities",
    "languages",
    "platforms",
    "os",
    "hardware",
    "scale",
    "learning_curve",
    "licence.kind",
    "licence.spdx",
    "status.state",
)
"""The fields of a tool's record that a filter may ask about."""


def fits(tool: Tool, wanted: dict[str, Any]) -> bool:
    """Whether each field of the record has the wanted value, or one of several."""
    for field, value in wanted.items():
        have: Any = tool
        for step in field.split("."):
            have = getattr(have, step)
        options = value if isinstance(value, list) else [value]
        if not (set(have) & set(options) if isinstance(have, tuple) else have in options):
            return False
    return True
