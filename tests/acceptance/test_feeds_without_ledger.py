"""Feeds that are made when asked for, while the ledger can't be read: readers keep what they had (F21)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.app import STAMP
from publisher.files import write_atomic
from tests.acceptance.site import Site, browse, copy_home

TOWN, SPORT = "/feeds/sections/town.atom", "/feeds/sections/sport.atom"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with copy_home(tmp_path / "home").opened() as app:
        yield Site(app, browse(app))


def spoil_ledger(site: Site) -> None:
    """Put something else into the ledger's place, and let another process have published."""
    site.app.ledger.close()
    assert site.app.ledger.path
    site.app.ledger.path.write_bytes(b"This is no database. " * 100)
    stamp = site.app.home.public / STAMP
    write_atomic(stamp, stamp.read_bytes())


def test_f21_feed_stays_while_the_ledger_is_away(site: Site) -> None:
    before = site.browser.get(TOWN)
    spoil_ledger(site)
    after = site.browser.get(TOWN)
    assert (after.status_code, after.content) == (200, before.content)


def test_f21_feed_that_nobody_had_is_asked_for_again(site: Site) -> None:
    spoil_ledger(site)
    answer = site.browser.get(SPORT)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
