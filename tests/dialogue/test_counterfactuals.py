"""What-ifs, smallest changes and differences are what fresh runs say they are."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest

from assistant.dialogue import advising
from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Diff
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.wording import Wording
from assistant.knowledge.facts import Fact, Quantity, Words
from assistant.knowledge.loading import load
from assistant.reasoning.changes import Edit, apply, edits
from assistant.reasoning.counterfactual import Search, changes_of_mind, next_question, open_questions, smallest_changes
from assistant.reasoning.model import Conclusion
from assistant.reasoning.reasoner import Reasoner
from tests.dialogue.profiles import random_facts
from tests.knowledge.tiny import strength, tool, write

TASK = Fact("task", "image_classification", words=Words(0, 0, 1, "x"))


def first(advisor: Advisor, facts: tuple[Fact, ...], role: str) -> str | None:
    stack = advisor.reasoner.hypothetical(facts)[0]
    return next((c.ranking[0].tool for c in stack if c.role == role), None)


@pytest.mark.parametrize("seed", range(3))
def test_each_change_of_mind_really_changes_it_and_none_is_missed(advisor: Advisor, seed: int) -> None:
    """Against fresh runs of every value that could be said, and of every amount that any rule asks about."""
    rng = random.Random(500 + seed)
    facts = random_facts(advisor.knowledge, rng)
    before = first(advisor, facts, "framework")
    search = Search(advisor.reasoner, facts, "framework")
    turned = [o for o in search.singles if o.turned]
    told = {o.edits[0]: o.after for o in changes_of_mind(advisor.reasoner, facts, "framework")}
    assert told == {o.edits[0]: o.after for o in turned}
    for edit in edits(advisor.reasoner, facts):
        after = first(advisor, apply(advisor.reasoner, facts, (edit,)), "framework")
        (found,) = {a for e, a in told.items() if covers(e, edit)} or {None}
        assert found == (after if after not in (before, None) else None), edit
    for outcome in search.joined(turned):  # and what is told of a range is true of each amount in it
        change = outcome.edits[0].add
        amounts = [Fact(change.slot, Quantity(amount)) for amount in within(change.value, rng)] if change else []
        for fact in (change, *amounts):
            changed = apply(advisor.reasoner, facts, (Edit(add=fact) if fact else outcome.edits[0],))
            assert first(advisor, changed, "framework") == outcome.after, fact


def covers(wide: Edit, edit: Edit) -> bool:
    """Whether one change says what another does, or of an amount more."""
    if wide.add is None or edit.add is None or wide.slot != edit.slot:
        return wide.remove == edit.remove and wide.add == edit.add
    if not isinstance(wide.add.value, Quantity) or not isinstance(edit.add.value, Quantity):
        return wide.add.key() == edit.add.key()
    (low, high), (first, last) = wide.add.value.interval(), edit.add.value.interval()
    return low <= first and last <= high


def within(value: str | Quantity, rng: random.Random) -> list[float]:
    """Some amounts of a range: its ends, where they belong to it, and some between."""
    if not isinstance(value, Quantity):
        return []
    low, high = value.interval()
    high = min(high, low * 1000 + 1000)
    ends = [end for end, bound in ((low, ">"), (high, "<")) if value.op != bound]
    return [*ends, *(low + (high - low) * rng.uniform(0.01, 0.99) for _ in range(3))]


@pytest.mark.parametrize("seed", range(3))
def test_pairs_of_changes_give_what_full_selections_give(advisor: Advisor, seed: int) -> None:
    """Sums of single changes, and runs of both where they meddle, against the selection over all rules."""
    rng = random.Random(900 + seed)
    facts = random_facts(advisor.knowledge, rng)
    stack = advisor.reasoner.conclude(facts).stack
    role = rng.choice(stack).role if stack else "framework"
    pairs = list(Search(advisor.reasoner, facts, role).pairs())
    turned = [outcome for outcome in pairs if outcome.turned]
    for outcome in (*rng.sample(pairs, 60), *rng.sample(turned, min(25, len(turned)))):
        assert first(advisor, apply(advisor.reasoner, facts, outcome.edits), role) == outcome.after, outcome


@pytest.mark.parametrize("seed", range(4))
def test_what_brings_a_tool_to_the_top_is_found_though_most_changes_are_not_tried(advisor: Advisor, seed: int) -> None:
    """Only changes under which it may beat the present first choice are tried: none is missed."""
    rng = random.Random(1300 + seed)
    facts = random_facts(advisor.knowledge, rng)
    for choice in advisor.reasoner.conclude(facts).stack[:6]:
        search = Search(advisor.reasoner, facts, choice.role)
        losers = [ranked.tool for ranked in choice.ranking[1:]]
        excluded = [tool.id for tool in advisor.reasoner.selector.filling(choice.role) if tool.id not in losers]
        for name in (*losers[:3], *rng.sample(excluded, min(2, len(excluded)))):
            assert search.singles_for(name) == [o for o in search.singles if o.after == name]


QUESTIONS = """\
questions:
  - slot: stage
    order: 1
    text: How far is it?
    help: It matters
    options: [{value: prototype, label: A prototype}, {value: production, label: Production}]
  - slot: task
    order: 2
    text: What should it do?
    help: It matters
    options: [{value: ocr, label: Read}, {value: classification, label: Classify}]
  - slot: data_rows
    order: 3
    text: How much data?
    help: It matters
    options: [{value: "<1000", label: Little}, {value: ">=1000", label: Much}]
