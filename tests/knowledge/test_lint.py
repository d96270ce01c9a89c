"""Every kind of mistake in the knowledge is found, at its place; what is well written is left alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.dialogue.advisor import Advisor
from assistant.knowledge import loading
from assistant.knowledge.lint import in_order, lint_records
from assistant.knowledge.places import Places
from assistant.knowledge.reading import Finding
from assistant.language.lint import PARTS, lint_phrases
from assistant.reasoning.dominance import dominated
from assistant.reasoning.lint import lint_rules
from assistant.reasoning.reach import unreached
from tests.dialogue.profiles import random_facts
from tests.knowledge.tiny import NEED, TOOLS, VOCABULARY, rule, strength, tool, write


def findings(*extra: Path) -> list[Finding]:
    known, builder = loading.build(extra)
    places = Places(builder)
    checks = (lint_records, lint_rules, lint_phrases)
    return in_order([*builder.findings, *(f for check in checks for f in check(known, places))])


def serious(*extra: Path) -> list[str]:
    return [str(finding) for finding in findings(*extra) if finding.level != "note"]


def with_rules(folder: Path, *rules: str) -> list[str]:
    """What is told about the rules of a knowledge that has these besides the usual one."""
    write(folder, rules=NEED + "".join(rules))
    return [line for line in serious() if "rules.yaml" in line]


FOR_ALPHA = "for: [alpha]\n    points: 2\n    pillar: production_deployment"
AGAINST_ALPHA = "against: [alpha]\n    points: 1\n    pillar: production_deployment"
FEW = "list the task"  # there are no three candidates for any


@pytest.mark.usefixtures("folder")
def test_a_sound_knowledge_is_left_alone() -> None:
    assert [line for line in serious() if FEW not in line] == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([rule("a", 'data_rows: "< 10", task: ocr, all: [{data_rows: ">= 10"}]', FOR_ALPHA)], "a can never fire"),
        ([rule("a", "all: [{stage: prototype}, {stage: production}]", FOR_ALPHA)], "asks for two values of stage"),
        ([rule("a", "any: [{task: known}, {task: unknown}]", FOR_ALPHA)], "a fires in every project"),
        (
            [rule("a", "task: ocr", FOR_ALPHA), rule("b", "task: ocr", FOR_ALPHA)],
            "b says of the same tools what a says",
        ),
        (
            [rule("a", 'data_rows: "> 10"', FOR_ALPHA), rule("b", 'data_rows: "> 100", task: ocr', FOR_ALPHA)],
            "b says of the same tools what a says under a wider condition",
        ),
        (
            [rule("a", "task: [ocr, classification]", FOR_ALPHA), rule("b", "task: ocr", AGAINST_ALPHA)],
            "b speaks against alpha, a for, in the same pillar",
        ),
        (
            [rule("a", "task: known", "exclude: [alpha]"), rule("b", "task: known, stage: production", FOR_ALPHA)],
            "b argues about alpha in vain: a excludes it then",
        ),
        (
            [rule("a", "task: ocr", "then: {stage: production}"), rule("b", "task: ocr", "then: {stage: prototype}")],
            "concludes stage: p",
        ),
        (
            [
                rule("a", "task: ocr", "then: {stage: production}"),
                rule("b", "task: ocr, existing_stack: alpha", "then: {stage: production}"),
            ],
            "b concludes what a concludes under a wider condition",
        ),
        ([rule("a", "task: ocr", f"roles: [serving]\n    {FOR_ALPHA}")], "a speaks in vain of alpha"),
        ([rule("a", "task: ocr, none: {stage: production}", "then: {stage: production}")], "to be absent"),
    ],
)
def test_mistakes_in_rules_are_told_at_their_place(folder: Path, rules: list[str], told: str) -> None:
    lines = with_rules(folder, *rules)

    assert len(lines) == 1 and told in lines[0], lines
    number = int(lines[0].split(":")[1])
    near = (folder / "rules.yaml").read_text().splitlines()[number - 4 : number + 4]
    assert any(part in "\n".join(near) for part in ("- id: a", "- id: b"))


def test_of_many_rules_that_say_the_same_each_is_told_a_few_times(folder: Path) -> None:
    lines = with_rules(folder, *(rule(f"r{n}", f'data_rows: "> {n}"', FOR_ALPHA) for n in range(40)))

    for n in range(1, 40):
        told = [line for line in lines if f"warning: r{n} says of the same tools" in line]
        assert len(told) == min(n, 5)


@pytest.mark.parametrize(
    "rules",
    [
        [rule("a", "task: ocr", FOR_ALPHA), rule("b", "task: ocr, stage: production", FOR_ALPHA.replace("2", "1"))],
        [rule("a", "task: ocr", FOR_ALPHA), rule("b", "task: classification", AGAINST_ALPHA)],
        [rule("a", 'data_rows: "> 100"', FOR_ALPHA), rule("b", 'data_rows: "> 10", task: ocr', FOR_ALPHA)],
        [
            rule("a", "task: ocr", FOR_ALPHA),
            rule("b", "task: ocr", AGAINST_ALPHA.replace("production_deployment", "learning_flexibility")),
        ],
        [rule("a", "task: ocr", FOR_ALPHA + "\n    roles: [framework]"), rule("b", "task: ocr", "exclude: [gamma]")],
        [rule("a", "any: [{task: ocr}, {task: unknown}]", FOR_ALPHA)],
        [
            rule("a", "task: ocr", "then: {stage: production}"),
            rule("b", "all: [{stage: prototype}, {stage: production}]", FOR_ALPHA),
        ],
        [rule("a", "stage: prototype", "exclude: [alpha]"), rule("b", "task: ocr", FOR_ALPHA)],
    ],
)
def test_rules_that_are_well_written_are_left_alone(folder: Path, rules: list[str]) -> None:
    assert with_rules(folder, *rules) == []


@pytest.mark.parametrize(
    ("match", "told"),
    [
        ("{slot: place, attribute: tasks}", "framework matches on 'place', which is no slot"),
        ("{slot: task, attribute: tasks, values: [ocr, sewing]}", "task has no value 'sewing'"),
    ],
)
def test_a_role_matches_on_what_there_is(folder: Path, match: str, told: str) -> None:
    write(folder)
    place = folder / "vocabulary.yaml"
    place.write_text(place.read_text().replace("{slot: task, attribute: tasks}", match))
    (line,) = [line for line in serious() if "matches" in line or "has no value" in line]
    assert told in line and line.startswith("tiny/vocabulary.yaml:")


def test_a_circle_through_an_absence_names_all_its_rules_with_their_places(folder: Path) -> None:
    write(
        folder,
        rules=rule("a", "task: ocr, none: {stage: production}", "then: {task: classification}")
        + rule("b", "task: classification", "then: {stage: production}"),
    )
    (line,) = [line for line in serious() if "rules.yaml" in line]

    assert line.startswith("tiny/rules.yaml:3:11: error: ")
    assert "a at tiny/rules.yaml:" in line and "b at tiny/rules.yaml:" in line


@pytest.mark.parametrize(
    ("tools", "told"),
    [
        (tool("delta"), "nothing speaks for delta"),
        (
            tool("delta", f"    say: [alpha]\n    strengths: [{strength(3)}]\n"),
            "delta and alpha are both called 'alpha'",
        ),
        (tool("delta", state="superseded"), "delta is superseded, by nothing that is named"),
        (
            tool(
                "delta", "    strengths: [{pillar: production_deployment, points: 3, roles: [serving], text: Good}]\n"
            ),
            "delta/+1 counts in serving only",
        ),
        (tool("delta", f"    strengths: [{strength(3, day='2025-01-02')}]\n"), "delta was last verified on 2025-01-02"),
        (tool("delta", f"    strengths: [{strength(1)}]\n"), "delta can never come first as framework: alpha"),
    ],
)
def test_mistakes_in_tools_are_told_at_their_place(folder: Path, tools: str, told: str) -> None:
    write(folder, tools=TOOLS + tools)
    lines = [line for line in serious() if told in line]

    assert len(lines) == 1
    first = (TOOLS + tools).splitlines().index("  - id: delta") + 1
    assert lines[0].startswith("tiny/tools.yaml:") and int(lines[0].split(":")[1]) >= first


def test_a_tool_with_a_case_of_its_own_is_not_beaten(folder: Path) -> None:
    write(folder, tools=TOOLS + tool("delta", f"    strengths: [{strength(1, 'stage: production')}]\n"))
    assert not any("delta can never" in line for line in serious())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("say: [prototype, demo]", "say: [prototype, live]", "'live' says both stage: prototype and stage: production"),
        ("say: [ocr]", "say: [ocr], needs_context: [reading]", "'reading' needs a context but is not said"),
        (
            "{id: ocr, title: reading text, say: [ocr]}",
            "{id: ocr, title: x, say: [ocr]}\n      - {id: tts, title: y}",
            "tts",
        ),
    ],
)
def test_mistakes_in_the_vocabulary_are_told_at_their_place(folder: Path, old: str, new: str, told: str) -> None:
    write(folder)
    (folder / "vocabulary.yaml").write_text(VOCABULARY.replace(old, new))
    lines = [line for line in serious() if told in line]

    assert len(lines) == 1 and lines[0].startswith("tiny/vocabulary.yaml:")


def test_phrases_with_two_meanings_in_two_slots_are_a_note_unless_one_needs_a_context(folder: Path) -> None:
    write(folder)
    place = folder / "vocabulary.yaml"
    place.write_text(VOCABULARY.replace("say: [ocr]", "say: [ocr, demo]"))
    assert [f for f in findings() if "'demo' says both" in f.message and f.level == "note"]
    place.write_text(VOCABULARY.replace("say: [ocr]", "say: [ocr, demo], needs_context: [demo]"))
    assert not [f for f in findings() if "'demo' says both" in f.message]


def test_misshapen_phrases_are_told_at_their_place(folder: Path) -> None:
    write(folder, **{"phrases/units": "units:\n  - {slot: data_rows, say: [rows]}\n  - {slot: data_rows, say: 7}\n"})
    (told,) = [f for f in findings() if f.level == "error" and "phrases" in f.file]
    assert (told.file, told.line) == ("tiny/phrases/units.yaml", 3)


@pytest.mark.parametrize(
    ("file", "text"),
    [("acts", "exact:\n  greet: [hi, 'hello (there']\n"), ("descriptions", "says:\n  task: {ocr: ['a | b']}\n")],
)
def test_patterns_that_cannot_be_read_are_told_at_their_place(folder: Path, file: str, text: str) -> None:
    write(folder, **{f"phrases/{file}": text})
    (told,) = [f for f in findings() if f.level == "error"]
    assert (told.file, told.line, told.expected) == (f"tiny/phrases/{file}.yaml", 2, "a pattern")


@pytest.mark.usefixtures("folder")
def test_the_room_that_the_engine_leaves_is_told() -> None:
    assert any(
        "clauses; none is refused for their number: over 16 are shared" in f.message
        for f in findings()
        if f.level == "note"
    )


def test_caveats_that_wait_for_what_cannot_be_chosen(folder: Path) -> None:
    caveat = "{id: c, severity: note, when: {chosen: delta}, text: Mind it, source: book, verified: 2026-11-22}"
    write(folder, tools=TOOLS + tool("delta", roles=""), caveats=f"caveats:\n  - {caveat}\n")
    assert any(line.startswith("tiny/caveats.yaml:2:") and "fills no role" in line for line in serious())


def test_every_phrase_file_that_reading_uses_is_checked() -> None:
    assert set(PARTS) <= set(loading.load().phrases)


def test_what_is_called_beaten_never_comes_first(advisor: Advisor) -> None:
    known, builder = loading.build()
    told = [finding.message.split() for finding in dominated(known, Places(builder))]
    beaten = {(words[0], words[6].rstrip(":")) for words in told}
    assert beaten and all(tool in known.tools and role in known.roles for tool, role in beaten)
    rng = random.Random(7)
    forecast = advisor.reasoner.forecast(())
    personal = {slot.id for slot in known.slots.values() if slot.kind == "tools"}
    for _ in range(400):
        facts = [fact for fact in random_facts(known, rng) if fact.slot not in personal]
        leads = {(lead.tool, role) for role, lead in forecast.leads(facts).items()}
        assert not leads & beaten


def test_the_search_finds_a_project_for_whatever_can_win(folder: Path) -> None:
    special = strength(5, 'stage: production, data_rows: "> 10k"')
    more = tool("delta", f"    strengths: [{special}]\n") + tool("epsilon", f"    strengths: [{strength(1)}]\n")
    needs = rule("serve", "stage: production", "need: [serving]") + NEED
    write(folder, tools=TOOLS + more, rules=needs)
    known, builder = loading.build()
    told = [str(finding) for finding in unreached(known, Places(builder))]

    assert len(told) == 1 and told[0].startswith("tiny/tools.yaml:")
    assert "no project of those tried brings epsilon to the top as framework; nearest: 1 points behind alpha" in told[0]


@pytest.mark.parametrize(("kind", "level"), [("steps", "error"), ("rules", "warning")])
def test_ids_are_not_shared_between_kinds(folder: Path, kind: str, level: str) -> None:
    caveat = (
        "caveats:\n  - {id: twin, severity: note, about: [alpha], text: Mind, source: book, verified: 2026-11-22}\n"
    )
    step = "steps:\n  - {id: twin, phase: poc, order: 1, text: Try it, source: book, verified: 2026-11-22}\n"
    rules = NEED + (rule("twin", "task: ocr", FOR_ALPHA) if kind == "rules" else "")
    write(folder, rules=rules, caveats=caveat, **({"steps": step} if kind == "steps" else {}))
    (told,) = [finding for finding in findings() if "'twin'" in finding.message]

    assert told.level == level and told.file == f"tiny/{'steps' if kind == 'steps' else 'caveats'}.yaml"


def test_what_a_layer_replaces_or_lacks_is_told(folder: Path, tmp_path: Path) -> None:
    above, empty = tmp_path / "above", tmp_path / "empty"
    (above / "phrases").mkdir(parents=True)
    empty.mkdir()
    (above / "rules.yaml").write_text(f"rules:\n{NEED}")
    (above / "phrases" / "strenght.yaml").write_text("hard: [by law]\n")
    told = {(f.level, f.file): f.message for f in findings(above, empty)}

    assert told["note", "above/rules.yaml"] == "replaces the rule 'need' of the layer 'shipped' as a whole"
    assert told["warning", "above/phrases/strenght.yaml"] == "nothing reads phrases/strenght.yaml"
    assert told["warning", "empty"] == "holds no knowledge"


def test_a_layer_may_go_against_a_rule_below_and_that_is_noted(folder: Path, tmp_path: Path) -> None:
    write(folder, rules=NEED + rule("a", "task: ocr", FOR_ALPHA))
    above = tmp_path / "above"
    above.mkdir()
    (above / "rules.yaml").write_text("rules:\n" + rule("b", "task: ocr", AGAINST_ALPHA))
    (told,) = [finding for finding in findings(above) if "speaks" in finding.message]

    assert (told.level, told.file) == ("note", "above/rules.yaml")


def test_what_a_record_does_not_say_is_noted(folder: Path) -> None:
    write(folder)
    (told,) = [finding for finding in findings() if finding.message.startswith("alpha lacks")]

    assert told.level == "note" and "what the licence means" in told.message and "a weakness" in told.message


@pytest.mark.parametrize(
    "acts", ["acts: 3", "acts: [a]", "acts: {group: }", "acts: {group: why}", "acts: {group: [[a]]}"]
)
def test_acts_of_another_form_are_told(folder: Path, acts: str) -> None:
    write(folder, acts=acts)
    assert any(line.startswith("tiny/acts.yaml:1:") and ": error: acts: " in line for line in serious())


def test_a_slot_cannot_take_a_name_of_the_reasoning(folder: Path) -> None:
    write(folder)
    (folder / "vocabulary.yaml").write_text(VOCABULARY.replace("id: considering", "id: chosen"))
    assert any("is taken by the reasoning" in line for line in serious())
