"""One conversation in one browser tab: a process with the terminal app, and the websocket it draws through."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import Download, DownloadManager

_PATIENCE = 5.0  # seconds for the app to end by itself
_WIDEST, _HIGHEST = 1000, 500  # cells; nobody has such a screen


def app_command(home: Path, knowledge: tuple[Path, ...]) -> str:
    """For a shell: the app, with its files in `home` and its knowledge laid over by `knowledge`."""
    words = [sys.executable, "-m", "assistant.web.app", str(home), *map(str, knowledge)]
    return subprocess.list2cmdline(words) if os.name == "nt" else f"exec {shlex.join(words)}"


class Visit:
    """`visitor` is whose it is. `run` lasts until the tab is closed or the person quits."""

    def __init__(self, visitor: str, websocket: web.WebSocketResponse, command: str) -> None:
        self.visitor = visitor
        self.websocket = websocket
        self._downloads = DownloadManager()  # its own: nobody else's key opens it, and it goes when the visit ends
        self._app = AppService(
            command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=self._close,
            download_manager=self._downloads,
        )

    async def run(self, width: int, height: int) -> None:
        """Start the app and pass on what comes from the browser."""
        try:
            await self._app.start(*_size(width, height))
            async for message in self.websocket:
                if message.type is WSMsgType.TEXT:
                    await self._pass_on(message.data)
        finally:
            await self._stop()

    async def file(self, key: str) -> Download | None:
        """What the app offers for download under `key`."""
        try:
            return await self._downloads.get_download_metadata(key)
        except KeyError:
            return None

    async def send_file(self, key: str, response: web.StreamResponse) -> None:
        """Send the file; after that it is no longer offered."""
        async for chunk in self._downloads.download(key):
            await response.write(chunk)

    async def _pass_on(self, text: str) -> None:
        """What is not in the protocol is ignored."""
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return
        match said:
            case ["stdin", str(data)]:
                await self._app.send_bytes(data.encode("utf-8", "replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self._app.set_terminal_size(*_size(width, height))
            case ["ping", str(data)]:
                await self.websocket.send_json(["pong", data])
            case ["blur"]:
                await self._app.blur()
            case ["focus"]:
                await self._app.focus()

    async def _close(self) -> None:
        await self.websocket.close()

    async def _stop(self) -> None:
        """Ask the app to end; end it if it does not."""
        try:
            await asyncio.wait_for(self._app.stop(), _PATIENCE)
        except (TimeoutError, ConnectionError):
            pass
        finally:
            process = self._app._process  # the library offers no way to end a process that does not listen
            if process is not None and process.returncode is None:
                try:
                    await asyncio.wait_for(process.wait(), 1)
                except TimeoutError:
                    process.kill()


def _size(width: int, height: int) -> tuple[int, int]:
    return min(max(width, 1), _WIDEST), min(max(height, 1), _HIGHEST)
