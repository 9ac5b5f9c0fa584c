"""A feed's past in parts (F12; RFC 5005, section 4): all of it can be walked, and what is closed stays as it is."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from publisher.jobs.making import iter_all
from publisher.jobs.publishing import publish
from tests.acceptance.feeds import NAMES, Reader, put_article, put_articles
from tests.folders import DAY, MINUTE, NOW, Desk, open_desk
from tests.homes import make_home

MAIN = "/feeds/main.atom"
JUNE, AUGUST, SEPTEMBER = (datetime(2026, month, 3, 9, tzinfo=UTC) for month in (6, 8, 9))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


@pytest.fixture
def full(desk: Desk) -> Desk:
    """With 150 articles of June, 3 of August and 60 of September, beside the one of today."""
    put_articles(desk, 150, since=JUNE, name="june")
    put_articles(desk, 3, since=AUGUST, name="august")
    put_articles(desk, 60, since=SEPTEMBER, name="september")
    desk.read(MINUTE)
    return desk


def find_parts(desk: Desk, feed: str = "main") -> dict[str, bytes]:
    """Every closed part in each format, by its address."""
    return {path: data for path, data in iter_all(desk.app, now=NOW) if path.startswith(f"/feeds/{feed}/")}


def test_f12_walk_meets_every_article_once(full: Desk) -> None:
    documents = Reader(full.app).collect(MAIN)
    assert list(documents) == [MAIN, *(f"/feeds/main/{part}.atom" for part in PARTS)]
    with full.app.ledger.read() as tx:
        everything = {article.id for article in tx.articles.iter_released(NOW + DAY)}
    assert set(chain.from_iterable(documents.values())) == everything
    archived = [*chain.from_iterable(ids for path, ids in documents.items() if path != MAIN)]
    assert len(archived) == len(set(archived)) == 213


PARTS = ("2026-09", "2026-08", "2026-06-2", "2026-06")


def test_f12_part_has_a_hundred_articles_of_a_month(full: Desk) -> None:
    documents = Reader(full.app).collect(MAIN)
    assert [len(documents[f"/feeds/main/{part}.atom"]) for part in PARTS] == [60, 3, 50, 100]


def test_f12_part_says_what_it_is(full: Desk) -> None:
    part = Reader(full.app).atom("/feeds/main/2026-08.atom")
    links = {link.get("rel"): link.get("href") for link in part.findall("a:link", NAMES)}
    assert part.find("fh:archive", NAMES) is not None
    assert links["current"] == "https://gazette.example.org/feeds/main.atom"
    assert links["self"] == "https://gazette.example.org/feeds/main/2026-08.atom"
    assert links["prev-archive"] == "https://gazette.example.org/feeds/main/2026-06-2.atom"


def test_f12_json_leads_to_the_part_before(full: Desk) -> None:
    reader, path, met = Reader(full.app), "/feeds/main.json", []
    while path:
        met.append(path)
        path = json.loads(reader.get(path)).get("next_url", "").removeprefix("https://gazette.example.org")
    assert met == ["/feeds/main.json", *(f"/feeds/main/{part}.json" for part in PARTS)]


def test_f12_feed_holds_all_that_is_not_closed(full: Desk) -> None:
    put_articles(full, 70, since=NOW - DAY, name="late")
    full.read(2 * MINUTE)
    assert len(Reader(full.app).list_titles(MAIN)) == 71


def test_f12_hundred_and_first_article_closes_a_part(desk: Desk) -> None:
    put_articles(desk, 99, since=NOW - DAY)
    desk.read(MINUTE)
    assert [*Reader(desk.app).walk(MAIN)] == [MAIN]
    put_article(desk, "one-more", on=NOW + MINUTE)
    desk.read(2 * MINUTE)
    assert [*Reader(desk.app).walk(MAIN)] == [MAIN, "/feeds/main/2026-11.atom"]


def test_f12_closed_part_stays_as_it_is(full: Desk) -> None:
    before = find_parts(full)
    put_articles(full, 120, since=NOW - DAY, name="late")
    full.read(2 * MINUTE)
    after = find_parts(full)
    assert {path: after[path] for path in before} == before
    assert after.keys() - before.keys() == {f"/feeds/main/2026-11.{form}" for form in ("rss", "atom", "json")}


@pytest.mark.parametrize("act", ["corrected", "withdrawn"])
def test_f12_change_of_an_article_changes_its_part_alone(full: Desk, act: str) -> None:
    before = find_parts(full)
    if act == "corrected":
        put_article(full, "june-040", on=JUNE + 40 * MINUTE, words="It is shut.")
    else:
        full.remove("june-040.md")
    full.read(DAY)
    after = find_parts(full)
    assert {path for path in before if after[path] != before[path]} == {
        f"/feeds/main/2026-06.{form}" for form in ("rss", "atom", "json")
    }
    assert after.keys() == before.keys()


def test_f12_old_article_that_comes_late_is_met_too(full: Desk) -> None:
    before = find_parts(full)
    put_article(full, "found-in-a-drawer", on=JUNE + timedelta(seconds=30))
    full.read(2 * MINUTE)
    after, documents = find_parts(full), Reader(full.app).collect(MAIN)
    assert len(documents["/feeds/main/2026-06.atom"]) == 101
    assert {path for path in before if after[path] != before[path]} == {
        f"/feeds/main/2026-06.{form}" for form in ("rss", "atom", "json")
    }


def test_f12_emptied_part_still_leads_on(full: Desk) -> None:
    for index in range(3):
        full.remove(f"august-{index:03}.md")
    full.read(DAY)
    documents = Reader(full.app).collect(MAIN)
    assert documents["/feeds/main/2026-08.atom"] == []
    assert len(documents) == 5


@pytest.mark.parametrize("path", ["2026-07", "2026-06-3", "2026-11", "2026-12", "1999-01", "2026-13", "2026-06-1"])
def test_f12_there_is_no_other_part(full: Desk, path: str) -> None:
    assert Reader(full.app).find(f"/feeds/main/{path}.atom") is None


def test_f12_topic_has_an_archive_of_its_own(full: Desk) -> None:
    put_articles(full, 120, since=JUNE, name="sport/june")
    full.read(2 * MINUTE)
    documents = Reader(full.app).collect("/feeds/sections/sport.atom")
    assert list(documents) == ["/feeds/sections/sport.atom", "/feeds/sections/sport/2026-06.atom"]
    assert [len(ids) for ids in documents.values()] == [50, 100]


def test_f12_archive_is_the_same_after_a_rebuild(full: Desk) -> None:
    put_article(full, "found-in-a-drawer", on=JUNE + timedelta(seconds=30))
    full.read(2 * MINUTE)
    before = dict(iter_all(full.app, now=NOW))
    publish(full.app, now=NOW + 400 * DAY, is_full=True)
    assert dict(iter_all(full.app, now=NOW)) == before
