"""A seed becomes an article's content: decoded, its header and text read, made safe, and measured for change."""

import hashlib
import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from html import unescape
from zoneinfo import ZoneInfo

from publisher.domain.article import Content, Enclosure, Image
from publisher.domain.doubt import Doubt
from publisher.errors import SeedError
from publisher.ingest.authors import Neighbour, name_authors
from publisher.ingest.blocks import heading_text
from publisher.ingest.clipping import read_clipping
from publisher.ingest.dates import midnight, parse_moment
from publisher.ingest.decoding import decode
from publisher.ingest.doubts import describe_left_out, describe_parts, find_doubts
from publisher.ingest.foreign import take_marks_off
from publisher.ingest.formulas import keep_formulas
from publisher.ingest.front_matter import split
from publisher.ingest.keys import Enclosed, Meta, Picture, read_meta
from publisher.ingest.language import guess_language, match_language
from publisher.ingest.links import Links
from publisher.ingest.marks import iter_outside_code
from publisher.ingest.naming import Named, day_of_address, make_slug, read_path, words_as_title
from publisher.ingest.page_header import find_page_header, is_page
from publisher.ingest.pictures import Pictures
from publisher.ingest.plain_text import mark_layout
from publisher.ingest.scan_names import is_scan_name
from publisher.ingest.shortcodes import Expanded
from publisher.ingest.sureness import Sureness
from publisher.ingest.webpage import read_webpage
from publisher.markup import clean_html, render_markdown, shorten, space_french, space_french_html, to_plain, to_text

