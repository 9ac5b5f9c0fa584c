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


def list_dangling(tx: Transaction, paths: Iterable[str], *, now: datetime) -> list[tuple[str, str]]:
    """The links of the seeds at those paths for which the folder has no file (yet): the path and the page meant."""
    targets = tx.links.list_targets(paths)
    wanted = [(path, target) for path, links in targets.items() for target in links]
    places = tx.links.list_places({target for _, target in wanted}, now=now)
    lost = [one for one in wanted if _choose(one[1], places, origin=one[0]) is None]
    if lost:  # what waits for an editor, or is a draft, is there too
        files = _list_files(tx)
        lost = [one for one in lost if _choose(one[1], files, origin=one[0]) is None]
    return [(path, link.describe(target)) for path, target in lost]


def _list_files(tx: Transaction) -> dict[str, list[link.Place]]:
    files: dict[str, list[link.Place]] = {}
    for path, *_ in tx.seeds.iter_marks():
        place = link.Place(path=path, year=0, month=0, slug="", is_visible=False)
        files.setdefault(link.to_name(link.to_page(path)), []).append(place)
    return files


def _choose(target: str, places: Mapping[str, Sequence[link.Place]], *, origin: str) -> link.Place | None:
    nearby = [place for name in link.list_names([target]) for place in places.get(name, ())]
    return link.choose(target, nearby, origin=origin)


def _link_up(article: Article, places: Mapping[str, Sequence[link.Place]], *, article_url: str) -> Article:
    def find_address(target: str) -> str:
        if not target.startswith(link.SCHEME):
            return target
        wanted, mark, fragment = target.removeprefix(link.SCHEME).partition("#")
        found = _choose(wanted, places, origin=article.path)
        if found is None or not found.is_visible:
            return ""
        return address.page_path(found.year, found.month, found.slug, article_url=article_url) + mark + fragment

    return replace(article, html=rewrite_links(article.html, find_address)) if article.links else article
