"""What a program is counted out to before its first run: made when it is compiled, and kept with it in the cache."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from assistant.reasoning.encoding import encode, wired
from assistant.reasoning.factoring import JOINED, Members, parts_of
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Program
from assistant.reasoning.reference import Tables, tables_of


class Ready(msgspec.Struct, frozen=True):
    """Ready to run. In `tables` and `ends` an atom is its `number`."""

    number: Mapping[Atom, int]
    tables: Tables
    literals: list[int]  # by the number of an atom: what durable_rules knows it as
    wiring: msgspec.Raw  # for durable_rules, as it is sent to its process
    ends: Mapping[int, tuple[Atom, ...]]  # what each joined conclusion stands for
    parts: Mapping[Atom, tuple[Atom, ...]]  # what the absence of an auxiliary atom means: the absence of all these


def ready(program: Program, members: Members) -> Ready:
    """Count out a program that was just compiled."""
    number, tables = tables_of(program)
    encoding = encode(program)
    ends = {number[JOINED, one]: tuple(dict.fromkeys(clause.head for clause in own)) for one, own in members.items()}
    return Ready(
        number=number,
        tables=tables,
        literals=[encoding.number[atom] for atom in number],
        wiring=msgspec.Raw(msgspec.msgpack.encode(wired(encoding))),
        ends=dict(sorted(ends.items())),
        parts=parts_of(program),
    )
