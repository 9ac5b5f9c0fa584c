"""From articles to finished files: which bytes stand at which public path. Values in, bytes out."""

from collections.abc import Iterable, Iterator, Sequence

from publisher.domain import address
from publisher.domain.article import Article
from publisher.domain.issue import Issue
from publisher.pages import (
    Site,
    render_article,
    render_feed_stylesheet,
    render_front,
    render_issue,
    render_stylesheet,
)

ON_FRONT_PAGE = 20


def build_common_pages(site: Site, front: Sequence[Article]) -> dict[str, bytes]:
    """The front page and the stylesheets."""
    return {
        address.FRONT: render_front(site, front),
        address.STYLESHEET: render_stylesheet(site),
        address.FEED_STYLESHEET: render_feed_stylesheet(site),
    }


def iter_article_pages(site: Site, articles: Iterable[Article]) -> Iterator[tuple[str, bytes]]:
    """(public path, page) of each article."""
    return ((address.article(article), render_article(site, article)) for article in articles)


def build_issue_page(
    site: Site, issue: Issue, *, articles: Sequence[Article], corrections: Sequence[Article] = ()
) -> tuple[str, bytes]:
    """(public path, page) of an issue's web view."""
    page = render_issue(site, issue, articles=articles, corrections=corrections)
    return address.issue(issue.newsletter, issue.slot), page
