"""What stands around every request: protecting headers, a limit on bodies, a form's origin, a line in the log."""

import logging
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.domain.publication import Publication, is_loopback
from publisher.logs import get_logger
from publisher.tally import Tally

_log = get_logger()
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PROTECTION = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
_STRICT_TRANSPORT = "max-age=31536000"
_SECRET_ROUTES = ("confirm", "preferences", "unsubscribe", "mailbox")
_ROUTES = {"": "front", "feeds.opml": "feeds", "style.css": "style", "feed.css": "style"} | {
    name: name
    for name in (
        *("feeds", "articles", "issues", "images"),
        *("subscribe", "confirm", "preferences", "unsubscribe"),
        *("mailbox", "healthz", "readyz", "metrics"),
    )
}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via", "x-real-ip")


def build_protection(publication: Publication) -> dict[str, str]:
    """The headers that protect every answer which does not set them itself."""
    is_encrypted = publication.url.startswith("https:")
    return _PROTECTION | ({"strict-transport-security": _STRICT_TRANSPORT} if is_encrypted else {})


class AccessLog:
    """Counts requests, with a line for each: those that a route answers at info, files that all fetch at debug."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._log = _log.bind()  # once: where the level leaves the line out, it costs next to nothing
        self._has_files = self._log.is_enabled_for(logging.DEBUG)

    def note(self, method: str, path: str, *, status: int, started: float) -> None:
        """What a route answered, and how long it took since `started` (of `perf_counter`)."""
        self._tally.note_request(classify_route(path), status)
        self._log.info("request", **_describe(method, path, status=status, started=started))

    def note_file(self, method: str, path: str, *, status: int, started: float) -> None:
        """The same of a finished file."""
        self._tally.note_request(classify_route(path), status)
        if self._has_files:
            self._log.debug("request", **_describe(method, path, status=status, started=started))


def _describe(method: str, path: str, *, status: int, started: float) -> dict[str, Any]:
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    return {"method": method, "route": name_route(path), "status": status, "ms": milliseconds}


class Guarded:
    """Adds the protecting headers that an answer does not set itself, caps bodies, and writes the access log."""

    def __init__(self, inner: ASGIApp, *, protection: Mapping[str, str], max_body: int, log: AccessLog) -> None:
        self._inner, self._protection, self._max_body, self._log = inner, protection, max_body, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._protection.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._inner(scope, _capped(receive, self._max_body), send_guarded)
        finally:
            self._log.note(scope["method"], scope["path"], status=status, started=started)


def _capped(receive: Receive, most: int) -> Receive:
    taken = 0

    async def receive_some() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, headers={"connection": "close"})
        return message

    return receive_some


def name_route(path: str) -> str:
    """A path as the log shows it: never a token, never the name of a message, not even below a strange prefix."""
    parts = path.split("/")
    secret = next((place for place, part in enumerate(parts) if part in _SECRET_ROUTES), len(parts))
    return "/".join([*parts[: secret + 1], "…"]) if any(parts[secret + 1 :]) else path


@lru_cache(maxsize=4096)
def classify_route(path: str) -> str:
    """What kind of address a path is: one of a few, whatever was asked for."""
    return _ROUTES.get(path[1:].partition("/")[0], "other")


def is_own_form(request: Request, publication: Publication) -> bool:
    """Whether a browser's POST came from a page of ours (L06); who sends neither header is no browser."""
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if not origin:
        return True
    own = {urlsplit(publication.url).netloc, request.headers.get("host", "")}
    return origin.partition("://")[2] in own


def is_local(request: Request) -> bool:
    """Whether a request was made from this machine, by its own name, and through nobody."""
    peer = _find_peer(request)
    if peer is None or not peer.is_loopback:
        return False
    try:
        return is_loopback(f"//{request.headers.get('host', '')}")
    except ValueError:
        return False


def is_from(request: Request, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether a request was made from one of these networks, and through nobody."""
    peer = _find_peer(request)
    return peer is not None and any(peer in network for network in networks)


def _find_peer(request: Request) -> IPv4Address | IPv6Address | None:
    """Who made a request; None where it came through somebody."""
    if any(name in request.headers for name in _FORWARDED):
        return None
    try:
        found = ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
