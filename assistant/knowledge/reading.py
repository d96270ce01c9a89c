"""YAML files into plain data with the place of every value; nothing in a file can do more than be data.

Anchors, aliases, tags and duplicate keys are refused (they hide mistakes and can blow up). Every value but null is the
text that was written (`1.10`, `2026-11-22`, `no`); the schema says what it means.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

MAX_BYTES = 10_000_000
MAX_DEPTH = 30
MAX_VALUES = 1_000_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)

Place = tuple[int, int]
"""Line and column, both from 1."""
Path_ = tuple[str | int, ...]


class Finding(msgspec.Struct, frozen=True):
    """Something wrong (or worth a look) in the knowledge."""

    level: str  # error | warning
    file: str
    line: int
    column: int
    message: str
    expected: str = ""

    def __str__(self) -> str:
        tail = f"; expected {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message}{tail}"


class Document(msgspec.Struct):
    """One file: its data, and where each value stands."""

    name: str
    data: Any
    places: dict[Path_, Place]

    def place(self, path: Path_) -> Place:
        """The place of `path`, or of the nearest thing that holds it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


class _Refused(Exception):
    def __init__(self, message: str, node: yaml.Node | yaml.Event) -> None:
        super().__init__(message)
        mark = node.start_mark
        self.place = (mark.line + 1, mark.column + 1) if mark else (1, 1)


def read(path: Path, name: str) -> Document | Finding:
    """The document in `path`, or what is wrong with it. `name` is how messages call the file."""
    try:
        if not path.is_file() and path.exists():  # a device or a pipe may have no end
            return Finding("error", name, 1, 1, "is no ordinary file", "a file with text")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Finding("error", name, 1, 1, f"cannot be read: {error.strerror}")
    if len(raw) > MAX_BYTES:
        return Finding("error", name, 1, 1, f"has over {MAX_BYTES:,} bytes", f"at most {MAX_BYTES:,}")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Finding("error", name, raw.count(b"\n", 0, error.start) + 1, 1, "is not UTF-8 text")
    return parse(text, name)


def parse(text: str, name: str) -> Document | Finding:
    """As `read`, for text that is at hand."""
    depth = max((len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.strip()), default=0)
    if depth > 400 or max(text.count("["), text.count("{")) > 200_000:
        return Finding("error", name, 1, 1, "is nested too deeply", f"at most {MAX_DEPTH} levels")
    places: dict[Path_, Place] = {}
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=_Loader)
        data = _plain(node, (), places, 0) if node is not None else {}
    except _Refused as error:
        return Finding("error", name, *error.place, str(error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Finding("error", name, line, column, f"is not YAML: {error.problem or error.context}")
    except (yaml.YAMLError, RecursionError) as error:
        return Finding("error", name, 1, 1, f"is not YAML: {error}".splitlines()[0])
    return Document(name, data, places)


def _check_events(text: str) -> None:
    """Refuse anchors, aliases, deep nesting and floods while parsing is still flat: composing recurses and needs room."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if count > MAX_VALUES:
            raise _Refused(f"holds more than {MAX_VALUES:,} values; make it several files", event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases (& and *) are not allowed; write the value out", event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(f"is nested more than {MAX_DEPTH} levels deep", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, path: Path_, places: dict[Path_, Place], depth: int) -> Any:
    places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Refused("a key must be plain text", key_node)
            key = key_node.value
            if key in mapping:
                raise _Refused(f"the key {key!r} stands here twice", key_node)
            mapping[key] = _plain(value_node, (*path, key), places, depth + 1)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), places, depth + 1) for i, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    if node.tag not in _PLAIN_TAGS:
        raise _Refused(f"the tag {node.tag} is not allowed", node)
    text: str = node.value
    if node.style:  # quoted or a block: text, whatever it looks like
        return text
    return None if text in ("", "null", "~") else text
