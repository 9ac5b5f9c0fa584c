"""Links between articles, for readers: each gets its target's address while readers may see it, else only its text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from publisher.app import App
from publisher.domain import address, link
from publisher.domain.article import Article
from publisher.markup import rewrite_links
from publisher.store import Transaction


def link_up(app: App, tx: Transaction, articles: Iterable[Article], *, now: datetime) -> list[Article]:
    """The articles as readers get them at `now`; whoever makes bytes for readers takes them from here.

    Where a target lies is asked each time: it may come out, move or be withdrawn without the text's being touched.
    """
    whole = list(articles)
    targets = {target for article in whole for target in article.links}
    if not targets:
        return whole
    places = tx.links.list_places(targets, now=now)
    return [_link_up(article, places, article_url=app.publication.article_url) for article in whole]


def link_up_one(app: App, article: Article, *, now: datetime) -> Article:
    """One article as readers get it at `now`."""
    with app.ledger.read() as tx:
        return link_up(app, tx, [article], now=now)[0]


def link_up_feeds(
    app: App, tx: Transaction, chosen: Mapping[str, Sequence[Article]], *, now: datetime
) -> dict[str, list[Article]]:
    """The articles of each feed as readers get them at `now`."""
    distinct = {article.key: article for articles in chosen.values() for article in articles}
    linked = {article.key: article for article in link_up(app, tx, distinct.values(), now=now)}
    return {name: [linked[article.key] for article in articles] for name, articles in chosen.items()}


def _link_up(article: Article, places: Mapping[str, Sequence[link.Place]], *, article_url: str) -> Article:
    def find_address(target: str) -> str:
        if not target.startswith(link.SCHEME):
            return target
        wanted, mark, fragment = target.removeprefix(link.SCHEME).partition("#")
        nearby = [place for name in link.list_names([wanted]) for place in places.get(name, ())]
        found = link.choose(wanted, nearby, origin=article.path)
        if found is None or not found.is_visible:
            return ""
        return address.page_path(found.year, found.month, found.slug, article_url=article_url) + mark + fragment

    return replace(article, html=rewrite_links(article.html, find_address)) if article.links else article
