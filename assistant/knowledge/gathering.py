"""Documents into records that the schema allows, each with its place; a higher layer replaces records of a lower one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from assistant.knowledge import schema
from assistant.knowledge.reading import Document, Finding, Path_


class Draft:
    """A record that passed the schema, and where it stands."""

    def __init__(self, record: Any, document: Document, path: Path_, layer: str) -> None:
        self.record, self.document, self.path, self.layer = record, document, path, layer

    def finding(self, message: str, expected: str = "", path: Path_ = (), level: str = "error") -> Finding:
        line, column = self.document.place((*self.path, *path))
        return Finding(level, self.document.name, line, column, message, expected)


class Gathering:
    """The records of documents, taken in layer by layer. `findings` tells what was wrong with them."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.drafts: dict[str, dict[str, Draft]] = {kind: {} for kind in schema.RECORDS}
        self.acts: dict[str, tuple[str, ...]] = {}
        self.phrases: dict[str, object] = {}
        self.phrase_files: dict[str, Document] = {}

    def add(self, document: Document, layer: str) -> None:
        """Take in one document; later layers replace records of the same id."""
        stem = document.name.rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".yml")
        if document.name.split("/")[-2:-1] == ["phrases"]:
            self.phrase_files[stem] = document
            self.phrases[stem] = _laid_over(self.phrases.get(stem), document.data)
            return
        if not isinstance(document.data, dict):
            self._report(document, (), "holds no mapping", "a list under `tools:`, `rules:`, ...")
            return
        for kind, items in document.data.items():
            if kind == "acts":
                self._acts(items, document)
            elif kind not in schema.RECORDS:
                self._report(
                    document, (kind,), f"there is no kind of record called {kind!r}", ", ".join(schema.RECORDS)
                )
            elif items is not None and not isinstance(items, list):
                self._report(document, (kind,), f"`{kind}` is no list", "a list of records, each with `- id:`")
            else:
                for number, item in enumerate(items or []):
                    self._record(kind, item, document, (kind, number), layer)

    def _acts(self, groups: Any, document: Document) -> None:
        for group, names in groups.items() if isinstance(groups, dict) else [("", None)]:
            if isinstance(names, list) and all(isinstance(name, str) for name in names):
                self.acts[group] = tuple(names)
            else:
                self._report(
                    document, ("acts", group), f"acts: {group or 'it'} is no list", "a list of names per group"
                )

    def _record(self, kind: str, item: Any, document: Document, path: Path_, layer: str) -> None:
        try:
            record = schema.RECORDS[kind].model_validate(item)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                where = tuple(
                    step
                    for step in problem["loc"]
                    if not str(step).startswith(("list[", "dict[", "constrained", "literal"))
                )
                name = (item.get("id") or item.get("slot")) if isinstance(item, dict) else None
                message, expected = _told(kind, dict(problem), where)
                self._report(document, (*path, *where), f"{kind[:-1]} {name or 'without an id'}: {message}", expected)
            return
        key = record.slot if kind == "questions" else record.id  # type: ignore[attr-defined]  # every kind has one of the two
        draft = Draft(record, document, path, layer)
        earlier = self.drafts[kind].get(key)
        if earlier is not None and earlier.layer == layer:
            place = earlier.document.place(earlier.path)
            self.findings.append(
                draft.finding(
                    f"{kind[:-1]} {key!r} stands already in {earlier.document.name}:{place[0]}", "one record per id"
                )
            )
            return
        if earlier is not None:
            message = f"replaces the {kind[:-1]} {key!r} of the layer {earlier.layer!r} as a whole"
            self.findings.append(draft.finding(message, level="note"))
        self.drafts[kind][key] = draft

    def _report(self, document: Document, path: Path_, message: str, expected: str = "") -> None:
        self.findings.append(Finding("error", document.name, *document.place(path), message, expected))


def _laid_over(below: object, above: object) -> object:
    """Phrases of a higher layer add to those below: mappings are joined, lists get longer, anything else gives way."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _laid_over(below.get(key), value) for key, value in above.items()}
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *(item for item in above if item not in below)]
    return above


def _told(kind: str, problem: dict[str, Any], where: Path_) -> tuple[str, str]:
    """A problem of the schema in words, and what was expected."""
    field = ".".join(str(step) for step in where)
    if not field and problem["type"] == "value_error":
        return "its fields do not fit together", str(problem["msg"]).removeprefix("Value error, ").removeprefix(
            "expected "
        )
    if not field:
        return "this is no record", "a mapping of fields, such as `id: ...`"
    if problem["type"] == "missing":
        return f"`{field}` is missing", f"a line `{where[-1]}: ...`"
    if problem["type"] == "extra_forbidden":
        if " " in str(where[-1]):
            return f"{field}: looks like the rest of a sentence", "text with a comma inside {...} in quotes"
        record = schema.RECORDS[kind] if len(where) == 1 else None
        names = [info.alias or name for name, info in record.model_fields.items()] if record else []
        near = get_close_matches(str(where[-1]), names, n=1)
        return f"there is no field `{field}`", f"`{near[0]}`" if near else ", ".join(names)
    return f"{field}: {str(problem['input'])[:60]!r} will not do", str(problem["msg"]).removeprefix("Value error, ")
