"""Homes whose ledger holds ten years of articles that no file holds: written in sets, and kept for the next time.

The newest hundred are the same in each, twenty of them of the present month, and so are their feeds. What differs is
how much lies behind: with the corrections and withdrawals of all those years, and seeds that were seen last time.
"""

import itertools
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from publisher.app import STAMP, App
from publisher.domain.article import Article
from publisher.jobs.publishing import note_feeds, publish
from publisher.markup import render_markdown
from publisher.store import Transaction
from publisher.store.migrate import newest_version
from publisher.store.seeds import SeedRecord
from tests.benchmarks.folder import SECTIONS, make_article, name_article
from tests.benchmarks.tools import find_cache
from tests.factories import make_article as make_value
from tests.homes import HomeFolder, make_home

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEEDS = """
[feeds.french]
title = "En français"
languages = ["fr"]
[feeds.leisure]
title = "Leisure"
sections = ["culture", "sport", "nature"]
"""
_MADE = 1  # to be moved on with what is written here
_LATE, _PRESENT = 100, 20
_DAY = timedelta(days=1)
_BODIES, _AT_ONCE = 200, 2_000
_AUTHORS = ("Nora Peeters", "Élise Dubois", "Sam Janssens", "Ann Claes", "Yusuf Demir")
_TAGS = tuple(f"tag {number}" for number in range(300))


def make_full_home(folder: Path, count: int) -> HomeFolder:
    """A home with so many articles, all of them published; its ledger is a copy of the one that is kept."""
    home = make_home(folder, more=FEEDS)
    with home.opened() as app:
        publish(app, now=NOW - 365 * 20 * _DAY)
    shutil.rmtree(home.path / "data")
    shutil.copytree(_keep(count), home.path / "data")
    for section in SECTIONS:
        (home.path / "seeds" / section).mkdir()
    with home.opened() as app, app.ledger.read() as tx:
        revision = tx.articles.find_revision()
    stamp = home.path / "var" / "public" / STAMP
    reached = {"revision": revision, "released_until": (NOW - timedelta(minutes=1)).isoformat()}
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), **reached}))
    return home


def _keep(count: int) -> Path:
    """The data folder of a home with so many articles, made where it is not there."""
    kept = find_cache() / f"ledger-{_MADE}-{newest_version()}-{count}"
    if not kept.exists():
        staged = kept.with_name(f"{kept.name}.{os.getpid()}")
        home = make_home(staged, more=FEEDS)
        with home.opened() as app:
            _fill(app, count)
        (staged / "data").rename(kept)
        shutil.rmtree(staged)
    return kept


def _fill(app: App, count: int) -> None:
    articles = iter_articles(count)
    while some := list(itertools.islice(articles, _AT_ONCE)):
        with app.ledger.write() as tx:
            _put(tx, some)
    with app.ledger.read() as tx:
        keys = tx.articles.list_keys_since(revision=0, released_after=NOW, until=NOW)
    note_feeds(app, keys, now=NOW - timedelta(minutes=1))


def _put(tx: Transaction, articles: Iterable[Article]) -> None:
    new = [(article, f"digest of {article.path}") for article in articles]
    keys = tx.articles.add_many(new)
    tx.seeds.put_many(
        [
            SeedRecord(path=article.path, size=3_000, mtime_ns=1, digest=digest, article_key=key)
            for (article, digest), key in zip(new, keys, strict=True)
        ]
    )


def iter_articles(count: int) -> Iterator[Article]:
    """From the oldest to the newest, which has the number 0 in each ledger."""
    for number in reversed(range(count)):
        yield _change(build_article(number, _find_moment(number, count)), number)


def _find_moment(number: int, count: int) -> datetime:
    """When an article came out: twenty this month, eighty the month before, the others in ten years before that."""
    if number < _PRESENT:
        return NOW - timedelta(hours=1 + 20 * number)
    if number < _LATE:
        return datetime(2026, 10, 31, tzinfo=UTC) - timedelta(hours=6 * (number - _PRESENT))
    return datetime(2026, 10, 1, tzinfo=UTC) - 3650 * _DAY * (number - _LATE + 1) / (count - _LATE + 1)


def build_article(number: int, moment: datetime) -> Article:
    """An article of about 3 KB that came out at that moment."""
    section = SECTIONS[number % len(SECTIONS)]
    return make_value(
        number,
        id=f"tag:gazette.example.org,{moment:%Y-%m-%d}:{number}",
        title=f"{section.capitalize()}: what happened for the {number}th time",
        path=name_article(number).replace("story", "told"),
        slug=f"told-{number}",
        wanted_slug=f"told-{number}",
        html=_list_bodies()[number % _BODIES],
        language="en" if number % 4 == 0 else "fr",
        section=section,
        tags=tuple(dict.fromkeys((_TAGS[number % 300], _TAGS[number * 7 % 300], _TAGS[number * 13 % 40]))),
        authors=(_AUTHORS[number % len(_AUTHORS)],),
        year=moment.year,
        month=moment.month,
        text_digest=f"text {number}",
        **dict.fromkeys(("published_at", "released_at", "updated_at", "first_seen_at"), moment),
    )


def _change(article: Article, number: int) -> Article:
    """One in forty was changed on the day after, one in a hundred taken back."""
    if number % 40 == 7:
        return replace(article, updated_at=article.released_at + _DAY / 2)
    if number % 100 == 19:
        return replace(article, withdrawn_at=article.released_at + _DAY / 2)
    return article


@cache
def _list_bodies() -> list[str]:
    texts = (make_article(number, _BODIES).split("---\n", 2)[2] for number in range(_BODIES))
    return [render_markdown(text) for text in texts]
