"""Each flaw of a flawed knowledge is found, with a project that shows it and from which nothing can be spared."""

from __future__ import annotations

from pathlib import Path

from assistant.audit.judging import CLASH, GAP, HUSH, TIE, Judge
from assistant.audit.projects import Project, told
from assistant.audit.reaching import SECOND, SILENT
from assistant.audit.report import Report, plain, report
from assistant.audit.running import Audit, Options
from assistant.audit.tally import Tally
from assistant.distribution import Crew
from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.reasoning.reasoner import Reasoner
from tests.knowledge import tiny


def swept(
    knowledge: Knowledge, options: Options | None = None, against: Knowledge | None = None
) -> tuple[Tally, Report]:
    audit = Audit(knowledge, options or Options(projects=150), against)
    tally = audit.run(Crew(), lambda *shown: None)
    return tally, report(audit, tally)


def found(tally: Tally, kind: str) -> dict[tuple[str, ...], list[str]]:
    return {spot.key: [told(fact) for fact in spot.project] for spot in tally.of(kind)}


def test_every_flaw_is_found(flawed: Knowledge) -> None:
    tally, told_of = swept(flawed)

    assert [key[0] for key in found(tally, SILENT)] == ["never"]
    assert found(tally, GAP)["serving", "nothing speaks for those that fit", "stage: production"] == [
        "stage: production"
    ]
    assert found(tally, TIE)["framework", "alpha", "beta", "the alphabet"] == ["task: ocr"]
    turned = {key[:3]: project for key, project in found(tally, HUSH).items()}
    ((key, project),) = [(key, project) for key, project in turned.items() if key[1] == "delta"]
    assert key == ("framework", "delta", "alpha")
    assert len(project) == 2 and project[0].startswith(("task", "data_rows"))
    assert {key[:2] for key in found(tally, SECOND)} == {("beta", "framework"), ("epsilon", "framework")}
    assert ("leave-alpha", "beware-of-beta", "beta", "sends to what is warned of") in found(tally, CLASH)
    text = plain(told_of, 10)
    for word in ("never", "nothing speaks", "the alphabet", "epsilon", "leave-alpha", "smallest project"):
        assert word in text


def test_nothing_can_be_spared_from_an_example(flawed: Knowledge) -> None:
    tally, _ = swept(flawed)
    judge = Judge(Reasoner(flawed, "reference"))

    def shows(project: Project, kind: str, key: tuple[str, ...]) -> bool:
        return any(spot.key == key for spot in judge.spots(kind, project))

    for kind in (TIE, HUSH, CLASH):
        for spot in tally.of(kind):
            assert shows(spot.project, kind, spot.key)
            for number in range(len(spot.project)):
                assert not shows(spot.project[:number] + spot.project[number + 1 :], kind, spot.key)


def test_rules_that_a_sweep_misses_are_met_by_projects_made_for_them(flawed: Knowledge) -> None:
    tally, _ = swept(flawed, Options(projects=1))

    assert [key[0] for key in found(tally, SILENT)] == ["never"]


def test_what_differs_between_two_versions_and_why(flawed: Knowledge, flawed_folder: Path, tmp_path: Path) -> None:
    from .conftest import CAVEATS, RULES, TOOLS

    rules = RULES.replace("points: 3", "points: 1") + tiny.rule(
        "no-alpha", "task: ocr, stage: production", "exclude: [alpha]"
    )
    new = load(base=tiny.write(tmp_path / "new", rules=rules, tools=TOOLS, caveats=CAVEATS))
    tally, told_of = swept(new, against=flawed)
    turns = {finding.about: finding for finding in told_of.sections[0].findings}

    assert told_of.changes is not None
    assert (told_of.changes.added["rules"], told_of.changes.changed["rules"]) == (["no-alpha"], ["unasked"])
    first = turns["framework", "delta", "alpha"]
    assert first.example == ("task: classification",)
    assert "-2 for delta: unasked" in first.because
    banned = turns["framework", "alpha", "beta"]
    assert set(banned.example) == {"task: ocr", "stage: production"}
    assert any("alpha is excluded: no-alpha" in cause for cause in banned.because)
    assert told_of.sections[1].findings  # the caveat about alpha goes with it
    assert tally.fired["changed"] >= tally.fired["turned"] > 0
    assert swept(flawed, against=load(base=flawed_folder))[1].sections[0].findings == ()
