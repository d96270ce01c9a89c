"""A tool, a rule, a caveat and a way of saying something come in by YAML alone, and the advice is another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation

BRIEF = "churn prediction on a table of 80k customers"
NEW = """\
sources:
  - {id: orchid-docs, title: Orchid documentation, url: https://example.org/orchid, kind: docs, verified: 2026-11-22}
tools:
  - id: orchid-ml
    name: Orchid ML
    say: [the flower thing]
    summary: A made-up library for tables
    home: https://example.org/orchid
    source: orchid-docs
    verified: 2026-11-22
    licence: {spdx: MIT, kind: permissive}
    status: {state: active, evidence: It was made up for this}
    roles: [framework]
    tasks: [churn_prediction]
    modalities: [tabular]
    languages: [python]
    strengths:
      - {pillar: learning_flexibility, points: 5, text: One call does everything}
    weaknesses:
      - {pillar: community_pretrained, points: 1, when: {stage: production}, text: Nobody else uses it}
"""
RULE = """\
rules:
  - id: orchids-for-churn
    when: {task: churn_prediction, data_rows: "10k..1M"}
    for: {id: orchid-ml, licence.kind: permissive}
    roles: [framework]
    points: 5
    pillar: scalability_performance
    because: Orchids flower on customer tables of this size
    source: orchid-docs
    verified: 2026-11-22
caveats:
  - id: orchids-wilt
    severity: serious
    about: [orchid-ml]
    text: Orchids wilt without water
    advice: Water them
    source: orchid-docs
    verified: 2026-11-22
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Advisor]:
    folder = tmp_path_factory.mktemp("garden") / "garden"
    folder.mkdir()
    (folder / "tools.yaml").write_text(NEW, encoding="utf-8")
    (folder / "rules.yaml").write_text(RULE, encoding="utf-8")
    advisor = Advisor.load(knowledge_dirs=(folder,), engine="reference")
    assert not advisor.left_out
    yield advisor
    advisor.close()


def test_the_new_tool_comes_first_by_the_new_rule(advisor: Advisor, grown: Advisor) -> None:
    before, after = Conversation(advisor), Conversation(grown)
    before.say(BRIEF)
    reply = after.say(BRIEF).reply.plain()

    assert before.conclusion().first("framework") != "orchid-ml"
    assert after.conclusion().first("framework") == "orchid-ml"
    assert "Orchids flower on customer tables of this size (+5)" in reply
    assert "Orchids wilt without water. Water them." in reply
    proof = after.say("why?").reply.plain()
    assert "Orchids flower on customer tables of this size" in proof and "“80k customers”" in proof


def test_the_rule_speaks_only_where_its_condition_holds(grown: Advisor) -> None:
    talk = Conversation(grown)
    talk.say("churn prediction on a table of 500 customers")
    choice = talk.conclusion().choice("framework")
    (ranked,) = [ranked for ranked in choice.ranking if ranked.tool == "orchid-ml"] if choice else []

    assert "orchids-for-churn" not in [argument.id for argument in ranked.arguments]


def test_the_new_tool_is_understood_by_all_its_names(grown: Advisor) -> None:
    talk = Conversation(grown)
    for text in ("what is Orchid ML?", "tell me about orchid-ml", "what is the licence of the flower thing?"):
        assert "Orchid ML" in talk.say(text).reply.plain(), text
