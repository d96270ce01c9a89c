"""Measure how well messages are understood: precision, recall and F1 by slot, tools, and acts.

    python scripts/evaluate_language.py [FILE ...] [-v]

A `.jsonl` file holds first messages: {"id", "text", "facts": {slot: [values]}, "inferred": {...}, "mentions": [tools], "act"}.
What stands in `inferred` or in `optional_mentions` may be found or not, and an act of `act_also` is as right as `act`. A
`.yaml` file holds short messages by act: {act: {examples: [...]}}, or messages that must be refused: {"far": [...],
"near": [...]}. Without files, those of tests/language/data are measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import yaml

from assistant.knowledge.loading import load
from assistant.language.lexicon import Lexicon
from assistant.language.understand import understand

DATA = Path(__file__).resolve().parent.parent / "tests" / "language" / "data"
DEFAULTS = ("questions.jsonl", "messages.jsonl", "acts.yaml", "refusals.yaml")
FILLERS = {"{T}": ("pytorch", "tensorflow", "lightgbm"), "{s}": ("image classification",)}
SAME_ACT = {"greeting": "greet"}
REFUSALS = {"out_of_scope", "not_understood", "greet", "thanks", "goodbye"}
UNJUDGED = {"considering", "special"}  # slots that the expected facts say nothing about
TOOL_SLOTS = ("existing_stack", "migrating_from", "avoid")


class Tally:
    """Counts of right, spurious and missed things."""

    def __init__(self) -> None:
        self.right = self.spurious = self.missed = 0

    def add(self, expected: set[str], found: set[str], neutral: set[str]) -> None:
        self.right += len(expected & found)
        self.spurious += len(found - expected - neutral)
        self.missed += len(expected - found)

    def __str__(self) -> str:
        precision = self.right / (self.right + self.spurious) if self.right + self.spurious else 1.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        counts = f"{self.right:4} right {self.spurious:3} spurious {self.missed:3} missed"
        return f"P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}   {counts}"


class Evaluation:
    """Runs messages through `understand` and keeps score. Expected tool ids are read through the lexicon's own names."""

    def __init__(self, *, verbose: bool) -> None:
        self.lexicon = Lexicon(load())
        self.verbose = verbose

    def tool(self, name: str) -> str:
        """The id that a file's name for a tool stands for; the name itself when there is no record."""
        if name in self.lexicon.knowledge.tools:
            return name
        found = understand(name.replace("-", " "), self.lexicon).mentions
        return found[0].tool if len(found) == 1 else name

    def questions(self, path: Path) -> None:
        tallies: dict[str, Tally] = defaultdict(Tally)
        unrecorded: Counter[str] = Counter()
        acts = total = 0
        cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        judged = {slot for case in cases for slot in (*case["facts"], *case.get("inferred", {}))}
        aside: Counter[str] = Counter()
        for case in cases:
            told = understand(case["text"], self.lexicon)
            total += 1
            names = [act.act for act in told.acts]
            right = not {case["act"], *case.get("act_also", ())}.isdisjoint(names)
            acts += right
            misses = [] if right else [f"act {case['act']}, found {', '.join(names)}"]
            expected = {self.tool(name) for name in case["mentions"]}
            unrecorded.update(name for name in expected if name not in self.lexicon.knowledge.tools)
            found = {mention.tool for mention in told.mentions}
            found |= expected & {named(unknown.text) for unknown in told.unknown}  # named back as having no record
            found |= expected & {
                str(fact.value) for fact in told.facts if fact.slot in TOOL_SLOTS
            }  # in use, without a record
            optional = {self.tool(name) for name in case.get("optional_mentions", ())}
            tallies["tools"].add(expected, found, optional)
            misses += self._diff("tools", expected, found, optional)
            aside.update({fact.slot for fact in told.facts} - judged - UNJUDGED)
            for slot in sorted(set(case["facts"]) | ({fact.slot for fact in told.facts} & judged - UNJUDGED)):
                wanted = self._values(slot, case["facts"].get(slot, []))
                neutral = self._values(slot, case.get("inferred", {}).get(slot, []))
                got = {
                    fact.value if isinstance(fact.value, str) else f"{fact.value.value:g}"
                    for fact in told.facts
                    if fact.slot == slot and not fact.negated
                }
                if slot == "avoid":  # a refused language is a negated fact of its own slot
                    got |= wanted & {str(fact.value) for fact in told.facts if fact.negated}
                for name in (slot, "all slots"):
                    tallies[name].add(wanted, got, neutral)
                misses += self._diff(slot, wanted, got, neutral)
            if self.verbose and misses:
                print(f"{case['id']}  {case['text']}")
                print("".join(f"      {miss}\n" for miss in misses), end="")
        print(f"{path.name}: {total} first messages")
        for name, tally in sorted(tallies.items(), key=lambda pair: (pair[0] not in ("tools", "all slots"), pair[0])):
            print(f"  {name:22} {tally}")
        print(f"  the right act is among the acts: {acts}/{total} = {acts / total:.2f}")
        if aside:
            print(f"  slots that this file expects nowhere, not judged: {dict(sorted(aside.items()))}")
        if unrecorded:
            print(f"  tools without a record: {', '.join(sorted(unrecorded))}")

    def _values(self, slot: str, values: list[Any]) -> set[str]:
        if slot in TOOL_SLOTS:
            return {self.tool(str(value)) for value in values}
        return {f"{value:g}" if isinstance(value, int | float) else str(value) for value in values}

    @staticmethod
    def _diff(slot: str, expected: set[str], found: set[str], neutral: set[str]) -> list[str]:
        missed, spurious = sorted(expected - found), sorted(found - expected - neutral)
        return [f"{slot}: missed {missed}, spurious {spurious}"] if missed or spurious else []

    def commands(self, path: Path, data: dict[str, Any]) -> None:
        total = right = wrong = 0
        by_act: dict[str, str] = {}
        for name, entry in data.items():
            act = SAME_ACT.get(name, name)
            good = 0
            for example in entry["examples"]:
                text = filled(example)
                told = understand(text, self.lexicon)
                names = [found.act for found in told.acts]
                total += 1
                if act in names:
                    good += 1
                elif names != ["not_understood"]:
                    wrong += 1
                if self.verbose and act not in names:
                    readings = [reading.act for reading in told.readings]
                    print(f"      {act}: {text!r} read as {names}, readings {readings}")
            right += good
            by_act[act] = f"{good}/{len(entry['examples'])}"
        print(f"{path.name}: {total} short messages, right {right / total:.3f}, wrong {wrong / total:.3f}")
        print("  " + ", ".join(f"{act} {score}" for act, score in by_act.items()))

    def refusals(self, path: Path, data: dict[str, list[str]]) -> None:
        for kind, texts in data.items():
            refused = 0
            for text in texts:
                names = {act.act for act in understand(text, self.lexicon).acts}
                refused += names <= REFUSALS
                if self.verbose and not names <= REFUSALS:
                    print(f"      {kind}: {text!r} read as {sorted(names)}")
            print(f"{path.name}: {kind} refused {refused}/{len(texts)} = {refused / len(texts):.3f}")


def named(text: str) -> str:
    """A name as the files write it."""
    return text.lower().replace(" ", "-")


def filled(example: str) -> str:
    """The example with tools and tasks in its placeholders."""
    for place, words in FILLERS.items():
        for word in words:
            example = example.replace(place, word, 1)
    return example


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
    parser.add_argument("-v", dest="verbose", action="store_true", help="print every miss")
    options = parser.parse_args(arguments)
    evaluation = Evaluation(verbose=options.verbose)
    for path in options.files or [DATA / name for name in DEFAULTS]:
        if not path.is_file():
            parser.error(f"there is no file {path}")
        if path.suffix == ".jsonl":
            evaluation.questions(path)
            continue
        data = yaml.safe_load(path.read_text("utf-8"))
        if set(data) <= {"far", "near"}:
            evaluation.refusals(path, data)
        else:
            evaluation.commands(path, data)


if __name__ == "__main__":
    main(sys.argv[1:])
