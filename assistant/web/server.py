"""The web server: page, static files, websocket, downloads. Everything it serves comes from this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import textual_serve
from aiohttp import web

from assistant import paths
from assistant.web.gate import Gate
from assistant.web.visit import Visit, app_command

_PAGE = Path(__file__).with_name("page")
_CLIENT = Path(textual_serve.__file__).with_name("static")  # the terminal in JavaScript, and its font
_LONGEST_MESSAGE = 1 << 20
# A browser that keeps to this asks no other host for anything.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # not less: a form would hide its origin from us
    "X-Content-Type-Options": "nosniff",
}
_NOT_CACHED = {"Cache-Control": "no-store"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Options(NamedTuple):
    """`token` '' asks for none. `visitors` may have sessions of their own, `at_once` conversations may be open."""

    token: str
    knowledge: tuple[Path, ...]
    visitors: int
    at_once: int


class Server:
    """Knows the open conversations. `port` is where it can be reached."""

    def __init__(
        self, options: Options, port: int, command: Callable[[Path, tuple[Path, ...]], str] = app_command
    ) -> None:
        self._options = options
        self._gate = Gate(options.token, port)
        self._command = command
        self._homes = paths.data_dir() / "web"
        self._visits: list[Visit] = []

    def application(self) -> web.Application:
        """What aiohttp runs."""
        application = web.Application(middlewares=[self._guard])
        application.add_routes(
            [
                web.get("/", self._index),
                web.post("/enter", self._enter),
                web.get("/ws", self._talk),
                web.get("/download/{key}", self._download),
                web.static("/page", _PAGE),
                web.static("/client", _CLIENT),
            ]
        )
        application.on_response_prepare.append(_add_headers)
        application.on_shutdown.append(self._shut_down)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing is served to whoever may not come in, and nothing is done for the page of another server."""
        if not self._gate.is_addressed(request):
            raise web.HTTPMisdirectedRequest(text="This server is reached as localhost.")
        if request.path in ("/ws", "/enter") and not self._gate.is_own_page(request):
            raise web.HTTPForbidden(text="This was sent by the page of another server.")
        if request.path == "/enter" or self._gate.has_entered(request):
            return await handler(request)
        if request.path == "/":
            return await self._admit(request, request.query.get("token", ""))
        raise web.HTTPUnauthorized(text="The access token is missing.")

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        given = (await request.post()).get("token", "")
        return await self._admit(request, given if isinstance(given, str) else "")

    async def _admit(self, request: web.Request, token: str) -> web.StreamResponse:
        """On to the page, under an address without the token; or the question for it."""
        if self._gate.fits(token):
            onward = web.Response(status=303, headers={"Location": "/", **_NOT_CACHED})
            self._gate.let_in(onward)
            return onward
        if token:
            await asyncio.sleep(0.5)
        text = (_PAGE / "gate.html").read_text(encoding="utf-8")
        said = "That is not the access token." if token else ""
        return web.Response(
            status=401, text=text.replace("{said}", said), content_type="text/html", headers=_NOT_CACHED
        )

    async def _index(self, request: web.Request) -> web.StreamResponse:
        if "token" in request.query:  # a bookmark with the token, opened again
            raise web.HTTPSeeOther("/")
        page = web.Response(
            text=(_PAGE / "index.html").read_text(encoding="utf-8"), content_type="text/html", headers=_NOT_CACHED
        )
        self._gate.welcome(request, page)
        return page

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        visitor = self._gate.visitor(request)
        if visitor is None:
            raise web.HTTPForbidden(text="Open the page first; it needs a cookie.")
        websocket = web.WebSocketResponse(heartbeat=15, max_msg_size=_LONGEST_MESSAGE)
        await websocket.prepare(request)
        home = self._homes / visitor
        if full := self._is_full(home):
            await websocket.send_bytes(f"\r\n {full}\r\n".encode())
            await websocket.close()
            return websocket
        visit = Visit(visitor, websocket, self._command(paths.ensure(home), self._options.knowledge))
        self._visits.append(visit)
        try:
            await visit.run(_number(request.query.get("width"), 80), _number(request.query.get("height"), 24))
        finally:
            self._visits.remove(visit)
        return websocket

    def _is_full(self, home: Path) -> str:
        """Why no conversation can begin for whoever's files are in `home`; '' if one can."""
        if len(self._visits) >= self._options.at_once:
            return f"All {self._options.at_once} places are taken. Close another tab, or try again later."
        paths.ensure(self._homes)
        if not home.is_dir() and sum(1 for _ in self._homes.iterdir()) >= self._options.visitors:
            return f"There are {self._options.visitors} visitors already, which is as many as this server takes."
        return ""

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file that one of the visitor's own conversations offers."""
        visitor, key = self._gate.visitor(request), request.match_info["key"]
        for visit in self._visits:
            if visit.visitor == visitor and (file := await visit.file(key)):
                break
        else:
            raise web.HTTPNotFound(text="There is no such file, or it was downloaded already.")
        response = web.StreamResponse(headers=_NOT_CACHED)
        response.content_type = file.mime_type
        response.charset = file.encoding
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.file_name, safe='')}"
        await response.prepare(request)
        await visit.send_file(key, response)
        await response.write_eof()
        return response

    async def _shut_down(self, application: web.Application) -> None:
        """Close the websockets; each visit then ends its app."""
        await asyncio.gather(*(visit.websocket.close(code=1001) for visit in self._visits), return_exceptions=True)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError if it cannot be had."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family)


def serve(options: Options, sock: socket.socket) -> None:
    """Serve on `sock` until ctrl-c or SIGTERM; conversations that are open then end in order."""
    application = Server(options, sock.getsockname()[1]).application()
    web.run_app(application, sock=sock, print=None, access_log=None, shutdown_timeout=8)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else otherwise
