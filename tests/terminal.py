"""A program on a pseudo-terminal, as a person would start it."""

from __future__ import annotations

import os
import select
import signal
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyte


class Terminal:
    """What a program writes: `written` as bytes, `text` as it stands on the screen."""

    def __init__(self, pid: int, end: int, columns: int, rows: int) -> None:
        self._pid, self._end = pid, end
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def type(self, keys: str) -> None:
        os.write(self._end, keys.encode())

    def sees(self, words: str, seconds: float = 30.0) -> None:
        """Wait until the words are on the screen or were written; fail when they do not come."""
        deadline = time.monotonic() + seconds
        while words not in self.text and words.encode() not in self.written:
            assert time.monotonic() < deadline, f"“{words}” did not come:\n{self.text}"
            assert self._read(), f"the program has ended:\n{self.text}"

    def forget(self) -> None:
        """Look only at what is written from now on."""
        self.written = b""

    def ends(self, seconds: float = 15.0) -> int:
        """The exit code of the program, which must end by itself."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            done, status = os.waitpid(self._pid, os.WNOHANG)
            if done:
                while self._read():
                    pass
                return os.waitstatus_to_exitcode(status)
            if not self._read():
                time.sleep(0.02)
        raise AssertionError(f"the program did not end:\n{self.text}")

    def _read(self) -> bool:
        """Take what is there, waiting for it a little; False when there will never be more."""
        if not select.select([self._end], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self._end, 1 << 16)
        except OSError:  # Linux says so that the other end is closed
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)


@contextmanager
def terminal(
    command: Sequence[str], environment: Mapping[str, str], columns: int = 100, rows: int = 30
) -> Iterator[Terminal]:
    """Run the command on a terminal of that size."""
    import fcntl
    import pty
    import termios

    pid, end = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests that run in the background are told to ignore it
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvpe(command[0], list(command), dict(environment))
    try:
        yield Terminal(pid, end, columns, rows)
    finally:
        os.close(end)
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
