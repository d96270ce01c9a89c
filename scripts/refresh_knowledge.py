#!/usr/bin/env python3
"""Compares releases in the tool records with the package index, and proposes changes as a diff to be reviewed.

    python3 scripts/refresh_knowledge.py NAME... [--limit N] [--write] [--report FILE]

NAME is a tool's id or its package. For each it reads the current release, its date, its licence and the Pythons that it
runs on, and prints a unified diff of the YAML: the release's version, date and day of verification (a line of its own if
the record has none), nothing else. What needs a person is told and left alone: yanked or archived packages, no release
for 18 months, another licence.

It asks for a few named packages only, at most one request a second, and remembers the answers for a day. The index and
everything about it is the business of `pypi-simple`, which has to be installed: pip install pypi-simple
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from _package_index import (  # noqa: E402
    Answer,
    Current,
    Index,
    NotInstalled,
    Remembering,
    Remote,
    Unavailable,
    current,
    normalised,
    order,
    plain,
)

from assistant import paths  # noqa: E402
from assistant.knowledge import loading, reading  # noqa: E402

if TYPE_CHECKING:
    from assistant.knowledge.gathering import Draft

LIMIT, MOST = 10, 50
STALE = timedelta(days=548)


@dataclass
class Finding:
    """What was found out about one tool. `notes` are for a person to act on."""

    tool: str
    package: str
    recorded: str = ""
    current: Current | None = None
    licence: str = ""
    notes: list[str] = field(default_factory=list)


# -- comparing ---------------------------------------------------------------------------------------------


def compare(draft: Draft, package: str, answer: Answer, today: date) -> Finding:
    """What the index says beside what the record says."""
    record = draft.record
    found = Finding(record.id, package, _recorded(draft), current(answer.files))
    found.licence = answer.licence
    notes = found.notes
    if answer.status != "active":
        notes.append(f"the package is {plain(answer.status)}: {plain(answer.reason) or 'no reason given'}")
        if record.status.state == "active":
            notes.append("the record says that it is active")
    for file in answer.files:
        if file.version == found.recorded and file.yanked is not None:
            notes.append(f"the recorded release {file.version} was yanked: {plain(file.yanked) or 'no reason given'}")
            break
    if found.current is None:
        notes.append("there is no release that could be installed")
        return found
    if today - date.fromisoformat(found.current.day) > STALE:
        notes.append(f"no release since {found.current.day}")
        if record.status.state == "active":
            notes.append("the record says that it is active")
    if record.release is None:
        notes.append("the record names no release")
    elif order(found.recorded) is None:
        notes.append(f"the recorded version {found.recorded!r} cannot be compared")
    elif order(found.recorded) > order(found.current.version):
        notes.append("the record is ahead of the index")
    if found.licence and not same_licence(record.licence.spdx, found.licence):
        notes.append(f"the record has the licence {record.licence.spdx}, the package {found.licence}")
    if found.recorded and found.recorded != found.current.version and found.recorded in record.status.evidence:
        notes.append(f"the evidence of the status names {found.recorded}")
    found.notes = list(dict.fromkeys(notes))
    return found


def same_licence(recorded: str, found: str) -> bool:
    """Whether two names mean one licence, as far as loose names (`BSD`, `Apache Software License`) can tell."""
    one, other = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (recorded, found))
    if one in other or other in one:
        return True
    families = [re.match("[a-z]*", name.lower()) for name in (recorded, found)]
    vague = not (any(map(str.isdigit, one)) and any(map(str.isdigit, other)))
    return vague and all(families) and len({family[0] for family in families if family}) == 1


def _recorded(draft: Draft) -> str:
    return draft.record.release.version if draft.record.release else ""


def changes(draft: Draft, found: Finding, today: date) -> dict[str, str]:
    """The fields of `release` to be written; empty if there is nothing to say with certainty."""
    release = draft.record.release
    if found.current is None:
        return {}
    if release is None:
        return {"version": found.current.version, "date": found.current.day, "verified": today.isoformat()}
    if order(found.recorded) is None:
        return {}
    if order(found.recorded) > order(found.current.version):
        return {}
    wanted: dict[str, str] = {}
    if order(found.recorded) != order(found.current.version):
        wanted |= {"version": found.current.version, "date": found.current.day}
    if (release.verified or draft.record.verified) != today.isoformat():
        wanted["verified"] = today.isoformat()
    return wanted


# -- editing -----------------------------------------------------------------------------------------------


def edited(text: str, document: reading.Document, path: reading.Path_, wanted: dict[str, str]) -> str:
    """`text` with the fields of the release at `path` set; every other character stays. Raises ValueError."""
    record = _at(document.data, path[:-1])
    release = record.get("release")
    if release is None:
        return _added(text, document, path[:-1], wanted)
    lines = text.splitlines(keepends=True)
    spots: list[tuple[int, int, str, str]] = []
    for name, value in wanted.items():
        if name in release:
            line, column = document.places[(*path, name)]
            spots.append((line - 1, column - 1, _written(lines[line - 1][column - 1 :], release[name]), value))
    missing = [(name, value) for name, value in wanted.items() if name not in release]
    line, column = document.places[(*path, "date")]
    old = _written(lines[line - 1][column - 1 :], release["date"])
    start_line, start = document.places[path]
    for name, value in missing:  # behind the date, in the style of the record
        block = lines[start_line - 1][start - 1] != "{"
        lead = "\n" + " " * (start - 1) if block else ", "
        dated = next((spot for spot in spots if spot[:2] == (line - 1, column - 1)), None)
        if dated is not None:
            spots.remove(dated)
        spots.append((line - 1, column - 1, old, f"{dated[3] if dated else old}{lead}{name}: {value}"))
    for at, begin, before, after in sorted(spots, reverse=True):
        quote = before[0] if before[0] in "'\"" and not after.startswith(before[0]) else ""
        lines[at] = lines[at][:begin] + f"{quote}{after}{quote}" + lines[at][begin + len(before) :]
    return "".join(lines)


def _at(data: Any, path: reading.Path_) -> Any:
    for step in path:
        data = data[step]
    return data


def _added(text: str, document: reading.Document, path: reading.Path_, wanted: dict[str, str]) -> str:
    """`text` with a line for the release in the record at `path`, below its status. Raises ValueError."""
    keys = [*_at(document.data, path)]
    below = keys[keys.index("status") + 1 :]
    follows = below[0] if below else "status"
    lines = text.splitlines(keepends=True)
    at = document.places[(*path, follows)][0] - 1
    while not lines[at].lstrip(" -").startswith(f"{follows}:"):  # a list may begin below its key
        at -= 1
        if at < document.places[path][0]:
            raise ValueError("the record is not written as a block of lines")
    indent = " " * (document.places[path][1] - 1)
    fields = ", ".join(
        f'{name}: "{value}"' if name == "version" else f"{name}: {value}" for name, value in wanted.items()
    )
    lines.insert(at, f"{indent}release: {{{fields}}}\n")
    return "".join(lines)


def _written(rest: str, value: str) -> str:
    """How `value` stands at the beginning of `rest`: plain or in quotes. Raises ValueError if it does not."""
    for form in (value, f'"{value}"', f"'{value}'"):
        if rest.startswith(form):
            return form
    raise ValueError(f"{value!r} is not where it should be")


def checked(name: str, before: reading.Document, after: str, path: reading.Path_, wanted: dict[str, str]) -> None:
    """Make sure that only the wanted fields have changed. Raises ValueError."""
    again = reading.parse(after, name)
    if not isinstance(again, reading.Document):
        raise ValueError(str(again))
    ours, theirs = _at(again.data, path[:-1]), _at(before.data, path[:-1])
    release = ours.get("release") or {}
    if any(release.get(key) != value for key, value in wanted.items()):
        raise ValueError("the edit did not take")
    if "release" in theirs:
        ours["release"] = {key: value for key, value in release.items() if key not in wanted}
        ours["release"] |= {key: value for key, value in theirs["release"].items() if key in wanted}
    else:
        del ours["release"]
    if again.data != before.data:
        raise ValueError("the edit changes more than it should")


# -- the whole ---------------------------------------------------------------------------------------------


def drafts_called(names: Sequence[str], drafts: dict[str, Draft]) -> Iterator[tuple[Draft, str]]:
    """The records that names stand for, each with its package. Raises Unavailable for a name that nothing has."""
    for name in dict.fromkeys(names):
        own = drafts.get(name.lower())
        fitting = (
            [own]
            if own
            else [d for d in drafts.values() if _package(d) and normalised(_package(d)) == normalised(name)]
        )
        if not fitting:
            raise Unavailable(f"no tool or package of the knowledge is called {name!r}")
        for draft in fitting:
            if not _package(draft):
                raise Unavailable(f"the record of {name} names no Python package")
            yield draft, _package(draft)


def _package(draft: Draft) -> str:
    packages: dict[str, str] = draft.record.packages
    return packages.get("pypi", "")


def refresh(
    names: Sequence[str], index: Index, today: date, *, write: bool, show: Callable[[str], object]
) -> list[Finding]:
    """Look the named tools up, show what would change and, if asked, write it. Raises Unavailable for unknown names."""
    _, builder = loading.build()
    wanted = [*drafts_called(names, builder.drafts["tools"])]
    root = loading.shipped()
    findings: list[Finding] = []
    for draft, package in wanted:
        try:
            answer = index.ask(package)
        except Unavailable as error:
            findings.append(Finding(draft.record.id, package, _recorded(draft), notes=[str(error)]))
        else:
            found = compare(draft, package, answer, today)
            findings.append(found)
            fields = changes(draft, found, today)
            place = root / draft.document.name.partition("/")[2]
            if fields:
                _propose(place, (*draft.path, "release"), fields, found, write=write, show=show)
        show(told(findings[-1]))
    return findings


def _propose(
    place: Path,
    path: reading.Path_,
    fields: dict[str, str],
    found: Finding,
    *,
    write: bool,
    show: Callable[[str], object],
) -> None:
    """Show the diff of one record and write it if asked. The file is read anew: the record before may have changed it."""
    name = f"{place.parent.parent.name}/{place.parent.name}/{place.name}"
    text = place.read_text(encoding="utf-8")
    document = reading.parse(text, name)
    try:
        if not isinstance(document, reading.Document):
            raise ValueError(str(document))
        after = edited(text, document, path, fields)
        checked(name, document, after, path, fields)
    except ValueError as error:
        found.notes.append(f"the file was left alone: {error}")
        return
    lines = (text.splitlines(keepends=True), after.splitlines(keepends=True))
    show("".join(difflib.unified_diff(*lines, f"a/{name}", f"b/{name}", n=1)))
    if write:
        fresh = place.with_name(f".{place.name}.{os.getpid()}")
        fresh.write_text(after, encoding="utf-8", newline="")
        fresh.replace(place)


def told(found: Finding) -> str:
    """A line for a person, and one for each note."""
    now = f"{found.current.version} of {found.current.day}" if found.current else "unknown"
    python = f", Python {found.current.python}" if found.current and found.current.python else ""
    licence = f", {found.licence}" if found.licence else ""
    head = f"{found.tool}: recorded {found.recorded or 'none'}, current {now}{python}{licence}"
    return "\n".join([head, *(f"  - {note}" for note in found.notes)]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Compare releases in the tool records with the package index; print a diff to be reviewed."
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help="a tool's id, or its Python package")
    parser.add_argument(
        "--limit", type=int, default=LIMIT, help=f"how many names at most (default {LIMIT}, at most {MOST})"
    )
    parser.add_argument("--write", action="store_true", help="change the files, and do not only show how")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write everything that was found there, as JSON")
    options = parser.parse_args(arguments)
    if not 1 <= options.limit <= MOST:
        parser.error(f"--limit takes 1 to {MOST}: this is for a look at a few packages, not for a crawl")
    if len(options.names) > options.limit:
        parser.error(f"{len(options.names)} names, and the limit is {options.limit}")
    index = Remembering(Remote, paths.cache_dir() / "packages")
    try:
        findings = refresh(options.names, index, date.today(), write=options.write, show=sys.stdout.write)
        if options.report:
            report = json.dumps([asdict(found) for found in findings], indent=2, ensure_ascii=False)
            options.report.write_text(report + "\n", encoding="utf-8")
    except (NotInstalled, Unavailable, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
