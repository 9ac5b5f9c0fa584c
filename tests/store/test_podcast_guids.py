"""Podcasts' guids (F20): noted in the ledger at the first publication, whatever moves afterwards."""

from publisher.domain.feed import Feed, Podcast
from publisher.feeds import make_guid
from publisher.jobs.guids import keep_guids
from publisher.store import Ledger

HERE, THERE = "https://gazette.example", "https://journal.example"
RADIO = Feed(name="radio", title="Radio", podcast=Podcast())
FIRST = make_guid(f"{HERE}/feeds/radio.rss")
IMPORTED = "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def keep(ledger: Ledger, feed: Feed = RADIO, *, base: str = HERE) -> str:
    with ledger.write() as tx:
        (kept,) = keep_guids(tx, [feed], base=base)
    assert kept.podcast
    return kept.podcast.guid


def test_f20_guid_is_made_of_the_first_address(ledger: Ledger) -> None:
    assert keep(ledger) == FIRST


def test_f20_guid_outlives_domain_and_name(ledger: Ledger) -> None:
    keep(ledger)
    renamed = Feed(name="sound", title="Sound", aliases=("radio",), podcast=Podcast())
    assert keep(ledger, renamed, base=THERE) == FIRST


def test_f20_guid_of_the_settings_wins_and_stays(ledger: Ledger) -> None:
    keep(ledger)
    assert keep(ledger, Feed(name="radio", title="Radio", podcast=Podcast(guid=IMPORTED))) == IMPORTED
    assert keep(ledger, base=THERE) == IMPORTED


def test_other_feeds_stay_as_they_are(ledger: Ledger) -> None:
    plain = Feed(name="main", title="All")
    with ledger.write() as tx:
        assert keep_guids(tx, [plain], base=HERE) == (plain,)
