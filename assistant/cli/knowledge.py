"""`knowledge`: what the assistant knows, and whether it is well written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli import output
from assistant.cli.exits import Exit, Refused
from assistant.cli.settings import Settings, knowledge_errors, pass_settings

if TYPE_CHECKING:
    from assistant.knowledge.model import Knowledge

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(
    epilog="""
\b
Your own knowledge lies over the shipped one:
  assistant --knowledge my-team ask "..."
Examples:
  assistant knowledge lint my-team
  assistant knowledge stats
  assistant knowledge show litert
  assistant knowledge search "android licence"
  assistant knowledge schema > knowledge.schema.json
"""
)
def knowledge() -> None:
    """Check, count, show and search what the assistant knows."""


@knowledge.command(
    epilog="""
\b
Each finding: file:line:column: level: what is wrong; expected what.
Examples:
  assistant knowledge lint
  assistant knowledge lint my-team
"""
)
@click.argument("folders", nargs=-1, metavar="[DIR]...", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_JSON
@click.pass_context
def lint(context: click.Context, folders: tuple[Path, ...], as_json: bool) -> None:
    """Check the shipped knowledge with DIRs laid over it. The exit code is 1 if there are errors."""
    from assistant.knowledge.lint import lint as run

    findings = run((*context.ensure_object(Settings).knowledge, *folders))
    levels = Counter(finding.level for finding in findings)
    if as_json:
        output.write_json(findings)
    else:
        for finding in findings:
            output.write(str(finding))
        output.write(f"{levels['error']} errors, {levels['warning']} warnings.")
    if levels["error"]:
        context.exit(Exit.REFUSED)


@knowledge.command(epilog="\b\nExample:\n  assistant knowledge stats --json\n")
@_JSON
@pass_settings
def stats(settings: Settings, as_json: bool) -> None:
    """How much of what there is."""
    known = _load(settings)
    claims = sum(len(tool.strengths) + len(tool.weaknesses) for tool in known.tools.values())
    counts = {
        "version": known.version,
        "verified": known.verified,
        "layers": list(known.layers),
        "tools": len(known.tools),
        "claims": claims,
        "rules": len(known.rules),
        "rules_by_effect": dict(sorted(Counter(rule.effect.__struct_config__.tag for rule in known.rules).items())),
        "caveats": len(known.caveats),
        "steps": len(known.steps),
        "questions": len(known.questions),
        "slots": len(known.slots),
        "values": sum(len(slot.values) for slot in known.slots.values()),
        "roles": {role: sum(role in tool.roles for tool in known.tools.values()) for role in known.roles},
        "sources": len(known.sources),
    }
    if as_json:
        output.write_json(counts)
    else:
        output.write(_yaml(counts))


@knowledge.command(
    epilog="\b\nExamples:\n  assistant knowledge show litert\n  assistant knowledge show litert --json\n"
)
@click.argument("id")
@_JSON
@pass_settings
def show(settings: Settings, id: str, as_json: bool) -> None:
    """The record with this id: a tool, rule, caveat, step, source, role, slot or pillar."""
    known = _load(settings)
    found = [(kind, record) for kind, records in _records(known).items() if (record := records.get(id)) is not None]
    if not found:
        ids = sorted({name for records in _records(known).values() for name in records})
        near = get_close_matches(id, ids, n=3)
        raise Refused(f"There is no record “{id}”." + (f" Did you mean {' or '.join(near)}?" if near else ""))
    plain = {kind: _plain(record) for kind, record in found}
    if as_json:
        output.write_json(plain)
    else:
        output.write(_yaml(plain))


@knowledge.command(epilog="\b\nExample:\n  assistant knowledge schema > knowledge.schema.json\n")
def schema() -> None:
    """The JSON Schema of the knowledge files, for editors that complete and check YAML."""
    from assistant.knowledge.lint import json_schema

    output.write_json(json_schema())


def _load(settings: Settings) -> Knowledge:
    from assistant.knowledge.loading import load

    with knowledge_errors():
        return load(settings.knowledge)


def _records(known: Knowledge) -> dict[str, dict[str, Any]]:
    def by_id(records: Iterable[Any]) -> dict[str, Any]:
        return {record.id: record for record in records}

    return {
        "tool": dict(known.tools),
        "rule": by_id(known.rules),
        "caveat": by_id(known.caveats),
        "step": by_id(known.steps),
        "question": {question.slot: question for question in known.questions},
        "source": dict(known.sources),
        "role": dict(known.roles),
        "slot": dict(known.slots),
        "pillar": dict(known.pillars),
    }


def _plain(record: Any) -> Any:
    import msgspec

    return msgspec.json.decode(msgspec.json.encode(record))


def _yaml(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)
    return text
