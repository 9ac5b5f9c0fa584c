"""Serves finished files before any routing: conditional requests, content codings, caching (RFC 9110, RFC 9111)."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.public import Served, Shelf
from publisher.web.guards import AccessLog

READING = ("GET", "HEAD")
_FEED_TYPES = ("application/rss", "application/atom", "application/feed", "text/x-opml")
_CODINGS = ("br", "gzip")
_FOR_EVER = "public, max-age=31536000, immutable"  # a picture's address holds its content
_FOR_FEEDS = "public, max-age=60"
_FOR_PAGES = "public, max-age=0, must-revalidate"
_NO_BODY: Message = {"type": "http.response.body", "body": b""}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a request says of the form that it wants and of what it has; nothing where it is silent."""

    accepted: bytes = b""
    tags: bytes | None = None
    since: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A file in one coding as the server sends it: made once, for every reader who takes it so."""

    etag: bytes
    modified_at: datetime
    found: Message
    not_modified: Message
    body: Message


class ShelfFirst:
    """Answers GET and HEAD from the shelf; everything else goes on to the routes."""

    def __init__(self, inner: ASGIApp, files: Shelf, *, protection: Mapping[str, str], log: AccessLog) -> None:
        self._inner, self._files, self._protection, self._log = inner, files, protection, log
        self._answers: WeakKeyDictionary[Served, dict[str, Answer]] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["method"] in READING:
            started = time.perf_counter()
            served = self._files.find(scope["path"])
            if served:
                return await self._serve(served, scope, send, started=started)
        return await self._inner(scope, receive, send)

    async def _serve(self, served: Served, scope: Scope, send: Send, *, started: float) -> None:
        wishes = read_wishes(scope["headers"])
        coding = choose_coding(wishes.accepted) if served.is_compressible else ""
        answer = self._find_answer(served, coding)
        has_it = is_current(wishes, etag=answer.etag, modified_at=answer.modified_at)
        start = answer.not_modified if has_it else answer.found
        await send(start)
        await send(_NO_BODY if has_it or scope["method"] == "HEAD" else answer.body)
        self._log.note_file(scope, status=start["status"], started=started)

    def _find_answer(self, served: Served, coding: str) -> Answer:
        forms = self._answers.setdefault(served, {})
        answer = forms.get(coding)
        if answer is None:
            answer = forms[coding] = build_answer(served, coding, protection=self._protection)
        return answer


def build_answer(served: Served, coding: str, *, protection: Mapping[str, str]) -> Answer:
    """A file in a coding, as a 200 and as a 304."""
    body, etag = served.encoded(coding), served.etag(coding)
    common = {
        **protection,
        "etag": etag,
        "cache-control": _cache_control(served.media_type),
        "last-modified": format_datetime(served.modified_at, usegmt=True),
    }
    if served.is_compressible:
        common["vary"] = "Accept-Encoding"
    whole = common | {"content-type": served.media_type, "content-length": str(len(body))}
    if coding:
        whole["content-encoding"] = coding
    return Answer(
        etag=etag.encode(),
        modified_at=served.modified_at,
        found=_build_start(200, whole),
        not_modified=_build_start(304, common),
        body={"type": "http.response.body", "body": body},
    )


def _build_start(status: int, headers: Mapping[str, str]) -> Message:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


def _cache_control(media_type: str) -> str:
    if media_type.startswith("image/"):
        return _FOR_EVER
    return _FOR_FEEDS if media_type.startswith(_FEED_TYPES) else _FOR_PAGES


def read_wishes(headers: Iterable[tuple[bytes, bytes]]) -> Wishes:
    """The few headers that matter, whose names are in lower case; a list may come in several lines (RFC 9110 5.3)."""
    accepted, tags, since = b"", None, None
    for name, value in headers:
        if name == b"accept-encoding":
            accepted = accepted + b"," + value if accepted else value
        elif name == b"if-none-match":
            tags = value if tags is None else tags + b"," + value
        elif name == b"if-modified-since" and since is None:
            since = value
    return Wishes(accepted, tags, since)


def is_current(wishes: Wishes, *, etag: bytes, modified_at: datetime) -> bool:
    """Whether the reader has these bytes: If-None-Match decides alone where it is given (RFC 9110 13.2.2)."""
    if wishes.tags is not None:
        # What a reader that saw one answer says is that answer's tag, and nothing else.
        return wishes.tags == etag or _is_listed(etag, wishes.tags)
    return bool(wishes.since) and _is_since(modified_at, wishes.since or b"")


def _is_listed(etag: bytes, tags: bytes) -> bool:
    """Whether a tag is in an If-None-Match, by weak comparison (RFC 9110 8.8.3.2), or everything is."""
    known = {tag.strip().removeprefix(b"W/") for tag in tags.split(b",")}
    return b"*" in known or etag in known


def _is_since(modified_at: datetime, since: bytes) -> bool:
    try:
        moment = parsedate_to_datetime(since.decode("latin-1"))
    except (ValueError, OverflowError):
        return False
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return modified_at <= moment


@lru_cache(maxsize=256)  # readers say one of a few things here, again and again
def choose_coding(accepted: bytes) -> str:
    """The one of br and gzip that an Accept-Encoding likes best, or none (RFC 9110 12.5.3)."""
    parts = accepted.decode("latin-1").lower().split(",")
    weights = dict(_parse_weight(part) for part in parts if part.strip())
    liked = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in _CODINGS}
    best = max(_CODINGS, key=lambda coding: liked[coding])
    return best if liked[best] > 0 and liked[best] >= weights.get("identity", 0.0) else ""


def _parse_weight(part: str) -> tuple[str, float]:
    name, _, parameter = part.strip().partition(";")
    if not parameter.strip().startswith("q="):
        return name.strip(), 1.0
    try:
        return name.strip(), float(parameter.strip()[2:])
    except ValueError:
        return name.strip(), 0.0
