"""Every task can be advised on: candidates to rank, something to build first, a warning and a plan."""

from __future__ import annotations

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.knowledge.facts import Fact, Words
from assistant.knowledge.loading import load
from assistant.knowledge.model import JUDGEMENT, Argue

TASKS = [value.id for value in load().slots["task"].values]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_candidates_a_baseline_a_caveat_and_a_plan(advisor: Advisor, task: str) -> None:
    conclusion = advisor.reasoner.conclude((Fact("task", task, words=Words(0, 0, 4, "task")),))
    assert max(len(choice.ranking) for choice in conclusion.stack) >= 3
    first = [step.id for step in conclusion.plan if step.id.startswith("baseline-")]
    assert conclusion.first("baseline") or first, "nothing to build first"
    assert conclusion.caveats
    poc = [step for step in conclusion.plan if step.phase == "poc"]
    assert any(step.measure for step in poc) and any(step.falsified_if for step in poc)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_path_to_production(advisor: Advisor, task: str) -> None:
    said = (Fact("task", task, words=Words(0, 0, 4, "task")), Fact("stage", "production", words=Words(0, 5, 9, "live")))
    plan = advisor.reasoner.conclude(said).plan
    assert sum(step.phase == "production" for step in plan) >= 3, [step.id for step in plan]


def test_every_record_says_what_people_ask_about_a_tool(advisor: Advisor) -> None:
    for tool in advisor.knowledge.tools.values():
        assert tool.summary and tool.licence.note and tool.status.evidence, tool.id
        if tool.status.state in ("active", "maintenance"):
            assert tool.strengths and tool.weaknesses, tool.id


def test_every_role_has_tools_and_rules_that_choose_in_it(advisor: Advisor) -> None:
    knowledge = advisor.knowledge
    for role in knowledge.roles:
        filling = [tool.id for tool in knowledge.tools.values() if role in tool.roles]
        choosing = [
            rule.id
            for rule in knowledge.rules
            if isinstance(rule.effect, Argue)
            and (role in rule.effect.roles or (not rule.effect.roles and set(rule.effect.tools) & set(filling)))
        ]
        assert len(filling) >= 3, role
        assert len(choosing) >= 3, role


def test_the_knowledge_has_the_size_of_the_field(advisor: Advisor) -> None:
    knowledge = advisor.knowledge
    assert len(knowledge.tools) >= 300
    assert len(knowledge.rules) >= 450
    assert len(knowledge.caveats) >= 400
    asked = {question.slot for question in knowledge.questions}
    assert {"task", "modality", "deployment", "data_rows", "hardware", "licence", "skill", "stage", "language"} <= asked
    assert all(question.help and question.skipped for question in knowledge.questions)


def test_every_claim_cites_a_source_or_is_called_our_judgement(advisor: Advisor) -> None:
    knowledge = advisor.knowledge
    cited = [(t.source, t.verified) for t in knowledge.tools.values()]
    cited += [(c.source, c.verified) for t in knowledge.tools.values() for c in (*t.strengths, *t.weaknesses)]
    cited += [(r.source, r.verified) for r in (*knowledge.rules,)]
    cited += [(c.source, c.verified) for c in knowledge.caveats]
    cited += [(s.source, s.verified) for s in knowledge.steps]
    known = {"", *knowledge.sources}
    assert all(source.removeprefix(JUDGEMENT) in known for source, _ in cited)
    assert all(source for source, _ in cited)
    assert all(len(day) in (0, 10) for _, day in cited)


def test_whatever_may_lead_says_where_it_runs(advisor: Advisor) -> None:
    """What cannot run where the project runs is excluded by these fields; empty ones would let it through."""
    for tool in advisor.knowledge.tools.values():
        if tool.status.state in ("active", "maintenance") and {"framework", "serving", "edge_runtime"} & set(
            tool.roles
        ):
            assert tool.os and tool.hardware and tool.scale, tool.id
            assert tool.platforms or not {"serving", "edge_runtime"} & set(tool.roles), tool.id


@pytest.mark.parametrize(
    ("slot", "value", "runs"),
    [
        ("os", "windows", lambda tool: "windows" in tool.os),
        ("os", "macos", lambda tool: "macos" in tool.os),
        ("hardware", "cpu_only", lambda tool: not {"nvidia_gpu", "multi_gpu"} >= set(tool.hardware)),
        ("deployment", "offline", lambda tool: {"offline", "on_premises"} & set(tool.platforms or ["offline"])),
    ],
)
def test_no_first_choice_that_cannot_run_there(advisor: Advisor, slot: str, value: str, runs) -> None:
    for task in TASKS:
        said = (Fact("task", task), Fact(slot, value))
        stack = advisor.reasoner.hypothetical(said)[0]
        for choice in stack:
            if choice.role in ("serving", "edge_runtime"):
                first = advisor.knowledge.tools[choice.ranking[0].tool]
                assert runs(first), (task, choice.role, first.id)
