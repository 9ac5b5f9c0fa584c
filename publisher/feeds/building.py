"""From a document to bytes, by format."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from publisher.domain.feed import Format
from publisher.feeds.document import Document
from publisher.feeds.entry import Entry, make_entry
from publisher.feeds.head import Head, make_head
from publisher.feeds.issue_entry import make_issue_entry
from publisher.feeds.json_feed import build_json
from publisher.feeds.texts import instant
from publisher.feeds.xml import build_atom, build_rss

_BUILDERS: Mapping[Format, Callable[[Head, Sequence[Entry]], bytes]] = {
    Format.RSS: build_rss,
    Format.ATOM: build_atom,
    Format.JSON: build_json,
}


def build(document: Document, form: Format) -> bytes:
    """The feed in UTF-8; the same document gives the same bytes at any time."""
    return _build(document, form, _make_entries(document))


def build_all(document: Document) -> dict[Format, bytes]:
    """The feed in every format, each as `build` makes it."""
    entries = _make_entries(document)
    return {form: _build(document, form, entries) for form in _BUILDERS}


def _build(document: Document, form: Format, entries: Sequence[Entry]) -> bytes:
    return _BUILDERS[form](make_head(document, form, updated=_find_newest(document, entries)), entries)


def _make_entries(document: Document) -> list[Entry]:
    feed, publication = document.feed, document.publication
    articles = [make_entry(article, publication, is_full=feed.is_full) for article in document.articles]
    return articles + [make_issue_entry(issue, document) for issue in document.issues]


def _find_newest(document: Document, entries: Sequence[Entry]) -> datetime:
    """The moment of the newest change that the document tells, an entry's end included."""
    moments = [*(entry.updated for entry in entries), *(instant(gone.at) for gone in document.gone)]
    return max(moments, default=instant(document.built_from))
