"""The header of an HTML seed: Pelican's `<meta name="…" content="…">` lines, which say what front matter would."""

from datetime import UTC

from lxml import etree
from lxml import html as lxml_html

from publisher.ingest.dates import parse_moment
from publisher.ingest.headers.front_matter import Header

_NAMES = frozenset(
    ("date", "modified", "category", "tags", "authors", "summary", "slug", "status", "lang", "save_as", "url")
)
_MOMENTS = frozenset({"date", "modified"})
_MAX_HEAD = 64 * 1024


def is_page(path: str) -> bool:
    """Whether a seed is a web page by its name."""
    return path.lower().endswith((".html", ".htm"))


def find_page_header(path: str, text: str) -> Header | None:
    """What the page's `<head>` says in those names, or None; a saved page's date that is none is passed over."""
    if not is_page(path):
        return None
    end = text.lower().find("</head>", 0, _MAX_HEAD)
    if end < 0 or "<meta" not in text[:end].lower():
        return None
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for name, content, line in _read_metas(text[:end]):
        if name in _NAMES and name not in values and (name not in _MOMENTS or parse_moment(content, UTC)):
            values[name], lines[name] = content, line
    return Header(values=values, lines=lines, body=text, body_line=1) if values else None


def _read_metas(head: str) -> list[tuple[str, str, int]]:
    try:
        page = lxml_html.document_fromstring(head)
    except (etree.ParserError, ValueError):
        return []
    return [
        ((tag.get("name") or "").lower(), (tag.get("content") or "").strip(), tag.sourceline or 1)
        for tag in page.iter("meta")
    ]
