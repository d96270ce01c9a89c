from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assistant.cli import main
from assistant.dialogue.advisor import Advisor


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, advisor: Advisor) -> Run:
    """Run the command line in this process, as `assistant ARGUMENTS < input` would.

    The shipped knowledge is loaded once for all tests; folders laid over it are loaded as ever.
    """
    load = Advisor.load

    def shared(*, knowledge_dirs: Iterable[Path] = (), **more: Any) -> Advisor:
        return load(knowledge_dirs=knowledge_dirs, **more) if [*knowledge_dirs] else advisor

    monkeypatch.setattr(Advisor, "load", shared)

    def run(*arguments: str, input: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(input), encoding="utf-8"))
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        out, err = capfdbinary.readouterr()
        code = left.value.code
        assert isinstance(code, int)
        return Result(code, out.decode(), err.decode())

    return run
