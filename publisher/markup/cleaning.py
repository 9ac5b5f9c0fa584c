"""The allow-list: what HTML may hold once it is in the ledger, whoever wrote it."""

import re

import nh3

from publisher.markup.depth import flatten
from publisher.markup.players import link_players

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_TAGS = (
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub "
    "summary sup table tbody td tfoot th thead time tr u ul var wbr"
)
_EMPTIED = "script style iframe svg math object template noscript noembed noframes title textarea select button"
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang", "id", "class"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "div": {"class"},
    "figure": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "img": {"src", "alt", "width", "height"},
    "li": {"id", "value"},
    "ol": {"start", "reversed", "type"},
    "p": {"class"},
    "section": {"class"},
    "sup": {"class"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_OF_FOOTNOTES = re.compile(r"(?:[\w-]+-)?fn(?:ref)?-\S+")
_ALIGNS = frozenset({"left", "center", "right"})
_CLASSES = {
    "a": {"footnote-backref"},
    "div": {"markdown-alert"},
    "figure": {"pullquote", "figurebox", "caption"},
    "p": {"standfirst", "markdown-alert-title"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
}
_OF_HEADINGS = re.compile(r"[\w-][\w:-]*")
_HEADING = re.compile(r'(<h[1-6](?: [^>]*)? id=)"([^"]*)"')
_HEADING_WITH_ID = re.compile(r'<(h[1-6]) id="[^"]*">')
_IDS_OF_PAGES = ("main",)
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_IMAGE = re.compile(r"<img(?: [^>]*)?>")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_html(html: str) -> str:
    """Safe HTML in one canonical spelling: no script, style, frame, form or handler.

    Only footnotes and headings keep an id, the latter none that was there before. Links may be http, https, mailto,
    tel or relative, pictures http, https or relative; a picture without an address is taken out. Players become links.
    """
    cleaned = _CLEANER.clean(flatten(link_players(replace_surrogates(html))))
    if "<img" in cleaned:
        cleaned = _IMAGE.sub(_keep_with_address, cleaned)
    return _tell_apart(cleaned) if ' id="' in cleaned and "<h" in cleaned else cleaned


def drop_heading_ids(html: str) -> str:
    """Clean HTML whose headings have no ids, for places where several articles stand together."""
    return _HEADING_WITH_ID.sub(r"<\1>", html) if ' id="' in html else html


def _tell_apart(html: str) -> str:
    """The HTML in which each heading's id is its own: the second of a name gets `-1`, as elsewhere."""
    seen = dict.fromkeys(_IDS_OF_PAGES, 0)

    def name(found: re.Match[str]) -> str:
        wanted = found[2]
        while wanted in seen:
            seen[found[2]] += 1
            wanted = f"{found[2]}-{seen[found[2]]}"
        seen[wanted] = 0
        return f'{found[1]}"{wanted}"'

    return _HEADING.sub(name, html)


def replace_surrogates(text: str) -> str:
    """The text with each lone surrogate, which no encoding can carry, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return _keep_classes(tag, value)
    if name == "id":
        return value if (_OF_HEADINGS if tag[0] == "h" else _OF_FOOTNOTES).fullmatch(value) else None
    if name == "align":
        return value if value in _ALIGNS else None
    if name == "src":
        scheme = _SCHEME.match(value)
        return value if scheme is None or scheme[1].lower() in {"http", "https"} else None
    return value


def _keep_classes(tag: str, value: str) -> str | None:
    languages, known = tag == "code", _CLASSES.get(tag, set())
    kept = [word for word in value.split() if (word.startswith("language-") if languages else word in known)]
    return " ".join(kept) or None


def _keep_with_address(found: re.Match[str]) -> str:
    return found[0] if ' src="' in found[0] else ""


_CLEANER = nh3.Cleaner(
    tags=frozenset(_TAGS.split()),
    clean_content_tags=frozenset(_EMPTIED.split()),
    attributes=_ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes=SCHEMES,
    link_rel="noopener",
)
