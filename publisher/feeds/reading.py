"""A built feed read back as a reader reads it: which entries it has, and what is wrong with it whatever came before."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeVar

from lxml import etree

from publisher.domain.feed import Format
from publisher.errors import CheckError

_ATOM = "{http://www.w3.org/2005/Atom}"
_GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_MEDIA = "{http://search.yahoo.com/mrss/}content"
_DECLARED = re.compile(rb"""<\?xml version=["']1\.0["'] encoding=["']utf-8["']""", re.IGNORECASE)
_ROOT = re.compile(rb"<(rss|feed)\b[^>]*>")
_JSON_VERSION = "https://jsonfeed.org/version/1.1"
_WEB = ("http://", "https://")
_SHOWN = 3  # ids that a problem names
_MOST_FEEDS, _MOST_ENTRIES = 32, 4096  # remembered: one article more leaves all others as they were


class Fault(StrEnum):
    """What can be wrong with a built feed; the value is how it is told."""

    BROKEN = "it is not well-formed"
    MISSING = "a part that it must have is missing"
    RELATIVE = "an address is not a full one"
    DATE = "a date can't be read"
    OLDER = "it says to be older than what is in it"
    TWICE = "an id stands twice"
    APART = "its formats do not agree"
    OTHER_FEED = "the feed's own id is another one"
    LOST = "entries are gone, and nothing explains it"
    BACK = "a date has gone back"
    MOVED = "an entry's first date is another one than the ledger's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a feed is not taken; `where` are the entries' ids or the parts that it is about."""

    fault: Fault
    where: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One line for the operator."""
        shown, others = self.where[:_SHOWN], len(self.where) - _SHOWN
        rest = [f"and {others} more"] if others > 0 else []
        return f"{self.fault}: {', '.join([*shown, *rest])}" if shown else str(self.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry as a reader sees it."""

    id: str
    url: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    has_author: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A feed as a reader sees it: `gone` are its tombstones, `previous` names the part of the archive before it.

    `problems` is what is wrong with it whatever came before.
    """

    entries: tuple[Seen, ...]
    id: str = ""
    updated: datetime | None = None
    previous: str = ""
    gone: Mapping[str, datetime] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


_Read = tuple[Seen, list[Problem]]
_Found = TypeVar("_Found")
_ENTRIES: dict[bytes, _Read] = {}  # by the digest of their bytes
_FEEDS: dict[Format, dict[bytes, Reading]] = {form: {} for form in Format}


def read_back(data: bytes, form: Format) -> Reading:
    """What a reader finds in those bytes. Raises CheckError where it finds no feed at all."""
    return _remember(_FEEDS[form], data, lambda: _READERS[form](data), most=_MOST_FEEDS)


def _remember(memory: dict[bytes, _Found], data: bytes, find: Callable[[], _Found], *, most: int) -> _Found:
    """What was found in those bytes before, or is now."""
    key = sha256(data).digest()
    found = memory.get(key)
    if found is None:
        found = find()
        if len(memory) >= most:
            memory.clear()
        memory[key] = found
    return found


def _parse(data: bytes) -> Any:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as problem:
        raise CheckError(str(problem)) from problem


def _read_xml(data: bytes, *, entry: bytes, read: Callable[[Any], _Read]) -> tuple[Any, list[_Read]]:
    """(the document without its entries, what each entry says), each parsed by itself: together they are the whole.

    An entry that was read before, in whichever document, costs no more than its digest.
    """
    if not _DECLARED.match(data):
        raise CheckError("it does not begin with an XML declaration that says UTF-8")
    first, end = data.find(b"<" + entry), b"</" + entry + b">"
    last = data.rfind(end) + len(end)
    head, inner, tail = (data[:first], data[first:last], data[last:]) if 0 < first < last else (data, b"", b"")
    frame, root = _parse(head + tail), _ROOT.search(head)
    if root is None or frame.getroottree().docinfo.doctype:
        raise CheckError("it has no root of a feed, or a document type, which readers refuse")
    around = (root[0], b"</" + root[1] + b">")
    return frame, [_read_piece((piece + end).join(around), read) for piece in inner.split(end)[:-1]]


def _read_piece(piece: bytes, read: Callable[[Any], _Read]) -> _Read:
    def find() -> _Read:
        around = _parse(piece)
        if len(around) != 1 or (around.text or "").strip():
            raise CheckError("something stands between its entries")
        return read(around[0])

    return _remember(_ENTRIES, piece, find, most=_MOST_ENTRIES)


def _read_rss(data: bytes) -> Reading:
    root, read = _read_xml(data, entry=b"item", read=_read_item)
    channel = next(root.iterchildren("channel"), None)
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        raise CheckError("it is no RSS 2.0 with a channel")
    parts = _list_parts(channel)
    links = _read_links(channel)
    entries = tuple(seen for seen, _ in read)
    return Reading(
        entries=entries,
        updated=_read_date(_text(parts, "lastBuildDate")),
        previous=_name_part(links.get("prev-archive", "")),
        problems=_sum_up(
            (problem for _, problems in read for problem in problems),
            _find_missing("channel", {name: _text(parts, name) for name in ("title", "link", "description")}),
            _find_relative([*links.values(), _text(parts, "link")]),
            _find_bad_dates("channel", [_text(parts, "lastBuildDate")]),
            _find_twins(entries),
        ),
    )


def _read_item(item: Any) -> _Read:
    parts = _list_parts(item)
    identity, url, date = (_text(parts, name) for name in ("guid", "link", "pubDate"))
    is_permalink = "guid" in parts and parts["guid"].get("isPermaLink") != "false"
    media = [_fill_media(one) for one in item.iterchildren("enclosure")]
    urls = [one.get("url", "") for one in item.iterchildren("enclosure", _MEDIA)]
    wanted = {"id": identity, "title": _text(parts, "title") or _text(parts, "description")}
    problems = [
        *_find_missing(identity, wanted),
        *(problem for one in media for problem in _find_missing(identity, one)),
        *_find_relative([url, *([identity] if is_permalink else []), *urls]),
        *_find_bad_dates(identity, [date]),
    ]
    return Seen(id=identity, url=url, published=_read_date(date)), problems


def _fill_media(enclosure: Any) -> dict[str, str]:
    return {name: enclosure.get(name, "") for name in ("url", "length", "type")}


def _read_atom(data: bytes) -> Reading:
    root, read = _read_xml(data, entry=b"entry", read=_read_entry)
    if root.tag != f"{_ATOM}feed":
        raise CheckError("it is no Atom feed")
    parts, links = _list_parts(root), _read_links(root)
    entries = tuple(seen for seen, _ in read)
    updated = _text(parts, f"{_ATOM}updated")
    gone = {one.get("ref", ""): _read_date(one.get("when", "")) for one in root.iterchildren(_GONE)}
    return Reading(
        id=_text(parts, f"{_ATOM}id"),
        entries=entries,
        updated=_read_date(updated),
        previous=_name_part(links.get("prev-archive", "")),
        gone={ref: at for ref, at in gone.items() if at},
        problems=_sum_up(
            (problem for _, problems in read for problem in problems),
            _find_missing("feed", {name: _text(parts, _ATOM + name) for name in ("id", "title", "updated")}),
            _find_missing("feed", {"author": f"{_ATOM}author" in parts or all(seen.has_author for seen in entries)}),
            _find_missing("deleted-entry", {"ref": all(gone), "when": all(gone.values())}),
            _find_relative(links.values()),
            _find_bad_dates("feed", [updated]),
            _find_newer(_read_date(updated), [*(seen.updated for seen in entries), *gone.values()]),
            _find_twins(entries),
        ),
    )


def _read_entry(entry: Any) -> _Read:
    parts = _list_parts(entry)
    wanted = {name: _text(parts, _ATOM + name) for name in ("id", "title", "updated")}
    identity, updated, published = wanted["id"], wanted["updated"], _text(parts, f"{_ATOM}published")
    links = [(link.get("rel", "alternate"), link.get("href", "")) for link in entry.iterchildren(f"{_ATOM}link")]
    url = next((href for rel, href in links if rel == "alternate"), "")
    wanted["content"] = url or _text(parts, f"{_ATOM}content")
    pictures = [one.get("url") for one in entry.iterchildren(_MEDIA)]
    problems = [
        *_find_missing(identity, wanted),
        *_find_relative([*(href or " " for _, href in links), *pictures]),
        *_find_bad_dates(identity, [published, updated]),
    ]
    moments = {"published": _read_date(published), "updated": _read_date(updated)}
    return Seen(id=identity, url=url, **moments, has_author=f"{_ATOM}author" in parts), problems


def _read_json(data: bytes) -> Reading:
    try:
        return _read_json_feed(json.loads(data.decode()))
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise CheckError(f"it can't be read: {problem}") from problem


def _read_json_feed(found: Mapping[str, Any]) -> Reading:
    if found["version"] != _JSON_VERSION or not isinstance(found["items"], list):
        raise CheckError("it is no JSON Feed 1.1")
    read = [_read_json_item(item) for item in found["items"]]
    entries = tuple(seen for seen, _ in read)
    following, own = found.get("next_url", ""), found.get("feed_url", "")
    return Reading(
        entries=entries,
        previous=_name_part(following),
        problems=_sum_up(
            (problem for _, problems in read for problem in problems),
            _find_missing("feed", {"title": found.get("title"), "next_url": not following or following != own}),
            _find_relative([following, own, found.get("home_page_url", "")]),
            _find_twins(entries),
        ),
    )


def _read_json_item(item: Mapping[str, Any]) -> _Read:
    identity = item.get("id")
    identity = identity if isinstance(identity, str) else ""
    url, media = item.get("url", ""), item.get("attachments", [])
    published, updated = item.get("date_published", ""), item.get("date_modified", "")
    content = item.get("content_html") or item.get("content_text") or "content_html" in item
    typed = all(one.get("mime_type") for one in media)
    problems = [
        *_find_missing(identity, {"id": identity, "content": content, "mime_type": typed}),
        *_find_relative([url, item.get("image", ""), *(one.get("url") or " " for one in media)]),
        *_find_bad_dates(identity, [published, updated]),
    ]
    return Seen(id=identity, url=url, published=_read_date(published), updated=_read_date(updated)), problems


_READERS: Mapping[Format, Callable[[bytes], Reading]] = {
    Format.RSS: _read_rss,
    Format.ATOM: _read_atom,
    Format.JSON: _read_json,
}


def _list_parts(element: Any) -> dict[str, Any]:
    """An element's parts by their names, the first of each name."""
    parts: dict[str, Any] = {}
    for part in element.iterchildren(etree.Element):
        parts.setdefault(part.tag, part)
    return parts


