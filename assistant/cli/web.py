"""`serve`: the terminal app in a browser."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from urllib.parse import quote

import click

from assistant.cli import diagnostics, output
from assistant.cli.exits import Refused
from assistant.cli.settings import Settings, pass_settings

_SHORTEST_TOKEN = 16


@click.command(
    epilog="""
\b
Everybody who opens it has sessions of their own, told apart by a cookie.
Examples:
  assistant serve                      on this machine alone: http://127.0.0.1:8000
  assistant serve --port 9000
  assistant serve --host 0.0.0.0       for others too, who need the token that is shown
""",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--token",
    envvar="ASSISTANT_TOKEN",
    show_envvar=True,
    default="",
    help="What a visitor must know; made up where other machines can reach the address.",
)
@click.option(
    "--visitors", default=100, show_default=True, type=click.IntRange(1), help="People with sessions, at most."
)
@click.option("--at-once", default=8, show_default=True, type=click.IntRange(1), help="Open conversations, at most.")
@pass_settings
def serve(settings: Settings, host: str, port: int, token: str, visitors: int, at_once: int) -> None:
    """The terminal app in a browser; needs the extra `web`."""
    try:
        from assistant.web.gate import is_loopback
        from assistant.web.server import Options, listen
        from assistant.web.server import serve as run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("aiohttp", "textual_serve"):
            raise
        raise Refused(
            "The web server is an extra that is not installed. From a checkout: python3 scripts/run.py serve. "
            "Otherwise install it beside the assistant: pip install textual-serve"
        ) from error
    local = is_loopback(host)
    if token and len(token) < _SHORTEST_TOKEN:
        raise Refused(f"The access token is too short to keep anybody out; give {_SHORTEST_TOKEN} characters at least.")
    token = token or ("" if local else secrets.token_urlsafe(24))
    os.environ.pop("ASSISTANT_TOKEN", None)  # the visitors' processes have no use for it
    try:
        sock = listen(host, port)
    except OSError as error:
        raise Refused(
            f"{host}, port {port}, cannot be listened on: {_reason(error)}. Another --port may be free."
        ) from error
    shown = f"[{host}]" if ":" in host else host
    query = f"?token={quote(token)}" if token else ""
    output.write(f"Open http://{shown}:{sock.getsockname()[1]}/{query}")
    if not local:
        diagnostics.warn(
            "Other machines can reach this. Whoever has the token can use the assistant, and the connection is not "
            "encrypted: on a network you do not trust, listen on 127.0.0.1 behind a proxy that speaks HTTPS."
        )
    diagnostics.note("Ctrl-c ends it.")
    sys.stdout.flush()
    run(Options(token, settings.knowledge, visitors, at_once), sock)


def _reason(error: OSError) -> str:
    """The system's own words; asyncio and the look-up of names add theirs."""
    known = error.errno and not isinstance(error, socket.gaierror)
    return os.strerror(error.errno) if known and error.errno else str(error.strerror or error)
