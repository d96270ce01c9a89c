"""What the app may not do before its first picture."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LATER = (
    "assistant.dialogue.blocks",
    "assistant.dialogue.conversation",
    "assistant.knowledge.loading",
    "assistant.reasoning.reasoner",
    "assistant.sessions.service",
    "durable",
    "msgspec",
    "pydantic",
    "sqlite3",
    "sqlite_utils",
    "yaml",
)


def test_the_first_picture_needs_neither_knowledge_nor_store() -> None:
    code = "import assistant.tui.app, sys, json; print(json.dumps(sorted(sys.modules)))"
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    loaded = set(json.loads(done.stdout))
    assert "textual" in loaded
    assert not loaded & set(LATER)
