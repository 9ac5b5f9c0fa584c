"""Decides which articles an issue holds."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.domain.article import Article
from publisher.domain.newsletter import Newsletter


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What an issue holds, the lead first, and what found no room in it, both newest first."""

    articles: tuple[Article, ...]
    passed_over: tuple[Article, ...] = ()


def choose(
    articles: Sequence[Article],
    newsletter: Newsletter,
    *,
    cutoff: datetime,
    not_before: datetime,
    mailed: Container[int],
    period: timedelta,
    now: datetime | None = None,
) -> Chosen:
    """The newest articles that fit and that no issue of this newsletter had; `mailed` holds the keys of those.

    What was older than the newsletter's `period` when it was first seen is archive to it, whenever that was. What
    expires by the cutoff, or by `now` where a slot is made up for later, is no news to anybody.
    """

    def is_eligible(article: Article) -> bool:
        return (
            article.withdrawn_at is None
            and not article.is_expired(max(cutoff, now or cutoff))
            and max(not_before, article.first_seen_at - period) <= article.released_at <= cutoff
            and article.key not in mailed
            and newsletter.choice.fits(article)
        )

    fitting = newest_first([article for article in articles if is_eligible(article)])
    return Chosen(articles=fitting[: newsletter.limit], passed_over=fitting[newsletter.limit :])


def newest_first(articles: Sequence[Article]) -> tuple[Article, ...]:
    """By release, then by own date, both falling; twins of both by id."""
    by_id = sorted(articles, key=lambda article: article.id)
    return tuple(sorted(by_id, key=lambda article: (article.released_at, article.published_at), reverse=True))


def for_sections(articles: Sequence[Article], sections: Sequence[str]) -> tuple[Article, ...]:
    """What is left for a subscriber who wants these sections only; no section means all of them."""
    wanted = {section.casefold() for section in sections}
    return tuple(article for article in articles if not wanted or article.section.casefold() in wanted)
