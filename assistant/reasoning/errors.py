"""What can go wrong between rules and an engine."""

from __future__ import annotations


class CompileError(ValueError):
    """Rules that have no sound meaning. `rule_ids` names them, so that a loader can add file and line."""

    def __init__(self, rule_ids: tuple[str, ...], reason: str) -> None:
        super().__init__(f"{', '.join(rule_ids)}: {reason}")
        self.rule_ids = rule_ids
        self.reason = reason


class Refused(ValueError):
    """A ruleset that the C engine cannot be trusted with; the message says which limit it breaks."""


class EngineFailed(RuntimeError):
    """The C engine failed twice in a row, or answered something that does not follow."""
