from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run

BRIEF = "churn prediction on 80k rows of CRM data on a laptop"


@pytest.fixture
def session(run: Run) -> str:
    """The id of a session with two turns."""
    run("ask", BRIEF)
    run("ask", "-c", "it must run on Android")
    (info,) = json.loads(run("sessions", "list", "--json").out)
    return str(info["id"])


def test_the_list_shows_what_was_talked_about(run: Run, session: str) -> None:
    head, row = run("sessions", "list").out.splitlines()

    assert head.split()[0] == "ID"
    assert row.startswith(session) and row.endswith(BRIEF)


def test_an_empty_list_says_so(run: Run) -> None:
    assert run("sessions", "list") == (0, "", "There are no sessions yet.\n")
    assert run("sessions", "list", "--json").out == "[]\n"
    assert run("sessions", "search", "x").err == "Nothing found.\n"


def test_show_and_search(run: Run, session: str) -> None:
    assert "> it must run on Android" in run("sessions", "show", session[:3]).out
    assert f"{session}  message 2" in run("sessions", "search", "ANDROID").out
    hits = json.loads(run("sessions", "search", "--json", "churn", "laptop").out)
    assert (hits[0]["session"]["id"], hits[0]["number"]) == (session, 0)


def test_rename_duplicate_delete_and_back(run: Run, session: str) -> None:
    assert run("sessions", "rename", session, "Churn,", "second try").out == f"Renamed {session} (Churn, second try)\n"
    copy = json.loads(run("sessions", "duplicate", session, "--json").out)
    assert (copy["title"], copy["turns"]) == ("Copy of Churn, second try", 2)
    assert run("sessions", "delete", session).code == 0
    assert [one["id"] for one in json.loads(run("sessions", "list", "--json").out)] == [copy["id"]]
    assert run("sessions", "undelete", session).code == 0
    assert run("sessions", "delete", session, "--forever").code == 0
    assert run("sessions", "undelete", session).code == 1
    assert run("sessions", "rename", copy["id"], " \x1b ").code == 0
    assert run("sessions", "rename", copy["id"], "  ").code == 1


def test_tags_archive_and_the_open_question(run: Run, session: str) -> None:
    assert run("sessions", "tag", session, "Churn", "#laptop").out.startswith("Tagged churn laptop: ")
    assert run("sessions", "tag", session, "--remove", "laptop").code == 0
    (info,) = json.loads(run("sessions", "list", "--tag", "churn", "--json").out)
    assert (info["tags"], info["archived"]) == (["churn"], False)
    assert info["question"] and info["question"][:30] in run("sessions", "list").out
    assert "is no tag" in run("sessions", "tag", session, "two words; DROP").err
    assert run("sessions", "list", "--tag", "none").err == "There are no “none” sessions.\n"
    assert run("sessions", "archive", session).code == 0
    assert run("sessions", "list", "--json").out == "[]\n"
    assert json.loads(run("sessions", "list", "--archived", "--json").out)[0]["id"] == session
    assert run("sessions", "archive", session, "--back", "--json").code == 0
    assert len(json.loads(run("sessions", "list", "--json").out)) == 1


def test_an_unknown_id_is_answered_with_what_there_is(run: Run, session: str) -> None:
    near = session[:-1] + ("a" if session[-1] != "a" else "b")

    assert f"Did you mean {session}?" in run("sessions", "show", near).err
    assert f"The last ones are {session} ({BRIEF})" in run("sessions", "show", "000").err


def test_an_ambiguous_beginning_names_the_candidates(run: Run, session: str) -> None:
    other = json.loads(run("sessions", "duplicate", session, "--json").out)["id"]
    shared = session[:1] if other[0] == session[0] else ""

    result = run("sessions", "show", shared) if shared else run("sessions", "show", "")
    assert result.code == 1


