"""Where every record stands, so that whatever is found wrong later can still be told with file, line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.knowledge.reading import Finding

if TYPE_CHECKING:
    from assistant.knowledge.building import Builder

NOWHERE = "knowledge"
"""The file of findings that are about no single record."""


class Places:
    """The places of the records that one builder took in."""

    def __init__(self, builder: Builder) -> None:
        self._drafts = builder.drafts
        self._phrases = builder.phrase_files

    def finding(self, level: str, kind: str, id: str, message: str, expected: str = "", *path: str | int) -> Finding:
        """A finding about `path` inside a record; `kind` is the key of its list in the file (`tools`, `rules`)."""
        draft = self._drafts.get(kind, {}).get(id)
        if draft is None:
            return self.general(level, message, expected)
        return draft.finding(message, expected, path, level)

    def claim(self, level: str, claim: str, message: str, expected: str = "", *path: str | int) -> Finding:
        """A finding about a claim of a tool, named as the program names it (`litert/+3`)."""
        tool, _, number = claim.rpartition("/")
        field = "strengths" if number.startswith("+") else "weaknesses"
        return self.finding(level, "tools", tool, message, expected, field, int(number[1:]) - 1, *path)

    def phrases(self, level: str, stem: str, message: str, expected: str = "", *path: str | int) -> Finding:
        """A finding about `phrases/<stem>.yaml`, of the highest layer that has it."""
        document = self._phrases.get(stem)
        if document is None:
            return self.general(level, message, expected)
        return Finding(level, document.name, *document.place(path), message, expected)

    def written(self, kind: str, id: str, *path: str | int) -> object:
        """What the author wrote there (None if nothing): a list of tools where the program knows only who is meant."""
        draft = self._drafts.get(kind, {}).get(id)
        value: object = draft.document.data if draft else None
        for step in (*(draft.path if draft else ()), *path):
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    @staticmethod
    def general(level: str, message: str, expected: str = "") -> Finding:
        """A finding about no single record."""
        return Finding(level, NOWHERE, 1, 1, message, expected)
