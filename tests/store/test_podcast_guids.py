"""Podcasts' guids (F20): noted in the ledger at the first publication, whatever moves afterwards."""

from publisher.domain.feed import Feed, Podcast
from publisher.feeds import make_guid
from publisher.jobs.guids import list_new_guids, with_guid
from publisher.store import Ledger

HERE, THERE = "https://gazette.example", "https://journal.example"
IMPORTED = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
RADIO = Feed(name="radio", title="Radio", podcast=Podcast())
MOVED = Feed(name="radio", title="Radio", podcast=Podcast(guid=IMPORTED))
FIRST = make_guid(f"{HERE}/feeds/radio.rss")


def guid(ledger: Ledger, feed: Feed = RADIO, *, base: str = HERE) -> str:
    with ledger.write() as tx:
        for fact, noted in list_new_guids(tx, [feed], base=base).items():
            tx.facts.put(fact, noted)
        assert list_new_guids(tx, [feed], base=base) == {}
        podcast = with_guid(tx, feed).podcast
    assert podcast
    return podcast.guid


def test_f20_guid_is_made_of_the_first_address(ledger: Ledger) -> None:
    assert guid(ledger) == FIRST


def test_f20_guid_outlives_domain_and_name(ledger: Ledger) -> None:
    guid(ledger)
    assert guid(ledger, Feed(name="sound", title="Sound", aliases=("radio",), podcast=Podcast()), base=THERE) == FIRST


def test_f20_guid_of_the_settings_wins_and_stays(ledger: Ledger) -> None:
    guid(ledger)
    assert guid(ledger, MOVED) == IMPORTED
    assert guid(ledger, base=THERE) == IMPORTED


def test_f20_no_guid_is_made_of_a_trials_address(ledger: Ledger) -> None:
    assert guid(ledger, base="http://127.0.0.1:8000") == ""
    assert guid(ledger) == FIRST


def test_other_feeds_stay_as_they_are(ledger: Ledger) -> None:
    plain = Feed(name="main", title="All")
    with ledger.write() as tx:
        assert list_new_guids(tx, [plain], base=HERE) == {}
        assert with_guid(tx, plain) is plain
