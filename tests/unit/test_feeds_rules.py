"""The rules for feeds (RSS 2.0 and its profile, RFC 4287, RFC 4151, JSON Feed 1.1), one test each, by their numbers."""

import locale
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import feedparser
import pytest

from publisher.domain.feed import MEDIA_TYPES, Feed, Format, Gone
from publisher.domain.publication import Publication
from publisher.feeds import build
from tests.feed_documents import (
    NAMES,
    NOON,
    PHOTO,
    SOUND,
    XML,
    atom,
    json_feed,
    links,
    make_article,
    make_document,
    read,
    rss,
    texts,
)

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SUMMARIES = Feed(name="main", title="x", is_full=False)


@pytest.mark.parametrize("form", XML)
def test_f01_xml_says_its_encoding(form: Format) -> None:
    assert build(make_document(), form).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


@pytest.mark.parametrize("form", XML)
def test_f01_parser_finds_no_complaint(form: Format) -> None:
    parsed = feedparser.parse(build(make_document(make_article(enclosure=SOUND)), form))
    assert parsed.bozo == 0
    assert parsed.entries[0].title == "The bridge opens"


def test_f02_channel_says_what_it_must() -> None:
    channel = rss(make_document())
    told = [texts(channel, name) for name in ("title", "link", "description")]
    assert told == [["Tout & plus"], ["https://gazette.example/"], ["News & views"]]


def test_f02_feed_has_its_own_description() -> None:
    document = make_document(feed=Feed(name="main", title="x", description="All of it"))
    assert texts(rss(document), "description") == texts(atom(document), "a:subtitle") == ["All of it"]
    assert json_feed(document)["description"] == "All of it"


def test_f03_guid_is_no_permalink() -> None:
    guid = rss(make_document(make_article())).find("item/guid")
    assert (guid.text, guid.get("isPermaLink")) == ("tag:gazette.example,2026-11-23:bridge", "false")


def test_f03_each_item_has_a_guid_of_its_own() -> None:
    document = make_document(make_article(), make_article(id="https://elsewhere.example/a"))
    guids = rss(document).findall("item/guid")
    assert len({guid.text for guid in guids}) == 2
    assert {guid.get("isPermaLink") for guid in guids} == {"false"}


@pytest.mark.parametrize("form", XML)
def test_f04_self_is_the_public_address(form: Format) -> None:
    assert links(make_document(), form, "self") == [f"https://gazette.example/feeds/main.{form.value}"]


@pytest.mark.parametrize("form", XML)
def test_f04_self_of_several_sections_keeps_its_plus(form: Format) -> None:
    document = make_document(feed=Feed(name="sections/culture+sport", title="x"))
    assert links(document, form, "self") == [f"https://gazette.example/feeds/sections/culture+sport.{form.value}"]


def test_f05_plain_text_uses_hexadecimal_references() -> None:
    article = make_article(title="R&D <now>", authors=("A & B",), tags=("x<y",), rights="Ann & co")
    holder = Publication(title="x", url="https://gazette.example", rights="© us & them")
    written = build(make_document(article, publication=holder), Format.RSS).decode()
    for part in (
        "Tout &#x26; plus",
        "R&#x26;D &#x3C;now&gt;",
        "A &#x26; B",
        "x&#x3C;y",
        "us &#x26; them",
        "Ann &#x26; co",
    ):
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


def test_f05_item_has_one_of_each_at_most() -> None:
    item = rss(make_document(make_article(enclosure=SOUND, rights="Ann"))).find("item")
    names = [element.tag for element in item]
    for name in ("title", "link", "description", "guid", "enclosure", "pubDate", f"{{{NAMES['dc']}}}rights"):
        assert names.count(name) == 1


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


