"""Feeds, and the choice of articles that feeds and newsletters share."""

from dataclasses import dataclass, field
from enum import StrEnum

from publisher.domain.article import Content


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
    """Which articles: each part that is not empty must hold one of the article's own, in any case."""

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
    return not wanted or bool({w.casefold() for w in wanted} & {g.casefold() for g in given})


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A named stream of articles; `is_full` puts the whole text in, else the summary."""

    name: str
    title: str
    limit: int = 50
    is_full: bool = True
    language: str = ""
    choice: Choice = field(default_factory=Choice)
    hubs: tuple[str, ...] = ()
