"""What only compiling the rules can tell: cycles through negation, rules that cannot fire or count, room that is left."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge.model import All, Any, Argue, Exclude, Infer, Is, Knowledge, Rule
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.reasoning.dominance import dominated
from assistant.reasoning.errors import CompileError
from assistant.reasoning.overlap import overlaps
from assistant.reasoning.programs import CHOSEN, Programs, compile_programs


def lint_rules(knowledge: Knowledge, places: Places) -> list[Finding]:
    """Findings about the rules of `knowledge` as programs."""
    try:
        programs = compile_programs(knowledge)
    except CompileError as error:
        return [refusal(error, places)]
    return [
        *_never(programs, places),
        *_two_of_one(knowledge, places),
        *_never_chosen(knowledge, places),
        *_idle(knowledge, places),
        *overlaps(knowledge, places),
        *dominated(knowledge, places),
        *_room(programs, places),
    ]


def _place(record: str, level: str, message: str, places: Places, expected: str = "", *path: str | int) -> Finding:
    """A finding about whatever the program calls `record`: a rule, a claim, a question, a caveat, a step."""
    start, _, rest = record.partition("/")
    if start == "question":
        return places.finding(level, "questions", rest, message, expected, *path)
    if start == "implied-by":
        return places.finding(level, "tools", rest, message, expected, "implies")
    if rest and rest[0] in "+-":
        return places.claim(level, record, message, expected, *path)
    found = (places.finding(level, kind, record, message, expected, *path) for kind in ("rules", "caveats", "steps"))
    return next((finding for finding in found if finding.file != "knowledge"), places.general(level, message, expected))


def refusal(error: CompileError, places: Places) -> Finding:
    """A cycle names all its rules, each with its place; the finding stands at the first."""
    where = {rule: _place(rule, "error", "", places) for rule in error.rule_ids}
    others = [f"{rule} at {place.file}:{place.line}" for rule, place in where.items() if place.line > 1]
    message = f"{error.reason} ({', '.join(others)})" if others else str(error)
    first = next((rule for rule in error.rule_ids if where[rule].line > 1), error.rule_ids[0])
    return _place(first, "error", message, places, error.expected, "when")


def _never(programs: Programs, places: Places) -> Iterator[Finding]:
    """Branches that contradict themselves."""
    members = (*programs.argue_members.values(), *programs.advise_members.values())
    alive = {clause.rule for group in members for clause in group}
    alive |= {clause.rule for program in (programs.argue, programs.advise) for clause in program.clauses}
    for program in (programs.argue, programs.advise):
        for never in program.never:
            whole = "can never fire" if never.rule not in alive else "has an alternative that can never hold"
            message = f"{never.rule} {whole}: {never.reason}"
            yield _place(never.rule, "warning", message, places, "a condition that some project meets", "when")


def _two_of_one(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Rules that ask for two values of a slot that holds one. Only if no rule concludes a value that could be the second."""
    concluded = {
        slot for rule in knowledge.rules if isinstance(rule.effect, Infer) for slot, _ in rule.effect.facts
    } | {slot for tool in knowledge.tools.values() for slot in tool.implies}
    single = {slot.id for slot in knowledge.slots.values() if slot.kind == "single"} - concluded
    conditions = [(rule.id, rule.when) for rule in knowledge.rules]
    conditions += [(c.id, c.when) for t in knowledge.tools.values() for c in (*t.strengths, *t.weaknesses) if c.when]
    for record, when in conditions:
        parts = when.parts if isinstance(when, All) else (when,)
        held: dict[str, frozenset[str]] = {}
        for part in parts:
            options = part.parts if isinstance(part, Any) else (part,)
            if not all(isinstance(o, Is) and o.slot in single for o in options):
                continue
            values = frozenset(o.value for o in options if isinstance(o, Is))
            slots = {o.slot for o in options if isinstance(o, Is)}
            if len(slots) == 1:
                slot = slots.pop()
                held[slot] = held.get(slot, values) & values
        for slot in (slot for slot, values in held.items() if not values):
            message = f"{record} can never fire: it asks for two values of {slot}, which holds one"
            yield _place(record, "warning", message, places, "one value, or a list of alternatives", "when")


def _never_chosen(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Advice about the first choice of a tool that fills no role."""
    records = [("caveats", c.id, c.when) for c in knowledge.caveats] + [
        ("steps", s.id, s.when) for s in knowledge.steps
    ]
    for kind, record, when in records:
        for tool in dict.fromkeys(_chosen(when)):
            if not knowledge.tools[tool].roles:
                message = f"{record} waits for {tool} to be chosen, which fills no role"
                yield places.finding("warning", kind, record, message, f"`in_play: {tool}`", "when")


def _chosen(condition: object) -> Iterator[str]:
    if isinstance(condition, Is) and condition.slot == CHOSEN:
        yield condition.value
    for part in getattr(condition, "parts", ()):
        yield from _chosen(part)


def _idle(knowledge: Knowledge, places: Places) -> Iterator[Finding]:
    """Rules that speak, in certain roles only, of tools that fill none of them."""
    for rule in knowledge.rules:
        effect = rule.effect
        if not isinstance(effect, Argue | Exclude) or not effect.roles:
            continue
        field = _field(rule)
        idle = [tool for tool in effect.tools if not set(knowledge.tools[tool].roles) & set(effect.roles)]
        listed = isinstance(places.written("rules", rule.id, field), list)
        if idle and (listed or len(idle) == len(effect.tools)):
            message = f"{rule.id} speaks in vain of {', '.join(idle)}: not filling {' or '.join(effect.roles)}"
            yield places.finding("warning", "rules", rule.id, message, "tools that fill the role", field)


def _field(rule: Rule) -> str:
    if isinstance(rule.effect, Exclude):
        return "exclude"
    return "for" if isinstance(rule.effect, Argue) and rule.effect.points > 0 else "against"


def _room(programs: Programs, places: Places) -> Iterator[Finding]:
    """How large the programs are, and that this needs no care: what a ruleset cannot hold is split."""
    for name, program in (("arguing", programs.argue), ("advising", programs.advise)):
        for room in program.room:
            many = f"the {name} program has {room.used:,} {room.limit}"
            message = f"{many}; none is refused for their number: over {room.allowed:,} are {room.beyond}"
            yield places.general("note", message)
