"""The engine's process with a fault in it: call number `at` of one function of the C module goes wrong, and later ones."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from assistant.reasoning import durable, worker
from assistant.reasoning.durable import load_module


def hang(*_: Any) -> None:
    """Beyond 512 tests below one node the extension never comes back, and never lets go of Python's lock."""
    load_module().create_ruleset("hang", json.dumps({f"r{n}": {"all": [{"c": {"a": str(n)}}]} for n in range(513)}))


def fail(*_: Any) -> None:
    raise RuntimeError("303")


def fail_once(*_: Any, left: list[int] = [1]) -> None:  # noqa: B006 - it is to remember
    if left:
        left.pop()
        raise RuntimeError("303")


def crash(*_: Any) -> None:
    ctypes.string_at(0)


def leave(*_: Any) -> None:
    os._exit(3)


def babble(*_: Any) -> None:
    """Rubbish where an answer should be."""
    os.write(1, b"not written to the pipe")
    for number in range(3, 20):  # one of them is the pipe
        try:
            os.write(number, b"\x00\x00\x00\x02\xc1\xc1")
        except OSError:
            continue


FAULTS: dict[str, Callable[..., None]] = {
    fault.__name__: fault for fault in (hang, fail, fail_once, crash, leave, babble)
}


class Faulty:
    def __init__(self, function: str, at: int, fault: Callable[..., None]) -> None:
        self._function, self._at, self._fault = function, at, fault
        self._calls = 0
        self._module = load_module()

    def __getattr__(self, name: str) -> Any:
        sound = getattr(self._module, name)
        if name != self._function:
            return sound

        def call(*arguments: Any) -> Any:
            self._calls += 1
            if self._calls >= self._at:
                self._fault(*arguments)
            return sound(*arguments)

        return call


def command(function: str, at: int, fault: str) -> list[str]:
    """How to start it."""
    start = "import sys; sys.path[:] = sys.argv[4:]; import faulty_worker; faulty_worker.main()"
    return [sys.executable, "-c", start, function, str(at), fault, os.path.dirname(__file__), *filter(None, sys.path)]


def main() -> None:
    function, at, fault = sys.argv[1:4]
    faulty: Any = Faulty(function, int(at), FAULTS[fault])
    durable.load_module = lambda: faulty
    worker.main()
