"""Keep alternatives from multiplying: a long `any` inside an `all` gets an atom of its own, and proofs lose it again.

`task: [17 values], deployment: [6 values]` would make 102 clauses; factored it makes 24. Reasoning is the same, and
`unfold` gives every firing back the premises that the auxiliary atom stood for, so no proof ever shows one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product

import msgspec

from assistant.knowledge.model import All, Any, Condition, Is
from assistant.reasoning.model import Firing, Premise
from assistant.reasoning.program import Item

PREFIX = "any:"
_MANY = 12  # alternatives that may multiply out before factoring is worth a clause
_WAYS = 8  # derivations of one firing that are told apart


def factored(items: Iterable[Item]) -> Iterator[Item]:
    """The same program with long alternatives factored out."""
    for rule, when, heads in items:
        if isinstance(when, All) and _size(when) > _MANY:
            parts: list[Condition] = []
            for number, part in enumerate(when.parts):
                if isinstance(part, Any) and len(part.parts) > 2:
                    slot = f"{PREFIX}{rule}/{number}"
                    yield slot, part, [(slot, "yes")]
                    parts.append(Is(slot=slot, value="yes"))
                else:
                    parts.append(part)
            yield rule, All(parts=tuple(parts)), heads
        else:
            yield rule, when, heads


def _size(when: All) -> int:
    size = 1
    for part in when.parts:
        size *= len(part.parts) if isinstance(part, Any) else 1
    return size


def unfold(firings: Iterable[Firing]) -> tuple[Firing, ...]:
    """The firings without auxiliary atoms; one that rested on several alternatives is told once for each."""
    stood_for: dict[str, list[tuple[Premise, ...]]] = {}
    plain: list[Firing] = []
    for firing in firings:
        if firing.head[0].startswith(PREFIX):
            stood_for.setdefault(firing.head[0], []).append(firing.premises)
        elif not firing.head[0].startswith(f"known:{PREFIX}"):
            plain.append(firing)
    if not stood_for:
        return tuple(plain)
    out: list[Firing] = []
    for firing in plain:
        if not any(premise.atom[0] in stood_for for premise in firing.premises):
            out.append(firing)
            continue
        ways = [stood_for.get(premise.atom[0], [(premise,)]) for premise in firing.premises]
        for way in islice(product(*ways), _WAYS):
            premises = tuple(dict.fromkeys(premise for part in way for premise in part))
            out.append(msgspec.structs.replace(firing, premises=premises))
    return tuple(out)
