"""`knowledge`: what the assistant knows, and whether it is well written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli import diagnostics, output
from assistant.cli.audit import audit
from assistant.cli.completing import records
from assistant.cli.exits import Exit, Refused
from assistant.cli.settings import Settings, pass_settings

if TYPE_CHECKING:
    from assistant.knowledge.model import Knowledge
    from assistant.knowledge.reading import Finding

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(
    epilog="""
\b
Your own knowledge lies over the shipped one:
  assistant --knowledge my-team ask "..."
Examples:
  assistant knowledge lint my-team
  assistant knowledge audit
  assistant knowledge stats
  assistant knowledge show litert
  assistant knowledge search "android licence"
  assistant knowledge schema > knowledge.schema.json
"""
)
def knowledge() -> None:
    """Check, audit, count, show and search what the assistant knows."""


@knowledge.command(
    epilog="""
\b
Each finding: file:line:column: level: what is wrong; expected what. An error is surely wrong, a
warning is most likely a mistake, a note may be as it is meant.
Examples:
  assistant knowledge lint
  assistant knowledge lint my-team
  assistant knowledge lint --notes --json
"""
)
@click.argument("folders", nargs=-1, metavar="[DIR]...", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--notes", is_flag=True, help="Also show what may well be meant, such as phrases with two meanings.")
@click.option(
    "--reach", is_flag=True, help="Also search for projects that bring each tool to the top; takes half a minute."
)
@_JSON
@click.pass_context
def lint(context: click.Context, folders: tuple[Path, ...], notes: bool, reach: bool, as_json: bool) -> None:
    """Check the shipped knowledge, or what DIRs laid over it bring. The exit code is 1 if there are errors."""
    below = context.ensure_object(Settings).knowledge
    findings = _findings((*below, *folders), reach=reach)
    if folders:  # what is there without them is not theirs to mend
        without = {str(finding) for finding in _findings(below, reach=False)}
        findings = [finding for finding in findings if str(finding) not in without]
    levels = Counter(finding.level for finding in findings)
    shown = [finding for finding in findings if notes or finding.level != "note"]
    if as_json:
        output.write_json(shown)
    else:
        for finding in shown:
            output.write(str(finding))
        unseen = "" if notes else " (--notes shows them)"
        output.write(f"{levels['error']} errors, {levels['warning']} warnings, {levels['note']} notes{unseen}.")
    if levels["error"]:
        context.exit(Exit.REFUSED)


@knowledge.command(epilog="\b\nExample:\n  assistant knowledge stats --json\n")
@_JSON
@pass_settings
def stats(settings: Settings, as_json: bool) -> None:
    """How much of what there is."""
    from assistant.knowledge.search import stats as count

    counts = count(_load(settings))
    if as_json:
        output.write_json(counts)
    else:
        output.write(_yaml(counts))


@knowledge.command(
    epilog="""
\b
Examples:
  assistant knowledge show litert
  assistant knowledge show "tf lite" --json
  assistant knowledge show "deployment: android"
"""
)
@click.argument("id", shell_complete=records)
@_JSON
@pass_settings
def show(settings: Settings, id: str, as_json: bool) -> None:
    """One record and all that refers to it: a tool (by any of its names), rule, caveat, step, source, role, slot, value."""
    from assistant.knowledge.showing import nearest
    from assistant.knowledge.showing import show as look_up

    known = _load(settings)
    found = look_up(known, id)
    if found is None:
        near = nearest(known, id)
        raise Refused(f"There is no record “{id}”." + (f" Did you mean {' or '.join(near)}?" if near else ""))
    if as_json:
        output.write_json(found)
    else:
        output.write(_yaml(found))


@knowledge.command(epilog="\b\nExample:\n  assistant knowledge search android licence\n")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many at most.")
@_JSON
@pass_settings
def search(settings: Settings, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Records that hold all words of TEXT, best first."""
    from assistant.knowledge.search import search as find

    hits = find(_load(settings), " ".join(words), limit)
    if as_json:
        output.write_json(hits)
    elif hits:
        output.write_rows([(hit.kind, hit.id, hit.text) for hit in hits])
    else:
        diagnostics.note("Nothing found.")


@knowledge.command(epilog="\b\nExample:\n  assistant knowledge schema > knowledge.schema.json\n")
def schema() -> None:
    """The JSON Schema of the knowledge files, for editors that complete and check YAML."""
    from assistant.knowledge.schema import json_schema

    output.write_json(json_schema())


knowledge.add_command(audit)


def _findings(dirs: tuple[Path, ...], *, reach: bool) -> list[Finding]:
    """All that can be told about the knowledge with `dirs` laid over it."""
    from assistant.knowledge.lint import in_order, lint_records
    from assistant.knowledge.loading import build
    from assistant.knowledge.places import Places
    from assistant.language.lint import lint_phrases
    from assistant.language.values import lint_values
    from assistant.reasoning.lint import lint_rules
    from assistant.reasoning.reach import unreached

    known, builder = build(dirs)
    places = Places(builder)
    findings = [*builder.findings]
    for check in (lint_records, lint_rules, lint_phrases, lint_values):
        findings += check(known, places)
    if reach and not any(finding.level == "error" for finding in findings):
        findings += unreached(known, places)
    return in_order(findings)


def _load(settings: Settings) -> Knowledge:
    from assistant.knowledge.loading import KnowledgeError, load

    try:
        return load(settings.knowledge)
    except KnowledgeError:
        return settings.advisor().knowledge  # without the folders that cannot be used, and with a warning


def _yaml(value: object) -> str:
    """Plain data as people read it best, in the form in which knowledge is written."""
    import msgspec
    import yaml

    plain = msgspec.json.decode(msgspec.json.encode(value))
    text: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)
    return text
