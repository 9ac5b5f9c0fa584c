"""Serves finished files before any routing: conditional requests, content codings, caching (RFC 9110, RFC 9111)."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple, Protocol
from urllib.parse import quote, unquote
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.clock import now
from publisher.domain import address
from publisher.domain.feed_path import parse_feed_path
from publisher.public import Served
from publisher.web.guards import AccessLog

READING = ("GET", "HEAD")
_FEED_TYPES = ("application/rss", "application/atom", "application/feed", "text/x-opml")
_CODINGS = ("br", "gzip")
# Browsers show the source of RSS and Atom by these types, or save it; as XML they show it by its stylesheet.
_XML_FEEDS = ("application/rss+xml", "application/atom+xml")
_SHOWN_AS = "text/xml; charset=utf-8"
_FOR_EVER = "public, max-age=31536000, immutable"  # a picture's address holds its content
_FOR_FEEDS = "public, max-age=60"
_FOR_PARTS = "public, max-age=86400"  # only a correction changes them, and the feed itself shows it
_FOR_PAGES = "public, max-age=0, must-revalidate"
_PLAIN = "/+"  # what `address` leaves as it is


class Finder(Protocol):
    """Where finished files are, by public path; it is asked at every request, and answers at once."""

    def find(self, path: str) -> Served | None:
        """What a reader gets there, if anything."""


class Maker(Finder, Protocol):
    """Where files are made when they are first asked for; `find` gives what it holds."""

    def make(self, path: str) -> Served | None:
        """The same, made now where it is not held: that may take a while, and is asked in a thread."""


class Wishes(NamedTuple):
    """What a request says of the form that it wants and of what it has; nothing where it is silent.

    `is_shown` where a browser is about to show it to somebody (Fetch Metadata); a feed reader never says so.
    """

    accepted: bytes = b""
    tags: bytes | None = None
    since: bytes | None = None
    is_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The beginning of an answer: as a message to the server, and as the bytes of its status line and headers."""

    status: int
    start: Message
    raw: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reader gets of a file."""

    form: Form
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file in one coding, with every answer about it: made once, for all readers who take it so."""

    etag: bytes
    modified_at: datetime
    whole: Answer
    shown: Answer
    head: Answer
    not_modified: Answer


class ShelfFirst:
    """Answers GET and HEAD from the first shelf that has the file, then from what is made; all else goes to the routes.

    `made` is only asked for feeds and their list. `links` are the values of the Link header, by public path.
    """

    def __init__(
        self,
        inner: ASGIApp,
        *shelves: Finder,
        protection: Mapping[str, str],
        log: AccessLog,
        made: Maker | None = None,
        links: Mapping[str, str] | None = None,
    ) -> None:
        self._inner, self._made, self._protection, self._log = inner, made, protection, log
        self._shelves: Sequence[Finder] = (*shelves, made) if made else shelves
        self._links = links or {}
        self._copies: WeakKeyDictionary[Served, dict[str, Copy]] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        answer = await self._answer_to(scope) if scope["type"] == "http" and scope["method"] in READING else None
        if answer is None:
            return await self._inner(scope, receive, send)
        await send(answer.form.start)
        return await send({"type": "http.response.body", "body": answer.body})

    async def _answer_to(self, scope: Scope) -> Answer | None:
        path = quote(scope["path"], safe=_PLAIN)  # it came decoded, and is decoded but once
        answer = self.answer(scope["method"], path, scope["headers"])
        plain = spell(path)  # as files are found, whatever slashes a reader writes
        if answer or self._made is None or not plain.startswith(address.FEED_LIST):
            return answer
        started = time.perf_counter()
        made = await run_in_threadpool(self._made.make, plain)
        return self._give(made, scope["method"], plain, scope["headers"], started=started) if made else None

    def answer(self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]]) -> Answer | None:
        """What a reader gets at a percent-encoded path; None where no shelf has it. A line goes to the log."""
        if method not in READING:
            return None
        started = time.perf_counter()
        for shelf in self._shelves:
            if served := shelf.find(path):
                return self._give(served, method, path, headers, started=started)
        return None

    def _give(
        self, served: Served, method: str, path: str, headers: Iterable[tuple[bytes, bytes]], *, started: float
    ) -> Answer:
        wishes = read_wishes(headers)
        copy = self._find_copy(served, path, coding=choose_coding(wishes.accepted) if served.is_compressible else "")
        whole = copy.shown if wishes.is_shown else copy.whole
        answer = copy.head if method == "HEAD" else whole
        if is_current(wishes, etag=copy.etag, modified_at=copy.modified_at):
            answer = copy.not_modified
        self._log.note_file(method, path, status=answer.form.status, started=started)
        return answer

    def _find_copy(self, served: Served, path: str, *, coding: str) -> Copy:
        copies = self._copies.get(served)
        if copies is None:
            copies = self._copies[served] = {}
        if coding not in copies:
            plain = spell(path)
            headers = {**self._protection, "cache-control": choose_caching(plain, served.media_type)}
            if link := self._links.get(plain):
                headers["link"] = link
            if served.modified_at > now():  # the second version of one second
                return build_copy(served, coding, headers=headers, is_dated=False)
            copies[coding] = build_copy(served, coding, headers=headers)
        return copies[coding]


