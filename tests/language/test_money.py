"""Sums of money by the month or year tell the budget; tools of one purpose tell the task."""

from __future__ import annotations

import pytest


def said(utterance, slot):
    return {fact.value for fact in utterance.facts if fact.slot == slot and not fact.negated}


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("team of two, budget ~$200/mo", "low"),
        ("the bill should stay under 300 dollars a month", "low"),
        ("3000 euro a year for the whole project", "low"),
        ("we have 50,000 EUR per year", "normal"),
        ("budget is 15k€/month all included", "high"),
        ("we may spend 0 euro a month", "free"),
        ("budget 200 usd monthly", "low"),
        ("a budget of 15k a year", "normal"),
        ("the budget is 5000 euros", "low"),
    ],
)
def test_money_by_the_month_or_year_is_a_budget(text, budget, told):
    utterance = told(text)
    assert said(utterance, "budget") == {budget}
    fact = next(fact for fact in utterance.facts if fact.slot == "budget")
    assert any(letter.isdigit() for letter in text[fact.start : fact.end])


@pytest.mark.parametrize(
    "text",
    [
        "rows like $1.2.3.4/mo",
        "it costs 300 dollars",
        "$",
        "300 a month",
        "5 per year",
        "a latency budget of 33 ms",
        "we leave because of the bill ($14k a month)",
        "we pay 900 euro a month for it today",
    ],
)
def test_other_numbers_are_no_budget(text, told):
    assert not said(told(text), "budget")


def test_tools_of_one_purpose_tell_the_task(told):
    assert said(told("whisper or faster-whisper?"), "task") == {"speech_recognition"}
    assert not said(told("pytorch or tensorflow?"), "task")
