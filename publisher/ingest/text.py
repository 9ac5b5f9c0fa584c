"""What a seed's text says below its header: Markdown, a clipping, or a web page, each read in its own way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from html import unescape

from publisher.domain.doubt import Doubt
from publisher.errors import SeedError
from publisher.ingest.clippings.blocks import heading_text
from publisher.ingest.clippings.sureness import Sureness
from publisher.ingest.dates import parse_moment
from publisher.ingest.dialects.marks import iter_outside_code
from publisher.ingest.doubts import describe_left_out, describe_parts, find_doubts
from publisher.ingest.formulas import keep_formulas
from publisher.ingest.given import adds_to_clipping, give_known, is_plain_text, without_known
from publisher.ingest.headers.keys import Meta
from publisher.ingest.naming import Named, make_slug, words_as_title
from publisher.ingest.plain_text import mark_layout
from publisher.ingest.rules import Rules
from publisher.ingest.scan_names import is_scan_name
from publisher.ingest.webpages.webpage import read_webpage
from publisher.markup import clean_html, render_markdown, to_plain

_NO_TITLE = "no title was found: begin with a line '# Title', or add front matter with a title"
_BY_NAME = Sureness(0.4, _NO_TITLE)
_MOST_LINES = 10_000  # a page of a newspaper has a thousand
_MORE = re.compile(r"<!--\s{0,9}(?:more|excerpt|truncate|PELICAN_END_SUMMARY)\s{0,9}-->", re.I)
_OWN_ID = re.compile(r"[ \t]*\{#[^{}]*\}$")
_OWN_TITLE = re.compile(r"(?:#[ \t]+(?P<atx>[^\n]*)(?:\n|\Z)|(?P<setext>[^\n#>|]+)\n=+[ \t]*(?:\n|\Z))")
_INLINE_MARKS = re.compile(r"[*_`<&\[\\~]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_ELEMENT = re.compile(r"</[A-Za-z][A-Za-z0-9]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What the text says; `html` is safe, `opening` what stands above `<!-- more -->`, both without the title.

    `slug` is words for the address that do better than the file's name, `picture` the name of one that may lie beside.
    """

    title: str
    html: str
    opening: str = ""
    headline: str = ""
    standfirst: str = ""
    description: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    day: date | None = None
    notes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    moment: datetime | None = None
    slug: str = ""
    picture: str = ""


def read_text(path: str, source: str, meta: Meta | None, *, rules: Rules, named: Named) -> Text:
    """What a text without marks of other generators says: a clipping where no header says more, else Markdown."""
    if meta is None or adds_to_clipping(path, meta):
        read = _read_long if source.count("\n") > _MOST_LINES else _read_clipping
        return read(path, source, meta or Meta(), rules=rules, named=named)
    return _read_markdown(source, meta.title, named=named)


def _read_long(path: str, source: str, meta: Meta, *, rules: Rules, named: Named) -> Text:
    """What a text says that is too long for any clipping: Markdown, whose title is given or a heading."""
    text = _read_markdown(source, meta.title, named=named)
    has_title = bool(meta.title) or _OWN_TITLE.match(source.lstrip("\n")) is not None
    if has_title or rules.review_below <= _BY_NAME.certainty:
        return text
    doubt = Doubt(field="title", found=text.title, certainty=_BY_NAME.certainty, reason=_BY_NAME.reason)
    return replace(text, doubts=(doubt,))


def read_page(path: str, source: str, *, has_header: bool, zone: tzinfo) -> Text:
    """What a web page says; a site around it is looked for only where it has no front matter."""
    page = read_webpage(path, source, has_header=has_header)
    above, more, _ = page.body.partition("<!-- more -->")
    return Text(
        title=page.title,
        html=clean_html(page.body).strip(),
        opening=clean_html(above) if more else "",
        description=page.description,
        language=page.language,
        authors=page.authors,
        moment=parse_moment(page.published, zone),
        standfirst=page.standfirst,
        picture=page.picture,
    )


def _read_clipping(path: str, source: str, meta: Meta, *, rules: Rules, named: Named) -> Text:
    from publisher.ingest.clippings.clipping import read_clipping  # a tenth of a start; most folders have no clippings

    is_plain = is_plain_text(path)
    laid_out = mark_layout(source) if is_plain else source
    clippings = read_clipping(laid_out, is_plain=is_plain, languages=rules.all_languages)
    if len(clippings) > 1:
        raise SeedError(path, f"{describe_parts(clippings)}: `publisher review split` gives each a file")
    clipping = give_known(clippings[0], meta)
    title, sureness = clipping.title, clipping.certainties["title"]
    if not title:
        title, sureness = words_as_title(named.words), _BY_NAME
    above, more, _ = _split_more(clipping.body)
    return Text(
        title=plain(title),
        headline=plain(clipping.headline),
        standfirst=plain(clipping.standfirst),
        html=_render(clipping.body, named),
        opening=_render(above, named) if more else "",
        authors=clipping.authors,
        day=clipping.day,
        notes=describe_left_out(clipping),
        slug=plain(title) if is_scan_name(named.words) else "",
        extra={name: text for name in ("kicker", "place") if (text := plain(getattr(clipping, name)))},
        doubts=without_known(
            find_doubts(replace(clipping, title=title), title=sureness, below=rules.review_below), meta
        ),
    )


def _read_markdown(source: str, title: str, *, named: Named) -> Text:
    source = source.lstrip("\n")
    own = _OWN_TITLE.match(source)
    own_title = plain(_OWN_ID.sub("", heading_text(own["atx"] or own["setext"] or ""))) if own else ""
    meant = {spelled.casefold() for spelled in (plain(title), as_typed(title))}
    is_repeated = own is not None and (not title or own_title.casefold() in meant)
    body = source[own.end() :] if own and is_repeated else source
    above, more, _ = _split_more(body)
    return Text(
        title=own_title if is_repeated and not title else words_as_title(named.words),
        html=_render(body, named),
        opening=_render(above, named) if more else "",
    )


def _split_more(body: str) -> tuple[str, str, str]:
    found = next(iter_outside_code(body, _MORE), None) if "<!--" in body else None
    return (body[: found.start()], found[0], body[found.end() :]) if found else (body, "", "")


def _render(source: str, named: Named) -> str:
    # Footnotes of two articles may stand on one page, so that each has the article's words in front.
    prefix = f"{make_slug(named.words)}-" if "[^" in source else ""
    return render_markdown(keep_formulas(source), prefix=prefix).strip()


def plain(text: str) -> str:
    """One line of Markdown as plain text."""
    return to_plain(render_markdown(text)) if _INLINE_MARKS.search(text) else " ".join(text.split())


def as_typed(title: str) -> str:
    """A header's title on one line: what looks like Markdown is typed so; HTML's entities and elements are HTML."""
    if _ELEMENT.search(title):
        return to_plain(clean_html(title))
    return " ".join(_ENTITY.sub(lambda found: unescape(found[0]), title).split())
