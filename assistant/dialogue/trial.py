"""Knowledge that is not the shipped one is compiled in another process first, with limits, before this one takes it.

What comes out lies in the cache, so that this process only has to decode it; what is wrong with the knowledge it
reads and tells itself. So all that this has to find out is whether it comes to an end.
"""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LIMIT = 120.0
"""Seconds; the shipped knowledge takes two."""
MEMORY = 4_000_000_000
"""Bytes; the shipped knowledge takes a twentieth."""


class Unfinished(Exception):
    """The knowledge was not compiled within the limits."""


def command(dirs: tuple[Path, ...], base: Path | None = None) -> list[str]:
    """How the process is started: this Python, which finds modules where this process does, and nowhere else."""
    start = (
        "import sys; end = 3 + int(sys.argv[1]); sys.path[:] = sys.argv[end:]; "
        "from assistant.dialogue.trial import main; main(sys.argv[3:end], sys.argv[2])"
    )
    folders = [str(folder.absolute()) for folder in dirs]
    below = str(base.absolute()) if base else ""
    return [sys.executable, "-P", "-c", start, str(len(folders)), below, *folders, *filter(None, sys.path)]


def attempt(dirs: tuple[Path, ...], base: Path | None = None) -> None:
    """Compile the shipped knowledge, or that of `base`, with `dirs` over it in another process.

    Raises Unfinished, with the reason.
    """
    if not sys.executable:
        return
    try:
        code = subprocess.run(
            command(dirs, base),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
            start_new_session=True,
        ).returncode
    except subprocess.TimeoutExpired:
        raise Unfinished(f"it could not be compiled within {LIMIT:g} seconds") from None
    except OSError:
        return  # no process can be started here; it is compiled without
    if code < 0:
        ended = f"signal {-code}"
        with suppress(ValueError):
            ended = signal.Signals(-code).name
        raise Unfinished(f"compiling it was ended by {ended}")
    if code:
        raise Unfinished(f"compiling it needs over {MEMORY // 1_000_000:,} MB, or fails in a way it should not")


def main(folders: list[str], base: str = "") -> None:
    """Compile, and leave what comes of it in the cache. Errors in the knowledge are no failure: they are found again."""
    from assistant.dialogue.advisor import UNUSABLE, Advisor
    from assistant.knowledge.loading import load

    with suppress(ImportError, ValueError, OSError):  # not everywhere, or less is allowed already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    gc.disable()
    dirs = tuple(map(Path, folders))
    with suppress(*UNUSABLE):
        advisor = Advisor(load(dirs, base=Path(base)), "reference") if base else Advisor.compile(dirs, "reference")
        advisor.reasoner.conclude(())
