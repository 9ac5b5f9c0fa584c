"""The rules for feeds (RSS 2.0 and its profile, RFC 4287, RFC 4151, JSON Feed 1.1), one test each, by their numbers."""

import json
import locale
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import feedparser
import pytest
from lxml import etree

from publisher.domain.article import Article, Enclosure
from publisher.domain.feed import Feed, Format
from publisher.domain.publication import Publication
from publisher.feeds import Document, build

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SOUND = Enclosure(url="https://media.example/a.mp3", media_type="audio/mpeg", length=1234)


def make_article(**changes: Any) -> Article:
    plain = Article(
        key=1,
        id="tag:gazette.example,2026-11-23:bridge",
        path="ville/bridge.md",
        slug="bridge",
        year=2026,
        month=11,
        title="The bridge opens",
        language="en",
        html='<p>At <a href="/articles/2026/11/plan">last</a>.<a href="#fn-1">1</a><img src="/images/a/b.png"></p>',
        summary="A bridge for R&D, 3 < 4.",
        section="ville",
        tags=("works", "Ville"),
        authors=("Ann", "Bob"),
        published_at=NOON - timedelta(days=1),
        released_at=NOON,
        updated_at=NOON,
        first_seen_at=NOON,
    )
    return replace(plain, **changes)


def make_document(*articles: Article, **changes: Any) -> Document:
    publication = Publication(title="La Gazette", url="https://gazette.example", tagline="News & views", language="fr")
    feed = Feed(name="main", title="Tout & plus")
    return replace(
        Document(feed=feed, publication=publication, articles=articles, built_from=NOON, authority="g.example"),
        **changes,
    )


def rss(document: Document) -> Any:
    return etree.fromstring(build(document, Format.RSS))[0]


def atom(document: Document) -> Any:
    return etree.fromstring(build(document, Format.ATOM))


def json_feed(document: Document) -> Any:
    return json.loads(build(document, Format.JSON))


def texts(element: Any, path: str) -> list[str]:
    return ["".join(found.itertext()) for found in element.findall(path, NAMES)]


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_f01_xml_says_its_encoding(form: Format) -> None:
    assert build(make_document(), form).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_f01_parser_finds_no_complaint(form: Format) -> None:
    parsed = feedparser.parse(build(make_document(make_article(enclosure=SOUND)), form))
    assert parsed.bozo == 0
    assert parsed.entries[0].title == "The bridge opens"


def test_f02_channel_says_what_it_must() -> None:
    channel = rss(make_document())
    told = [texts(channel, name) for name in ("title", "link", "description")]
    assert told == [["Tout & plus"], ["https://gazette.example/"], ["News & views"]]


def test_f03_guid_is_no_permalink() -> None:
    guid = rss(make_document(make_article())).find("item/guid")
    assert (guid.text, guid.get("isPermaLink")) == ("tag:gazette.example,2026-11-23:bridge", "false")


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_f04_self_is_the_public_address(form: Format) -> None:
    links = etree.fromstring(build(make_document(), form)).findall(".//a:link[@rel='self']", NAMES)
    assert [link.get("href") for link in links] == [f"https://gazette.example/feeds/main.{form.value}"]


def test_f05_plain_text_uses_hexadecimal_references() -> None:
    document = make_document(make_article(title="R&D <now>", authors=("A & B",), tags=("x<y",)))
    written = build(document, Format.RSS).decode()
    for part in ("Tout &#x26; plus", "R&#x26;D &#x3C;now&gt;", "A &#x26; B", "x&#x3C;y"):
        assert part in written


def test_f05_description_is_html_before_content() -> None:
    item = rss(make_document(make_article())).find("item")
    names = [element.tag for element in item]
    assert texts(item, "description") == ["A bridge for R&amp;D, 3 &lt; 4."]
    assert names.index("description") < names.index(f"{{{NAMES['content']}}}encoded")


def test_f05_authors_are_creators_only() -> None:
    item = rss(make_document(make_article())).find("item")
    assert texts(item, "dc:creator") == ["Ann", "Bob"]
    assert item.find("author") is None


def test_f05_dates_are_in_gmt() -> None:
    channel = rss(make_document(make_article(updated_at=NOON + timedelta(hours=2))))
    assert texts(channel, "item/pubDate") == ["Sun, 22 Nov 2026 12:00:00 GMT"]
    assert texts(channel, "lastBuildDate") == ["Mon, 23 Nov 2026 14:00:00 GMT"]


def test_f05_dates_leave_the_locale_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(locale, "setlocale")
    assert texts(rss(make_document(make_article())), "lastBuildDate") == ["Mon, 23 Nov 2026 12:00:00 GMT"]


@pytest.mark.parametrize("form", list(Format))
def test_f05_content_has_no_relative_address(form: Format) -> None:
    written = build(make_document(make_article()), form).decode().replace('\\"', '"').replace("&quot;", '"')
    for target in ("/articles/2026/11/plan", "/articles/2026/11/bridge#fn-1", "/images/a/b.png"):
        assert f'="https://gazette.example{target}"' in written


@pytest.mark.parametrize(("length", "written"), [(1234, "1234"), (0, "0")])
def test_f06_enclosure_says_all_three(length: int, written: str) -> None:
    found = rss(make_document(make_article(enclosure=replace(SOUND, length=length)))).findall("item/enclosure")
    assert [dict(media.attrib) for media in found] == [
        {"url": "https://media.example/a.mp3", "length": written, "type": "audio/mpeg"}
    ]