def _text(parts: Mapping[str, Any], name: str) -> str:
    return (parts[name].text or "") if name in parts else ""


def _read_links(element: Any) -> dict[str, str]:
    return {link.get("rel", "alternate"): link.get("href", "") for link in element.iterchildren(f"{_ATOM}link")}


def _name_part(address: str) -> str:
    """The name of the part of an archive that an address leads to."""
    return address.rpartition("/")[2].partition(".")[0]


@lru_cache(maxsize=_MOST_ENTRIES)
def _read_date(text: str) -> datetime | None:
    """An RFC 3339 or an RFC 822 date; nothing where it is neither, or not on a zone's clock."""
    try:
        moment = datetime.fromisoformat(text) if text[:1].isdigit() else parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None


def _sum_up(*found: Iterable[Problem]) -> tuple[Problem, ...]:
    """One problem for each kind of fault."""
    where: dict[Fault, dict[str, None]] = {}
    for problem in (problem for some in found for problem in some):
        where.setdefault(problem.fault, {}).update(dict.fromkeys(problem.where))
    return tuple(Problem(fault=fault, where=tuple(places)) for fault, places in where.items())


def _find_missing(place: str, parts: Mapping[str, Any]) -> Iterator[Problem]:
    if lacking := [name for name, value in parts.items() if not value]:
        yield Problem(fault=Fault.MISSING, where=tuple(f"{name} of {place or 'an entry'}" for name in lacking))


def _find_relative(addresses: Iterable[str]) -> Iterator[Problem]:
    if found := tuple(one for one in addresses if one and not one[:8].lower().startswith(_WEB)):
        yield Problem(fault=Fault.RELATIVE, where=found)


def _find_bad_dates(place: str, texts: Iterable[str]) -> Iterator[Problem]:
    if any(text and _read_date(text) is None for text in texts):
        yield Problem(fault=Fault.DATE, where=(place,))


def _find_newer(updated: datetime | None, moments: Iterable[datetime | None]) -> Iterator[Problem]:
    """RFC 4287, 4.2.15: a feed is as new as its newest change."""
    if updated and any(moment and moment.replace(microsecond=0) > updated for moment in moments):
        yield Problem(fault=Fault.OLDER)


def _find_twins(entries: Sequence[Seen]) -> Iterator[Problem]:
    if twins := tuple(one for one, times in Counter(seen.id for seen in entries).items() if times > 1):
        yield Problem(fault=Fault.TWICE, where=twins)
