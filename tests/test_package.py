"""What `import assistant` promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

import assistant


def test_the_public_names() -> None:
    from assistant import api

    assert assistant.Assistant is api.Assistant
    assert {*assistant.__all__} == {*api.__all__, "__version__"}
    assert set(assistant.__all__) <= set(dir(assistant))
    with pytest.raises(AttributeError, match="nonsense"):
        getattr(assistant, "nonsense")  # noqa: B009 - the point is that the name is not there


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import assistant; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert {name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names} == {
        "assistant",
        "assistant._version",
    }
