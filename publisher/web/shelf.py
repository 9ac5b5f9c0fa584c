"""Serves finished files before any routing: conditional requests, content codings, caching (RFC 9110, RFC 9111)."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.responses import Response

from publisher.public import Served

_FEED_TYPES = ("application/rss", "application/atom", "application/feed", "text/x-opml")
_CODINGS = ("br", "gzip")
_FOR_EVER = "public, max-age=31536000, immutable"  # a picture's address holds its content
_FOR_FEEDS = "public, max-age=60"
_FOR_PAGES = "public, max-age=0, must-revalidate"


def answer(served: Served, headers: Headers, *, is_head: bool) -> Response:
    """A file as a 200 or a 304, in the best coding that the reader takes."""
    coding = choose_coding(",".join(headers.getlist("accept-encoding"))) if served.is_compressible else ""
    etag = served.etag(coding)
    common = {
        "etag": etag,
        "cache-control": _cache_control(served.media_type),
        "last-modified": format_datetime(served.modified_at, usegmt=True),
    }
    if served.is_compressible:
        common["vary"] = "Accept-Encoding"
    if is_current(headers, etag=etag, modified_at=served.modified_at):
        return Response(status_code=304, headers=common)
    body = served.encoded(coding)
    common |= {"content-type": served.media_type, "content-length": str(len(body))}
    if coding:
        common["content-encoding"] = coding
    return Response(b"" if is_head else body, headers=common)


def _cache_control(media_type: str) -> str:
    if media_type.startswith("image/"):
        return _FOR_EVER
    return _FOR_FEEDS if media_type.startswith(_FEED_TYPES) else _FOR_PAGES


def is_current(headers: Headers, *, etag: str, modified_at: datetime) -> bool:
    """Whether the reader has these bytes: If-None-Match decides alone where it is given (RFC 9110 13.2.2)."""
    given = headers.getlist("if-none-match")
    if given:
        known = {tag.strip().removeprefix("W/") for line in given for tag in line.split(",")}
        return "*" in known or etag in known
    since = headers.get("if-modified-since")
    if not since:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return modified_at <= moment


def choose_coding(accepted: str) -> str:
    """The one of br and gzip that an Accept-Encoding likes best, or none (RFC 9110 12.5.3)."""
    weights = dict(_parse_weight(part) for part in accepted.lower().split(",") if part.strip())
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
