"""A company's own knowledge over the shipped one: same proofs, its layer is told, and if it is broken it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.knowledge.loading import KnowledgeError, load, read
from tests.knowledge.tiny import rule
from tests.layers import BRIEF, BROKEN, RULES, SOURCE


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layers") / "acme"
    folder.mkdir()
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def layered(company: Path) -> Iterator[Advisor]:
    advisor = Advisor.load(knowledge_dirs=(company,), engine="reference")
    yield advisor
    advisor.close()


def test_its_rules_change_the_advice_and_say_where_they_come_from(layered: Advisor) -> None:
    talk = Conversation(layered)
    reply = talk.say(BRIEF).reply.plain()

    assert "We standardise on CatBoost (+5) [Handbook (from the layer “acme”), 2026-11-22]" in reply
    assert talk.conclusion().first("framework") == "catboost"
    proof = talk.say("why not xgboost?").reply.plain()
    assert "Our platform does not run XGBoost" in proof
    assert "[Handbook (from the layer “acme”), 2026-11-22]" in proof
    assert "You said “churn prediction”" in proof
    shipped = [line for line in reply.splitlines() if "[" in line and "Handbook" not in line]
    assert shipped and not any("layer" in line for line in shipped)


@pytest.mark.usefixtures("folder")
def test_a_layer_that_does_not_hold_is_left_out_and_the_others_count(tmp_path: Path) -> None:
    broken, sound = tmp_path / "broken", tmp_path / "sound"
    for place, text in ((broken, BROKEN), (sound, "rules:\n" + rule("house-ban", "task: known", "exclude: [alpha]"))):
        place.mkdir()
        (place / "x.yaml").write_text(text, encoding="utf-8")
    advisor = Advisor.load(knowledge_dirs=(broken, sound), engine="reference")

    assert [rule.id for rule in advisor.knowledge.rules if rule.layer != "shipped"] == ["house-ban"]
    (why,) = advisor.left_out
    assert str(broken) in why and "broken/x.yaml:2:5: error: " in why and "source" in why
    assert advisor.notice and why in advisor.notice
    with pytest.raises(KnowledgeError) as again:  # from the cache, the same words
        load((broken,))
    assert "broken/x.yaml:2:5: error: " in str(again.value)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "rules.yaml",
            SOURCE + "rules:\n"
            "  - {id: a, when: {task: ocr, none: {stage: production}}, then: {stage: production}, because: It is so, "
            "source: handbook, verified: 2026-11-22}\n",
            "odd/rules.yaml:4:",
        ),
        ("phrases/negation.yaml", "reach: far\n", "phrases"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_only_compiling_shows_leaves_it_out_too(tmp_path: Path, file: str, text: str, told: str) -> None:
    place = tmp_path / "odd" / file
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    advisor = Advisor.load(knowledge_dirs=(tmp_path / "odd",), engine="reference")

    assert advisor.knowledge.layers == ("shipped",)
    assert told in advisor.left_out[0]


def test_phrases_of_a_layer_add_to_those_below(tmp_path: Path) -> None:
    place = tmp_path / "slang" / "phrases" / "strength.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("hard: [our auditors insist on]\n", encoding="utf-8")
    above, below = read((tmp_path / "slang",))[0].phrases["strength"], load().phrases["strength"]

    assert isinstance(above, dict) and isinstance(below, dict)
    assert above["hard"] == [*below["hard"], "our auditors insist on"]
    assert above["soft"] == below["soft"]


@pytest.mark.usefixtures("folder")
def test_hidden_files_and_dangling_links_are_no_knowledge(tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "tiny"  # named like the folder of the shipped knowledge, here
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "x.yaml").write_text("nonsense: 1\n")
    (folder / ".#rules.yaml").symlink_to("nobody@nowhere:1")
    (folder / "empty.yml").write_text("")
    known = load((folder,), cache=False)

    assert known.layers == ("shipped", "tiny-2")
    (folder / "lost.yaml").symlink_to("nowhere")
    with pytest.raises(KnowledgeError, match=r"tiny-2/lost\.yaml:1:1: error: cannot be read"):
        load((folder,))
