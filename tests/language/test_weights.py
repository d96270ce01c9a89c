"""The weights that rank acts are those that the script makes of the examples, and few of the expected things are missed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

from assistant.language.understand import understand

ROOT = Path(__file__).resolve().parents[2]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_weights_are_those_of_the_examples(lexicon):
    training = script("train_acts")

    made = training.rendered(training.train(training.sentences(lexicon.knowledge, lexicon)))

    assert made == training.TARGET.read_text("utf-8"), "run scripts/train_acts.py"


def test_the_shipped_weights_of_tasks_are_learnt_from_the_projects_as_they_are(lexicon, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    training = script("train_tasks")

    learnt_from = json.loads(training.TARGET.read_text("utf-8"))["learnt from"]

    assert learnt_from == training.digest(lexicon.knowledge), "run scripts/train_tasks.py"


def test_the_shipped_weights_of_roles_are_learnt_from_the_mentions_as_they_are(lexicon, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    training = script("train_roles")

    learnt_from = json.loads(training.TARGET.read_text("utf-8"))["learnt from"]

    assert learnt_from == training.digest(lexicon.knowledge), "run scripts/train_roles.py"


def test_questions_in_the_voice_of_issue_trackers_are_understood(lexicon):
    lines = (ROOT / "tests" / "language" / "data" / "issues.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    slots = {slot.id: {value.id for value in slot.values} for slot in lexicon.knowledge.slots.values()}
    right = told = 0
    for case in cases:
        utterance = understand(case["text"], lexicon)
        right += case["act"] in {act.act for act in utterance.acts}
        for slot, values in case["facts"].items():
            assert (
                not slots[slot]
                or {str(value) for value in values} <= slots[slot] | set(lexicon.knowledge.tools)
                or (slot in ("avoid", "existing_stack"))
            )
            told += bool({fact.slot for fact in utterance.facts} & {slot})

    assert right / len(cases) >= 0.8
    assert told / sum(len(case["facts"]) for case in cases) >= 0.85
