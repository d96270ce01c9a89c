"""The command line as other programs know it: help, exit codes, what goes where."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from assistant import __version__
from assistant.cli.root import root

from .conftest import Run


def commands(
    command: click.Command = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if sub := command.get_command(context, name):
                yield from commands(sub, (*path, name))


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_explains_itself_with_an_example(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")

    assert result.code == 0
    assert result.err == ""
    assert f"Usage: {' '.join(('assistant', *path))}" in result.out
    assert "Example" in result.out
    assert f"assistant {' '.join(path)}".rstrip() in result.out.partition("Example")[2]


def test_every_option_has_a_help_text() -> None:
    silent = [
        f"{' '.join(path)} {option.name}"
        for path, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_the_version(run: Run) -> None:
    assert run("--version") == (0, f"ml-stack-assistant {__version__}\n", "")


@pytest.mark.parametrize(
    ("wrong", "meant"), [(["sesions"], "sessions"), (["sessions", "lits"], "list"), (["knowledge", "lnit"], "lint")]
)
def test_a_typo_is_an_error_with_a_suggestion(run: Run, wrong: list[str], meant: str) -> None:
    result = run(*wrong)

    assert (result.code, result.out) == (2, "")
    assert meant in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "--nonsense"],
        ["ask", "-c", "-s", "x", "hello"],
        ["batch", "no-such-file"],
        ["--knowledge", "no-such-folder", "ask", "x"],
    ],
)
def test_a_wrong_command_line_exits_with_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[-1].startswith("Error: ")


@pytest.mark.parametrize("arguments", [[], ["chat"]])
def test_without_a_terminal_the_app_says_what_to_do_instead(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert (result.code, result.out) == (2, "")
    assert "assistant ask" in result.err
    assert "--plain" in result.err


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_asked_is_refused(run: Run, text: str) -> None:
    assert run("ask", text).code == 1
    assert run("ask", input=text.encode()).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["sessions", "show", "nope"],
        ["sessions", "export", "nope"],
        ["sessions", "rename", "nope", "x"],
        ["sessions", "duplicate", "nope"],
        ["sessions", "delete", "nope"],
        ["sessions", "undelete", "nope"],
        ["sessions", "replay", "nope"],
        ["ask", "-s", "nope", "hello"],
    ],
)
def test_an_unknown_session_is_refused(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert (result.code, result.out) == (1, "")
    assert "There is no " in result.err and "nope" in result.err


HEAVY = {"textual", "rich", "pydantic", "sqlite_utils", "yaml", "durable_rules_engine", "durable"}


@pytest.mark.parametrize("arguments", ["--version", "--help", "ask --help", "sessions --help"])
def test_help_and_version_load_nothing_heavy(arguments: str) -> None:
    loaded = modules_after(arguments.split())

    assert loaded & (HEAVY | {"sqlite3", "msgspec"}) == set()


@pytest.mark.parametrize(
    "arguments", ["ask churn", "batch", "sessions list", "sessions search churn", "knowledge stats", "doctor"]
)
def test_only_the_app_loads_textual(arguments: str) -> None:
    modules_after(arguments.split())  # compiles the knowledge and makes the database, which need more
    loaded = modules_after(arguments.split())

    unwanted = {"textual", "rich", "pydantic", "sqlite_utils"}
    if arguments == "batch":
        unwanted |= {"sqlite3"}
    assert loaded & unwanted == set()


def modules_after(arguments: list[str]) -> set[str]:
    """Run the command in a process of its own; the top-level modules that it has loaded at its end."""
    code = (
        "import sys\nfrom assistant.cli import main\n"
        f"try:\n    main({arguments!r})\n"
        "except SystemExit as left:\n    assert left.code in (0, None), left.code\n"
        "print('\\nLOADED', *{name.partition('.')[0] for name in sys.modules})"
    )
    line = b'{"id": 1, "text": "churn"}\n'
    done = subprocess.run([sys.executable, "-c", code], input=line, capture_output=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stdout.decode().rpartition("LOADED")[2].split())


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    lines = b'{"text": "churn"}\n' * 400
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(lines)
    process.stdin.close()
    process.stdout.readline()
    process.stdout.close()

    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_it_speaks_utf8_safely_in_a_poor_locale() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for arguments in (["ask", "Zürich \U0001f600 ‮"], ["sessions", "list"], ["sessions", "show", "nö"]):
        done = subprocess.run([sys.executable, "-m", "assistant", *arguments], capture_output=True, env=environment)
        assert b"Traceback" not in done.stderr
        assert done.returncode == (1 if "nö" in arguments else 0)
        done.stdout.decode("ascii")


def _hear_ctrl_c() -> None:
    """A shell starts its background jobs deaf to ctrl-c, and what they start inherits that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.nightly)])
def test_ctrl_c_ends_it_quietly(workers: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "batch", "--workers", workers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(b'{"text": "churn"}\n' * 300)
    process.stdin.flush()
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    os.killpg(process.pid, signal.SIGINT)
    process.stdout.read()

    assert (process.wait(timeout=30), process.stderr.read()) == (130, b"")
