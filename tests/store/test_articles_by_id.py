"""Articles asked for by their identity: whole, or their moments alone."""

from publisher.store import Ledger
from tests.factories import DAY, NOW, make_article


def put(ledger: Ledger, number: int) -> list[str]:
    articles = [make_article(index, released_at=NOW - index * DAY) for index in range(1, number + 1)]
    with ledger.write() as tx:
        tx.articles.add_many([(article, "") for article in articles])
        tx.articles.withdraw(tx.articles.list_named(articles[0].id)[0].key, now=NOW)
    return [article.id for article in articles]


def test_withdrawn_articles_are_found_too(ledger: Ledger) -> None:
    ids = put(ledger, 3)
    with ledger.read() as tx:
        found = tx.articles.list_with_ids([*ids[:2], "tag:nobody"])
    assert {one.id: one.withdrawn_at for one in found} == {ids[0]: NOW, ids[1]: None}


def test_moments_of_many_are_found_at_once(ledger: Ledger) -> None:
    ids = put(ledger, 600)
    with ledger.read() as tx:
        found = {one.id: one for one in tx.articles.list_moments(ids)}
    assert found.keys() == set(ids)
    assert found[ids[7]].released_at == NOW - 8 * DAY


def test_no_id_asks_for_nothing(ledger: Ledger) -> None:
    put(ledger, 1)
    with ledger.read() as tx:
        assert (tx.articles.list_with_ids([]), tx.articles.list_moments([])) == ([], [])
