"""Random rules, facts and the slow, obvious readings of them that the engines and the compiler are held against."""

from __future__ import annotations

import random

from assistant.knowledge.facts import Fact, Quantity
from assistant.knowledge.model import All, Any, Compare, Condition, Is, Known, Must, Nothing, Refused, Unknown
from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom
from assistant.reasoning.program import PROJECT, Item, Program, compile_program

# Values that break careless encodings: JSON, C strings and the engine's own confusions of types.
VALUES = ("yes", "no", "é", "a b", 'q"q', "x\\y", "1", "1.0", "true", "null", "0", "\ud800", "nul\0", "z" * 70_000)
AMOUNTS = (0.0, 1.0, 10.0, 10.5, 100.0)
OPERATORS = ("<", "<=", ">", ">=")


def leveled_program(rng: random.Random, rules: int = 60) -> tuple[list[Item], Program]:
    """Rules over slots in levels, with alternatives, absences and defaults. Rules on a negative cycle are left out."""
    slots = [(f"s{n}", rng.randint(0, 4)) for n in range(rng.randint(3, 12))]
    items: list[Item] = []
    defaults: set[str] = set()
    for number in range(rng.randint(1, rules)):
        slot, level = rng.choice(slots)
        below = [name for name, other in slots if other < level]
        beside = [name for name, other in slots if other <= level]
        parts = [_positive(rng, beside) for _ in range(rng.randint(0, 3))]
        parts += [_negative(rng, below) for _ in range(rng.choice((0, 0, 1, 2))) if below]
        rng.shuffle(parts)
        rule = f"r{number}"
        heads = [(slot, rng.choice(VALUES)) for _ in range(rng.choice((1, 1, 1, 2)))]
        items.append((rule, All(parts=tuple(parts)) if rng.random() < 0.95 else None, heads))
        if rng.random() < 0.1:
            defaults.add(rule)
    while True:
        try:
            return items, compile_program(items, defaults=defaults)
        except CompileError as error:
            items = [item for item in items if item[0] not in error.rule_ids]


def _positive(rng: random.Random, slots: list[str]) -> Condition:
    slot = rng.choice(slots)
    kind = rng.random()
    if kind < 0.75:
        return Is(slot=slot, value=rng.choice(VALUES))
    if kind < 0.85:
        return Known(slot=slot)
    return Any(parts=tuple(Is(slot=rng.choice(slots), value=rng.choice(VALUES)) for _ in range(rng.randint(1, 3))))


def _negative(rng: random.Random, slots: list[str]) -> Condition:
    slot = rng.choice(slots)
    kind = rng.random()
    if kind < 0.3:
        return Unknown(slot=slot)
    parts = tuple(Is(slot=rng.choice(slots), value=rng.choice(VALUES)) for _ in range(rng.randint(1, 3)))
    return Nothing(parts=parts if kind < 0.8 else (All(parts=parts),))


def some_atoms(rng: random.Random, program: Program) -> tuple[Atom, ...]:
    """A random choice of the program's atoms, some twice, and some that it does not ask for."""
    asked = sorted(program.atoms)
    chosen = rng.sample(asked, rng.randint(0, min(len(asked), 25)))
    return (PROJECT, *chosen, *chosen[:2], ("nobody", "asks"))


def naive(program: Program, atoms: tuple[Atom, ...]) -> tuple[set[Atom], set[str]]:
    """What holds in the end and which clauses fired: sweep over the clauses of each stratum until nothing changes."""
    holding = set(atoms)
    fired: set[str] = set()
    for stratum in range(program.strata):
        swept = [clause for clause in program.clauses if clause.stratum == stratum]
        ready = [clause for clause in swept if holding.isdisjoint(clause.absent)]
        while new := [c for c in ready if c.id not in fired and holding.issuperset(c.present)]:
            fired |= {clause.id for clause in new}
            holding |= {clause.head for clause in new}
    return holding, fired


# --- conditions read directly, without compiling them ----------------------------------------------------