def test_f06_atom_enclosure_is_no_alternate() -> None:
    links = atom(make_document(make_article(enclosure=SOUND))).findall("a:entry/a:link", NAMES)
    assert [(link.get("rel"), link.get("type"), link.get("length")) for link in links] == [
        ("alternate", "text/html", None),
        ("enclosure", "audio/mpeg", "1234"),
    ]


def test_f07_entry_without_content_has_an_alternate() -> None:
    entry = atom(make_document(make_article(), feed=Feed(name="main", title="x", is_full=False))).find("a:entry", NAMES)
    assert entry.find("a:content", NAMES) is None
    assert (
        entry.find("a:link[@rel='alternate']", NAMES).get("href") == "https://gazette.example/articles/2026/11/bridge"
    )


def test_f07_feed_has_an_author_of_last_resort() -> None:
    assert texts(atom(make_document(make_article(authors=()))), "a:author/a:name") == ["La Gazette"]


def test_f08_feed_keeps_its_id_elsewhere() -> None:
    here = make_document(publication=Publication(title="a", url="https://a.example"))
    there = make_document(publication=Publication(title="b", url="https://b.example"), authority="G.example")
    assert texts(atom(here), "a:id") == texts(atom(there), "a:id")


def test_f08_each_feed_has_its_own_id() -> None:
    one, other = (texts(atom(make_document(feed=Feed(name=name, title="x"))), "a:id")[0] for name in ("a", "b"))
    assert UUID(one) != UUID(other)


def test_f09_feed_is_as_new_as_its_newest_change() -> None:
    old, new = make_article(), make_article(id="tag:x", updated_at=NOON + timedelta(days=3))
    assert texts(atom(make_document(old, new)), "a:updated") == ["2026-11-26T12:00:00+00:00"]


def test_f09_empty_feed_is_as_new_as_the_ledger() -> None:
    assert texts(atom(make_document()), "a:updated") == ["2026-11-23T12:00:00+00:00"]


def test_f09_correction_moves_updated_alone() -> None:
    entry = atom(make_document(make_article(updated_at=NOON + timedelta(hours=1)))).find("a:entry", NAMES)
    assert texts(entry, "a:id") == ["tag:gazette.example,2026-11-23:bridge"]
    assert texts(entry, "a:published") == ["2026-11-22T12:00:00+00:00"]
    assert texts(entry, "a:updated") == ["2026-11-23T13:00:00+00:00"]


def test_f09_content_is_escaped_html() -> None:
    content = atom(make_document(make_article(html="<p>a &amp; b</p>"))).find("a:entry/a:content", NAMES)
    assert (content.get("type"), content.text, len(content)) == ("html", "<p>a &amp; b</p>", 0)


def test_f10_tag_uri_is_the_same_everywhere() -> None:
    document = make_document(make_article())
    ids = [texts(rss(document), "item/guid")[0], texts(atom(document), "a:entry/a:id")[0]]
    assert {*ids, json_feed(document)["items"][0]["id"]} == {"tag:gazette.example,2026-11-23:bridge"}


def test_f11_json_feed_says_of_itself() -> None:
    assert json_feed(make_document(feed=Feed(name="main", title="Tout", hubs=("https://hub.example/",)))) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Tout",
        "home_page_url": "https://gazette.example/",
        "feed_url": "https://gazette.example/feeds/main.json",
        "description": "News & views",
        "authors": [{"name": "La Gazette"}],
        "language": "fr",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [],
    }


def test_f11_json_item_has_its_keys() -> None:
    article = make_article(html="<p>a</p>", enclosure=SOUND, lead_image="/images/a/b.png")
    assert json_feed(make_document(article))["items"] == [
        {
            "id": "tag:gazette.example,2026-11-23:bridge",
            "url": "https://gazette.example/articles/2026/11/bridge",
            "title": "The bridge opens",
            "content_html": "<p>a</p>",
            "summary": "A bridge for R&D, 3 < 4.",
            "image": "https://gazette.example/images/a/b.png",
            "date_published": "2026-11-22T12:00:00Z",
            "date_modified": "2026-11-23T12:00:00Z",
            "authors": [{"name": "Ann"}, {"name": "Bob"}],
            "tags": ["ville", "works"],
            "language": "en",
            "attachments": [{"url": SOUND.url, "mime_type": "audio/mpeg", "size_in_bytes": 1234}],
        }
    ]


def test_f11_summary_feed_has_text_content() -> None:
    item = json_feed(make_document(make_article(), feed=Feed(name="main", title="x", is_full=False)))["items"][0]
    assert (item["content_text"], "content_html" in item) == ("A bridge for R&D, 3 < 4.", False)


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM])
def test_f13_hubs_are_linked(form: Format) -> None:
    document = make_document(feed=Feed(name="main", title="x", hubs=("https://a.example/", "https://b.example/")))
    links = etree.fromstring(build(document, form)).findall(".//a:link[@rel='hub']", NAMES)
    assert [link.get("href") for link in links] == ["https://a.example/", "https://b.example/"]


@pytest.mark.parametrize(("form", "media_type"), [(Format.RSS, "rss"), (Format.ATOM, "atom")])
def test_f16_self_has_its_media_type(form: Format, media_type: str) -> None:
    link = etree.fromstring(build(make_document(), form)).find(".//a:link[@rel='self']", NAMES)
    assert link.get("type") == f"application/{media_type}+xml"


def test_f18_feed_and_entry_say_their_language() -> None:
    document = make_document(make_article(language="nl"))
    feed, channel = atom(document), rss(document)
    assert (feed.get(LANG), feed.find("a:entry", NAMES).get(LANG)) == ("fr", "nl")
    assert (texts(channel, "language"), channel.find("item").get(LANG)) == (["fr"], "nl")
