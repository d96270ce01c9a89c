"""Fuzz the loader, the compiler and the inference with Atheris (pip install atheris; it needs Linux or macOS with clang's
libFuzzer in its wheel). Not part of the tests: it runs for as long as it is told.

    python scripts/fuzz.py loader -max_total_time=120
    python scripts/fuzz.py rules -max_total_time=120
    python scripts/fuzz.py inference -max_total_time=120 [CORPUS]

What stands behind the target goes to libFuzzer. A crash leaves a file with the input; give that file to run it again.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "reasoning")]

with atheris.instrument_imports(include=["assistant"]):
    # tests/reasoning: random programs, and a reading of them that shares no code with the compiler
    from programs import leveled_program, naive, random_condition, random_facts, reads_true, some_atoms

    from assistant.knowledge.building import Builder
    from assistant.knowledge.lint import lint_records
    from assistant.knowledge.places import Places
    from assistant.knowledge.reading import Document, Finding, parse, read
    from assistant.reasoning.durable import Durable
    from assistant.reasoning.errors import CompileError
    from assistant.reasoning.incremental import BaseRun, Index
    from assistant.reasoning.lint import lint_rules
    from assistant.reasoning.program import PROJECT, atoms_of, compile_program
    from assistant.reasoning.reference import Reference


def vocabulary() -> list[Document]:
    """The shipped slots, roles, pillars and acts, so that records have something to speak of."""
    folder = ROOT / "knowledge" / "vocabulary"
    found = [read(file, f"knowledge/vocabulary/{file.name}") for file in sorted(folder.glob("*.yaml"))]
    return [document for document in found if isinstance(document, Document)]


SOUND = vocabulary()


def loader(data: bytes) -> None:
    """Any bytes as a file: a document or a finding with a place."""
    text = data.decode("utf-8", "replace")
    found = parse(text, "fuzz/any.yaml")
    if isinstance(found, Finding):
        assert found.level == "error" and found.line >= 1 and found.message


def rules(data: bytes) -> None:
    """Any text as a file of records over the shipped vocabulary: built, linted, compiled, or told what is wrong."""
    found = parse(data.decode("utf-8", "replace"), "fuzz/any.yaml")
    if isinstance(found, Finding):
        return
    builder = Builder()
    for document in (*SOUND, found):
        builder.add(document, "fuzz")
    known = builder.build(("fuzz",))
    places = Places(builder)
    findings = [*builder.findings, *lint_records(known, places), *lint_rules(known, places)]
    assert all(finding.level in ("error", "warning", "note") and finding.message for finding in findings)


class Bytes(random.Random):
    """Chance that takes its decisions from the fuzzer's bytes, so that coverage can steer them."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._given = atheris.FuzzedDataProvider(data)

    def random(self) -> float:
        return self._given.ConsumeIntInRange(0, 0xFFFF) / 0x10000

    def getrandbits(self, k: int) -> int:
        return self._given.ConsumeIntInRange(0, (1 << k) - 1) if k <= 62 else 0

    def _randbelow(self, n: int) -> int:
        return self._given.ConsumeIntInRange(0, n - 1) if n > 1 else 0


def inference(data: bytes) -> None:
    """A program and a project: four ways of reading them agree."""
    rng = Bytes(data)
    condition, facts = random_condition(rng), random_facts(rng)
    try:
        single = compile_program([("r", condition, [("head", "yes")])])
    except CompileError:
        pass
    else:
        fired = Reference(single).infer(atoms_of(single, facts))
        assert any(firing.rule == "r" for firing in fired) == reads_true(condition, facts)
    _, program = leveled_program(rng, rules=20)
    reference = Reference(program)
    base = BaseRun(Index(program, reference), (PROJECT,))
    engine = Durable(program, rules_per_shard=rng.choice((1_500, 5)))
    for _ in range(2):
        atoms = some_atoms(rng, program)
        expected = reference.infer(atoms)
        assert engine.infer(atoms) == expected
        holding, ids = naive(program, atoms)
        assert {firing.clause for firing in expected} == ids
        variation = base.vary(atoms, ())
        if variation is not None:
            held = {reference.number[atom] for atom in holding if atom in reference.number}
            assert (base.holds | variation.true) - variation.false == held
    engine.close()


TARGETS: dict[str, Callable[[bytes], None]] = {"loader": loader, "rules": rules, "inference": inference}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(__doc__)
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