"""


@pytest.fixture
def small(tmp_path: Path) -> Reasoner:
    """Three tools for one role: beta takes one more fact to come first, gamma two."""
    when = {"beta": ["task: classification"], "gamma": ["stage: production", "data_rows: '>=1000'"]}
    tools = [tool("alpha", f"    strengths: [{strength(3)}]\n")]
    for name, conditions in when.items():
        claims = ", ".join(strength(2 * (3 - len(conditions)), condition) for condition in conditions)
        tools.append(tool(name, f"    strengths: [{claims}]\n"))
    place = write(tmp_path / "small", tools="tools:\n" + "".join(tools), questions=QUESTIONS)
    return Reasoner(load(base=place, cache=False), "reference")


def test_on_small_knowledge_the_minimal_changes_are_those_of_brute_force(small: Reasoner) -> None:
    facts = (Fact("task", "ocr"),)
    tried = list(edits(small, facts, "framework"))

    def after(*changes: Edit) -> str | None:
        stack = small.hypothetical(apply(small, facts, changes))[0]
        return next((c.ranking[0].tool for c in stack if c.role == "framework"), None)

    assert after() == "alpha"
    alone = {(edit,): after(edit) for edit in tried if after(edit) not in ("alpha", None)}
    rest = [edit for edit in tried if (edit,) not in alone]
    both = {pair: after(*pair) for pair in combinations(rest, 2) if after(*pair) not in ("alpha", None)}
    both = {pair: name for pair, name in both.items() if pair[0].slot != pair[1].slot}
    found = {o.edits: o.after for o in changes_of_mind(small, facts, "framework", pairs=True)}
    assert found == alone | both
    assert set(alone.values()) == {"beta"} and set(both.values()) == {"gamma"}
    assert {o.edits for o in smallest_changes(small, facts, "framework", "beta", most=99)} == set(alone)
    assert {o.edits for o in smallest_changes(small, facts, "framework", "gamma", most=99)} == set(both)


def test_the_smallest_change_makes_the_tool_first_and_no_smaller_one_does(advisor: Advisor) -> None:
    facts = (TASK,)
    for name in ("keras", "fastai", "tensorflow"):
        outcomes = smallest_changes(advisor.reasoner, facts, "framework", name, every=False)
        for outcome in outcomes:
            assert first(advisor, apply(advisor.reasoner, facts, outcome.edits), "framework") == name
        if not outcomes or len(outcomes[0].edits) > 1:
            singles = [apply(advisor.reasoner, facts, (edit,)) for edit in edits(advisor.reasoner, facts)]
            assert all(first(advisor, trial, "framework") != name for trial in singles)


def test_what_no_question_offers_is_told_as_well(advisor: Advisor) -> None:
    """A board that one may own and a wish that one may have, though nobody is asked for them."""
    offered = {(q.slot, option.value) for q in advisor.knowledge.questions for option in q.options}
    told = {
        (edit.slot, edit.add.value)
        for facts in ((TASK,), (TASK, Fact("deployment", "edge", words=Words(0, 0, 1, "x"))))
        for role in ("framework", "edge_runtime")
        for outcome in changes_of_mind(advisor.reasoner, facts, role)
        for edit in outcome.edits
        if edit.add
    }
    assert {("priorities", "portability"), ("hardware", "raspberry_pi")} <= told
    assert not {("priorities", "portability"), ("hardware", "raspberry_pi")} & offered


@pytest.mark.parametrize(
    ("facts", "role", "name"), [((TASK, Fact("deployment", "android")), "edge_runtime", "coremltools")]
)
def test_where_no_single_change_is_enough_a_pair_is_told_at_once(
    advisor: Advisor, facts: tuple[Fact, ...], role: str, name: str
) -> None:
    quick = smallest_changes(advisor.reasoner, facts, role, name, every=False)
    assert quick and all(len(outcome.edits) == 2 for outcome in quick)
    for outcome in quick:
        assert first(advisor, apply(advisor.reasoner, facts, outcome.edits), role) == name
        for edit in outcome.edits:
            assert first(advisor, apply(advisor.reasoner, facts, (edit,)), role) != name


def test_a_question_is_asked_only_while_an_answer_could_move_something(advisor: Advisor) -> None:
    conclusion = advisor.reasoner.conclude((TASK,))
    asked = next_question(advisor.reasoner, (TASK,), conclusion)
    assert asked is not None and asked.swing > 0
    everything = [question.slot for question in advisor.knowledge.questions]
    assert next_question(advisor.reasoner, (TASK,), conclusion, everything) is None
    open_slots = [question.slot for question in open_questions(advisor.reasoner, (TASK,), conclusion)]
    assert asked.slot in open_slots and "task" not in open_slots


def test_what_is_assumed_with_good_reason_is_not_the_first_question(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    conversation.say("predict which patients will not come; we know R, no GPU, and the doctors must understand why")
    assert Fact("modality", "tabular").key() in {f.key() for f in conversation.conclusion().facts}
    assert conversation.state.question not in ("", "modality")


def test_what_if_tells_the_difference_and_changes_nothing_until_it_is_kept(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    conversation.say("/set task image_classification")
    before = conversation.concluded(conversation.state.facts)
    turn = conversation.say("/whatif it must run on android")
    assert conversation.concluded(conversation.state.facts) == before
    (told,) = [block for block in turn.reply.blocks if isinstance(block, Diff)]
    conversation.say("keep it")
    after = conversation.concluded(conversation.state.facts)
    added = {choice.role for choice in after.stack} - {choice.role for choice in before.stack}
    assert added
    for role in added:
        title = advisor.knowledge.roles[role].title
        name = advisor.knowledge.tools[after.first(role) or ""].name
        assert any(c.sign == "+" and c.text.startswith(f"{title}: {name}") for c in told.changes)


def test_discard_forgets_the_draft(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    conversation.say("/set task image_classification")
    conversation.say("/whatif it must run on android")
    assert conversation.panel().draft
    conversation.say("discard")
    assert not conversation.panel().draft
    assert len(conversation.state.facts) == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_difference_is_the_difference_of_two_fresh_conclusions(advisor: Advisor, seed: int) -> None:
    rng = random.Random(300 + seed)
    facts = random_facts(advisor.knowledge, rng)
    changed = apply(advisor.reasoner, facts, (rng.choice(list(edits(advisor.reasoner, facts))),))
    before, after = advisor.reasoner.conclude(facts), advisor.reasoner.conclude(changed)
    check_difference(advisor, before, after)
    check_difference(advisor, after, before)  # what came goes, so that both are told


def test_a_difference_tells_steps_and_caveats_that_leave(advisor: Advisor) -> None:
    with_it = (TASK, Fact("stage", "production", words=Words(0, 2, 3, "y")))
    before, after = advisor.reasoner.conclude(with_it), advisor.reasoner.conclude((TASK,))
    assert {s.id for s in before.plan} - {s.id for s in after.plan}
    assert {c.id for c in before.caveats} - {c.id for c in after.caveats}
    check_difference(advisor, before, after)


def check_difference(advisor: Advisor, before: Conclusion, after: Conclusion) -> None:
    words = Wording(advisor.knowledge)
    told = advising.diff(before, after, words, "", most=None)
    changes = {(change.sign, change.text) for change in (told.changes if told else ())}
    for kind, old, new in (("Caveat", before.caveats, after.caveats), ("Step", before.plan, after.plan)):
        had, have = {a.id: a.text for a in old}, {a.id: a.text for a in new}
        said = {t for sign, t in changes if t.startswith(f"{kind}: ") and sign == "+"}
        gone = {t for _, t in changes if t.startswith(f"{kind} no longer applies: ")}
        assert said == {f"{kind}: {have[a]}" for a in have.keys() - had.keys()}
        assert gone == {f"{kind} no longer applies: {had[a]}" for a in had.keys() - have.keys()}
    for role in {c.role for c in (*before.stack, *after.stack)}:
        old, new = before.choice(role), after.choice(role)
        title = words.role(role)
        mentioned = any(text.startswith(f"{title}: ") for _, text in changes)
        same = (
            old and new and (old.ranking[0].tool, old.ranking[0].score) == (new.ranking[0].tool, new.ranking[0].score)
        )
        assert mentioned == (not same), role
        if new and not (old and old.ranking[0].tool == new.ranking[0].tool):
            name = words.tool(new.ranking[0].tool)
            assert any(text.startswith(f"{title}: {name} ") for _, text in changes)
