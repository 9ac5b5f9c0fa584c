"""Seeds: what is remembered of the folder between two looks."""

from dataclasses import replace

from publisher.store import Ledger
from publisher.store.seeds import SeedRecord
from tests.factories import DAY, HOUR, NOW, make_article

RECORD = SeedRecord(path="town/bridge.md", size=100, mtime_ns=2**60, digest="d1")


def test_seed_is_remembered_whole(ledger: Ledger) -> None:
    record = replace(RECORD, reason="broken front matter", line=3)
    with ledger.write() as tx:
        tx.seeds.put_many([record])
        assert tx.seeds.list_all() == [record]


def test_later_look_replaces_the_earlier(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.seeds.put_many([replace(RECORD, reason="torn", line=1)])
        tx.seeds.put_many([replace(RECORD, digest="d2", size=101)])
        assert tx.seeds.list_all() == [replace(RECORD, digest="d2", size=101)]


def test_waiting_seeds_are_listed(ledger: Ledger) -> None:
    waiting = replace(RECORD, path="torn.md", reason="torn")
    with ledger.write() as tx:
        tx.seeds.put_many([RECORD, waiting])
        assert tx.seeds.list_waiting() == [waiting]


def test_seeds_are_listed_by_path(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for path in ("b.md", "a.md", "é.md"):
            tx.seeds.put_many([replace(RECORD, path=path)])
        assert [record.path for record in tx.seeds.list_all()] == ["a.md", "b.md", "é.md"]


def test_missing_file_is_marked(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.seeds.put_many([RECORD])
        tx.seeds.mark_gone(RECORD.path, gone_at=NOW + HOUR)
        assert tx.seeds.list_all() == [replace(RECORD, gone_at=NOW + HOUR)]


def test_file_seen_again_is_unmarked(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.seeds.put_many([replace(RECORD, gone_at=NOW)])
        tx.seeds.put_many([RECORD])
        assert tx.seeds.list_all() == [RECORD]


def test_next_gone_is_of_an_article(ledger: Ledger) -> None:
    with ledger.write() as tx:
        key = tx.articles.add(make_article(), seed_digest="").key
        tx.seeds.put_many([replace(RECORD, path="draft.md", gone_at=NOW + HOUR)])
        tx.seeds.put_many([replace(RECORD, article_key=key, gone_at=NOW + DAY)])
        assert tx.seeds.find_next_gone(after=NOW) == NOW + DAY
        assert tx.seeds.find_next_gone(after=NOW + DAY) is None


def test_forgotten_seed_is_gone(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.seeds.put_many([RECORD])
        tx.seeds.forget(RECORD.path)
        assert tx.seeds.list_all() == []


def test_place_of_another_is_kept(ledger: Ledger) -> None:
    with ledger.write() as tx:
        one = tx.articles.add(make_article(1), seed_digest="").key
        two = tx.articles.add(make_article(2), seed_digest="").key
        tx.seeds.put_many([replace(RECORD, article_key=two)])
        tx.seeds.forget_place_of(one, RECORD.path)
        assert len(tx.seeds.list_all()) == 1
        tx.seeds.forget_place_of(two, RECORD.path)
        assert tx.seeds.list_all() == []


def test_seeds_in_review_are_counted(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.seeds.put_many([RECORD, replace(RECORD, path="torn.md", reason="torn")])
        assert tx.seeds.count_in_review() == 1
