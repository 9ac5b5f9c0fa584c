"""Articles: kept whole, found by every name they have had, in readers' order."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.domain.article import Article, Enclosure, Image, Status
from publisher.errors import LedgerError
from publisher.store import Ledger, Transaction
from publisher.store.article_rows import from_snapshot, to_snapshot
from tests.factories import DAY, HOUR, NOW, make_article, make_freeze

FULL = make_article(
    declared_id="our-own-id",
    headline="BRIDGE",
    standfirst="At last.",
    tags=("a", "b"),
    authors=("Nora", "Jan"),
    date=NOW,
    updated=NOW + timedelta(microseconds=7),
    embargo=NOW - DAY,
    aliases=("/old/bridge.html",),
    canonical_url="https://elsewhere.example/bridge",
    correction="Its length was wrong.",
    lead_image="/images/ab/bridge.png",
    images=(Image(path="bridge.png", address="/images/ab/bridge.png", media_type="image/png", alt="It", width=2),),
    enclosure=Enclosure(url="https://example.org/a.mp3", media_type="audio/mpeg", length=9),
    has_own_slug=True,
)


def _add(tx: Transaction, number: int = 1, **changes: object) -> Article:
    return tx.articles.add(make_article(number, **changes), seed_digest=f"seed-{number}")


def test_article_comes_back_whole(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = tx.articles.add(FULL, seed_digest="seed")
    with ledger.read() as tx:
        assert tx.articles.get(added.key) == replace(FULL, key=added.key)


def test_snapshot_comes_back_whole() -> None:
    assert from_snapshot(to_snapshot(FULL)) == FULL


def test_ledger_gives_the_keys(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _add(tx, 70).key != _add(tx, 71).key != 71


def test_many_articles_keep_their_order(ledger: Ledger) -> None:
    new = [(make_article(number, aliases=(f"/old/{number}",)), str(number)) for number in (30, 10, 20)]
    with ledger.write() as tx:
        keys = tx.articles.add_many(new)
        assert [tx.articles.get(key).slug for key in keys] == ["bridge-30", "bridge-10", "bridge-20"]
        assert [place.seed_digest for place in tx.places.list_of(keys)] == ["30", "10", "20"]
        assert tx.articles.find_by_former_address("/old/10") == tx.articles.get(keys[1])
        assert tx.articles.add_many([]) == []


def test_thousand_articles_are_told_apart(ledger: Ledger) -> None:
    with ledger.write() as tx:
        keys = tx.articles.add_many([(make_article(number), "") for number in range(1, 1201)])
        found = {article.key: article.slug for article in tx.articles.iter_keys(keys)}
    assert found == {key: f"bridge-{number}" for number, key in enumerate(keys, 1)}


def test_one_bad_article_adds_none(ledger: Ledger) -> None:
    with pytest.raises(LedgerError), ledger.write() as tx:
        tx.articles.add_many([(make_article(1), ""), (make_article(2, slug="bridge-1"), "")])
    with ledger.read() as tx:
        assert tx.articles.list_all() == []


def test_identity_belongs_to_one(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _add(tx, 1, id="tag:example.org,2026:x")
        assert tx.articles.has_id("tag:example.org,2026:x")
        assert not tx.articles.has_id("tag:example.org,2026:y")
    with pytest.raises(LedgerError), ledger.write() as tx:
        _add(tx, 2, id="tag:example.org,2026:x")


def test_address_belongs_to_one(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _add(tx, 1, slug="bridge")
    with pytest.raises(LedgerError), ledger.write() as tx:
        _add(tx, 2, slug="bridge")


def test_changed_article_keeps_key(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx)
        changed = replace(added, title="The bridge opens on Tuesday", updated_at=NOW + HOUR)
        tx.articles.change(changed, seed_digest="seed-2")
        assert tx.articles.get(added.key) == changed


def test_former_address_leads_on(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, slug="bridge")
        moved = replace(added, slug="new-bridge")
        tx.articles.change(moved, seed_digest="")
        assert tx.articles.find_at(year=2026, month=11, slug="new-bridge") == moved
        assert tx.articles.find_at(year=2026, month=11, slug="bridge") is None
        assert tx.articles.find_by_former_address("/articles/2026/11/bridge") == moved


def test_aliases_lead_to_article(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = tx.articles.add(FULL, seed_digest="")
        assert tx.articles.find_by_former_address("/old/bridge.html") == added
        assert tx.articles.find_by_former_address("/old/tunnel.html") is None


def test_alias_of_another_stays_his(ledger: Ledger) -> None:
    with ledger.write() as tx:
        first = _add(tx, 1, aliases=("/old",))
        _add(tx, 2, aliases=("/old",))
        assert tx.articles.find_by_former_address("/old") == first


def test_withdrawn_article_keeps_identity(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx)
        tx.articles.withdraw(added.key, now=NOW + HOUR)
        assert tx.articles.get(added.key) == replace(added, withdrawn_at=NOW + HOUR)
        assert tx.places.list_of([added.key])[0].is_withdrawn
        tx.articles.change(added, seed_digest="")
        assert tx.articles.get(added.key) == added


def test_taken_addresses_are_told(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, 1, slug="bridge", aliases=("/old", "/articles/2026/11/alias"))
        _add(tx, 2, slug="tunnel", month=12)
        tx.articles.change(replace(added, slug="new"), seed_digest="")
        taken = {(2026, 11, "bridge"), (2026, 11, "new"), (2026, 11, "alias"), (2026, 12, "tunnel")}
        assert tx.addresses.list_taken([*taken, (2026, 11, "tunnel"), (2025, 11, "bridge")]) == taken


def test_twins_of_an_address_are_listed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, 1, slug="bridge", aliases=("/articles/2026/11/bridge-2",))
        _add(tx, 2, slug="bridges")
        assert tx.addresses.list_twins(2026, 11, "bridge") == {"bridge", "bridge-2"}
        assert tx.addresses.list_twins(2026, 11, "bridge", besides=added.key) == set()


def test_former_addresses_are_listed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, 1, slug="bridge", aliases=("/old",))
        other = _add(tx, 2, aliases=("/other",))
        tx.articles.change(replace(added, slug="new"), seed_digest="")
        assert sorted(tx.addresses.list_former([added.key])) == ["/articles/2026/11/bridge", "/old"]
        assert sorted(tx.addresses.list_former([added.key, other.key]))[-1] == "/other"


def test_sections_are_listed_once(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for number, section in enumerate(("town", "arts", "", "town"), 1):
            _add(tx, number, section=section)
        _add(tx, 9, section="gone", withdrawn_at=NOW)
        assert tx.articles.list_sections(NOW) == ["arts", "town"]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], "bridge"),
        (["bridge"], "bridge-2"),
        (["bridge", "bridge-2"], "bridge-3"),
        (["bridge", "bridge-3"], "bridge-2"),
        (["bridge-2"], "bridge"),
        (["bridges", "bridge-builder"], "bridge"),
    ],
)
def test_taken_slug_gets_a_twin(ledger: Ledger, taken: list[str], expected: str) -> None:
    with ledger.write() as tx:
        for number, slug in enumerate(taken, 1):
            _add(tx, number, slug=slug)
        assert tx.addresses.free_slug(2026, 11, "bridge") == expected


def test_each_month_has_its_slugs(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _add(tx, slug="bridge")
        assert tx.addresses.free_slug(2026, 12, "bridge") == "bridge"


def test_own_slug_is_free_for_itself(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, slug="bridge")
        assert tx.addresses.free_slug(2026, 11, "bridge", key=added.key) == "bridge"


def test_former_slug_stays_taken(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, slug="bridge")
        tx.articles.change(replace(added, slug="tunnel"), seed_digest="")
        assert tx.addresses.free_slug(2026, 11, "bridge") == "bridge-2"
        assert tx.addresses.free_slug(2026, 11, "bridge", key=added.key) == "bridge"


@pytest.mark.parametrize("slug", ["100%", "a_b", "back\\slash"])
def test_odd_slug_matches_itself_only(ledger: Ledger, slug: str) -> None:
    with ledger.write() as tx:
        _add(tx, 1, slug="100x-2")
        _add(tx, 2, slug="axb-2")
        _add(tx, 3, slug=slug)
        assert tx.addresses.free_slug(2026, 11, slug) == f"{slug}-2"


def test_articles_are_named_three_ways(ledger: Ledger) -> None:
    with ledger.write() as tx:
        added = _add(tx, slug="bridge")
        for name in (added.id, added.path, "bridge"):
            assert tx.articles.list_named(name) == [added]
        assert tx.articles.list_named("tunnel") == []


def test_shared_slug_names_several(ledger: Ledger) -> None:
    with ledger.write() as tx:
        both = [_add(tx, 1, slug="bridge", month=10), _add(tx, 2, slug="bridge", month=11)]
        assert tx.articles.list_named("bridge") == both


def test_path_stands_before_slug(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _add(tx, 1, slug="bridge")
        second = _add(tx, 2, path="bridge")
        assert tx.articles.list_named("bridge") == [second]


def test_readers_see_what_is_released(ledger: Ledger) -> None:
    with ledger.write() as tx:
        seen = _add(tx, 1, released_at=NOW)
        _add(tx, 2, released_at=NOW + timedelta(microseconds=1))
        _add(tx, 3, withdrawn_at=NOW)
        _add(tx, 4, expires_at=NOW)
        assert list(tx.articles.iter_released(NOW)) == [seen]


def test_next_expiry_is_the_earliest(ledger: Ledger) -> None:
    with ledger.write() as tx:
        first = _add(tx, 1, expires_at=NOW + HOUR)
        _add(tx, 2, expires_at=NOW + HOUR / 2, withdrawn_at=NOW)
        last = _add(tx, 3, expires_at=NOW + DAY)
        assert [tx.articles.find_next_expiry(moment) for moment in (NOW, NOW + HOUR)] == [NOW + HOUR, NOW + DAY]
        assert tx.articles.list_expired(after=NOW, until=NOW + HOUR) == [first]
        assert tx.articles.list_keys_since(revision=1, released_after=NOW + HOUR, until=NOW + DAY) == [last.key]


def test_newest_article_comes_first(ledger: Ledger) -> None:
    with ledger.write() as tx:
        old = _add(tx, 1, released_at=NOW - DAY)
        early = _add(tx, 2, published_at=NOW - HOUR)
        lower, higher = _add(tx, 3, id="tag:a"), _add(tx, 4, id="tag:b")
        assert list(tx.articles.iter_released(NOW)) == [lower, higher, early, old]
        assert tx.articles.list_all() == [lower, higher, early, old]


def test_candidates_are_what_was_not_mailed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        mailed, new = _add(tx, 1), _add(tx, 2)
        coming = _add(tx, 3, released_at=NOW + DAY)
        _add(tx, 4, released_at=NOW - DAY)
        _add(tx, 5, withdrawn_at=NOW)
        tx.issues.freeze(make_freeze(articles=[mailed]), NOW)
        assert list(tx.articles.iter_candidates(newsletter="daily", since=NOW)) == [coming, new]
        assert mailed in list(tx.articles.iter_candidates(newsletter="weekly", since=NOW))


def test_articles_are_streamed_by_keys(ledger: Ledger) -> None:
    with ledger.write() as tx:
        one, two, three = (_add(tx, number) for number in (1, 2, 3))
        assert list(tx.articles.iter_keys([one.key, three.key])) == [one, three]
        assert list(tx.articles.iter_keys([])) == []
    assert two


def test_next_release_is_the_earliest(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _add(tx, 1, released_at=NOW)
        _add(tx, 2, released_at=NOW + DAY)
        _add(tx, 3, released_at=NOW + HOUR, withdrawn_at=NOW)
        assert tx.articles.find_next_release(NOW) == NOW + DAY
        assert tx.articles.find_next_release(NOW + DAY) is None


def test_revision_grows_with_each_transaction(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert tx.articles.find_revision() == 0
    with ledger.write() as tx:
        added = _add(tx, 1)
        _add(tx, 2)
    with ledger.write() as tx:
        assert tx.articles.find_revision() == 1
        tx.articles.withdraw(added.key, now=NOW)
        assert tx.articles.find_revision() == 2


def test_changes_since_are_listed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        old, due = _add(tx, 1), _add(tx, 2, released_at=NOW + HOUR)
        _add(tx, 3, released_at=NOW + DAY)
    with ledger.write() as tx:
        new = _add(tx, 4, released_at=datetime(2020, 1, 1, tzinfo=UTC))
        keys = tx.articles.list_keys_since(revision=1, released_after=NOW, until=NOW + HOUR)
    assert keys == [due.key, new.key]
    assert old.key not in keys


def test_articles_are_counted_by_status(ledger: Ledger) -> None:
    early, over = {"released_at": NOW + HOUR}, {"expires_at": NOW}
    with ledger.write() as tx:
        for number, changes in enumerate(
            ({}, {}, {}, early, early, {"withdrawn_at": NOW}, early | {"withdrawn_at": NOW}, over, early | over)
        ):
            _add(tx, number + 1, **changes)
        counted = tx.articles.count_by_status(NOW)
        assert counted == {Status.SCHEDULED: 2, Status.PUBLISHED: 3, Status.EXPIRED: 2, Status.WITHDRAWN: 2}
        assert Counter(article.status(NOW) for article in tx.articles.list_all()) == counted


def test_pictures_are_listed_since_a_change(ledger: Ledger) -> None:
    with ledger.write() as tx:
        bare, full = _add(tx, 1), _add(tx, 2, images=FULL.images)
        before = tx.articles.find_revision()
    with ledger.write() as tx:
        gone = _add(tx, 3, images=FULL.images)
        tx.articles.withdraw(gone.key, now=NOW)
    with ledger.read() as tx:
        found = tx.articles.list_pictures()
        assert bare.key not in found
        assert [found[article.key].images for article in (full, gone)] == [FULL.images, ()]
        assert (found[full.key].path, [*tx.articles.list_pictures(since=before)]) == (full.path, [gone.key])
