"""JSON Feed 1.1 (jsonfeed.org)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from publisher.domain.article import Enclosure
from publisher.feeds.entry import REMEMBERED, Entry
from publisher.feeds.head import Head

_VERSION = "https://jsonfeed.org/version/1.1"


def build_json(head: Head, entries: Sequence[Entry]) -> bytes:
    """JSON Feed in UTF-8; keys that would be empty are left out.

    `feed_url` is the format's name for the feed's identity, so parts of the archive have that of the feed as well.
    """
    feed = {
        "version": _VERSION,
        "title": head.title,
        "home_page_url": head.home,
        "feed_url": head.subscription,
        "next_url": head.previous,
        "description": head.description,
        "authors": [{"name": head.publisher}],
        "language": head.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in head.hubs],
    }
    return f'{_dump(_filled(feed))[:-1]}, "items": [{", ".join(map(_write_item, entries))}]}}'.encode()


@lru_cache(maxsize=REMEMBERED)
def _write_item(entry: Entry) -> str:
    content = {"content_text": entry.summary or entry.title} if entry.html is None else {"content_html": entry.html}
    about = {
        "summary": entry.summary,
        "image": entry.image,
        "date_published": _rfc3339(entry.published),
        "date_modified": _rfc3339(entry.updated),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.categories),
        "language": entry.language,
        "attachments": [_attachment(entry.enclosure)] if entry.enclosure else [],
    }
    return _dump({"id": entry.id, "url": entry.url, "title": entry.title, **content, **_filled(about)})


def _attachment(media: Enclosure) -> dict[str, Any]:
    return _filled(
        {
            "url": media.url,
            "mime_type": media.media_type,
            "size_in_bytes": media.length,
            "duration_in_seconds": media.seconds,
        }
    )


def _dump(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
