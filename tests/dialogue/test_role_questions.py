"""Questions about one role of the stack are answered for that role, and say nothing new of the project."""

from __future__ import annotations

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Matrix, Recommendation
from assistant.dialogue.conversation import Conversation

BRIEF = "chatbot over our 3000 internal pdf manuals, must stay in house, one server with a 24 GB card"


@pytest.fixture
def conversation(advisor: Advisor) -> Conversation:
    conversation = Conversation(advisor)
    conversation.say(BRIEF)
    return conversation


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("which vector store?", "vector_store"),
        ("What would you use for the vector database?", "vector_store"),
        ("and for serving?", "serving"),
        ("what do you suggest as data processing tool?", "data_processing"),
        ("what about the baseline?", "baseline"),
    ],
)
def test_a_question_about_a_role_shows_its_choice_and_states_nothing(
    conversation: Conversation, question: str, role: str
) -> None:
    before = conversation.state.facts
    blocks = conversation.say(question).reply.blocks
    assert conversation.state.facts == before
    (recommended,) = [block for block in blocks if isinstance(block, Recommendation)]
    assert [row.role for row in recommended.rows] == [role]
    assert any(isinstance(block, Matrix) for block in blocks)
    second = recommended.rows[0].others[0]
    told = conversation.say("why not the second one?").reply.plain()
    assert told.startswith(f"{second.name} comes second for ")


def test_a_question_about_a_role_that_is_not_filled_yet_fills_it(conversation: Conversation) -> None:
    assert conversation.conclusion().choice("experiment_tracking") is None
    blocks = conversation.say("which tool for experiment tracking?").reply.blocks
    (recommended,) = [block for block in blocks if isinstance(block, Recommendation)]
    assert [row.role for row in recommended.rows] == ["experiment_tracking"]
    assert "experiment_tracking" in [fact.value for fact in conversation.state.facts]


def test_why_that_choice_is_another_question_than_why_the_role(conversation: Conversation) -> None:
    chosen = conversation.say("why that vector store?").reply.plain()
    assert chosen.startswith("pgvector comes first for vector store")
    assert "Why vector store at all" in conversation.say("why a vector store at all?").reply.plain()


def test_what_more_a_message_says_of_the_project_still_counts(conversation: Conversation) -> None:
    conversation.say("which vector store for 40 million documents on AWS?")
    assert "aws" in [fact.value for fact in conversation.state.facts]


def test_a_comparison_tells_which_tool_is_ahead_of_both(conversation: Conversation) -> None:
    told = conversation.say("chroma or qdrant?").reply.plain()
    assert "The first choice there is another, pgvector with " in told
    assert "The first choice there" not in conversation.say("pgvector or qdrant?").reply.plain()
