"""Drives a headless Chromium over its own debugging protocol: keys in, what the terminal drew and what was asked for out."""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pyte

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Without these Chromium talks to its makers at each start.
SILENT = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1200,800",
    # A request for any other host would fail, and be seen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE = 120.0  # seconds; a machine may be slow and busy
KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "ArrowDown": (40, ""), "F2": (113, "")}


class Tab:
    """One page. `asked` are the addresses of all requests, `sockets` of all websockets; `text` is what the terminal shows."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        self.asked: list[str] = []
        self.sockets: list[str] = []
        self.said: list[str] = []  # on the console: errors
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)

    async def call(self, method: str, **values: Any) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **values)

    async def run(self, script: str) -> Any:
        done = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return done["result"].get("value")

    async def until(self, condition: str) -> None:
        """Wait until the JavaScript expression is true."""
        for _ in range(int(PATIENCE / 0.05)):
            if await self.run(condition):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{condition} did not come true")

    async def type(self, text: str) -> None:
        await self.call("Input.insertText", text=text)

    async def press(self, key: str, *, control: bool = False) -> None:
        code, text = KEYS.get(key, (ord(key.upper()[0]), ""))
        values = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if control else 0}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **values)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **values)

    async def say(self, text: str) -> None:
        """Write `text` in the app and send it, once it can be seen: the page hands on what is typed a moment later than keys."""
        await self.until("document.activeElement?.tagName === 'TEXTAREA'")  # the terminal takes keys
        before = self.text.count(text)
        await self.type(text)
        await until(lambda: self.text.count(text) > before, lambda: f"“{text}” was not written:\n{self.text}")
        await self.press("Enter")

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    async def sees(self, words: str) -> None:
        await until(lambda: words in self.text, lambda: f"“{words}” is not on the screen:\n{self.text}")

    async def misses(self, words: str) -> None:
        await until(lambda: words not in self.text, lambda: f"“{words}” stays on the screen:\n{self.text}")

    async def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode((await self.call("Page.captureScreenshot"))["data"]))

    def happened(self, method: str, values: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(values["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.sockets.append(values["url"])
        elif method == "Network.webSocketFrameSent" and '"resize"' in values["response"]["payloadData"]:
            self._resized(values["response"]["payloadData"])
        elif method == "Network.webSocketFrameReceived" and values["response"]["opcode"] == 2:
            self._stream.feed(base64.b64decode(values["response"]["payloadData"]))
        elif method == "Log.entryAdded":
            self.said.append(values["entry"]["text"])

    def _resized(self, message: str) -> None:
        import json

        size = json.loads(message)[1]
        self._screen.resize(size["height"], size["width"])


class Browser:
    """A running Chromium. `saved` are the names of the files that were downloaded."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, downloads: Path) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tabs: dict[str, Tab] = {}
        self.downloads = downloads
        self.saved: list[str] = []
        self._names: dict[str, str] = {}

    async def call(self, method: str, session: str = "", **values: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": values}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        return await asyncio.wait_for(self._waiting[number], PATIENCE)

    async def open(self, address: str, *, stranger: bool = False) -> Tab:
        """A new tab; a stranger's shares no cookies with the others."""
        context = await self.call("Target.createBrowserContext") if stranger else {}
        await self.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            downloadPath=str(self.downloads),
            eventsEnabled=True,
            **context,
        )
        target = (await self.call("Target.createTarget", url="about:blank", **context))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = self._tabs[session] = Tab(self, session)
        for domain in ("Network", "Page", "Log"):
            await tab.call(f"{domain}.enable")
        # Windows that the page opens are listened to as well.
        await tab.call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        await tab.call("Page.navigate", url=address)
        return tab

    @property
    def asked(self) -> list[str]:
        return [address for tab in self._tabs.values() for address in (*tab.asked, *tab.sockets)]

    async def listen(self) -> None:
        async for message in self._socket:
            values = message.json()
            if "id" in values:
                self._answered(values)
            else:
                self._happened(values)

    def _answered(self, values: dict[str, Any]) -> None:
        waiting = self._waiting.pop(values["id"])
        if waiting.done():
            return
        if "error" in values:
            waiting.set_exception(AssertionError(values["error"]["message"]))
        else:
            waiting.set_result(values["result"])

    def _happened(self, values: dict[str, Any]) -> None:
        method, told = values["method"], values.get("params", {})
        if method == "Browser.downloadWillBegin":
            self._names[told["guid"]] = told["suggestedFilename"]
        elif method == "Browser.downloadProgress" and told["state"] == "completed":
            self.saved.append(self._names[told["guid"]])
        elif method == "Target.attachedToTarget" and told.get("waitingForDebugger"):
            self._tabs[told["sessionId"]] = Tab(self, told["sessionId"])
            self._watching = asyncio.gather(
                self.call("Network.enable", told["sessionId"]),
                self.call("Runtime.runIfWaitingForDebugger", told["sessionId"]),
                return_exceptions=True,
            )
        elif values.get("sessionId") in self._tabs:
            self._tabs[values["sessionId"]].happened(method, told)


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """A Chromium with nothing in it; everything it writes is in `folder`."""
    assert CHROMIUM
    profile, downloads = folder / "profile", folder / "downloads"
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *SILENT,
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told = profile / "DevToolsActivePort"
    try:
        await until(lambda: told.exists() and len(told.read_text().split()) == 2, lambda: "Chromium did not start")
        port, path = told.read_text().split()
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0) as socket,
        ):
            browser = Browser(socket, downloads)
            listening = asyncio.create_task(browser.listen())
            yield browser
            listening.cancel()
    finally:
        process.terminate()
        await process.wait()


async def until(holds: Callable[[], bool], why: Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait until `holds()`; fail with `why()` when it does not come true."""
    for _ in range(int(seconds / 0.05)):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(why())
