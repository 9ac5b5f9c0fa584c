"""The step to feeds by topic notes what older ledgers hold as if it had been taken in now."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from publisher.domain.article import Article
from publisher.store import Ledger, tables
from publisher.store.article_rows import to_row
from publisher.store.migrate import list_damage, upgrade
from tests.conftest import MakeUrl
from tests.factories import DAY, HOUR, NOW, make_article

PROMISED = make_article(4, withdrawn_at=NOW, text_digest="")
ARTICLES = [
    make_article(1, section="Sport", tags=("Vélo", "C++", ""), authors=("Ann", "ann")),
    make_article(2, section="", tags=(), authors=(), language="fr-BE", updated_at=NOW + HOUR, expires_at=NOW + DAY),
    make_article(3, withdrawn_at=NOW + HOUR, released_at=NOW - DAY, published_at=NOW - 2 * DAY),
]


def _list_topics(ledger: Ledger) -> list[Any]:
    with ledger.engine.connect() as connection:
        topic = tables.article_topics.c
        return [tuple(row) for row in connection.execute(select(tables.article_topics).order_by(*list(topic)[:2]))]


def _make_older(url: str, articles: list[tuple[Article, str]]) -> Ledger:
    ledger = Ledger(url, home=Path("/"))
    upgrade(ledger, version="0006")
    rows = [to_row(article, seed_digest=digest, revision=1) for article, digest in articles]
    for row in rows:
        row.pop("first_published_at", None)  # no ledger of that version knows it
    if rows:
        with ledger.engine.begin() as connection:
            connection.execute(insert(tables.articles), rows)
    return ledger


@pytest.mark.parametrize("number", [0, 1, 600])
def test_older_ledger_gets_its_topics(make_empty_url: MakeUrl, make_url: MakeUrl, number: int) -> None:
    many = [(make_article(ten), "seed") for ten in range(10, 10 + number)]
    held = [*((article, "seed") for article in ARTICLES), (PROMISED, ""), *many] if number else []
    with closing(_make_older(make_empty_url(), held)) as older, closing(Ledger(make_url(), home=Path("/"))) as fresh:
        upgrade(older)
        with fresh.write() as tx:
            tx.articles.add_many(held)
        assert _list_topics(older) == _list_topics(fresh)
        assert list_damage(older) == []
