"""What every page shows of the site, and how a page is made."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from publisher.domain import address
from publisher.domain.feed import MEDIA_TYPES, Feed, Format
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.templating import Templates

FORMAT_NAMES = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication with all that its pages announce."""

    publication: Publication
    feeds: tuple[Feed, ...]
    newsletters: tuple[Newsletter, ...]
    templates: Templates


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
    html = site.templates.render(
        f"web/{name}.html",
        language=language or site.publication.language,
        head=head,
        publication=site.publication,
        newsletters=site.newsletters,
        alternates=_list_alternates(site.feeds),
        address=address,
        **values,
    )
    return html.encode("utf-8", "replace")


def list_feeds(site: Site) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each feed's title with its formats: their names and paths."""
    return [
        (feed.title, [(FORMAT_NAMES[form], address.feed(feed.name, form)) for form in Format]) for feed in site.feeds
    ]


@lru_cache(maxsize=16)
def _list_alternates(feeds: tuple[Feed, ...]) -> tuple[Alternate, ...]:
    return tuple(
        Alternate(MEDIA_TYPES[form], f"{feed.title} ({FORMAT_NAMES[form]})", address.feed(feed.name, form))
        for feed in feeds
        for form in Format
    )