@pytest.mark.parametrize("form", XML)
def test_f05_every_address_is_absolute(form: Format) -> None:
    article = make_article(enclosure=SOUND, images=(PHOTO,), lead_image="/images/a/lead.png")
    root = read(make_document(article, part="2026-11", previous="2026-10"), form)
    told = [element.get(name) for element in root.iter() for name in ("href", "url", "src") if element.get(name)]
    told += [element.text for element in root.iter("link") if element.text]
    assert len(told) > 6
    assert [target for target in told if not target.startswith("https://")] == []


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
    entry = atom(make_document(make_article(), feed=SUMMARIES)).find("a:entry", NAMES)
    assert entry.find("a:content", NAMES) is None
    assert (
        entry.find("a:link[@rel='alternate']", NAMES).get("href") == "https://gazette.example/articles/2026/11/bridge"
    )


def test_f07_what_a_feed_says_of_itself_comes_first() -> None:
    document = make_document(make_article(), part="2026-11", previous="2026-10", gone=(Gone(id="tag:x", at=NOON),))
    assert [element.tag for element in atom(document)][-1] == f"{{{NAMES['a']}}}entry"
    assert len(atom(document).findall("a:entry", NAMES)) == 1


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
    item = json_feed(make_document(make_article(), feed=SUMMARIES))["items"][0]
    assert (item["content_text"], "content_html" in item) == ("A bridge for R&D, 3 < 4.", False)


def test_f11_attachment_says_how_long_it_plays() -> None:
    item = json_feed(make_document(make_article(enclosure=replace(SOUND, seconds=754))))["items"][0]
    assert item["attachments"][0]["duration_in_seconds"] == 754


def test_f11_nothing_is_deprecated_or_empty() -> None:
    bare = make_article(authors=(), tags=(), section="", summary="", language="")
    found = json_feed(make_document(bare, publication=Publication(title="G", url="https://g.example", language="")))
    assert "author" not in found | found["items"][0]
    assert all(value for value in (found | found["items"][0]).values())


@pytest.mark.parametrize("form", XML)
def test_f13_hubs_are_linked(form: Format) -> None:
    hubs = ("https://a.example/", "https://b.example/")
    assert links(make_document(feed=Feed(name="main", title="x", hubs=hubs)), form, "hub") == list(hubs)


@pytest.mark.parametrize("form", XML)
def test_f16_self_has_its_media_type(form: Format) -> None:
    link = read(make_document(), form).find(".//a:link[@rel='self']", NAMES)
    assert link.get("type") == MEDIA_TYPES[form] == f"application/{form.value}+xml"


def test_f18_feed_and_entry_say_their_language() -> None:
    document = make_document(make_article(language="nl"))
    feed, root = atom(document), read(document, Format.RSS)
    assert (feed.get(LANG), feed.find("a:entry", NAMES).get(LANG)) == ("fr", "nl")
    assert (root.get(LANG), texts(root, "channel/language"), root.find("channel/item").get(LANG)) == (
        "fr",
        ["fr"],
        "nl",
    )


@pytest.mark.parametrize("tag", ["", "no language"])
def test_f18_unknown_language_is_not_said(tag: str) -> None:
    document = make_document(make_article(language=tag), publication=Publication(title="x", url="https://g.example"))
    document = replace(document, feed=Feed(name="main", title="x", language=tag or "??"))
    assert not [element for form in XML for element in read(document, form).iter() if LANG in element.attrib]


@pytest.mark.parametrize(("language", "starts"), [("ar", '<div dir="rtl">'), ("fr", "<p>")])
def test_f18_content_says_where_it_begins(language: str, starts: str) -> None:
    assert json_feed(make_document(make_article(language=language)))["items"][0]["content_html"].startswith(starts)


@pytest.mark.parametrize("form", XML)
def test_f19_stylesheet_is_css_before_the_root(form: Format) -> None:
    told = read(make_document(), form).getprevious()
    assert (told.target, told.text) == ("xml-stylesheet", 'type="text/css" href="/feed.css"')


def test_rights_stand_in_feed_and_entry() -> None:
    holder = Publication(title="x", url="https://gazette.example", rights="© La Gazette")
    document = make_document(make_article(rights="CC BY"), publication=holder)
    assert texts(rss(document), "copyright") == texts(atom(document), "a:rights") == ["© La Gazette"]
    assert texts(rss(document), "item/dc:rights") == texts(atom(document), "a:entry/a:rights") == ["CC BY"]
