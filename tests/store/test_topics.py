"""Topics: noted beside each article with its moments, and never left behind by a change."""

from sqlalchemy import select

from publisher.domain.article import Article
from publisher.store import Ledger, tables
from tests.factories import DAY, NOW, make_article

TOPIC = tables.article_topics.c


def _list_rows(ledger: Ledger, *columns: str) -> list[tuple[object, ...]]:
    wanted = select(*(TOPIC[name] for name in columns)).order_by(TOPIC.article_key, TOPIC.topic)
    with ledger.engine.connect() as connection:
        return list(map(tuple, connection.execute(wanted)))


def _add(ledger: Ledger, article: Article) -> Article:
    with ledger.write() as tx:
        return tx.articles.add(article, seed_digest="seed")


def test_article_is_noted_in_each_topic(ledger: Ledger) -> None:
    _add(ledger, make_article(section="Sport", tags=("Vélo", "velo")))
    assert _list_rows(ledger, "topic", "name") == [
        ("", ""),
        ("authors/nora-peeters", "Nora Peeters"),
        ("languages/en", "en"),
        ("sections/sport", "Sport"),
        ("tags/velo", "Vélo"),
    ]


def test_changed_article_leaves_its_old_topics(ledger: Ledger) -> None:
    added = _add(ledger, make_article(section="sport"))
    with ledger.write() as tx:
        changed = make_article(key=added.key, section="town", tags=(), authors=(), updated_at=NOW + DAY)
        tx.articles.change(changed, seed_digest="seed")
    noted = [("", NOW + DAY), ("languages/en", NOW + DAY), ("sections/town", NOW + DAY)]
    assert _list_rows(ledger, "topic", "updated_at") == noted


def test_withdrawal_is_noted_in_each_topic(ledger: Ledger) -> None:
    one, _ = _add(ledger, make_article(1)), _add(ledger, make_article(2))
    with ledger.write() as tx:
        tx.articles.withdraw(one.key, now=NOW)
    gone = {key for key, at in _list_rows(ledger, "article_key", "withdrawn_at") if at == NOW}
    assert gone == {one.key}
    assert {at for key, at in _list_rows(ledger, "article_key", "withdrawn_at") if key != one.key} == {None}


def test_very_long_tag_is_taken(ledger: Ledger) -> None:
    _add(ledger, make_article(tags=("文" * 5000,)))
    with ledger.read() as tx:
        assert len(tx.streams.list_topics(most=1, now=NOW)) == 4
