"""A seed becomes an article's content: decoded, its header and text read, made safe, and measured for change."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from publisher.domain.article import Content, Image
from publisher.domain.doubt import Doubt
from publisher.errors import SeedError
from publisher.ingest.dates import midnight, parse_moment
from publisher.ingest.decoding import decode
from publisher.ingest.dialects.shortcodes import Expanded
from publisher.ingest.foreign import take_marks_off
from publisher.ingest.headers.authors import Neighbour, name_authors
from publisher.ingest.headers.front_matter import split
from publisher.ingest.headers.keys import Meta, Picture, read_meta
from publisher.ingest.language import guess_language, match_language
from publisher.ingest.links import Links
from publisher.ingest.naming import Named, day_of_address, make_slug, read_path
from publisher.ingest.pictures import Pictures
from publisher.ingest.rules import Rules
from publisher.ingest.text import Text, as_typed, plain, read_page, read_text
from publisher.ingest.webpages.page_header import find_page_header, is_page
from publisher.ingest.words import plain_language
from publisher.markup import name_alerts, shorten, space_french, space_french_html, to_plain, to_text

_LANGUAGE_SAMPLE = 600
_SUMMARY_LENGTH = 300
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_FIRST_PARAGRAPH = re.compile(r"<p(?: [^>]*)?>(.*?)</p>", re.S)


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
    named = read_path(path, languages=rules.all_languages)
    first_line = text.count("\n") - source.count("\n") + 1
    plain = take_marks_off(path, source, first_line=first_line) if front else Expanded(source)
    if is_page(path):
        found = read_page(path, plain.text, has_header=front is not None, zone=zone)
    else:
        found = read_text(path, plain.text, meta, rules=rules, named=named)
    content = _assemble(path, found, meta or Meta(), rules=rules, named=named, zone=zone, asset=asset)
    content = replace(content, notes=plain.notes + content.notes)
    return Reading(content=content, text_digest=_digest(meta.title if meta else "", source), doubts=found.doubts)


def _digest(title: str, source: str) -> str:
    folded = "\n".join(" ".join(part.split()) for part in (title, source))
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def _assemble(
    path: str,
    found: Text,
    meta: Meta,
    *,
    rules: Rules,
    named: Named,
    zone: tzinfo,
    asset: Callable[[str], Image | None],
) -> Content:
    title = as_typed(meta.title) or found.title
    if not title:
        raise SeedError(path, "there is no title: add one to the front matter")
    pictures = Pictures(path, asset, site=rules.site)
    links = Links(path, find_picture=pictures.find_address)
    html = links.publish(pictures.publish(_lower_headings(found.html)))
    lead_image, notes = _find_lead(pictures, meta.picture)
    if found.picture and not lead_image and "<img" not in html:
        lead_image = pictures.find_beside(found.picture)
    summary = plain(meta.summary) or found.standfirst or to_plain(found.opening) or found.description
    summary = summary or _first_words(html)
    if not (summary or lead_image or meta.enclosure or "<img" in html):
        raise SeedError(path, "there is no text in it")
    language = _language(found, meta, named=named, html=html, rules=rules)
    space, space_html = _spacing(language)
    return Content(
        title=space(title),
        language=language,
        html=space_html(name_alerts(html, language)),
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
        canonical_url=meta.canonical_url,
        correction=meta.correction,
        lead_image=lead_image,
        images=pictures.images,
        missing_pictures=pictures.missing,
        enclosure=meta.enclosure,
        rights=meta.rights,
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


def _date_of(found: Text, meta: Meta, *, named: Named, zone: tzinfo) -> datetime | None:
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


def _language(found: Text, meta: Meta, *, named: Named, html: str, rules: Rules) -> str:
    languages = rules.all_languages
    said = meta.language or named.language or found.language
    if said:
        return match_language(said, languages)
    if len(languages) < 2:
        return rules.language
    sample = f"{found.standfirst} {to_text(html)}"[:_LANGUAGE_SAMPLE]
    return plain_language(sample, languages) or guess_language(sample, languages) or rules.language
