"""One rule engine in a process of its own, for `bench.py scale`: the same clauses and projects for every engine.

    python _bench_worker.py ENGINE PROGRAM.json

Each line on stdin is a task, each line on stdout its answer in JSON: `load` builds the engine and lets it answer once;
`run N` lets it infer project N. Runs on Python 3.8 as well, which experta needs.
"""

import json
import os
import sys
import tempfile
import time
import zlib
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Ours:
    """As the product runs it: durable_rules in its own process."""

    prefer = "durable"

    def __init__(self, clauses, strata):
        from assistant.reasoning.engines import make_engine
        from assistant.reasoning.model import Clause
        from assistant.reasoning.program import Program

        def atoms(numbers):
            return tuple(("", str(number)) for number in numbers)

        made = tuple(
            Clause("", index, atoms(present), atoms(absent), ("", str(head)), stratum)
            for index, (present, absent, head, stratum) in enumerate(clauses)
        )
        self.engine = make_engine(Program(made, strata, {}, frozenset(), frozenset(), (), ()), self.prefer)

    def run(self, atoms):
        return [
            int(firing.clause.removeprefix("#"))
            for firing in self.engine.infer(tuple(("", str(number)) for number in atoms))
        ]

    def processes(self):
        process = getattr(getattr(self.engine, "_engine", None), "_process", None)
        return [process.pid] if process else []

    def check(self):
        assert self.engine.name == self.prefer, self.engine.notice


class Reference(Ours):
    prefer = "reference"


class Clips:
    """CLIPS: absences by `not` and salience; facts go in as one text, and what fired comes back as one value."""

    def __init__(self, clauses, strata):
        import clips

        self.environment = environment = clips.Environment()
        environment.build("(deftemplate holds (slot atom (type INTEGER)))")
        environment.build("(deftemplate fired (slot clause (type INTEGER)))")
        environment.build(
            "(deffunction all-fired () (bind ?all (create$))"
            " (do-for-all-facts ((?one fired)) TRUE (bind ?all (create$ ?all ?one:clause))) ?all)"
        )
        lines = []
        for index, (present, absent, head, stratum) in enumerate(clauses):
            body = [f"(holds (atom {a}))" for a in present] + [f"(not (holds (atom {a})))" for a in absent]
            lines.append(
                f"(defrule c{index} (declare (salience {-stratum})) {' '.join(body)} =>"
                f" (assert (fired (clause {index}))) (assert (holds (atom {head}))))"
            )
        with tempfile.NamedTemporaryFile("w", suffix=".clp", delete=False) as file:
            file.write("\n".join(lines))
        environment.load(file.name)
        os.unlink(file.name)
        for router in list(environment.routers()):  # they print every step otherwise
            router.deactivate()

    def run(self, atoms):
        self.environment.reset()
        if atoms:
            self.environment.load_facts("".join(f"(holds (atom {atom}))" for atom in atoms))
        self.environment.run()
        return sorted(self.environment.eval("(all-fired)"))


class Clingo:
    """clingo, grounded once: what a project says are externals."""

    def __init__(self, clauses, strata):
        import clingo

        heads = {head for _, _, head, _ in clauses}
        self.given = {atom for present, absent, _, _ in clauses for atom in present + absent} | heads
        lines = ["#show fired/1."]
        lines += [f"#external given({a}). holds({a}) :- given({a})." for a in sorted(self.given)]
        for index, (present, absent, head, _) in enumerate(clauses):
            body = [f"holds({a})" for a in present] + [f"not holds({a})" for a in absent]
            lines.append(f"fired({index}) :- {', '.join(body)}. holds({head}) :- fired({index}).")
        self.control = clingo.Control(["--warn=none"])
        self.control.add("base", [], "\n".join(lines))
        self.control.ground([("base", [])])
        self.symbol = {atom: clingo.Function("given", [clingo.Number(atom)]) for atom in self.given}
        self.set = []

    def run(self, atoms):
        for symbol in self.set:
            self.control.assign_external(symbol, False)
        self.set = [self.symbol[atom] for atom in atoms if atom in self.symbol]
        for symbol in self.set:
            self.control.assign_external(symbol, True)
        with self.control.solve(yield_=True) as models:
            for model in models:
                return sorted(symbol.arguments[0].number for symbol in model.symbols(shown=True))


class Experta:
    """experta: absences by NOT and salience."""

    def __init__(self, clauses, strata):
        from experta import NOT, Fact, KnowledgeEngine, Rule

        class Holds(Fact):
            pass

        def rule(index, present, absent, head, stratum):
            def act(engine):
                engine.log.append(index)
                engine.declare(Holds(atom=head))

            act.__name__ = f"c{index}"
            patterns = [Holds(atom=atom) for atom in present] + [NOT(Holds(atom=atom)) for atom in absent]
            return Rule(*patterns, salience=-stratum)(act)

        own = {f"c{index}": rule(index, *clause) for index, clause in enumerate(clauses)}
        self.holds = Holds
        self.engine = type("Engine", (KnowledgeEngine,), own)()

    def run(self, atoms):
        self.engine.log = []
        self.engine.reset()
        for atom in atoms:
            self.engine.declare(self.holds(atom=atom))
        self.engine.run()
        return sorted(set(self.engine.log))


ENGINES = {"durable": Ours, "reference": Reference, "clips": Clips, "clingo": Clingo, "experta": Experta}


def memory(processes):
    """Resident memory in MB of this process and others, where /proc tells."""
    try:
        pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in ["self", *processes])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor(processes):
    """Seconds of processor time of this process and others, where the system tells those of others (Linux)."""
    spent = time.process_time()
    for process in processes if sys.platform == "linux" else ():
        spent += time.clock_gettime((~process << 3) | 2)  # what clock_getcpuclockid() gives
    return spent


def main():
    engine = None
    with open(sys.argv[2]) as file:
        program = json.load(file)
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        task, _, number = line.strip().partition(" ")
        others = getattr(engine, "processes", list)()
        started, spent = time.perf_counter(), processor(others)
        answer = {}
        if task == "load":
            engine = ENGINES[sys.argv[1]](program["clauses"], program["strata"])
            engine.run([])
        else:
            fired = engine.run(program["projects"][int(number)])
            answer = {"fired": len(fired), "answer": zlib.crc32(json.dumps(list(fired)).encode())}
        answer["ms"] = (time.perf_counter() - started) * 1000
        answer["cpu"] = (processor(getattr(engine, "processes", list)()) - spent) * 1000
        answer["mb"] = memory(getattr(engine, "processes", list)())
        getattr(engine, "check", bool)()
        told.write(json.dumps(answer) + "\n")
        told.flush()


main()
