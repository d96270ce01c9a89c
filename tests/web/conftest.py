from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

Start = Callable[..., str]


@pytest.fixture
def served() -> Iterator[Start]:
    """`assistant serve` as a person starts it, on a free port; the address that it shows. It has to end in order."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        running.append(process)
        assert process.stdout
        found = re.match(r"Open (http://\S+)", process.stdout.readline())
        assert found, process.communicate(timeout=60)
        return found[1]

    yield start
    for process in running:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "Traceback" not in out + err
