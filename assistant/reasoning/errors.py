"""What can go wrong between rules and an engine."""

from __future__ import annotations


class CompileError(ValueError):
    """Rules that have no sound meaning. `rule_ids` names them, so that a loader can add file and line."""

    def __init__(self, rule_ids: tuple[str, ...], reason: str, expected: str = "") -> None:
        super().__init__(f"{', '.join(rule_ids)}: {reason}")
        self.rule_ids = rule_ids
        self.reason = reason
        self.expected = expected


class Refused(ValueError):
    """A ruleset that the C engine cannot be trusted with; the message says which limit it breaks."""


class EngineFailed(RuntimeError):
    """The C engine failed twice in a row, or answered something that does not follow."""


NOT_INSTALLED = "durable_rules is not installed"


def why(error: Exception) -> str:
    """Why durable_rules does not answer, to stand behind "because"."""
    if isinstance(error, ModuleNotFoundError):
        return NOT_INSTALLED
    if isinstance(error, ImportError):
        return f"durable_rules cannot be loaded ({error})"
    if isinstance(error, Refused):
        return f"the rules exceed what durable_rules can be trusted with: {error}"
    return str(error)