def spell(path: str) -> str:
    """A path as `address` spells it: readers may write `//feeds/%6dain.rss/`."""
    return "/" + "/".join(quote(unquote(piece), safe=_PLAIN) for piece in path.split("/") if piece)


def build_copy(served: Served, coding: str, *, headers: Mapping[str, str], is_dated: bool = True) -> Copy:
    """A file in a coding, as a 200 and as a 304, each with the `headers`.

    Without a date while that lies ahead (RFC 9110 8.8.2.1).
    """
    body, etag = served.encoded(coding), served.etag(coding)
    common = {**headers, "etag": etag}
    if is_dated:
        common["last-modified"] = format_datetime(served.modified_at, usegmt=True)
    is_feed = served.media_type.startswith(_XML_FEEDS)
    if vary := ["Accept-Encoding"] * served.is_compressible + ["Sec-Fetch-Dest"] * is_feed:
        common["vary"] = ", ".join(vary)
    whole = common | {"content-type": served.media_type, "content-length": str(len(body))}
    if coding:
        whole["content-encoding"] = coding
    found = _build_form(HTTPStatus.OK, whole)
    shown = _build_form(HTTPStatus.OK, whole | {"content-type": _SHOWN_AS}) if is_feed else found
    return Copy(
        etag=etag.encode(),
        modified_at=served.modified_at,
        whole=Answer(found, body),
        shown=Answer(shown, body),
        head=Answer(found),
        not_modified=Answer(_build_form(HTTPStatus.NOT_MODIFIED, common)),
    )


def _build_form(status: HTTPStatus, headers: Mapping[str, str]) -> Form:
    fields = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    line = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return Form(
        status=status.value,
        start={"type": "http.response.start", "status": status.value, "headers": fields},
        raw=line + b"".join(b"%b: %b\r\n" % field for field in fields),
    )


def choose_caching(path: str, media_type: str) -> str:
    """The Cache-Control of a file: for how long it may be shown without asking again."""
    if media_type.startswith("image/"):
        return _FOR_EVER
    if not media_type.startswith(_FEED_TYPES):
        return _FOR_PAGES
    named = parse_feed_path(path)
    return _FOR_PARTS if named and named.part else _FOR_FEEDS


def read_wishes(headers: Iterable[tuple[bytes, bytes]]) -> Wishes:
    """The few headers that matter, whose names are in lower case; a list may come in several lines (RFC 9110 5.3)."""
    accepted, tags, since, is_shown = b"", None, None, False
    for name, value in headers:
        if name == b"accept-encoding":
            accepted = accepted + b"," + value if accepted else value
        elif name == b"if-none-match":
            tags = value if tags is None else tags + b"," + value
        elif name == b"if-modified-since" and since is None:
            since = value
        elif name == b"sec-fetch-dest":
            is_shown = value == b"document"
    return Wishes(accepted, tags, since, is_shown)


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
