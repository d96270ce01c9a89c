"""What only compiling the rules can tell: cycles through negation, rules that never fire, and rules that say the same."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge.model import Argue, Exclude, Knowledge, Rule
from assistant.knowledge.reading import Finding
from assistant.reasoning.errors import CompileError
from assistant.reasoning.model import Atom
from assistant.reasoning.program import Program
from assistant.reasoning.programs import Programs, compile_programs


def lint_rules(knowledge: Knowledge) -> list[Finding]:
    """Findings about the rules of `knowledge` as programs, in the order of the rules."""
    places = {rule.id: rule for rule in knowledge.rules}
    try:
        programs = compile_programs(knowledge)
    except CompileError as error:
        rule = next((places[one] for one in error.rule_ids if one in places), None)
        return [_finding("error", str(error), rule)]
    return [*_never(programs, places), *_twins(programs, places)]


def _finding(level: str, message: str, rule: Rule | None) -> Finding:
    return Finding(
        level, rule.file if rule and rule.file else "knowledge", rule.line if rule and rule.line else 1, 1, message
    )


def _never(programs: Programs, places: dict[str, Rule]) -> Iterator[Finding]:
    for program in (programs.argue, programs.advise):
        alive = {clause.rule for clause in program.clauses}
        for never in program.never:
            whole = "can never fire" if never.rule not in alive else "has an alternative that can never hold"
            yield _finding("warning", f"{never.rule} {whole}: {never.reason}", places.get(never.rule))


def _twins(programs: Programs, places: dict[str, Rule]) -> Iterator[Finding]:
    """Rules that say the same of the same tools under the same or a wider condition."""
    branches = _branches(programs.argue)
    speaking = [rule for rule in places.values() if isinstance(rule.effect, Argue | Exclude)]
    by_effect: dict[object, list[Rule]] = {}
    for rule in speaking:
        by_effect.setdefault((type(rule.effect), rule.effect), []).append(rule)
    for rules in by_effect.values():
        for number, one in enumerate(rules):
            for other in rules[number + 1 :]:
                wide, narrow = branches.get(one.id, []), branches.get(other.id, [])
                if wide and narrow and all(any(w <= n for w in wide) for n in narrow):
                    yield _finding(
                        "warning", f"{other.id} adds to {one.id} whenever it fires, with the same effect", other
                    )


def _branches(program: Program) -> dict[str, list[frozenset[tuple[bool, Atom]]]]:
    found: dict[str, list[frozenset[tuple[bool, Atom]]]] = {}
    for clause in program.clauses:
        body = frozenset([*((True, atom) for atom in clause.present), *((False, atom) for atom in clause.absent)])
        found.setdefault(clause.rule, []).append(body)
    return found
