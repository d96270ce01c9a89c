from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run

BRIEF = "churn prediction on 80k rows of CRM data on a laptop"


def test_ask_answers_and_keeps_the_turn(run: Run) -> None:
    result = run("ask", BRIEF)

    assert (result.code, result.err) == (0, "")
    assert "80,000 examples" in result.out
    listed = json.loads(run("sessions", "list", "--json").out)
    assert [(one["title"], one["turns"]) for one in listed] == [(BRIEF, 1)]


def test_words_need_no_quotes_and_may_come_from_a_pipe(run: Run) -> None:
    typed = run("ask", *BRIEF.split())
    piped = run("ask", input=BRIEF.encode())

    assert typed == piped


def test_it_goes_on_with_the_last_or_a_named_session(run: Run) -> None:
    run("ask", BRIEF)
    (first,) = json.loads(run("sessions", "list", "--json").out)
    run("ask", "semantic search over 10k documents")
    run("ask", "-c", "it must run on Android")
    run("ask", "-s", first["id"][:4], "it must run on Android")

    listed = json.loads(run("sessions", "list", "--json").out)
    assert [(one["title"], one["turns"]) for one in listed] == [(BRIEF, 2), ("semantic search over 10k documents", 2)]


def test_continuing_without_a_session_starts_one(run: Run) -> None:
    assert run("ask", "-c", BRIEF).code == 0


def test_json_is_the_form_of_batch(run: Run) -> None:
    asked = json.loads(run("ask", "--json", BRIEF).out)
    (batched,) = map(json.loads, run("batch", input=json.dumps({"text": BRIEF}).encode()).out.splitlines())

    (listed,) = json.loads(run("sessions", "list", "--json").out)
    assert asked["id"] == listed["id"]
    for answer in (asked, batched):
        del answer["id"], answer["turns"][0]["elapsed_ms"]
    assert asked == batched


def test_a_person_s_text_cannot_reach_the_terminal_as_code(run: Run) -> None:
    evil = "\x1b]0;pwned\x07 \x9b31m \u202e cat \x08\x08 [bold]x[/bold]"
    outputs = [run("ask", evil), run("ask", "--json", evil), run("sessions", "list"), run("sessions", "search", "cat")]
    (listed, _) = json.loads(run("sessions", "list", "--json").out)
    outputs += [run("sessions", "show", listed["id"])]
    outputs += [
        run("sessions", "export", listed["id"], "--format", form) for form in ("markdown", "json", "text", "html")
    ]

    for result in outputs:
        assert result.code == 0
        for stream in (result.out, result.err):
            assert not {c for c in stream if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c == "\u202e"}


def test_a_database_that_cannot_be_used_does_not_stop_it(run: Run, home: Path) -> None:
    (home / "data").write_text("in the way")
    result = run("ask", BRIEF)

    assert result.code == 0
    assert "80,000 examples" in result.out
    assert result.err.startswith("Warning: Sessions cannot be kept")


@pytest.mark.parametrize("arguments", [["ask", BRIEF], ["ask", "-c", BRIEF], ["sessions", "list"]])
def test_a_damaged_database_is_set_aside_with_a_word(run: Run, home: Path, arguments: list[str]) -> None:
    (home / "data").mkdir()
    (home / "data" / "sessions.db").write_bytes(b"no database" * 1000)
    result = run(*arguments)

    assert result.code == 0
    assert "sessions.damaged-1.db" in result.err
    assert (home / "data" / "sessions.damaged-1.db").read_bytes() == b"no database" * 1000
    assert run("ask", BRIEF).err == ""


def test_debug_names_acts_rules_and_times(run: Run) -> None:
    plain, explained = run("ask", BRIEF), run("ask", "--debug", BRIEF)

    assert explained.out == plain.out
    assert "acts: " in explained.err and " ms " in explained.err
    assert "rules: " in explained.err and "none" not in explained.err.partition("rules: ")[2]


def test_too_much_text_is_refused(run: Run) -> None:
    result = run("ask", input=b"x " * 600_000)

    assert (result.code, result.out) == (1, "")


def test_the_same_question_gets_the_same_bytes(run: Run) -> None:
    assert run("ask", BRIEF) == run("ask", BRIEF)


def test_line_by_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("chat", "--plain", input=f"{BRIEF}\n\n/export json\n/quit\nnever read\n".encode())

    assert (result.code, result.err) == (0, "")
    assert "80,000 examples" in result.out
    (listed,) = json.loads(run("sessions", "list", "--json").out)
    assert listed["turns"] == 2
    (saved,) = tmp_path.glob("assistant-*.json")
    assert json.loads(saved.read_text())["session"]["id"] == listed["id"]


def test_line_by_line_goes_on_with_a_session(run: Run) -> None:
    run("ask", BRIEF)
    run("chat", "--plain", "-c", input=b"it must run on Android\n")

    (listed,) = json.loads(run("sessions", "list", "--json").out)
    assert listed["turns"] == 2
