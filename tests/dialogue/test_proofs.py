"""Every claim can be traced: proofs end in the person's words, defaults, named tools or checked absences."""

from __future__ import annotations

import random

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.blocks import Notice, Proof
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.explaining import Explainer
from assistant.dialogue.proofs import Prover, fact_ref, leaves
from assistant.dialogue.wording import Wording
from assistant.knowledge.facts import Fact, Quantity, Words
from assistant.reasoning.model import Conclusion
from tests.dialogue.profiles import random_facts

GROUNDS = {"words", "assumed", "default", "implied", "absent", "record"}


@pytest.mark.parametrize("seed", range(8))
def test_every_leaf_is_grounded(advisor: Advisor, seed: int) -> None:
    facts = random_facts(advisor.knowledge, random.Random(seed))
    conclusion = advisor.reasoner.conclude(facts)
    prover = Prover(Wording(advisor.knowledge), advisor.reasoner.programs, conclusion)
    roots = [prover.firing(a.firing, a.text) for c in conclusion.stack for r in c.ranking[:3] for a in r.arguments]
    roots += [prover.firing(e.firing, e.text) for e in conclusion.excluded]
    roots += [prover.firing(advice.firing, advice.text) for advice in (*conclusion.caveats, *conclusion.plan)]
    for root in roots:
        for leaf in leaves(root):
            assert leaf.kind in GROUNDS, (seed, leaf.text, leaf.kind, root.text)


@pytest.mark.parametrize("seed", range(4))
def test_every_leaf_of_an_explanation_is_grounded_and_points_that_count_more_say_why(
    advisor: Advisor, seed: int
) -> None:
    facts = random_facts(advisor.knowledge, random.Random(400 + seed))
    facts = (*facts, Fact("priorities", "maintenance", words=Words(0, 90, 91, "kept up")))
    conclusion = advisor.reasoner.conclude(facts)
    explainer = Explainer(advisor.reasoner, Wording(advisor.knowledge), conclusion)
    refs = [f"tool/{choice.role}/{choice.ranking[0].tool}" for choice in conclusion.stack]
    refs += [fact_ref(fact) for fact in conclusion.facts if not fact.negated]
    refs += [f"role/{choice.role}" for choice in conclusion.stack]
    for ref in refs:
        blocks = explainer.why(ref)
        assert not any(isinstance(block, Notice) for block in blocks), ref
        for block in blocks:
            if isinstance(block, Proof):
                assert {leaf.kind for leaf in leaves(block.root)} <= GROUNDS, (ref, block)
    for choice in conclusion.stack:
        proofs = [b for b in explainer.why(f"tool/{choice.role}/{choice.ranking[0].tool}") if isinstance(b, Proof)]
        weighed = [node for node in proofs[0].root.children if any("counted" in child.text for child in node.children)]
        assert len(weighed) == sum(a.worth != a.points for a in choice.ranking[0].arguments)


@pytest.mark.parametrize("seed", range(8))
def test_scores_are_the_sums_of_what_is_shown(advisor: Advisor, seed: int) -> None:
    facts = random_facts(advisor.knowledge, random.Random(100 + seed))
    for choice in advisor.reasoner.conclude(facts).stack:
        for ranked in choice.ranking:
            assert ranked.score == pytest.approx(sum(argument.worth for argument in ranked.arguments))
            assert ranked.score == pytest.approx(sum(ranked.by_pillar().values()))
        scores = [ranked.score for ranked in choice.ranking]
        assert scores == sorted(scores, reverse=True)


def test_removing_a_premise_removes_what_only_it_supports(advisor: Advisor) -> None:
    task = Fact("task", "image_classification", words=Words(0, 0, 3, "abc"))
    licence = Fact("licence", "permissive_only", words=Words(0, 4, 7, "MIT"))
    with_it = advisor.reasoner.conclude((task, licence))
    without = advisor.reasoner.conclude((task,))
    assert "ultralytics" in {e.tool for e in with_it.excluded}
    assert "ultralytics" not in {e.tool for e in without.excluded}


@pytest.mark.parametrize("seed", range(5))
def test_without_a_stated_fact_nothing_rests_on_it_and_the_rest_stays_grounded(advisor: Advisor, seed: int) -> None:
    """What only the fact supported is gone: no leaf of any proof quotes it, and no firing that stays is without ground."""
    facts = random_facts(advisor.knowledge, random.Random(200 + seed))
    full = advisor.reasoner.conclude(facts)
    for gone in facts:
        assert gone.words is not None
        rest = tuple(fact for fact in facts if fact != gone)
        conclusion = advisor.reasoner.conclude(rest)
        prover = Prover(Wording(advisor.knowledge), advisor.reasoner.programs, conclusion)
        for firing in conclusion.firings:
            quoted = f"“{gone.words.text}”"
            assert all(quoted not in leaf.text for leaf in leaves(prover.firing(firing, "")))
    supported = {a.id for a in full.caveats}
    prover = Prover(Wording(advisor.knowledge), advisor.reasoner.programs, full)
    for caveat in full.caveats:
        node = prover.firing(caveat.firing, caveat.text)
        if any(leaf.kind in ("absent", "default") for leaf in leaves(node)):
            continue  # another fact may take its place
        for fact in prover.roots(caveat.firing):
            derivations = [f for f in full.firings if f.head == caveat.firing.head]
            if all(fact in prover.roots(firing) for firing in derivations) and len(facts) > 1:
                without = advisor.reasoner.conclude(tuple(f for f in facts if f != fact))
                stays = caveat.id in {a.id for a in without.caveats}
                assert caveat.id in supported and (not stays or _other_grounds(advisor, without, caveat.id, fact))


def _other_grounds(advisor: Advisor, conclusion: Conclusion, caveat: str, gone: Fact) -> bool:
    """Whether the caveat holds on words other than those that are gone."""
    prover = Prover(Wording(advisor.knowledge), advisor.reasoner.programs, conclusion)
    (found,) = [item for item in conclusion.caveats if item.id == caveat]
    return gone not in prover.roots(found.firing) and bool(prover.roots(found.firing) or found.firing.premises)


def test_what_was_told_once_is_referred_back_to(advisor: Advisor) -> None:
    conversation = Conversation(advisor)
    conversation.say("/set task churn_prediction")
    (proof,) = [b for b in conversation.say("/why scikit-learn").reply.blocks if isinstance(b, Proof)]
    lines = [line.text for line in proof.outline()]
    assert sum(line == "The task is classification." for line in lines) == 1
    assert any("The task is classification (as told above)" in line for line in lines)
    kept = {leaf.text for leaf in leaves(proof.root)}
    assert kept <= set(lines), "no ground may get lost"


def test_a_threshold_points_at_the_amount_that_was_said(advisor: Advisor) -> None:
    words = Words(2, 5, 8, "40k")
    facts = (
        Fact("task", "image_classification", words=Words(0, 0, 1, "x")),
        Fact("data_rows", Quantity(40_000), words=words),
    )
    conclusion = advisor.reasoner.conclude(facts)
    prover = Prover(Wording(advisor.knowledge), advisor.reasoner.programs, conclusion)
    said = [
        leaf.text
        for c in conclusion.stack
        for a in c.ranking[0].arguments
        for leaf in leaves(prover.firing(a.firing, a.text))
    ]
    assert any("“40k” (message 3)" in text and "40,000" in text for text in said)
