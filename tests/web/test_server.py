"""Who may come in, what each visitor can reach, and what happens when it is full."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from assistant import paths
from assistant.web import visit
from assistant.web.gate import Gate, is_loopback
from assistant.web.server import Options, Server

TOKEN = "correct horse battery staple"
FAKE = Path(__file__).with_name("fake_app.py")
Client = TestClient[Any, Any]


def fake(name: str = "advice.md") -> Callable[[Path, tuple[Path, ...]], str]:
    return lambda home, knowledge: f"exec {shlex.join([sys.executable, str(FAKE), name])}"


@asynccontextmanager
async def serving(
    *, token: str = "", visitors: int = 10, at_once: int = 3, command: Any = None
) -> AsyncIterator[tuple[Client, Server]]:
    server = Server(Options(token, (), visitors, at_once), 1, command or fake())
    async with TestClient(TestServer(server.application())) as client:
        yield client, server


def other_browser(client: Client) -> Client:
    return TestClient(client.server)


async def talk(client: Client) -> ClientWebSocketResponse:
    return await client.ws_connect("/ws?width=90&height=30", origin=str(client.make_url("/")).rstrip("/"))


async def drawn(socket: ClientWebSocketResponse, words: bytes) -> None:
    """Wait until the app drew the words."""
    async with asyncio.timeout(10):
        async for message in socket:
            if isinstance(message.data, bytes) and words in message.data:
                return
    raise AssertionError(f"{words!r} was not drawn")


async def status(client: Client, path: str, **headers: str) -> int:
    async with client.get(path, headers=headers, allow_redirects=False) as response:
        return response.status


async def test_the_page_and_all_it_needs_come_from_here() -> None:
    async with serving() as (client, _):
        async with client.get("/") as response:
            page = await response.text()
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
            # A browser hides the origin of a form from a page that tells no referrer, and the form would be refused.
            assert response.headers["Referrer-Policy"] == "same-origin"
        assert "http://" not in page and "https://" not in page
        for path in ("/page/page.js", "/page/page.css", "/client/js/textual.js", "/client/css/xterm.css"):
            assert await status(client, path) == 200
        for path in ("/page/", "/client/", "/page/../server.py", "/page/%2e%2e/server.py", "/client/..%2fserver.py"):
            assert await status(client, path) in (403, 404)


async def test_a_name_that_was_made_to_point_here_is_refused() -> None:
    async with serving() as (client, _):
        assert await status(client, "/", Host="evil.example:8000") == 421
        assert await status(client, "/", Host="localhost:8000") == 200
        assert await status(client, "/", Host="[::1]:8000") == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1"])
async def test_a_foreign_page_gets_no_websocket(origin: str) -> None:
    async with serving() as (client, _):
        await status(client, "/")
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect("/ws", origin=origin or None)
        assert refused.value.status == 403


async def test_without_the_cookie_of_the_page_there_is_no_websocket() -> None:
    async with serving() as (client, _):
        with pytest.raises(WSServerHandshakeError) as refused:
            await talk(client)
        assert refused.value.status == 403
    assert not (paths.data_dir() / "web").exists()


async def test_the_token_is_asked_for_everywhere() -> None:
    async with serving(token=TOKEN) as (client, _):
        for path in ("/", "/?token=wrong", "/page/page.js", "/client/js/textual.js", "/download/x"):
            assert await status(client, path) == 401
        assert await status(client, "/", Cookie="assistant-entered-1=wrong") == 401
        with pytest.raises(WSServerHandshakeError) as refused:
            await talk(client)
        assert refused.value.status == 401

        async with client.get("/", params={"token": TOKEN}, allow_redirects=False) as response:
            assert response.status == 303 and response.headers["Location"] == "/"
            assert TOKEN not in response.headers["Set-Cookie"] and "HttpOnly" in response.headers["Set-Cookie"]
        for path in ("/", "/page/page.js", "/client/js/textual.js"):
            assert await status(client, path) == 200
        async with await talk(client) as socket:
            await socket.send_str('["stdin", "x"]')
            await drawn(socket, b"heard x")
        assert await status(other_browser(client), "/") == 401


async def test_the_token_can_be_typed_in() -> None:
    async with serving(token=TOKEN) as (client, _):
        own = {"Origin": str(client.make_url("/")).rstrip("/")}
        async with client.post("/enter", data={"token": "wrong"}, headers=own) as response:
            assert response.status == 401 and "not the access token" in await response.text()
        async with client.post("/enter", data={"token": TOKEN}, headers={"Origin": "https://evil.example"}) as response:
            assert response.status == 403
        async with client.post("/enter", data={"token": TOKEN}, headers=own) as response:
            assert response.status == 200 and "starting" in await response.text()


@given(st.one_of(st.text(), st.sampled_from(["../" * 9, "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "\n", "/etc/passwd"])))
def test_no_cookie_becomes_a_path(cookie: str) -> None:
    request = make_mocked_request("GET", "/")
    request._cookies = {"assistant-visitor-1": cookie}  # type: ignore[attr-defined]  # what no header could carry
    assert Gate("", 1).visitor(request) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "localhost.example", "", "127.0.0.1.example"])
def test_reachable_from_elsewhere(host: str) -> None:
    assert not is_loopback(host)


async def test_no_more_conversations_than_there_are_places() -> None:
    async with serving(at_once=1) as (client, server):
        await status(client, "/")
        async with await talk(client), await talk(client) as second:
            await drawn(second, b"All 1 places are taken")
            assert (await second.receive()).data in (None, 1000)
        while server._visits:
            await asyncio.sleep(0.02)
        async with await talk(client) as third:
            await third.send_str('["stdin", "x"]')
            await drawn(third, b"heard x")


async def test_no_more_visitors_than_there_may_be() -> None:
    async with serving(visitors=1) as (client, _):
        await status(client, "/")
        async with await talk(client) as first:
            await first.send_str('["stdin", "x"]')
            await drawn(first, b"heard x")
        stranger = other_browser(client)
        await status(stranger, "/")
        async with await talk(stranger) as refused:
            await drawn(refused, b"There are 1 visitors already")
        async with await talk(client) as again:  # who was there before still is
            await again.send_str('["stdin", "y"]')
            await drawn(again, b"heard y")
        await stranger.session.close()


async def test_a_file_is_only_for_whose_it_is_and_only_once() -> None:
    async with serving(command=fake('ad"vice;\r\nX-Evil: 1.html')) as (client, _):
        await status(client, "/")
        stranger = other_browser(client)
        await status(stranger, "/")
        async with await talk(client) as socket:
            offered = json.loads((await socket.receive()).data)
            assert offered[0] == "deliver_file_start"
            path = f"/download/{offered[1]}"
            assert await status(stranger, path) == 404
            async with client.get(path) as response:
                assert await response.text() == "<script>"
                assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''ad%22vice%3B")
                assert "X-Evil" not in response.headers
                assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert await status(client, path) == 404
        await stranger.session.close()


async def test_what_no_page_of_ours_says_is_ignored() -> None:
    strange = [
        "",
        "[",
        "[" * 100_000,
        "null",
        '["stdin"]',
        '["stdin", 1]',
        '["resize", {"width": "x"}]',
        '["quit"]',
        "{}",
    ]
    async with serving() as (client, _):
        await status(client, "/")
        async with await talk(client) as socket:
            for number, message in enumerate(strange):
                await socket.send_str(message)
                await socket.send_str(f'["stdin", "still \\ud800 there {number}"]')
                await drawn(socket, f"heard still ? there {number}".encode())
            await socket.send_str('["resize", {"width": 99999999, "height": -5}]')
            await drawn(socket, b"1000 by 1")


async def test_an_app_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "_PATIENCE", 0.1)
    async with serving(command=lambda home, knowledge: "exec sleep 100") as (client, server):
        await status(client, "/")
        async with await talk(client):
            while not (server._visits and server._visits[0]._app._process):
                await asyncio.sleep(0.02)
            process = server._visits[0]._app._process
        async with asyncio.timeout(10):
            assert await process.wait() < 0


async def test_closing_the_server_ends_the_conversations() -> None:
    async with serving() as (client, server):
        await status(client, "/")
        socket = await talk(client)
        await socket.send_str('["stdin", "x"]')
        await drawn(socket, b"heard x")
        process = server._visits[0]._app._process
        assert process
        await client.server.close()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
