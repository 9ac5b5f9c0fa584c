"""The allow-list: what HTML may hold once it is in the ledger, whoever wrote it."""

import re

import nh3

from publisher.markup.depth import flatten

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
    "figure": {"class"},
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
_CLASSES = frozenset(
    {"caption", "figurebox", "footnotes", "footnote-ref", "footnote-backref", "pullquote", "standfirst"}
)
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_IMAGE = re.compile(r"<img(?: [^>]*)?>")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_html(html: str) -> str:
    """Safe HTML in one canonical spelling: no script, style, frame, form or handler; only our footnotes keep an id.

    Links may be http, https, mailto, tel or relative, pictures http, https or relative; a picture without an address
    is taken out.
    """
    cleaned = _CLEANER.clean(flatten(replace_surrogates(html)))
    return _IMAGE.sub(_keep_with_address, cleaned) if "<img" in cleaned else cleaned


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
        return value if _OF_FOOTNOTES.fullmatch(value) else None
    if name == "align":
        return value if value in _ALIGNS else None
    if name == "src":
        scheme = _SCHEME.match(value)
        return value if scheme is None or scheme[1].lower() in {"http", "https"} else None
    return value


def _keep_classes(tag: str, value: str) -> str | None:
    languages = tag == "code"
    kept = [word for word in value.split() if (word.startswith("language-") if languages else word in _CLASSES)]
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
