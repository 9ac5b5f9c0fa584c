"""From articles to finished files: which bytes stand at which public path. Values in, bytes out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from publisher.domain import address
from publisher.domain.article import Article
from publisher.domain.feed import Feed
from publisher.domain.issue import Issue
from publisher.feeds import Document, build_all, build_opml
from publisher.pages import (
    Site,
    render_article,
    render_feed_list,
    render_feed_stylesheet,
    render_front,
    render_issue,
    render_stylesheet,
)

ON_FRONT_PAGE = 20


def pick(feeds: Sequence[Feed], released: Iterable[Article]) -> tuple[dict[str, list[Article]], list[Article]]:
    """(the articles of each feed by its name, those of the front page); reads no further than the fullest needs."""
    chosen: dict[str, list[Article]] = {feed.name: [] for feed in feeds}
    front: list[Article] = []
    for article in released:
        hungry = [feed for feed in feeds if len(chosen[feed.name]) < feed.limit]
        if not hungry and len(front) >= ON_FRONT_PAGE:
            break
        if len(front) < ON_FRONT_PAGE:
            front.append(article)
        for feed in hungry:
            if feed.choice.fits(article):
                chosen[feed.name].append(article)
    return chosen, front


def build_feeds(
    site: Site, chosen: dict[str, list[Article]], *, built_from: datetime, authority: str
) -> dict[str, bytes]:
    """Every feed in every format, by its public path; `built_from` dates those without an article."""
    documents = (
        Document(
            feed=feed,
            publication=site.publication,
            articles=tuple(chosen[feed.name]),
            built_from=built_from,
            authority=authority,
        )
        for feed in site.feeds
    )
    return {
        address.feed(document.feed.name, form): data
        for document in documents
        for form, data in build_all(document).items()
    }


def build_common_pages(site: Site, front: Sequence[Article]) -> dict[str, bytes]:
    """The front page, the list of feeds, its OPML and the stylesheets."""
    return {
        address.FRONT: render_front(site, front),
        address.FEED_LIST: render_feed_list(site),
        address.FEEDS_OPML: build_opml(site.publication, site.feeds),
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
