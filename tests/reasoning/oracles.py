"""Two engines that share no line with ours: CLIPS (its own `not`, salience by stratum) and clingo (stable models)."""

from __future__ import annotations

import os
import tempfile

import clingo
import clips

from assistant.reasoning.model import Atom
from assistant.reasoning.program import Program


class Clips:
    """A program in CLIPS. Atoms are numbered symbols, so the text of an atom plays no part."""

    def __init__(self, program: Program) -> None:
        self._names = {atom: f"a{number}" for number, atom in enumerate(sorted(program.atoms))}
        self._clauses = {f"c{number}": clause.id for number, clause in enumerate(program.clauses)}
        self._environment = clips.Environment()
        self._environment.build("(deftemplate holds (slot atom (type SYMBOL)))")
        self._environment.build("(deftemplate fired (slot clause (type SYMBOL)))")
        lines = []
        for number, clause in enumerate(program.clauses):
            body = [f"(holds (atom {self._names[atom]}))" for atom in clause.present]
            body += [f"(not (holds (atom {self._names[atom]})))" for atom in clause.absent]
            lines.append(
                f"(defrule c{number} (declare (salience {-clause.stratum})) {' '.join(body)} => "
                f"(assert (fired (clause c{number}))) (assert (holds (atom {self._names[clause.head]}))))"
            )
        with tempfile.NamedTemporaryFile("w", suffix=".clp", delete=False) as file:
            file.write("\n".join(lines))
        self._environment.load(file.name)
        os.unlink(file.name)
        self._routers = list(self._environment.routers())
        for router in self._routers:  # they print every step otherwise
            router.deactivate()

    def run(self, atoms: tuple[Atom, ...]) -> set[str]:
        """The ids of the clauses that fire."""
        self._environment.reset()
        facts = "".join(f"(holds (atom {self._names[atom]}))" for atom in set(atoms) if atom in self._names)
        if facts:
            self._environment.load_facts(facts)
        self._environment.run()
        fired = self._environment.find_template("fired").facts()
        return {self._clauses[str(fact["clause"])] for fact in fired}

    def close(self) -> None:
        for router in self._routers:
            router.activate()


class Clingo:
    """A program in clingo: a stratified program has exactly one stable model."""

    def __init__(self, program: Program) -> None:
        self._names = {atom: number for number, atom in enumerate(sorted(program.atoms))}
        self._clauses = [clause.id for clause in program.clauses]
        lines = []
        for number, clause in enumerate(program.clauses):
            body = [f"holds({self._names[atom]})" for atom in clause.present]
            body += [f"not holds({self._names[atom]})" for atom in clause.absent]
            lines.append(f"fired({number}) :- {', '.join(body)}. holds({self._names[clause.head]}) :- fired({number}).")
        self._text = "\n".join(lines)

    def run(self, atoms: tuple[Atom, ...]) -> set[str]:
        """The ids of the clauses that fire."""
        control = clingo.Control(["--warn=none", "0"])
        facts = "\n".join(f"holds({self._names[atom]})." for atom in set(atoms) if atom in self._names)
        control.add("base", [], f"{self._text}\n{facts}")
        control.ground([("base", [])])
        with control.solve(yield_=True) as models:
            found = [[symbol for symbol in model.symbols(atoms=True) if symbol.name == "fired"] for model in models]
        assert len(found) == 1, "a stratified program has one stable model"
        return {self._clauses[symbol.arguments[0].number] for symbol in found[0]}
