"""Making an example as small as it can be."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from assistant.audit.projects import Project

Shows = Callable[[Project], bool]


def shrunk(project: Project, shows: Shows) -> Project:
    """A part of `project` that still `shows` it, and no longer does without any single one of its facts.

    What was told as a wish is told plainly where that shows it too.
    """
    smaller = True
    while smaller:
        smaller = False
        for number in reversed(range(len(project))):
            without = project[:number] + project[number + 1 :]
            if shows(without):
                project, smaller = without, True
    for number, fact in enumerate(project):
        if fact.strength == "soft":
            plainer = (*project[:number], msgspec.structs.replace(fact, strength="hard"), *project[number + 1 :])
            project = plainer if shows(plainer) else project
    return project
