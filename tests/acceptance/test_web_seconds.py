"""Last-Modified of versions that come within one second: each has its own, and none lies ahead (RFC 9110 8.8.2.1)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from publisher.clock import now
from tests.acceptance.site import Site, copy_home, open_site

FEED = "/feeds/main.atom"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(copy_home(tmp_path / "home")) as opened:
        yield opened


def test_f14_date_does_not_lie_ahead(site: Site) -> None:
    for version in (b"1", b"2", b"3"):
        site.app.shelf.put({FEED: version})
    answer = site.browser.get(FEED)
    assert (answer.content, "etag" in answer.headers, "last-modified" in answer.headers) == (b"3", True, False)


def test_f14_date_is_there_once_it_has_come(site: Site) -> None:
    dates = []
    for version in (b"1", b"2"):
        site.app.shelf.put({FEED: version})
        site.browser.get(FEED)
        with time_machine.travel(now() + timedelta(minutes=1)):
            dates.append(site.browser.get(FEED).headers["last-modified"])
    assert dates[0] != dates[1]
