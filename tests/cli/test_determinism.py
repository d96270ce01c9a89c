"""The same words give the same bytes: whatever the hash seed, the locale, the time zone and the Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONVERSATIONS = [
    [
        "Defect detection on 40,000 labelled photos, inside an Android app, two people, six weeks",
        "why?",
        "/undo",
        "/redo",
    ],
    [
        "churn prediction on 2 million rows, on premises",
        "why not xgboost?",
        "what if we had 500 rows?",
        "plan",
        "caveats",
    ],
    ["we use mlflow and PyTorch, no cloud, permissive licences only", "compare pytorch and keras", "how sure are you?"],
    ["İstanbul’da ürün önerileri; ISTANBUL, straße, 1.234,5 rows, 1e6 images", "what would change your mind?"],
]
LINES = "".join(json.dumps({"id": number, "turns": turns}) + "\n" for number, turns in enumerate(CONVERSATIONS))


def answers(python: str = sys.executable, **environment: str) -> str:
    """What `batch` writes, without the times."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [python, "-m", "assistant", "batch", "-"],
        input=LINES.encode(),
        env=os.environ | {"PYTHONPATH": str(root)} | environment,
        cwd=root,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    out = re.sub(r'"elapsed_ms":[0-9.e-]+', "", done.stdout.decode())
    assert out.count('"error":null') == len(CONVERSATIONS)
    return out


def test_hash_seed_locale_and_time_zone_play_no_part() -> None:
    """Turkish capitals, decimal commas, no UTF-8, a day that is tomorrow already; one of them compiles anew."""
    expected = answers(PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")
    assert expected == answers(PYTHONHASHSEED="7", LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8", TZ="Pacific/Kiritimati")
    assert expected == answers(
        PYTHONHASHSEED="4711", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", TZ="America/Lima"
    )


def test_knowledge_compiled_anew_gives_the_same(tmp_path: Path) -> None:
    """Under another hash seed, without what the cache remembers of the first."""
    fresh = answers(PYTHONHASHSEED="99", ASSISTANT_HOME=str(tmp_path / "fresh"), ASSISTANT_ENGINE="reference")
    assert fresh == answers(PYTHONHASHSEED="1")


@pytest.mark.nightly
@pytest.mark.skipif(not os.environ.get("OTHER_PYTHONS"), reason="OTHER_PYTHONS names other interpreters, by commas")
def test_other_pythons_say_the_same(tmp_path: Path) -> None:
    expected = answers()
    for python in os.environ["OTHER_PYTHONS"].split(","):
        assert answers(python, ASSISTANT_HOME=str(tmp_path / Path(python).parent.parent.name)) == expected, python
