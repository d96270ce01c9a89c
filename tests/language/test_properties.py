"""What must hold for every message: spans point at words, nothing raises, form does not matter, time grows linearly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language.lexicon import Lexicon
from assistant.language.model import Context, Utterance
from assistant.language.normalise import normalise
from assistant.language.understand import understand

CLAUSES = [
    "we have 40k labelled photos",
    "it must run on android",
    "the team is two developers",
    "no gpu is available",
    "we use airflow today",
    "answers within 80 ms",
    "we know python",
    "the budget is small",
    "we compare pytorch with jax",
    "data must not leave the building",
]
PLAIN = [
    "The meeting was moved to the afternoon.",
    "My colleague likes green tea.",
    "It rained all day yesterday.",
    "Breakfast is at eight.",
    "The carpet has a nice colour.",
]


def told_facts(utterance: Utterance) -> set[tuple[object, ...]]:
    return {(fact.slot, fact.value, fact.negated) for fact in utterance.facts}


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_spans_point_into_it(lexicon: Lexicon, text: str) -> None:
    utterance = understand(text, lexicon, Context(question="data_rows", options=(("< 1000", "few"),)))

    for part in (*utterance.facts, *utterance.mentions, *utterance.unknown):
        assert 0 <= part.start < part.end <= len(text)
        assert text[part.start : part.end].strip()
    assert utterance.acts


@given(st.text(max_size=200))
def test_normalising_keeps_every_place(text: str) -> None:
    assert len(normalise(text)) == len(text)


@given(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=4, unique=True), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_independent_sentences_changes_no_fact(
    lexicon: Lexicon, clauses: list[str], random: object
) -> None:
    one = ". ".join(clauses) + "."
    other = ". ".join(reversed(clauses)) + "."

    assert told_facts(understand(one, lexicon)) == told_facts(understand(other, lexicon))


@given(st.sampled_from(CLAUSES), st.sampled_from(PLAIN), st.booleans())
@settings(max_examples=60, deadline=None)
def test_an_unrelated_sentence_adds_no_fact_and_no_tool(lexicon: Lexicon, clause: str, plain: str, first: bool) -> None:
    alone = understand(clause + ".", lexicon)
    text = f"{plain} {clause}." if first else f"{clause}. {plain}"
    joined = understand(text, lexicon)

    assert told_facts(joined) == told_facts(alone)
    assert {m.tool for m in joined.mentions} == {m.tool for m in alone.mentions}


@pytest.mark.parametrize("clause", CLAUSES)
def test_case_quotes_and_spacing_do_not_matter(lexicon: Lexicon, clause: str) -> None:
    plain = told_facts(understand(clause, lexicon))

    assert told_facts(understand(clause.upper(), lexicon)) == plain
    assert told_facts(understand(clause.title(), lexicon)) >= plain - {fact for fact in plain if fact[2]}
    assert told_facts(understand("  " + clause.replace(" ", "  ") + " ", lexicon)) == plain
    assert told_facts(understand(f"“{clause}”", lexicon)) == plain
    assert told_facts(understand(clause.replace(" ", "\u00a0"), lexicon)) == plain


@pytest.mark.parametrize(
    "unit",
    [
        "we use pytorch on 2 gpus, not java. ",
        "a" * 40 + " ",
        "1 ",
        "((((",
        "not no never without ",
        "x\n\n",
        "pytorch ",
    ],
)
def test_time_grows_linearly_with_the_text(lexicon: Lexicon, unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        start = time.process_time()
        understand(text, lexicon)
        return time.process_time() - start

    seconds(20_000)
    small, large = min(seconds(100_000), seconds(100_000)), seconds(400_000)

    assert large <= 10 * small + 0.05


def test_understanding_is_repeatable(lexicon: Lexicon) -> None:
    text = "PyTorch or JAX for 40k photos on two A100? No cloud."

    assert understand(text, lexicon) == understand(text, lexicon)
