"""Feeds, and the choice of articles that feeds and newsletters share."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from publisher.domain.article import Content
from publisher.domain.topic import to_slug

ISSUES = "issues"  # the folder of newsletters' feeds
JOINT = "+"  # between several sections


class Format(StrEnum):
    """A feed's formats; the value is the ending of its address."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


MEDIA_TYPES = {
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which articles: each part that is not empty must hold one of the article's own, as `topic.to_slug` knows it."""

    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def fits(self, article: Content) -> bool:
        """Whether the article belongs."""
        return (
            _meets(self.sections, (article.section,))
            and _meets(self.tags, article.tags)
            and _meets(self.languages, (article.language,))
            and _meets(self.authors, article.authors)
        )


def _meets(wanted: tuple[str, ...], given: tuple[str, ...]) -> bool:
    return not wanted or not {to_slug(name) for name in wanted}.isdisjoint(filter(None, map(to_slug, given)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """What podcasts' directories ask for: `image` is a full address, `category` one of theirs, perhaps "A > B".

    `is_locked` says that no other host may take it over. `guid` is the UUID that directories know it by, wherever it
    moves; empty while it has none yet.
    """

    image: str = ""
    category: str = ""
    is_explicit: bool = False
    is_locked: bool = True
    guid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A named stream of articles; `is_full` puts the whole text in, else the summary.

    `name` is that of the settings, or the path of a topic (`sections/sport`), of several sections
    (`sections/culture+sport`) or of a newsletter's issues (`issues/daily`). `aliases` are its former names, the oldest
    first, and root-relative addresses where readers of another program found it.
    """

    name: str
    title: str
    description: str = ""
    limit: int = 50
    is_full: bool = True
    language: str = ""
    choice: Choice = field(default_factory=Choice)
    hubs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    podcast: Podcast | None = None

    @property
    def first_name(self) -> str:
        """The name that it had first: what its id is made of."""
        return next((alias for alias in self.aliases if not alias.startswith("/")), self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An entry that readers had and that was taken back: a tombstone (RFC 6721)."""

    id: str
    at: datetime
