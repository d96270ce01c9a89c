"""Speaks like the terminal app under its web driver: draws a word, offers a file, ends when it is told to."""

import json
import os
import sys

from textual._binary_encode import dump


def send(kind: bytes, payload: bytes) -> None:
    os.write(1, kind + len(payload).to_bytes(4, "big") + payload)


def received() -> dict[str, object] | None:
    head = sys.stdin.buffer.read(5)
    if len(head) < 5:
        return None
    payload = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if head[:1] == b"M":
        found: dict[str, object] = json.loads(payload)
        return found
    send(b"D", b"heard " + payload)
    return {}


os.write(1, b"__GANGLION__\n")
offer = {"type": "deliver_file_start", "key": "k" * 32, "path": sys.argv[1], "open_method": "browser"}
send(b"M", json.dumps(offer | {"mime_type": "text/html", "encoding": "utf-8"}).encode())
chunks = ["<script>", ""]
while (said := received()) is not None and said.get("type") != "quit":
    if said.get("type") == "deliver_chunk_request":
        send(b"P", dump(("deliver_chunk", "k" * 32, chunks.pop(0))))
    elif said.get("type") == "resize":
        send(b"D", b"%d by %d" % (said["width"], said["height"]))
