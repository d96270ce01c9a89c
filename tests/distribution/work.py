"""Work to share out that is quick to prepare, and whose items can be deadly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def ready(payload: bytes) -> Callable[[bytes], bytes]:
    """Answers an item with itself behind the payload.

    `die` ends the process, `once <file>` does so unless the file is there, `slow` takes a moment, `fail` raises.
    """

    def answer(item: bytes) -> bytes:
        word, _, rest = item.decode().partition(" ")
        if word == "die":
            os._exit(1)
        if word == "once" and not Path(rest).exists():
            Path(rest).touch()
            os._exit(1)
        if word == "fail":
            raise ValueError("this item cannot be answered")
        if word == "slow":
            time.sleep(0.05)
        return payload + b":" + item

    return answer