def random_condition(rng: random.Random, depth: int = 3) -> Condition:
    kind = rng.randint(0, 8 if depth else 5)
    slot, value = rng.choice("abc"), rng.choice(("x", "y"))
    match kind:
        case 0:
            return Is(slot=slot, value=value)
        case 1:
            return Refused(slot=slot, value=value)
        case 2:
            return Must(slot=slot, value=value)
        case 3:
            return Known(slot=rng.choice((slot, "q")))
        case 4:
            return Unknown(slot=rng.choice((slot, "q")))
        case 5:
            return Compare(slot="q", op=rng.choice(OPERATORS), bound=rng.choice(AMOUNTS))
    parts = tuple(random_condition(rng, depth - 1) for _ in range(rng.randint(0, 3)))
    return (All, Any, Nothing)[kind - 6](parts=parts)


def random_facts(rng: random.Random) -> list[Fact]:
    facts = [
        Fact(
            slot=rng.choice("abc"),
            value=rng.choice(("x", "y")),
            negated=rng.random() < 0.3,
            strength=rng.choice(("hard", "soft")),
            origin=rng.choice(("stated", "stated", "assumed", "implied")),
        )
        for _ in range(rng.randint(0, 4))
    ]
    if rng.random() < 0.8:
        facts.append(Fact(slot="q", value=random_quantity(rng)))
    return facts


def random_quantity(rng: random.Random) -> Quantity:
    value = rng.choice(AMOUNTS)
    op = rng.choice((*OPERATORS, "=", "in"))
    return Quantity(value, op, value + rng.choice((0.0, 5.0, 90.0)) if op == "in" else None)


def allowed_amounts(quantity: Quantity) -> list[float]:
    """The amounts that matter among those that the words allow: every bound, a hair beside it, and a huge one."""
    around = [bound + hair for bound in (*AMOUNTS, quantity.value, quantity.high or 0.0) for hair in (-0.25, 0.0, 0.25)]
    return [amount for amount in [*around, 1e30] if amount >= 0 and _allows(quantity, amount)]


def _allows(quantity: Quantity, amount: float) -> bool:
    match quantity.op:
        case "=":
            return amount == quantity.value
        case "<":
            return amount < quantity.value
        case "<=":
            return amount <= quantity.value
        case ">":
            return amount > quantity.value
        case ">=":
            return amount >= quantity.value
        case "in":
            return quantity.value <= amount <= (quantity.high or 0.0)


def satisfies(amount: float, op: str, bound: float) -> bool:
    return {"<": amount < bound, "<=": amount <= bound, ">": amount > bound, ">=": amount >= bound}[op]


def reads_true(condition: Condition | None, facts: list[Fact]) -> bool:
    """Whether `condition` holds, from its description alone, where nothing is derived."""
    positive = [fact for fact in facts if not fact.negated]
    match condition:
        case None:
            return True
        case Is(slot=slot, value=value):
            return any((fact.slot, fact.value) == (slot, value) for fact in positive)
        case Refused(slot=slot, value=value):
            return any((fact.slot, fact.value, fact.negated) == (slot, value, True) for fact in facts)
        case Must(slot=slot, value=value):
            own = [fact for fact in positive if (fact.slot, fact.value) == (slot, value)]
            return any(fact.strength == "hard" and fact.origin != "implied" for fact in own)
        case Known(slot=slot):
            return any(fact.slot == slot for fact in positive)
        case Unknown(slot=slot):
            return not any(fact.slot == slot for fact in positive)
        case Compare(slot=slot, op=op, bound=bound):
            amounts = [allowed_amounts(f.value) for f in positive if f.slot == slot and isinstance(f.value, Quantity)]
            return any(own and all(satisfies(amount, op, bound) for amount in own) for own in amounts)
        case All(parts=parts):
            return all(reads_true(part, facts) for part in parts)
        case Any(parts=parts):
            return any(reads_true(part, facts) for part in parts)
        case Nothing(parts=parts):
            return not any(reads_true(part, facts) for part in parts)
    raise AssertionError(condition)
