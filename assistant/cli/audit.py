"""`knowledge audit`: what the knowledge says of projects that nobody has told yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from assistant.cli import diagnostics, output
from assistant.cli.exits import Refused
from assistant.cli.settings import Settings, knowledge_errors, pass_settings
from assistant.cli.sharing import crew_options, crew_problems
from assistant.distribution import Crew

if TYPE_CHECKING:
    from assistant.knowledge.model import Knowledge


@click.command(
    epilog="""
\b
An interrupted audit goes on where it was when the same command is given again.
Examples:
  assistant knowledge audit
  assistant knowledge audit --workers 4 --html audit.html
  assistant knowledge audit --sweep exhaustive --slots task,deployment,licence
  assistant knowledge audit --against ../before/knowledge --json
  assistant --knowledge team-2027 knowledge audit --against team-2026
"""
)
@click.option(
    "--sweep",
    default="random",
    show_default=True,
    type=click.Choice(["random", "pairwise", "exhaustive"]),
    help="Which projects: random ones, ones in which every two values meet, or all combinations.",
)
@click.option("--projects", default=2000, show_default=True, type=click.IntRange(1), help="How many in a random sweep.")
@click.option("--seed", default=0, show_default=True, help="Another seed is another random sweep.")
@click.option("--slots", default="", metavar="SLOT,...", help="Only these slots; else all of them.")
@click.option(
    "--against",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another version of the knowledge: tells whose advice differs, and why.",
)
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1), help="Findings shown of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: all findings.")
@click.option("--fresh", is_flag=True, help="Begin anew, whatever an interrupted audit left.")
@crew_options
@pass_settings
def audit(
    settings: Settings,
    sweep: Literal["random", "pairwise", "exhaustive"],
    projects: int,
    seed: int,
    slots: str,
    against: Path | None,
    html: Path | None,
    limit: int,
    as_json: bool,
    fresh: bool,
    crew: Crew,
) -> None:
    """Sweep over projects: rules without a say, gaps, ties, flips, tools that never win, advice that disagrees."""
    from assistant.audit.report import plain, report
    from assistant.audit.running import Audit, Options

    options = Options(sweep, projects, seed, tuple(name.strip() for name in slots.split(",") if name.strip()))
    with knowledge_errors():
        knowledge, other = _versions(settings.knowledge, against)
        try:
            run = Audit(knowledge, options, other)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    if run.state_file.exists() and not fresh:
        diagnostics.note("An interrupted audit goes on where it was; --fresh begins anew.")
    try:
        with crew_problems():
            tally = run.run(crew, diagnostics.phases(), fresh=fresh)
    except KeyboardInterrupt:
        diagnostics.progress("")
        diagnostics.note("Interrupted. The same command goes on where it was.")
        raise
    diagnostics.progress("")
    found = report(run, tally)
    if html is not None:
        from assistant.audit.page import page

        html.write_text(page(found), encoding="utf-8")
    if as_json:
        output.write_json(found)
    else:
        output.write(plain(found, limit))


def _versions(folders: tuple[Path, ...], against: Path | None) -> tuple[Knowledge, Knowledge | None]:
    """The knowledge in use, and the version that it is compared with.

    A folder that is whole (it has a vocabulary) takes the place of the shipped knowledge, below the same layers; one that is
    made to be laid over takes the place of those layers.
    """
    from assistant.dialogue.trial import Unfinished, attempt
    from assistant.knowledge.loading import KnowledgeError, is_kept, load

    def known(layers: tuple[Path, ...], base: Path | None = None) -> Knowledge:
        if (layers or base) and not is_kept(layers, base):
            attempt(layers, base)
        return load(layers, base=base)

    try:
        knowledge = known(folders)
        if against is None:
            return knowledge, None
        whole = (against / "vocabulary").is_dir() or (against / "vocabulary.yaml").is_file()
        return knowledge, known(folders, against) if whole else known((against,))
    except (KnowledgeError, Unfinished) as error:
        raise Refused(str(error)) from error
