"""What every page shows of the site, and how a page is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from publisher.domain import address
from publisher.domain.feed import MEDIA_TYPES, Feed, Format
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.templating import Templates

FORMAT_NAMES = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication with all that its pages announce; `shared` keeps what stands on each of them, by language."""

    publication: Publication
    feeds: tuple[Feed, ...]
    newsletters: tuple[Newsletter, ...]
    templates: Templates
    shared: dict[tuple[str, str], str] = field(default_factory=dict, init=False, repr=False, compare=False)


class Alternate(NamedTuple):
    """One feed in one format, as a page announces it (F18)."""

    media_type: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself: `canonical` is a full address, empty on pages that are nobody's to index."""

    title: str
    description: str = ""
    canonical: str = ""
    kind: str = "website"
    picture: str = ""


def render_page(site: Site, name: str, *, head: Head, language: str = "", **values: object) -> bytes:
    """The page of template `web/{name}.html`, in the publication's language where no other is asked for."""
    language = language or site.publication.language
    html = _render(site, name, language=language, head=head, shared=partial(_share, site, language), **values)
    return html.encode("utf-8", "replace")


def _share(site: Site, language: str, name: str) -> str:
    """The part of template `web/shared/{name}.html`, made once, since nothing of one page is in it."""
    key = (language, name)
    if key not in site.shared:
        alternates = _list_alternates(site.feeds)
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
    return [
        (feed.title, [(FORMAT_NAMES[form], address.feed(feed.name, form)) for form in Format]) for feed in site.feeds
    ]


def _list_alternates(feeds: Sequence[Feed]) -> list[Alternate]:
    return [
        Alternate(MEDIA_TYPES[form], f"{feed.title} ({FORMAT_NAMES[form]})", address.feed(feed.name, form))
        for feed in feeds
        for form in Format
    ]
