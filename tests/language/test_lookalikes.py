"""Ordinary words and given names that tools and languages bear too: a ray of light, ray or dask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from assistant.language.understand import understand
from tests.language.test_weights import ROOT, script

CASES = yaml.safe_load((Path(__file__).parent / "data" / "lookalikes.yaml").read_text("utf-8"))


def named(text, lexicon):
    """The words of the text that were taken for tools, languages or names without a record, and the ids they stand for."""
    told = understand(text, lexicon)
    facts = [fact for fact in told.facts if fact.slot in ("language", "existing_stack")]
    said = [*told.mentions, *facts, *told.unknown]
    ids = {mention.tool for mention in told.mentions} | {str(fact.value) for fact in facts}
    return {text[one.start : one.end].lower() for one in said} | ids


def test_no_ordinary_word_is_taken_for_a_tool(lexicon):
    wrong = {case["text"] for case in CASES["words"] if named(case["text"], lexicon) & set(case["words"])}

    assert len(wrong) <= 0.02 * len(CASES["words"]), wrong


def test_names_that_are_ordinary_words_are_found(lexicon):
    missed = {case["text"] for case in CASES["names"] if not set(case["words"]) <= named(case["text"], lexicon)}

    assert len(missed) <= 0.05 * len(CASES["names"]), missed


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Ray wants a demo, is ray any better than dask?", "ray"),
        ("in rust we trust: detector for rust on bridges, written in rust", "rust"),
    ],
)
def test_who_says_a_name_once_may_say_the_word_as_well(text, word, lexicon):
    assert word in named(text, lexicon)


def test_the_shipped_weights_of_names_are_learnt_from_the_lines_as_they_are(lexicon, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    training = script("train_names")

    learnt_from = json.loads(training.TARGET.read_text("utf-8"))["learnt from"]

    assert learnt_from == training.digest(lexicon.knowledge), "run scripts/train_names.py"
