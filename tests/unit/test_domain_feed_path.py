"""Public paths of feeds, read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain import address
from publisher.domain.feed import Format
from publisher.domain.feed_path import FeedPath, parse_feed_path


@pytest.mark.parametrize(
    ("path", "name", "part"),
    [
        ("/feeds/main.rss", "main", ""),
        ("/feeds/main/2026-11.rss", "main", "2026-11"),
        ("/feeds/sections/sport.rss", "sections/sport", ""),
        ("/feeds/sections/sport/2026-11-2.rss", "sections/sport", "2026-11-2"),
        ("/feeds/sections/culture+sport.rss", "sections/culture+sport", ""),
        ("/feeds/tags/2026-11.rss", "tags/2026-11", ""),
        ("/feeds/tags/v%C3%A9lo.rss", "tags/vélo", ""),
        ("/feeds/issues/daily.rss", "issues/daily", ""),
    ],
)
def test_feed_path_is_read(path: str, name: str, part: str) -> None:
    assert parse_feed_path(path) == FeedPath(name=name, form=Format.RSS, part=part)


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/feeds", "/feeds/", "/feeds.opml", "/feeds/main", "/feeds/.rss", "/feeds/main.xml", "/x/main.rss"),
        *("/feeds/sections.rss", "/feeds/sections/.rss", "/feeds/main/other.rss", "/feeds/main/2026-13.rss"),
        *("/feeds/main/2026-11/2026-11.rss", "/feeds/tags/a%2Fb.rss", "/feeds//main.rss", "/feeds/main/2026-11-1.rss"),
    ],
)
def test_other_path_is_no_feed(path: str) -> None:
    assert parse_feed_path(path) is None


@given(path=st.text() | st.text(alphabet="/.%2fFEdstagrionm-").map(lambda text: f"/feeds/{text}.rss"))
def test_what_is_read_has_an_address(path: str) -> None:
    found = parse_feed_path(path)
    assert found is None or parse_feed_path(found.path) == found


@given(slug=st.text(st.characters(categories=["L", "N"]), min_size=1), form=st.sampled_from(Format))
def test_address_of_a_topic_is_read_back(slug: str, form: Format) -> None:
    wanted = FeedPath(name=f"tags/{slug}", form=form, part="2026-11-12")
    assert parse_feed_path(wanted.path) == wanted
    assert parse_feed_path(address.feed(wanted.name, form)) == FeedPath(name=wanted.name, form=form)
