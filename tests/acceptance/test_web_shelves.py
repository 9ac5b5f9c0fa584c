"""Several shelves behind each other, what is made when it is asked for, Link headers, and how long caches keep what."""

from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from publisher.domain import address
from publisher.public import Served, Shelf
from publisher.tally import Tally
from publisher.web.guards import AccessLog
from publisher.web.shelf import ShelfFirst, choose_caching, spell

FEED = "/feeds/main.atom"
SPORT = "/feeds/sections/sport.atom"
CULTURE = "/feeds/sections/culture+sport.atom"
PART = "/feeds/main/2026-11.atom"
LINK = '<https://hub.example/>; rel="hub", <https://gazette.example.org/feeds/main.atom>; rel="self"'
PLAIN = {"accept-encoding": "identity"}
LONG = b"<feed>" + b"an entry " * 100 + b"</feed>"


class Archive:
    """Documents that are made at the first wish, from a shelf that stands for the ledger."""

    def __init__(self, source: Shelf) -> None:
        self.source, self.made = source, dict[str, Served]()
        self.asked: list[str] = []

    def find(self, path: str) -> Served | None:
        """What has been made."""
        return self.made.get(path)

    def make(self, path: str) -> Served | None:
        """The document, from now on held."""
        self.asked.append(path)
        if served := self.source.find(path):
            self.made[path] = served
        return served


@pytest.fixture
def first(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "first")
    shelf.put({FEED: LONG})
    return shelf


@pytest.fixture
def second(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "second")
    shelf.put({FEED: b"never seen", SPORT: LONG, CULTURE: LONG, PART: LONG, "/subscribe": b"never seen"})
    return shelf


def serve(*shelves: Shelf, made: Archive | None = None, links: dict[str, str] | None = None) -> TestClient:
    inner: ASGIApp = PlainTextResponse("elsewhere", status_code=404)
    log = AccessLog(Tally())
    return TestClient(ShelfFirst(inner, *shelves, protection={}, log=log, made=made, links=links))


def test_first_shelf_goes_before_the_second(first: Shelf, second: Shelf) -> None:
    browser = serve(first, second)
    assert [browser.get(path).content for path in (FEED, SPORT)] == [LONG, LONG]
    assert browser.get("/feeds/nothing.atom").text == "elsewhere"


def test_document_is_made_once(second: Shelf) -> None:
    archive = Archive(second)
    browser = serve(made=archive)
    answers = [browser.get(path) for path in (SPORT, f"{SPORT}?x=1", SPORT)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, LONG)}
    assert archive.asked == [SPORT]


def test_made_document_answers_conditions(second: Shelf) -> None:
    browser = serve(made=Archive(second))
    etag = browser.get(SPORT).headers["etag"]
    assert browser.get(SPORT, headers={"if-none-match": etag}).status_code == 304
    assert browser.head(SPORT).content == b""


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/subscribe"), ("GET", "/articles/2026/11/bridge"), ("POST", SPORT), ("PUT", "/feeds")]
)
def test_only_feeds_are_made(second: Shelf, method: str, path: str) -> None:
    archive = Archive(second)
    assert serve(made=archive).request(method, path).text == "elsewhere"
    assert archive.asked == []


@pytest.mark.parametrize(
    "spelling",
    [
        *(CULTURE, CULTURE.replace("+", "%2B"), CULTURE.replace("c", "%63", 1)),
        *(f"{CULTURE}/", CULTURE.replace("/", "//")),
    ],
)
def test_maker_is_asked_in_one_spelling(second: Shelf, spelling: str) -> None:
    archive = Archive(second)
    assert serve(made=archive).get(f"http://testserver{spelling}").content == LONG
    assert archive.asked == [CULTURE]


def test_f13_hub_and_self_are_linked_in_the_header(first: Shelf) -> None:
    browser = serve(first, links={FEED: LINK})
    etag = browser.get(FEED).headers["etag"]
    answers = [browser.get(FEED), browser.head(FEED), browser.get(FEED, headers={"if-none-match": etag})]
    assert [answer.status_code for answer in answers] == [200, 200, 304]
    assert {answer.headers["link"] for answer in answers} == {LINK}


@pytest.mark.parametrize("spelling", [f"{FEED}/", "//feeds//main.atom", "/feeds/%6dain.atom", f"{FEED}?a=b"])
def test_links_follow_every_spelling(first: Shelf, spelling: str) -> None:
    assert serve(first, links={FEED: LINK}).get(f"http://testserver{spelling}").headers["link"] == LINK


def test_other_files_have_no_link(first: Shelf, second: Shelf) -> None:
    assert "link" not in serve(first, second, links={FEED: LINK}).get(SPORT).headers


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        (FEED, "application/atom+xml", "public, max-age=60"),
        (SPORT, "application/atom+xml", "public, max-age=60"),
        ("/feeds/tags/2026-11.atom", "application/atom+xml", "public, max-age=60"),
        (address.FEEDS_OPML, "text/x-opml; charset=utf-8", "public, max-age=60"),
        (PART, "application/atom+xml", "public, max-age=86400"),
        ("/feeds/sections/sport/2026-11-2.json", "application/feed+json", "public, max-age=86400"),
        ("/articles/2026/11/bridge", "text/html", "public, max-age=0, must-revalidate"),
        ("/images/ab/a.png", "image/png", "public, max-age=31536000, immutable"),
    ],
)
def test_f15_caches_keep_each_for_its_time(path: str, media_type: str, caching: str) -> None:
    assert choose_caching(path, media_type) == caching


@pytest.mark.parametrize(
    "path", ["/", address.FEED_LIST, CULTURE, address.image("ab", "100% été (1).png"), "/articles/2026/11/a%2520b"]
)
def test_address_is_spelt_as_it_is(path: str) -> None:
    assert spell(path) == path


@pytest.mark.parametrize(
    "asked", [{"a-im": "feed"}, {"a-im": "feed, gzip"}, {"range": "bytes=0-9"}, {"range": "bytes=0-0,5-9"}]
)
def test_f17_wish_for_a_piece_gets_the_whole(first: Shelf, asked: dict[str, str]) -> None:
    answer = serve(first).get(FEED, headers=PLAIN | asked)
    assert (answer.status_code, answer.content) == (200, LONG)
    assert "im" not in answer.headers


def test_f17_delta_of_what_is_known_is_304(first: Shelf) -> None:
    browser = serve(first)
    etag = browser.get(FEED, headers=PLAIN).headers["etag"]
    assert browser.get(FEED, headers=PLAIN | {"a-im": "feed", "if-none-match": etag}).status_code == 304
