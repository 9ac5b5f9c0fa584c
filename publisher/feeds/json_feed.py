"""JSON Feed 1.1 (jsonfeed.org)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from publisher.domain.article import Enclosure
from publisher.feeds.contents import Entry, Head

_VERSION = "https://jsonfeed.org/version/1.1"


def build_json(head: Head, entries: Sequence[Entry]) -> bytes:
    """JSON Feed in UTF-8; keys that would be empty are left out."""
    feed = {
        "version": _VERSION,
        "title": head.title,
        "home_page_url": head.home,
        "feed_url": head.address,
        "description": head.description,
        "authors": [{"name": head.publisher}],
        "language": head.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in head.hubs],
    }
    items = [_item(entry) for entry in entries]
    return json.dumps({**_filled(feed), "items": items}, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
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
    return {"id": entry.id, "url": entry.url, "title": entry.title, **content, **_filled(about)}


def _attachment(media: Enclosure) -> dict[str, Any]:
    return _filled({"url": media.url, "mime_type": media.media_type, "size_in_bytes": media.length})


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