_SUMMARY_LENGTH = 300
_NO_TITLE = "no title was found: begin with a line '# Title', or add front matter with a title"
_BY_NAME = Sureness(0.4, _NO_TITLE)
_MORE = re.compile(r"<!--\s{0,9}(?:more|excerpt|truncate|PELICAN_END_SUMMARY)\s{0,9}-->", re.I)
_OWN_ID = re.compile(r"[ \t]*\{#[^{}]*\}$")
_OWN_TITLE = re.compile(r"(?:#[ \t]+(?P<atx>[^\n]*)(?:\n|\Z)|(?P<setext>[^\n#>|]+)\n=+[ \t]*(?:\n|\Z))")
_INLINE_MARKS = re.compile(r"[*_`<&\[\\~]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_ELEMENT = re.compile(r"</[A-Za-z][A-Za-z0-9]*>")
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_FIRST_PARAGRAPH = re.compile(r"<p(?: [^>]*)?>(.*?)</p>", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How seeds are read: the zone of dates that name none, the default language and those that may be guessed.

    A title less certain than `review_below` (0 to 1) sends a clipping to review. `site` is the scheme and host of the
    paper's own site, which may have pictures that are not in the folder.
    """

    timezone: str
    language: str
    languages: tuple[str, ...] = ()
    review_below: float = 0.5
    site: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A seed that says of itself that it is not to be published: a draft, or for the `reason` no article at all."""

    path: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A seed's content, and a digest of its normalised source text and title, which layout and renderer never move.

    `doubts` are the fields that are less certain than `review_below`.
    """

    content: Content
    text_digest: str
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """What the text says; `html` is safe, `opening` what stands above `<!-- more -->`, both without the title.

    `slug` is words for the address that do better than the file's name.
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
    canonical_url: str = ""
    slug: str = ""


def read_seed(
    path: str,
    data: bytes,
    rules: Rules,
    *,
    asset: Callable[[str], Image | None],
    neighbour: Neighbour = lambda path: None,
) -> Reading | Draft:
    """The content of the seed at `path` (below the folder, with slashes); `asset` finds a picture by such a path.

    `neighbour` gives the bytes of a small file beside the seeds, as authors.yml.
    Raises SeedError, with the line where it is known, for what can't be read or is too doubtful for readers.
    """
    text = decode(path, data)
    if not text.strip():
        raise SeedError(path, "the file is empty")
    front = split(path, text)
    header = front or find_page_header(path, text)
    zone = ZoneInfo(rules.timezone)
    meta = read_meta(path, header, zone=zone) if header else None
    if meta and (meta.is_draft or meta.left_out):
        return Draft(path, meta.left_out)
    meta = name_authors(path, meta, neighbour) if meta else None
    source = header.body if header else text
    named = read_path(path, languages=_all_languages(rules))
    first_line = text.count("\n") - source.count("\n") + 1
    plain = take_marks_off(path, source, first_line=first_line) if front else Expanded(source)
    if is_page(path):
        found = _read_page(path, plain.text, has_header=front is not None, zone=zone)
    else:
        found = _read_text(path, plain.text, meta, rules=rules, named=named)
    content = _assemble(path, found, meta or Meta(), rules=rules, named=named, zone=zone, asset=asset)
    content = replace(content, notes=plain.notes + content.notes)
    return Reading(content=content, text_digest=_digest(meta.title if meta else "", source), doubts=found.doubts)


def _all_languages(rules: Rules) -> tuple[str, ...]:
    return tuple(dict.fromkeys((rules.language, *rules.languages)))


def _digest(title: str, source: str) -> str:
    folded = "\n".join(" ".join(part.split()) for part in (title, source))
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def _read_text(path: str, source: str, meta: Meta | None, *, rules: Rules, named: Named) -> _Text:
    if meta is None:
        return _read_clipping(path, source, rules=rules, named=named)
    return _read_markdown(source, meta.title, named=named)


def _read_page(path: str, source: str, *, has_header: bool, zone: tzinfo) -> _Text:
    page = read_webpage(path, source, has_header=has_header)
    above, more, _ = page.body.partition("<!-- more -->")
    return _Text(
        title=page.title,
        html=clean_html(page.body).strip(),
        opening=clean_html(above) if more else "",
        description=page.description,
        language=page.language,
        authors=page.authors,
        moment=parse_moment(page.published, zone),
    )


def _read_clipping(path: str, source: str, *, rules: Rules, named: Named) -> _Text:
    is_plain = path.lower().endswith(".txt")
    laid_out = mark_layout(source) if is_plain else source
    clippings = read_clipping(laid_out, is_plain=is_plain, languages=_all_languages(rules))
    clipping = clippings[0]
    if len(clippings) > 1:
        raise SeedError(path, f"{describe_parts(clippings)}: split them into files of their own")
    title, sureness = clipping.title, clipping.certainties["title"]
    if not title:
        title, sureness = words_as_title(named.words), _BY_NAME
    above, more, _ = _split_more(clipping.body)
    return _Text(
        title=_plain(title),
        headline=_plain(clipping.headline),
        standfirst=_plain(clipping.standfirst),
        html=_render(clipping.body, named),
        opening=_render(above, named) if more else "",
        authors=clipping.authors,
        day=clipping.day,
        notes=describe_left_out(clipping),
        slug=_plain(title) if is_scan_name(named.words) else "",
        extra={name: text for name in ("kicker", "place") if (text := _plain(getattr(clipping, name)))},
        doubts=find_doubts(replace(clipping, title=title), title=sureness, below=rules.review_below),
    )


def _read_markdown(source: str, title: str, *, named: Named) -> _Text:
    source = source.lstrip("\n")
    own = _OWN_TITLE.match(source)
    own_title = _plain(_OWN_ID.sub("", heading_text(own["atx"] or own["setext"] or ""))) if own else ""
    is_repeated = own is not None and (
        not title or own_title.casefold() in {_plain(title).casefold(), _as_typed(title).casefold()}
    )
    body = source[own.end() :] if own and is_repeated else source
    above, more, _ = _split_more(body)
    return _Text(
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


def _plain(text: str) -> str:
    """One line of Markdown as plain text."""
    return to_plain(render_markdown(text)) if _INLINE_MARKS.search(text) else " ".join(text.split())


def _as_typed(title: str) -> str:
    """A header's title on one line: what looks like Markdown is typed so; HTML's entities and elements are HTML."""
    if _ELEMENT.search(title):
        return to_plain(clean_html(title))
    return " ".join(_ENTITY.sub(lambda found: unescape(found[0]), title).split())


def _assemble(
    path: str,
    found: _Text,
    meta: Meta,
    *,
    rules: Rules,
    named: Named,
    zone: tzinfo,
    asset: Callable[[str], Image | None],
) -> Content:
    title = _as_typed(meta.title) or found.title
    if not title:
        raise SeedError(path, "there is no title: add one to the front matter")
    pictures = Pictures(path, asset, site=rules.site)
    links = Links(path, find_picture=pictures.find_address)
    html = links.publish(pictures.publish(_lower_headings(found.html)))
    lead_image, notes = _find_lead(pictures, meta.picture)
    summary = _plain(meta.summary) or found.standfirst or to_plain(found.opening) or found.description
    summary = summary or _first_words(html)
    if not (summary or lead_image or meta.enclosure or "<img" in html):
        raise SeedError(path, "there is no text in it")
    language = _language(found, meta, named=named, html=html, rules=rules)
    space, space_html = _spacing(language)
    return Content(
        title=space(title),
        language=language,
        html=space_html(html),
        summary=space(summary),
        standfirst=space(found.standfirst),
        headline=space(found.headline),
        authors=meta.authors or found.authors,
        tags=meta.tags,
        section=meta.section or named.section,
        date=meta.date or _date_of(found, meta, named=named, zone=zone),
        updated=meta.updated,
        embargo=meta.embargo,
        expires_at=meta.expires_at,
        wanted_slug=make_slug(meta.slug, found.slug or named.words, title, language=language),
        has_own_slug=bool(meta.slug),
        aliases=meta.aliases,
        declared_id=meta.declared_id,
        canonical_url=meta.canonical_url or found.canonical_url,
        correction=meta.correction,
        lead_image=lead_image,
        images=pictures.images,
        missing_pictures=pictures.missing,
        enclosure=_enclosure(meta.enclosure),
        links=links.targets,
        notes=(*found.notes, *meta.notes, *pictures.notes, *notes, *links.notes),
        extra={**found.extra, **meta.extra},
    )


def _spacing(language: str) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """What sets the spaces of a language in plain text and in HTML."""
    return (space_french, space_french_html) if language.split("-")[0] == "fr" else (str, str)


def _find_lead(pictures: Pictures, given: Picture) -> tuple[str, tuple[str, ...]]:
    """The lead picture's address, and a note where a generator keeps it elsewhere."""
    if not given.source:
        return "", ()
    try:
        return pictures.find_lead(given.source, alt=given.alt), ()
    except SeedError as problem:
        if not given.is_doubtful:
            raise
        return "", (f"without its lead picture: {problem.reason}",)


def _date_of(found: _Text, meta: Meta, *, named: Named, zone: tzinfo) -> datetime | None:
    """The date that path, address or text give where the header has none."""
    day = named.day or day_of_address(meta.address) or found.day
    return found.moment or parse_moment(named.moment, zone) or (midnight(day, zone) if day else None)


def _lower_headings(html: str) -> str:
    """The HTML with its highest heading at h2, since the title is the page's h1."""
    levels = {int(level) for _, level in _HEADING.findall(html)} if "<h" in html else set()
    if not levels or min(levels) == 2:
        return html
    shift = 2 - min(levels)
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{min(6, int(tag[2]) + shift)}", html)


def _first_words(html: str) -> str:
    paragraphs = (to_plain(found[1]) for found in _FIRST_PARAGRAPH.finditer(html))
    first = next((paragraph for paragraph in paragraphs if paragraph), "")
    return shorten(first or " ".join(to_text(html).split()), _SUMMARY_LENGTH)


def _language(found: _Text, meta: Meta, *, named: Named, html: str, rules: Rules) -> str:
    languages = _all_languages(rules)
    said = meta.language or named.language or found.language
    if said:
        return match_language(said, languages)
    guessed = guess_language(f"{found.standfirst} {to_text(html)}", languages) if len(languages) > 1 else ""
    return guessed or rules.language


def _enclosure(given: Enclosed | None) -> Enclosure | None:
    if given is None:
        return None
    guessed = mimetypes.guess_type(given.url.partition("?")[0])[0] or "application/octet-stream"
    return Enclosure(url=given.url, media_type=given.media_type or guessed, length=given.length)
