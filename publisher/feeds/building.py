"""From a document to bytes, by format."""

from collections.abc import Callable, Mapping, Sequence

from publisher.domain.feed import Format
from publisher.feeds.contents import Entry, Head, make_entry, make_head
from publisher.feeds.document import Document
from publisher.feeds.json_feed import build_json
from publisher.feeds.xml import build_atom, build_rss

_BUILDERS: Mapping[Format, Callable[[Head, Sequence[Entry]], bytes]] = {
    Format.RSS: build_rss,
    Format.ATOM: build_atom,
    Format.JSON: build_json,
}


def build(document: Document, form: Format) -> bytes:
    """The feed in UTF-8; the same document gives the same bytes at any time."""
    return _BUILDERS[form](make_head(document, form), _make_entries(document))


def build_all(document: Document) -> dict[Format, bytes]:
    """The feed in every format, each as `build` makes it."""
    entries = _make_entries(document)
    return {form: build_it(make_head(document, form), entries) for form, build_it in _BUILDERS.items()}


def _make_entries(document: Document) -> list[Entry]:
    return [make_entry(article, document) for article in document.articles]
