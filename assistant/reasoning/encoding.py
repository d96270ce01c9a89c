"""A program as rulesets for durable_rules: atoms become numbers, and what exceeds a limit is split.

Nothing that an author wrote reaches the engine, so no name, quote, length or number of theirs can upset it. A fact is
`{"a17": "1", "id": "17", "sid": "1"}`: the name `a17` says which atom, because names are hashed, while values are compared
one after the other; the id is the same number, so a firing says by ids what it rests on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from assistant.reasoning.guard import MAX_PREMISES, MAX_RULES_PER_SHARD, Ruleset
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Program

# A literal is a number: even for an atom that is present, the odd one after it for its absence. Joins, which stand
# for the first premises of a clause that has too many, are even numbers beyond all atoms; clauses share them.
Literal = int

NOTHING: Literal = -2  # stands for the needs of a clause that needs nothing to be present
SENTINEL = 0  # the code of the fact that is asserted first in every session
SENTINEL_RULE = "sentinel"


class Piece(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A rule of a ruleset: all clauses with the same premises, and the join that these may be for longer clauses."""

    needs: tuple[Literal, ...]  # the first is the key: a rare one, without which there is no need to look further
    clauses: tuple[int, ...]
    gives: tuple[Literal, ...]


class Shard(msgspec.Struct, frozen=True):
    """One ruleset. A fact is known to it by its code."""

    ruleset: Ruleset
    premises: tuple[frozenset[str], ...]  # for each piece, the ids of the facts it must fire with
    codes: dict[Literal, int]


def fact(code: int, session: str) -> str:
    """The JSON of a fact."""
    return f'{{"a{code}":"1","id":"{code}","sid":"{session}"}}'


class Encoding(msgspec.Struct, frozen=True):
    """`groups` are the pieces of each ruleset. Pieces that need the same rare literal first lie together, so that most
    rulesets have nothing to do in a given project, and need not be told anything.

    `absences[k]` are the atoms whose absence is asked for in stratum k, each with what a clause that asks needs to be
    present: until then it cannot fire, and the engine need not hear of the absence. They are found under the rarest of
    these needs, or under NOTHING."""

    groups: tuple[tuple[Piece, ...], ...]
    number: dict[Atom, Literal]
    absences: tuple[dict[Literal, tuple[tuple[Literal, frozenset[Literal]], ...]], ...]


def encode(program: Program, *, rules_per_shard: int = MAX_RULES_PER_SHARD) -> Encoding:
    """Number the atoms and clauses (clauses in canonical order) and write the rulesets."""
    clauses = program.clauses
    # Atoms are numbered from the rarest on, because a clause's premises are joined in the order of their numbers: so
    # few joins come about for nothing.
    uses = Counter(atom for clause in clauses for atom in clause.present)
    atoms = dict.fromkeys(atom for clause in clauses for atom in (*clause.present, *clause.absent, clause.head))
    number = {atom: 2 * place for place, atom in enumerate(sorted(atoms, key=lambda atom: uses[atom]))}

    absences: list[dict[Literal, dict[tuple[Literal, frozenset[Literal]], None]]] = [{} for _ in range(program.strata)]
    members: dict[tuple[Literal, ...], list[int]] = {}
    joins: dict[tuple[Literal, ...], Literal] = {}
    for index, clause in enumerate(clauses):
        present = frozenset(number[a] for a in clause.present)
        for atom in clause.absent:
            absences[clause.stratum].setdefault(min(present, default=NOTHING), {})[number[atom], present] = None
        needs = (*sorted({number[a] for a in clause.present}), *sorted({number[a] + 1 for a in clause.absent}))
        while len(needs) > MAX_PREMISES:
            first, rest = needs[:MAX_PREMISES], needs[MAX_PREMISES:]
            members.setdefault(first, [])
            join = joins.setdefault(first, 2 * (len(number) + len(joins)))
            needs = (join, *rest)
        members.setdefault(needs, []).append(index)

    by_key: dict[Literal, list[Piece]] = {}
    for needs, own in members.items():
        gives = dict.fromkeys(number[clauses[index].head] for index in own)
        if needs in joins:
            gives[joins[needs]] = None
        by_key.setdefault(needs[0], []).append(Piece(needs, tuple(own), tuple(gives)))
    derived = {literal for own in by_key.values() for piece in own for literal in piece.gives}
    pieces = [piece for key in sorted(by_key, key=derived.__contains__) for piece in by_key[key]]
    groups = math.ceil(len(pieces) / rules_per_shard)
    size = math.ceil(len(pieces) / max(groups, 1))
    return Encoding(
        groups=tuple(tuple(pieces[group * size : (group + 1) * size]) for group in range(groups)),
        number=number,
        absences=tuple({rarest: tuple(asked) for rarest, asked in own.items()} for own in absences),
    )


class Wiring(msgspec.Struct, frozen=True, array_like=True):
    """An encoding as the driver works with it. A post is a ruleset that can be told a literal, and is told here by its
    place in `posts`; `alone` are those of rules that need this literal and no other, `beside` of rules that need these two."""

    groups: tuple[tuple[Piece, ...], ...]
    absences: tuple[dict[Literal, tuple[tuple[Literal, frozenset[Literal]], ...]], ...]
    posts: list[tuple[int, Literal]]
    alone: dict[Literal, set[int]]
    beside: dict[Literal, dict[Literal, set[int]]]


def wired(encoding: Encoding) -> Wiring:
    """Who is to hear of what."""
    posts = sorted({(place, need) for place, own in enumerate(encoding.groups) for p in own for need in p.needs})
    post = {told: place for place, told in enumerate(posts)}
    alone: dict[Literal, set[int]] = {}
    beside: dict[Literal, dict[Literal, set[int]]] = {}
    for place, pieces in enumerate(encoding.groups):
        for piece in pieces:
            own = {post[place, need] for need in piece.needs}
            if len(piece.needs) == 1:
                alone.setdefault(piece.needs[0], set()).update(own)
            else:
                one, other = piece.needs
                beside.setdefault(one, {}).setdefault(other, set()).update(own)
                beside.setdefault(other, {}).setdefault(one, set()).update(own)
    return Wiring(encoding.groups, encoding.absences, posts, alone, beside)


def write(pieces: Sequence[Piece]) -> Shard:
    """The ruleset of a group of pieces."""
    literals = dict.fromkeys(literal for piece in pieces for literal in piece.needs)
    codes = {literal: code for code, literal in enumerate(literals, SENTINEL + 1)}
    tests = [{"$and": [{f"a{code}": "1"}]} for code in range(SENTINEL, len(codes) + 1)]

    def rule(needed: Sequence[int], priority: int) -> dict[str, object]:
        return {"all": [{f"c{place}": tests[code]} for place, code in enumerate(needed)], "pri": priority}

    needed = [[codes[literal] for literal in piece.needs] for piece in pieces]
    return Shard(
        ruleset={SENTINEL_RULE: rule([SENTINEL], 0)} | {str(i): rule(own, 1) for i, own in enumerate(needed)},
        premises=tuple(frozenset(map(str, own)) for own in needed),
        codes=codes,
    )
