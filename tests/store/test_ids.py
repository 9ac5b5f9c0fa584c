"""What of each article no file can tell, from the ledger."""

from dataclasses import replace

from publisher.store import Ledger
from tests.factories import DAY, NOW, make_article


def test_each_article_has_a_record(ledger: Ledger) -> None:
    first = make_article(1, aliases=("/old/bridge",), released_at=NOW - DAY, declared_id="12")
    with ledger.write() as tx:
        tx.articles.add_many([(first, "a"), (make_article(2), "b")])
        one, two = tx.ids.list_all()
    assert (one.id, one.path, one.slug, one.declared_id) == (first.id, first.path, first.slug, "12")
    assert (one.released_at, one.former, two.former) == (NOW - DAY, ("/old/bridge",), ())


def test_path_is_that_of_whoever_holds_it(ledger: Ledger) -> None:
    articles = [make_article(number, path="agenda.md") for number in (1, 2, 3)]
    articles[2] = replace(articles[2], withdrawn_at=NOW)
    with ledger.write() as tx:
        tx.articles.add_many([(article, article.id) for article in articles])
        assert [record.path for record in tx.ids.list_all()] == ["", "agenda.md", ""]


def test_former_addresses_go_with_it(ledger: Ledger) -> None:
    with ledger.write() as tx:
        article = tx.articles.add(make_article(1), seed_digest="a")
        tx.articles.change(replace(article, slug="other"), seed_digest="b")
        (record,) = tx.ids.list_all()
    assert (record.address, record.former) == ("/articles/2026/11/other", ("/articles/2026/11/bridge-1",))
