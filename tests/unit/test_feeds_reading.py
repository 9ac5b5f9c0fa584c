"""Built feeds read back: what a reader finds in them, and each way of being broken caught by its name."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.domain.article import Enclosure
from publisher.domain.feed import Feed, Format
from publisher.errors import CheckError
from publisher.feeds import build_all
from publisher.feeds.reading import Fault, Problem, Reading, read_back
from tests.factories import NOW, make_article
from tests.feed_documents import make_document

BUILT = build_all(
    make_document(
        make_article(1, enclosure=Enclosure(url="https://media.example/a.mp3", media_type="audio/mpeg", length=12)),
        make_article(2, updated_at=NOW + timedelta(hours=1), authors=()),
        feed=Feed(name="main", title="The news"),
    )
)
RSS, ATOM, JSON = Format.RSS, Format.ATOM, Format.JSON


def read(form: Format, *changes: tuple[str, str]) -> Reading:
    """What is read of a feed in which the first places of some texts were replaced."""
    text = BUILT[form].decode()
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, lambda _, new=new: new, text, count=1)  # type: ignore[misc]
    return read_back(text.encode(), form)


def read_json(change: dict[str, Any], *, item: dict[str, Any] | None = None) -> Reading:
    found = json.loads(BUILT[JSON])
    found["items"][0] |= item or {}
    return read_back(json.dumps(found | change).encode(), JSON)


@pytest.mark.parametrize("form", list(Format))
def test_built_feed_has_no_problem(form: Format) -> None:
    reading = read(form)
    assert reading.problems == ()
    assert [seen.id for seen in reading.entries] == [make_article(1).id, make_article(2).id]
    assert reading.entries[0].published == NOW


def test_atom_says_when_entries_changed() -> None:
    reading = read(ATOM)
    assert [seen.updated for seen in reading.entries] == [NOW, NOW + timedelta(hours=1)]
    assert (reading.updated, read(RSS).updated, read(JSON).updated) == (*[NOW + timedelta(hours=1)] * 2, None)


def test_part_before_is_named() -> None:
    link = '<{}link rel="prev-archive" href="https://gazette.example/feeds/main/2026-10-2.{}"/>'
    assert read(ATOM, ("<entry", link.format("", "atom") + "<entry")).previous == "2026-10-2"
    assert read(RSS, ("<item", link.format("atom:", "rss") + "<item")).previous == "2026-10-2"
    assert read_json({"next_url": "https://gazette.example/feeds/main/2026-10-2.json"}).previous == "2026-10-2"


def test_tombstones_are_read() -> None:
    stone = (
        '<x:deleted-entry xmlns:x="http://purl.org/atompub/tombstones/1.0" ref="tag:a" when="2026-11-23T06:00:00Z"/>'
    )
    assert read(ATOM, ("</feed>", stone + "</feed>")).gone == {"tag:a": NOW}


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("length", [0, 1, 300, -1])
def test_f01_cut_bytes_are_no_feed(form: Format, length: int) -> None:
    with pytest.raises(CheckError):
        read_back(BUILT[form][:length], form)


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        (RSS, "^<.xml[^>]*>", ""),
        (RSS, "UTF-8", "ISO-8859-1"),
        (RSS, "</item>", ""),
        (RSS, "</guid>", "\x00</guid>"),
        (RSS, "</guid>", "&nbsp;</guid>"),
        (RSS, "<item ", "<item><item "),
        (RSS, "</item>", "</item>loose"),
        (RSS, "<rss ", "<!DOCTYPE rss><rss "),
        (RSS, 'version="2.0"', 'version="0.91"'),
        (RSS, "<channel>", "<chanel>"),
        (ATOM, "<feed ", "<!DOCTYPE x [<!ENTITY a 'b'>]><feed "),
        (ATOM, "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
        (ATOM, "</feed>", "</feed>more"),
        (JSON, "version/1.1", "version/1"),
        (JSON, '"items"', '"entries"'),
        (JSON, r'"items": \[', '"items": [7, '),
        (JSON, "}$", "}}"),
        (JSON, r'"feed_url": "[^"]*"', '"feed_url": 7, "next_url": 7'),
        (JSON, r'"attachments": \[', '"attachments": [7, '),
    ],
)
def test_f01_broken_bytes_are_no_feed(form: Format, old: str, new: str) -> None:
    with pytest.raises(CheckError):
        read(form, (old, new))


def test_invalid_utf8_is_no_feed() -> None:
    for form, data in BUILT.items():
        with pytest.raises(CheckError):
            read_back(data.replace(b"The bridge", b"The br\xffdge", 1), form)


@pytest.mark.parametrize("form", [RSS, ATOM])
def test_strange_form_is_no_feed(form: Format) -> None:
    for other in set(Format) - {form}:
        with pytest.raises(CheckError):
            read_back(BUILT[form], other)


@pytest.mark.parametrize(
    ("form", "old", "new", "fault", "where"),
    [
        (RSS, "<title>.*?</title>", "", Fault.MISSING, "title of channel"),
        (RSS, "<link>.*?</link>", "", Fault.MISSING, "link of channel"),
        (RSS, "<description>.*?</description>", "<description/>", Fault.MISSING, "description of channel"),
        (RSS, "<guid.*?</guid>", "", Fault.MISSING, "id of an entry"),
        (RSS, 'length="12"', "", Fault.MISSING, f"length of {make_article(1).id}"),
        (RSS, 'type="audio/mpeg"', 'type=""', Fault.MISSING, f"type of {make_article(1).id}"),
        (RSS, 'url="https://media.example/a.mp3"', 'url="/a.mp3"', Fault.RELATIVE, "/a.mp3"),
        (RSS, "<link>https://gazette.example/art", "<link>/art", Fault.RELATIVE, "/articles/2026/11/bridge-1"),
        (RSS, ' isPermaLink="false"', "", Fault.RELATIVE, make_article(1).id),
        (RSS, "<pubDate>.*?</pubDate>", "<pubDate>today</pubDate>", Fault.DATE, make_article(1).id),
        (RSS, r"\w\w\w, (.*?) GMT</lastB", "soon</lastB", Fault.DATE, "channel"),
        (RSS, ":2</guid>", ":1</guid>", Fault.TWICE, make_article(1).id),
        (ATOM, "<id>.*?</id>", "", Fault.MISSING, "id of feed"),
        (ATOM, "<title>.*?</title>", "", Fault.MISSING, "title of feed"),
        (ATOM, "<updated>.*?</updated>", "", Fault.MISSING, "updated of feed"),
        (ATOM, "<author>.*?</author>", "", Fault.MISSING, "author of feed"),
        (ATOM, "<entry(.*?)<id>.*?</id>", "<entry>", Fault.MISSING, "id of an entry"),
        (ATOM, r"tag:(\S*?):1</id>", "</id>", Fault.MISSING, "id of an entry"),
        (ATOM, 'href="https://media.example/a.mp3"', 'href="a.mp3"', Fault.RELATIVE, "a.mp3"),
        (ATOM, "<published>.*?</published>", "<published>2026-11-23</published>", Fault.DATE, make_article(1).id),
        (ATOM, ":2</id>", ":1</id>", Fault.TWICE, make_article(1).id),
        (JSON, '"title": "The news", ', "", Fault.MISSING, "title of feed"),
        (JSON, r'"id": "tag:(\S*?):1", ', "", Fault.MISSING, "id of an entry"),
        (JSON, r'"id": "tag:(\S*?):1"', '"id": 1', Fault.MISSING, "id of an entry"),
        (JSON, "content_html", "content", Fault.MISSING, f"content of {make_article(1).id}"),
        (JSON, "mime_type", "type", Fault.MISSING, f"mime_type of {make_article(1).id}"),
        (JSON, '"url": "https://media.example/a.mp3"', '"url": ""', Fault.RELATIVE, " "),
        (JSON, '"date_published": "(.*?)"', '"date_published": "today"', Fault.DATE, make_article(1).id),
        (JSON, ':2"', ':1"', Fault.TWICE, make_article(1).id),
    ],
)
def test_each_fault_has_its_name(form: Format, old: str, new: str, fault: Fault, where: str) -> None:
    found = read(form, (old, new)).problems
    assert where in [place for problem in found if problem.fault is fault for place in problem.where]


def test_f09_feed_is_never_older_than_its_entries() -> None:
    updated = "<updated>.*?</updated>"
    assert read(ATOM, (updated, "<updated>2026-11-23T06:00:00Z</updated>")).problems == (Problem(fault=Fault.OLDER),)


def test_f11_feed_never_follows_itself() -> None:
    own = json.loads(BUILT[JSON])["feed_url"]
    assert read_json({"next_url": own}).problems == (Problem(fault=Fault.MISSING, where=("next_url of feed",)),)


def test_summaries_alone_are_enough() -> None:
    built = build_all(make_document(make_article(1), feed=Feed(name="main", title="x", is_full=False)))
    assert [read_back(data, form).problems for form, data in built.items()] == [(), (), ()]


def test_empty_feed_is_a_feed() -> None:
    readings = [read_back(data, form) for form, data in build_all(make_document()).items()]
    assert [(reading.entries, reading.problems) for reading in readings] == [((), ())] * 3


def test_problem_names_a_few_places() -> None:
    lost = Problem(fault=Fault.LOST, where=("a", "b", "c", "d", "e"))
    assert lost.text == "entries are gone, and nothing explains it: a, b, c, and 2 more"


def test_dates_are_read_on_any_clock() -> None:
    old = "<published>.*?</published>"
    reading = read(ATOM, (old, "<published>2026-11-23T08:00:00+02:00</published>"))
    assert reading.entries[0].published == datetime(2026, 11, 23, 6, tzinfo=UTC)
