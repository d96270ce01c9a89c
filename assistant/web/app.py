"""The process behind one browser tab: `python -m assistant.web.app HOME [KNOWLEDGE]...`."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(home: str, *knowledge: str) -> int:
    """Run the terminal app with all its files in `home`; compiled knowledge is shared with the other visitors."""
    from assistant import paths

    os.environ["ASSISTANT_CACHE"] = str(paths.cache_dir())
    os.environ["ASSISTANT_HOME"] = home
    # What the app says when it breaks may hold what the visitor typed: it belongs in their folder, not on the terminal of
    # whoever runs the server.
    log = os.open(paths.ensure(paths.state_dir()) / "web.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 2)
    from assistant.tui.app import run

    return run(knowledge_dirs=tuple(map(Path, knowledge)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
