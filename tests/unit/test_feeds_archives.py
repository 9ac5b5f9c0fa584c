"""Archives (RFC 5005, section 4 and appendix B) and tombstones (RFC 6721)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest

from publisher.domain.feed import Feed, Format, Gone
from publisher.feeds import build
from tests.feed_documents import NAMES, NOON, XML, atom, json_feed, links, make_article, make_document, read, rss, texts

SITE = "https://gazette.example/feeds/main"
HUB = Feed(name="main", title="Tout", hubs=("https://hub.example/",))
GONE = Gone(id="tag:gazette.example,2026-11-01:gone", at=NOON + timedelta(days=2))
PART = {"part": "2026-11-2", "previous": "2026-11"}


@pytest.mark.parametrize("form", XML)
def test_f12_part_says_that_it_is_one(form: Format) -> None:
    root = read(make_document(**PART), form)
    head = root[0] if form is Format.RSS else root
    assert len(head.findall("fh:archive", NAMES)) == 1


@pytest.mark.parametrize("form", XML)
def test_f12_part_leads_to_feed_and_past(form: Format) -> None:
    document, ending = make_document(**PART), form.value
    assert links(document, form, "self") == [f"{SITE}/2026-11-2.{ending}"]
    assert links(document, form, "current") == [f"{SITE}.{ending}"]
    assert links(document, form, "prev-archive") == [f"{SITE}/2026-11.{ending}"]


@pytest.mark.parametrize("form", XML)
def test_f12_first_part_has_none_before_it(form: Format) -> None:
    assert links(make_document(part="2026-11"), form, "prev-archive") == []


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize("changes", [PART, {"previous": "2026-10"}])
def test_f12_nothing_leads_to_what_comes_later(form: Format, changes: dict[str, Any]) -> None:
    document = make_document(make_article(), **changes)
    assert links(document, form, "next-archive") == []
    assert "complete" not in {element.tag.rpartition("}")[2] for element in read(document, form).iter()}


@pytest.mark.parametrize("form", XML)
def test_f12_feed_leads_to_its_past(form: Format) -> None:
    document = make_document(previous="2026-10")
    assert links(document, form, "prev-archive") == [f"{SITE}/2026-10.{form.value}"]
    assert read(document, form).findall(".//fh:archive", NAMES) == []


def test_f12_part_has_the_id_of_its_feed() -> None:
    assert texts(atom(make_document(**PART)), "a:id") == texts(atom(make_document()), "a:id")


def test_f12_part_has_a_title_of_its_own() -> None:
    document = make_document(part="2026-11")
    assert texts(rss(document), "title") == texts(atom(document), "a:title") == ["Tout & plus (2026-11)"]


def test_f12_part_asks_no_hub() -> None:
    document = make_document(feed=HUB, **PART)
    assert [links(document, form, "hub") for form in XML] == [[], []]
    assert "hubs" not in json_feed(document)


def test_f11_json_leads_to_its_past() -> None:
    assert json_feed(make_document(previous="2026-10"))["next_url"] == f"{SITE}/2026-10.json"
    assert "next_url" not in json_feed(make_document())


def test_f11_json_part_belongs_to_its_feed() -> None:
    found = json_feed(make_document(**PART))
    assert (found["feed_url"], found["next_url"]) == (f"{SITE}.json", f"{SITE}/2026-11.json")


def test_f12_part_is_the_same_whatever_follows() -> None:
    part = make_document(make_article(), **PART)
    before = [build(part, form) for form in Format]
    assert [build(replace(part, built_from=NOON + timedelta(days=90)), form) for form in Format] == before


def test_tombstone_says_what_went_and_when() -> None:
    found = atom(make_document(make_article(), gone=(GONE,))).findall("at:deleted-entry", NAMES)
    assert [dict(stone.attrib) for stone in found] == [{"ref": GONE.id, "when": "2026-11-25T12:00:00+00:00"}]


def test_tombstones_stand_in_atom_alone() -> None:
    document = make_document(make_article(), gone=(GONE,))
    assert GONE.id not in build(document, Format.RSS).decode() + build(document, Format.JSON).decode()


def test_f09_feed_is_as_new_as_the_last_that_went() -> None:
    document = make_document(make_article(), gone=(GONE,))
    assert texts(atom(document), "a:updated") == ["2026-11-25T12:00:00+00:00"]
    assert texts(rss(document), "lastBuildDate") == ["Wed, 25 Nov 2026 12:00:00 GMT"]


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize("changes", [PART, {"previous": "2026-10", "gone": (GONE,), "feed": HUB}])
def test_f01_parser_reads_any_document(form: Format, changes: dict[str, Any]) -> None:
    parsed = feedparser.parse(build(make_document(make_article(), **changes), form))
    assert (parsed.bozo, len(parsed.entries)) == (0, 1)
