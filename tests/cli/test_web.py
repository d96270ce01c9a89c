"""`serve`: what it refuses, what it warns of."""

from __future__ import annotations

import re
import socket
import sys
from typing import Any

import pytest

from .conftest import Run


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The options that the server would run with; it is not run."""
    calls: list[Any] = []

    def serve(options: Any, sock: socket.socket) -> None:
        sock.close()
        calls.append(options)

    monkeypatch.setattr("assistant.web.server.serve", serve)
    return calls


def test_on_this_machine_alone_no_token_is_needed(run: Run, begun: list[Any]) -> None:
    result = run("serve", "--port", "0")
    assert result.code == 0
    assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+/\n", result.out)
    assert "Warning" not in result.err
    assert begun[0].token == ""


def test_where_others_can_reach_it_a_token_is_made_up_and_a_warning_given(run: Run, begun: list[Any]) -> None:
    results = [run("serve", "--host", "0.0.0.0", "--port", "0") for _ in range(2)]
    for result, options in zip(results, begun, strict=True):
        assert result.code == 0
        assert len(options.token) >= 32 and result.out.endswith(f"/?token={options.token}\n")
        assert "Other machines can reach this" in result.err and "not encrypted" in result.err
    assert begun[0].token != begun[1].token


def test_a_token_may_be_given_by_the_environment(run: Run, begun: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_TOKEN", "a token of my own")
    assert run("serve", "--port", "0").out.endswith("/?token=a%20token%20of%20my%20own\n")
    assert begun[0].token == "a token of my own"


def test_a_short_token_is_refused(run: Run, begun: list[Any]) -> None:
    result = run("serve", "--token", "secret")
    assert result.code == 1 and "too short" in result.err
    assert begun == []


def test_a_port_that_is_taken(run: Run, begun: list[Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.code == 1
    assert re.search(r"cannot be listened on: [^(]+\. Another --port may be free\.", result.err)


def test_without_the_extra_it_says_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("assistant.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    result = run("serve")
    assert result.code == 1 and "pip install textual-serve" in result.err
    assert "Traceback" not in result.err
