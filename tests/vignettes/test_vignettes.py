"""Acceptance of the advice: what practitioners would say to some 500 projects, against what the assistant says."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from assistant.dialogue.advisor import Advisor
from tests.vignettes.judging import Verdict, Vignette, explain, judge, tally, vignettes

BRIEFS = vignettes()


@pytest.fixture(scope="module")
def verdicts(advisor: Advisor) -> list[Verdict]:
    return [judge(advisor, vignette) for vignette in BRIEFS]


def _misses(verdicts: list[Verdict]) -> str:
    return "\n\n".join(explain(verdict) for verdict in verdicts)


@pytest.mark.parametrize("vignette", BRIEFS, ids=[vignette.id for vignette in BRIEFS])
def test_no_wrong_first_choice(vignette: Vignette, advisor: Advisor) -> None:
    verdict = judge(advisor, vignette)
    assert not verdict.wrong, explain(verdict)


def test_first_choices_are_acceptable(verdicts: list[Verdict]) -> None:
    assert tally(verdicts).choices >= 0.95, _misses([verdict for verdict in verdicts if verdict.roles_missed])


def test_known_traps_are_pointed_out(verdicts: list[Verdict]) -> None:
    assert tally(verdicts).warnings >= 0.95, _misses([verdict for verdict in verdicts if verdict.caveats_missed])


def test_the_briefs_judge_something(advisor: Advisor) -> None:
    """A verdict on a tool or role that does not exist could never fail."""
    knowledge = advisor.knowledge
    roles = set(knowledge.roles)
    filled = {tool.id: set(tool.roles) for tool in knowledge.tools.values()}
    assert len(BRIEFS) >= 150
    assert [name for name, times in Counter(vignette.id for vignette in BRIEFS).items() if times > 1] == []
    for vignette in BRIEFS:
        assert vignette.acceptable_first, vignette.id
        assert set(vignette.acceptable_first) <= roles, vignette.id
        fine = {tool for tools in vignette.acceptable_first.values() for tool in tools}
        assert not fine & set(vignette.wrong_first), vignette.id
        assert fine | set(vignette.wrong_first) <= set(filled), vignette.id
        for role, tools in vignette.acceptable_first.items():
            assert any(role in filled[tool] for tool in tools), (vignette.id, role)
        for pattern in vignette.must_caveats:
            assert not re.search(pattern, ""), (vignette.id, pattern)