@pytest.mark.parametrize("form", ["markdown", "text", "json", "html", "adr"])
def test_export_to_a_file_never_replaces_one_unasked(run: Run, session: str, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    assert run("sessions", "export", session, "--format", form, "-o", str(target)) == (0, "", f"Saved as {target}\n")
    written = target.read_text()
    assert written.strip() == run("sessions", "export", session, "--format", form).out.strip()
    target.write_text("precious")

    refused = run("sessions", "export", session, "--format", form, "-o", str(target))
    assert (refused.code, target.read_text()) == (1, "precious")
    assert "--force" in refused.err
    assert run("sessions", "export", session, "--format", form, "-o", str(target), "--force").code == 0
    assert target.read_text() == written
    assert list(tmp_path.glob(".out*")) == []


def test_export_refuses_what_it_cannot_do(run: Run, session: str, tmp_path: Path) -> None:
    assert "Formats: markdown" in run("sessions", "export", session, "--format", "docx").err
    unwritable = run("sessions", "export", session, "-o", str(tmp_path / "no" / "such" / "folder"))
    assert (unwritable.code, "cannot be written" in unwritable.err) == (1, True)


def test_the_last_answer_alone(run: Run, session: str) -> None:
    shown = run("sessions", "export", session, "--last").out

    assert "Android" in shown
    assert "## Message 1" not in shown


def test_import_brings_back_what_was_exported(run: Run, session: str, tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    run("sessions", "tag", session, "phones")
    run("sessions", "export", session, "--format", "json", "-o", str(file))
    imported = json.loads(run("sessions", "import", str(file), "--json").out)

    again = json.loads(run("sessions", "export", imported["id"], "--format", "json").out)
    assert again["turns"] == json.loads(file.read_text())["turns"]
    assert again["session"]["tags"] == ["phones"]
    assert run("ask", "-s", imported["id"], "/facts").code == 0


@pytest.mark.parametrize(
    "content",
    ["", "null", "[]", "{}", '{"format": "other", "schema": 1}', "\ufeff", "x" * 1000,
     '{"format": "ml-stack-assistant/session", "schema": 99}',
     '{"format": "ml-stack-assistant/session", "schema": 1, "session": {}, "turns": []}'],
)  # fmt: skip
def test_what_is_no_export_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(content)
    result = run("sessions", "import", str(file))

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("Error: This ")


def test_replay_gives_the_same_bytes(run: Run, session: str) -> None:
    result = run("sessions", "replay", session)

    assert result.code == 0
    assert result.out.startswith("2 of 2 replies are the same to the byte")


def test_replay_with_other_knowledge_shows_what_changes(run: Run, session: str, tmp_path: Path) -> None:
    (mine := tmp_path / "mine" / "rules").mkdir(parents=True)
    (mine / "ours.yaml").write_text(
        "rules:\n"
        "  - id: our-house-rule\n"
        "    when: {modality: tabular}\n"
        "    for: [pytorch]\n"
        "    points: 3\n"
        "    pillar: scalability_performance\n"
        "    because: Our house has settled on one framework\n"
        "    source: ours\n"
        "    verified: 2026-11-22\n"
        "sources:\n"
        "  - {id: ours, title: House rules, url: https://example.org/rules, kind: docs, verified: 2026-11-22}\n"
    )
    result = run("--knowledge", str(mine.parent), "sessions", "replay", session, "--json")

    assert (result.code, result.err) == (0, "")
    replayed = json.loads(result.out)
    assert replayed["knowledge"] not in replayed["recorded"]
    assert len(replayed["turns"]) == 2


ARCHIVED = (
    "rules:\n"
    "  - id: it-was-archived\n"
    "    when: {modality: tabular}\n"
    "    exclude: [FIRST]\n"
    "    because: It was archived since\n"
    "    source: ours\n"
    "    verified: 2026-11-23\n"
    "  - id: another-is-praised\n"
    "    when: {modality: tabular}\n"
    "    for: [SECOND]\n"
    "    points: 3\n"
    "    pillar: scalability_performance\n"
    "    because: A benchmark of this year puts it first\n"
    "    source: ours\n"
    "    verified: 2026-11-23\n"
    "sources:\n"
    "  - {id: ours, title: House rules, url: https://example.org/rules, kind: docs, verified: 2026-11-22}\n"
)


def test_newer_knowledge_tells_what_changed_and_because_of_which_claim(run: Run, tmp_path: Path) -> None:
    answer = json.loads(run("ask", "--json", "churn prediction on 80k rows of CRM data").out)
    first, second = (row["tool"] for row in answer["stack"]["framework"][:2])
    (info,) = json.loads(run("sessions", "list", "--json").out)
    (newer := tmp_path / "newer").mkdir()
    (newer / "rules.yaml").write_text(ARCHIVED.replace("FIRST", first).replace("SECOND", second))

    replayed = run("--knowledge", str(newer), "sessions", "replay", info["id"])
    assert replayed.code == 0
    assert f"framework: {first} before, {second} now" in replayed.out
    assert "because: It was archived since [House rules (from the layer “newer”), 2026-11-23]" in replayed.out
    assert ": A benchmark of this year puts it first (+3), new [House rules" in replayed.out
    resumed = run("--knowledge", str(newer), "ask", "-c", "/facts").err
    assert "The knowledge has changed since your last message, and so has the advice. Framework: " in resumed
    assert ", because: It was archived since [House rules" in resumed
    assert "knowledge has changed" not in run("--knowledge", str(newer), "ask", "-c", "/facts").err


def test_a_changed_reply_with_the_same_knowledge_is_a_fault(run: Run, session: str, tmp_path: Path) -> None:
    exported = json.loads(run("sessions", "export", session, "--format", "json").out)
    exported["turns"][1]["reply"]["blocks"] = []
    exported["turns"][1]["choices"] = {"framework": "abacus"}
    file = tmp_path / "tampered.json"
    file.write_text(json.dumps(exported))
    imported = json.loads(run("sessions", "import", str(file), "--json").out)["id"]

    result = run("sessions", "replay", imported)
    assert result.code == 1
    assert "Message 2 is answered differently: it must run on Android" in result.out
    assert "framework: abacus before, " in result.out
