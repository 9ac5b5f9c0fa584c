"""How finished files are served: conditional requests, codings, caching, and the same bytes everywhere."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from publisher.clock import now
from publisher.jobs.publishing import publish
from publisher.web.shelf import Wishes, choose_coding, is_current, read_wishes
from tests.acceptance.site import FEEDS, FILES, Site, copy_home, open_site
from tests.homes import HomeFolder

FEED = "/feeds/main.atom"
LATE = datetime(9999, 12, 31, tzinfo=UTC)
PLAIN = {"accept-encoding": "identity"}
ROUTES = ("/subscribe", "/healthz", "/readyz", "/nothing")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(copy_home(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    return copy_home(tmp_path / "home")


def find_picture(site: Site) -> str:
    found = re.search(r"/images/[^\"&<]+\.png", site.browser.get(FEED).text)
    assert found
    return found[0]


@pytest.mark.parametrize("given", ["{etag}", "W/{etag}", '"x", {etag}', 'W/"x" ,W/{etag},"y"', "*", " * "])
def test_f14_known_etag_gets_304(site: Site, given: str) -> None:
    etag = site.browser.get(FEED, headers=PLAIN).headers["etag"]
    answer = site.browser.get(FEED, headers=PLAIN | {"if-none-match": given.format(etag=etag)})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("given", ['"x"', "{bare}", 'W/"x", "y"', "", '"{bare}x"', "w/{etag}"])
def test_other_etag_gets_the_file(site: Site, given: str) -> None:
    etag = site.browser.get(FEED, headers=PLAIN).headers["etag"]
    condition = given.format(etag=etag, bare=etag.strip('"'))
    assert site.browser.get(FEED, headers=PLAIN | {"if-none-match": condition}).status_code == 200


def test_etags_may_come_in_several_lines(site: Site) -> None:
    etag = site.browser.get(FEED, headers=PLAIN).headers["etag"]
    lines = [("accept-encoding", "identity"), ("if-none-match", '"x"'), ("if-none-match", etag)]
    assert site.browser.get(FEED, headers=lines).status_code == 304


@pytest.mark.parametrize(("hours", "status"), [(0, 304), (1, 304), (-1, 200)])
def test_f14_modification_date_decides_alone(site: Site, hours: int, status: int) -> None:
    modified = parsedate_to_datetime(site.browser.get(FEED).headers["last-modified"])
    since = format_datetime(modified + timedelta(hours=hours), usegmt=True)
    assert site.browser.get(FEED, headers={"if-modified-since": since}).status_code == status


@pytest.mark.parametrize(
    "since", ["yesterday", "", "0", "Mon, 99 Nov 2026 00:00:00 GMT", "1 Jan 2026 00:00 +999999999"]
)
def test_broken_date_gets_the_file(site: Site, since: str) -> None:
    assert site.browser.get(FEED, headers={"if-modified-since": since}).status_code == 200


def test_f14_etag_wins_over_date(site: Site) -> None:
    first = site.browser.get(FEED)
    fresh, stale = first.headers["last-modified"], "Sat, 01 Jan 2000 00:00:00 GMT"
    other = {"if-none-match": '"x"', "if-modified-since": fresh}
    same = {"if-none-match": first.headers["etag"], "if-modified-since": stale}
    assert [site.browser.get(FEED, headers=headers).status_code for headers in (other, same)] == [200, 304]


@pytest.mark.parametrize("path", [*FILES, *ROUTES])
def test_f14_head_has_the_headers_of_get(site: Site, path: str) -> None:
    whole, head = site.browser.get(path), site.browser.head(path)
    assert head.status_code == whole.status_code
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("path", FILES)
def test_head_of_a_file_has_no_body(site: Site, path: str) -> None:
    answer = site.browser.head(path, headers=PLAIN)
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(site.browser.get(path, headers=PLAIN).content)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0", ""),
        ("br ; q=0.1, gzip;q=0.9", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("identity", ""),
        ("", ""),
        ("deflate, zstd", ""),
        ("br;q=high", ""),
    ],
)
def test_coding_follows_the_reader(site: Site, accepted: str, coding: str) -> None:
    answer = site.browser.get(FEED, headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding", "") == coding
    assert answer.content == site.browser.get(FEED, headers=PLAIN).content


def test_codings_may_come_in_several_lines(site: Site) -> None:
    lines = [("accept-encoding", "deflate"), ("accept-encoding", "gzip")]
    assert site.browser.get(FEED, headers=lines).headers["content-encoding"] == "gzip"


def test_f14_each_coding_has_its_strong_etag(site: Site) -> None:
    tags = [
        site.browser.get(FEED, headers={"accept-encoding": coding}).headers["etag"] for coding in ("br", "gzip", "")
    ]
    assert len(set(tags)) == 3
    assert all(re.fullmatch(r'"[^"]+"', tag) for tag in tags)


def test_etag_of_another_coding_gets_the_file(site: Site) -> None:
    etag = site.browser.get(FEED, headers={"accept-encoding": "br"}).headers["etag"]
    assert site.browser.get(FEED, headers={"accept-encoding": "gzip", "if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_f14_304_carries_what_caches_need(site: Site, accepted: str) -> None:
    first = site.browser.get(FEED, headers={"accept-encoding": accepted})
    condition = {"accept-encoding": accepted, "if-none-match": first.headers["etag"]}
    second = site.browser.get(FEED, headers=condition)
    assert second.status_code == 304
    for name in ("etag", "cache-control", "vary", "last-modified"):
        assert second.headers[name] == first.headers[name]
    assert not {"content-encoding", "content-type", "content-length"} & set(second.headers)


@pytest.mark.parametrize("path", [path for path in FILES if path != "/feeds.opml"])
def test_f15_caches_tell_codings_apart(site: Site, path: str) -> None:
    assert "accept-encoding" in site.browser.get(path, headers=PLAIN).headers["vary"].lower()


@pytest.mark.parametrize("query", ["null", "utm_source=x&utm_medium=y", "%00", "v=1#x"])
def test_f15_unknown_query_is_ignored(site: Site, query: str) -> None:
    plain, asked = site.browser.get(FEED), site.browser.get(f"{FEED}?{query}")
    assert (asked.status_code, asked.content) == (200, plain.content)
    assert asked.headers["etag"] == plain.headers["etag"]


@pytest.mark.parametrize("path", [*FILES, *ROUTES])
def test_f15_no_cookie_anywhere(site: Site, path: str) -> None:
    assert "set-cookie" not in site.browser.get(path).headers


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feeds/main.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/main.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/main.json", "application/feed+json"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/subscribe", "text/html; charset=utf-8"),
        ("/nothing", "text/html; charset=utf-8"),
        ("/healthz", "text/plain; charset=utf-8"),
    ],
)
def test_f16_content_type_is_exact(site: Site, path: str, media_type: str) -> None:
    assert site.browser.get(path).headers["content-type"] == media_type


def test_pictures_are_kept_for_ever(site: Site) -> None:
    answer = site.browser.get(find_picture(site))
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers


def test_f15_feeds_are_kept_for_a_moment(site: Site) -> None:
    assert {site.browser.get(path).headers["cache-control"] for path in FEEDS} == {"public, max-age=60"}


@pytest.mark.parametrize(
    "path",
    ["/.stamp.json", "/../config/publisher.toml", "/%2e%2e/data/secret", "/feeds/%00.rss", "/%252e%252e/data/secret"],
)
def test_nothing_else_is_served(site: Site, path: str) -> None:
    assert site.browser.get(path).status_code == 404


def collect(home: HomeFolder) -> dict[str, tuple[str, bytes]]:
    with open_site(home) as site:
        publish(site.app, now=now())
        paths = [*FILES, find_picture(site)]
        answers = {path: site.browser.get(path, headers=PLAIN) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: (answer.headers["etag"], answer.content) for path, answer in answers.items()}


def test_f14_restart_keeps_bytes_and_etags(home: HomeFolder) -> None:
    assert collect(home) == collect(home)


def test_f14_second_home_has_the_same_bytes(home: HomeFolder, tmp_path: Path) -> None:
    first = collect(home)
    second = HomeFolder(shutil.copytree(home.path, tmp_path / "second", ignore=shutil.ignore_patterns("var")))
    assert collect(second) == first


def read_files(home: HomeFolder) -> dict[Path, tuple[int, bytes]]:
    files = [path for path in (home.path / "var" / "public").rglob("*") if path.is_file() and path.name[0] != "."]
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_second_build_touches_no_file(home: HomeFolder) -> None:
    with home.opened() as app:
        publish(app, now=now(), is_full=True)
        before = read_files(home)
        assert publish(app, now=now() + timedelta(hours=1), is_full=True) == []
    assert read_files(home) == before


def test_lost_files_come_back_alike(home: HomeFolder) -> None:
    before = read_files(home)
    shutil.rmtree(home.path / "var")
    with home.opened() as app:
        publish(app, now=now())
    after = read_files(home)
    assert {path: data for path, (_, data) in after.items()} == {path: data for path, (_, data) in before.items()}


@given(
    st.binary()
    | st.lists(st.sampled_from([b"br", b"gzip", b"*", b"identity", b";q=0", b";q=1", b";q=", b","])).map(b"".join)
)
def test_any_accepted_coding_can_be_read(accepted: bytes) -> None:
    assert choose_coding(accepted) in {"", "br", "gzip"}


@given(st.binary().filter(lambda text: b"*" not in text))
def test_strange_etags_are_other_etags(given_tags: bytes) -> None:
    assert not is_current(Wishes(tags=given_tags), etag=b'"no such tag"', modified_at=LATE)


@given(st.binary() | st.dates(max_value=date(9999, 12, 30)).map(lambda day: f"{day:%d %b %Y} 00:00:00".encode()))
def test_strange_dates_are_no_newer_dates(given_date: bytes) -> None:
    assert not is_current(Wishes(since=given_date), etag=b'"x"', modified_at=LATE)


def test_only_headers_that_matter_are_read() -> None:
    headers = [(b"host", b"x"), (b"accept-encoding", b"br"), (b"cookie", b"a=b"), (b"accept-encoding", b"gzip")]
    assert read_wishes(headers) == Wishes(accepted=b"br,gzip")
    assert read_wishes([(b"if-none-match", b"")]) == Wishes(tags=b"")


@pytest.mark.parametrize("path", [*FILES, *ROUTES])
@pytest.mark.parametrize("condition", [{}, {"if-none-match": "*"}])
def test_every_answer_is_protected(site: Site, path: str, condition: dict[str, str]) -> None:
    headers = site.browser.get(path, headers=condition).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" in headers


def test_own_change_is_served_at_once(home: HomeFolder) -> None:
    with open_site(home) as site:
        assert site.browser.get(FEED).content != b"new"
        site.app.shelf.put({FEED: b"new"})
        assert site.browser.get(FEED).content == b"new"


def test_lost_feed_is_made_again_for_its_reader(home: HomeFolder) -> None:
    with open_site(home) as site:
        before = site.browser.get(FEED).content
        site.app.shelf.remove(FEED)
        assert site.browser.get(FEED).content == before


def test_files_are_logged_for_who_debugs(site: Site) -> None:
    with capture_logs() as lines:
        site.browser.get(FEED)
        site.browser.get("/healthz")
    assert [(line["route"], line["log_level"], line["status"]) for line in lines] == [
        (FEED, "debug", 200),
        ("/healthz", "info", 200),
    ]
