"""What every page shows of the site, and how a page is made."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from publisher.domain import address
from publisher.domain.feed import MEDIA_TYPES, Feed, Format
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.templating import Templates

FORMAT_NAMES = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON"}
_FORMATS = (Format.ATOM, Format.RSS, Format.JSON)
_PODCAST_FORMATS = (Format.RSS, Format.ATOM, Format.JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication with all that its pages announce; `shared` keeps what stands on many of them, by language."""

    publication: Publication
    feeds: tuple[Feed, ...]
    newsletters: tuple[Newsletter, ...]
    templates: Templates
    shared: dict[Hashable, str] = field(default_factory=dict, init=False, repr=False, compare=False)


class Alternate(NamedTuple):
    """One feed in one format, as a page announces it."""

    media_type: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself: `canonical` is a full address, empty on pages that are nobody's to index.

    `feeds` are those that it has besides the feeds that every page announces.
    """

    title: str
    description: str = ""
    canonical: str = ""
    kind: str = "website"
    picture: str = ""
    feeds: tuple[Feed, ...] = ()


def render_page(site: Site, name: str, *, head: Head, language: str = "", **values: object) -> bytes:
    """The page of template `web/{name}.html`, in the publication's language where no other is asked for."""
    language = language or site.publication.language
    html = _render(site, name, language=language, head=head, shared=partial(_share, site, language), **values)
    return html.encode("utf-8", "replace")


def _share(site: Site, language: str, name: str, feeds: tuple[Feed, ...] | None = None) -> str:
    """The part of template `web/shared/{name}.html`, made once, since nothing of one page is in it but its `feeds`.

    Where none are given, those that every page announces are.
    """
    key = (language, name, feeds)
    if key not in site.shared:
        alternates = _list_alternates(site.feeds if feeds is None else feeds)
        site.shared[key] = _render(site, f"shared/{name}", language=language, alternates=alternates)
    return site.shared[key]


def _render(site: Site, name: str, *, language: str, **values: object) -> str:
    return site.templates.render(
        f"web/{name}.html",
        language=language,
        publication=site.publication,
        newsletters=site.newsletters,
        address=address,
        **values,
    )


def list_feeds(site: Site) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each feed's title with its formats: their names and paths."""
    return [(feed.title, list_links(feed)) for feed in site.feeds]


def list_links(feed: Feed) -> list[tuple[str, str]]:
    """The formats of a feed: their names and paths."""
    return [(FORMAT_NAMES[form], address.feed(feed.name, form)) for form in list_formats(feed)]


def list_formats(feed: Feed) -> tuple[Format, ...]:
    """A feed's formats, the best one first, for many a reader takes the first that it meets.

    Atom alone tells what was withdrawn and in which language each article is; podcast programs often know RSS alone.
    """
    return _PODCAST_FORMATS if feed.podcast else _FORMATS


def _list_alternates(feeds: Sequence[Feed]) -> list[Alternate]:
    return [
        Alternate(MEDIA_TYPES[form], f"{feed.title} ({FORMAT_NAMES[form]})", address.feed(feed.name, form))
        for feed in feeds
        for form in list_formats(feed)
    ]
