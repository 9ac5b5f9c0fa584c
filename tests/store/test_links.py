"""Links between articles: who links to what is known on both databases, wherever seeds move."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import bindparam, text

from publisher.domain.link import Place
from publisher.store import Ledger, Transaction
from publisher.store.migrate import upgrade
from publisher.store.tables import UTCDateTime
from tests.conftest import MakeUrl
from tests.factories import DAY, NOW, make_article

_OLD_ARTICLE = """
INSERT INTO articles (key, id, path, year, month, slug, details, published_at, released_at, updated_at, first_seen_at,
                      revision)
VALUES (1, 'a', 'town/bridge/index.md', 2026, 11, 'bridge', '{}', :now, :now, :now, :now, 1)
"""


def _add(tx: Transaction, number: int, path: str, *links: str, **changes: object) -> int:
    article = make_article(number, path=path, links=links, **changes)
    return tx.articles.add(article, seed_digest=f"seed-{number}").key


def test_those_who_link_are_found(ledger: Ledger) -> None:
    with ledger.write() as tx:
        bridge = _add(tx, 1, "town/bridge/index.md")
        linking = [_add(tx, 2, "a.md", "town/bridge", "town/lock"), _add(tx, 3, "b.md", "*/bridge")]
        _add(tx, 4, "c.md", "town/lock")
        assert tx.links.list_linking_to([bridge]) == linking


def test_changed_article_links_anew(ledger: Ledger) -> None:
    with ledger.write() as tx:
        bridge, lock = _add(tx, 1, "bridge.md"), _add(tx, 2, "lock.md")
        key = _add(tx, 3, "a.md", "bridge")
        tx.articles.change(make_article(key, path="a.md", links=("lock",)), seed_digest="seed")
        assert (tx.links.list_linking_to([bridge]), tx.links.list_linking_to([lock])) == ([], [key])


def test_places_are_found_by_name(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _add(tx, 1, "town/bridge.md")
        _add(tx, 2, "river/bridge.fr.md", released_at=NOW + DAY)
        _add(tx, 3, "sea/bridge.md", expires_at=NOW)
        tx.articles.withdraw(_add(tx, 4, "gone/bridge.md"), now=NOW)
        found = tx.links.list_places(["*/bridge"], now=NOW)["bridge"]
    assert [(place.path, place.is_visible) for place in found] == [
        ("town/bridge.md", True),
        ("river/bridge.fr.md", False),
        ("sea/bridge.md", False),
    ]


def test_left_path_touches_those_who_link(ledger: Ledger) -> None:
    with ledger.write() as tx:
        bridge, linking = _add(tx, 1, "bridge.md"), _add(tx, 2, "a.md", "bridge")
        _add(tx, 3, "b.md")
        before = tx.articles.find_revision()
    with ledger.write() as tx:
        tx.articles.change(make_article(bridge, path="crossing.md"), seed_digest="seed")
        assert tx.articles.list_keys_since(revision=before, released_after=NOW, until=NOW) == [bridge, linking]


def test_former_paths_lead_on(ledger: Ledger) -> None:
    with ledger.write() as tx:
        bridge, linking = _add(tx, 1, "bridge.md"), _add(tx, 2, "a.md", "bridge")
        tx.articles.change(make_article(bridge, path="town/crossing.md", slug="crossing"), seed_digest="seed")
        found = tx.links.list_places(["bridge"], now=NOW)["bridge"]
        assert [(place.path, place.slug, place.is_former) for place in found] == [("bridge.md", "crossing", True)]
        assert tx.links.list_linking_to([bridge]) == [linking]


def test_path_belongs_to_who_left_last(ledger: Ledger) -> None:
    with ledger.write() as tx:
        first = _add(tx, 1, "bridge.md")
        tx.articles.change(make_article(first, path="first.md"), seed_digest="seed")
        second = _add(tx, 2, "bridge.md", slug="second")
        tx.articles.change(make_article(second, path="second.md", slug="second"), seed_digest="seed")
        found = tx.links.list_places(["bridge"], now=NOW)["bridge"]
    assert [place.slug for place in found] == ["second"]


def test_older_articles_are_named(make_empty_url: MakeUrl) -> None:
    with closing(Ledger(make_empty_url(), home=Path("/"))) as ledger:
        upgrade(ledger, version="0004")
        with ledger.engine.begin() as connection:
            connection.execute(text(_OLD_ARTICLE).bindparams(bindparam("now", NOW, UTCDateTime)))
        upgrade(ledger)
        with ledger.read() as tx:
            place = Place(path="town/bridge/index.md", year=2026, month=11, slug="bridge", is_visible=True)
            assert tx.links.list_places(["town/bridge"], now=NOW) == {"bridge": [place]}
