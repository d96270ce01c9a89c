"""The options that share long work out, and what can go wrong with those who do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from assistant.cli.exits import Refused
from assistant.distribution import ClusterError, Crew


def crew_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--workers` and `--scheduler`, which the command gets as `crew`."""

    @click.option(
        "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes to share the work."
    )
    @click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="The scheduler of a Dask cluster that does the work, such as tcp://10.0.0.1:8786.",
    )
    @wraps(command)
    def with_crew(*arguments: Any, workers: int, scheduler: str | None, **options: Any) -> None:
        if scheduler is not None and workers != 1:
            raise click.UsageError("--workers counts processes of this machine; a cluster has its own workers.")
        command(*arguments, crew=Crew(workers=workers, scheduler=scheduler), **options)

    return with_crew


@contextmanager
def crew_problems() -> Iterator[None]:
    """A cluster that cannot be used ends the command with a message."""
    try:
        yield
    except ClusterError as error:
        raise Refused(str(error)) from error
