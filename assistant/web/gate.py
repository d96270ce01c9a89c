"""Who may come in, and who it is. Every request passes here, the websocket's too."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from urllib.parse import urlsplit

from aiohttp import web

_ID = re.compile(r"[0-9a-f]{32}\Z")
_YEAR = 365 * 24 * 3600


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`. A name other than localhost is not looked up: it counts as reachable."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Gate:
    """`token` is asked for where it is not empty. `port` keeps the cookies of two servers on one machine apart."""

    def __init__(self, token: str, port: int) -> None:
        self._token = token.encode()
        self._entered = f"assistant-entered-{port}"
        self._visitor = f"assistant-visitor-{port}"

    def is_addressed(self, request: web.Request) -> bool:
        """False for a foreign name that was made to point here (DNS rebinding). With a token any name will do: a page
        under a foreign name does not get the cookie."""
        return bool(self._token) or is_loopback(urlsplit(f"//{request.host}").hostname or "")

    def is_own_page(self, request: web.Request) -> bool:
        """Whether the request was sent by a page of this server. Browsers tell the origin of each websocket and form."""
        origin = urlsplit(request.headers.get("Origin", ""))
        return origin.scheme in ("http", "https") and origin.netloc == request.host

    def fits(self, token: str) -> bool:
        """Whether it is the access token, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self._token)

    def has_entered(self, request: web.Request) -> bool:
        """Whether no token is needed or this browser gave it before."""
        return not self._token or hmac.compare_digest(
            request.cookies.get(self._entered, "").encode("utf-8", "replace"), self._proof().encode()
        )

    def let_in(self, response: web.StreamResponse) -> None:
        """Remember in the browser that it gave the token."""
        _keep(response, self._entered, self._proof())

    def visitor(self, request: web.Request) -> str | None:
        """The folder's name for whoever asks, made from the random id in their cookie; None without a sound one.

        It is a hash: whatever a cookie holds, no path comes of it, and no cookie can be read off the folders.
        """
        found = request.cookies.get(self._visitor, "")
        return hashlib.sha256(found.encode()).hexdigest()[:40] if _ID.match(found) else None

    def welcome(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give a new visitor an id; keep the one of a known visitor for another year."""
        found = request.cookies.get(self._visitor, "")
        _keep(response, self._visitor, found if _ID.match(found) else secrets.token_hex(16))

    def _proof(self) -> str:
        return hmac.new(self._token, b"entered", hashlib.sha256).hexdigest()


def _keep(response: web.StreamResponse, name: str, value: str) -> None:
    # Lax, not Strict: somebody who comes by a link is still known, and a foreign page's websocket brings no cookie.
    response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="Lax")
