"""Which feeds pages announce, and the list of all of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from publisher import share
from publisher.domain.feed import Feed, Podcast
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.domain.topic import Kind, Topic, to_slug
from publisher.pages import (
    Site,
    feed_of_issues,
    feed_of_sections,
    feed_of_topic,
    group_feeds,
    render_article,
    render_feed_list,
    render_front,
    render_issue,
    render_subscribe,
)
from publisher.templating import Templates
from tests.factories import make_article, make_issue

PAPER = Publication(title="La Gazette", url="https://gazette.example", language="fr", timezone="Europe/Brussels")
MAIN, SPORT = Feed(name="main", title="La Gazette"), Feed(name="sport", title="Le sport")
DAILY = Newsletter(name="daily", title="Le matin", schedule="@daily", timezone="Europe/Brussels", language="nl")
SITE = Site(
    publication=PAPER,
    feeds=(MAIN, SPORT),
    newsletters=(DAILY,),
    templates=Templates(None, share.find_folder("templates")),
)
ENCODED = "https%3A%2F%2Fgazette.example%2Ffeeds%2Fmain.atom"
FORMATS = ("atom", "rss", "json")
OF_EVERY_PAGE = [f"/feeds/{name}.{form}" for name in ("main", "sport") for form in FORMATS]
OF_ISSUES = [f"/feeds/issues/daily.{form}" for form in FORMATS]


def parse(page: bytes) -> Any:
    return lxml.html.document_fromstring(page.decode())


def announced(page: bytes) -> list[str]:
    return [str(path) for path in parse(page).xpath("//head/link[@rel='alternate']/@href")]


def topic_feed(kind: Kind, name: str) -> Feed:
    return feed_of_topic(PAPER, Topic(kind=kind, slug=to_slug(name), name=name))


def feed_list(*automatic: Feed, url: str = PAPER.url, feeds: tuple[Feed, ...] = SITE.feeds) -> Any:
    site = replace(SITE, publication=replace(PAPER, url=url), feeds=feeds)
    return parse(render_feed_list(site, group_feeds([*feeds, *automatic])))


# What pages announce.


def test_f18_article_announces_its_section_first() -> None:
    page = render_article(SITE, make_article(section="Été & sport"))
    assert announced(page) == [f"/feeds/sections/ete-sport.{form}" for form in FORMATS] + OF_EVERY_PAGE


def test_f18_section_has_the_papers_title() -> None:
    page = parse(render_article(SITE, make_article(section="Sport")))
    assert page.xpath("//link[@rel='alternate']/@title")[0] == "La Gazette – Sport (Atom)"


def test_f18_article_without_section_announces_the_rest() -> None:
    assert announced(render_article(SITE, make_article(section=""))) == OF_EVERY_PAGE


def test_f18_issue_announces_its_newsletter_first() -> None:
    page = render_issue(SITE, make_issue(newsletter="daily"), articles=[make_article()])
    assert announced(page) == OF_ISSUES + OF_EVERY_PAGE


def test_f18_lost_newsletter_has_no_feed() -> None:
    page = render_issue(SITE, make_issue(newsletter="weekly"), articles=[make_article()])
    assert announced(page) == OF_EVERY_PAGE


def test_f18_front_announces_its_articles_first() -> None:
    assert announced(render_front(SITE, [])) == OF_EVERY_PAGE + OF_ISSUES


def test_f18_sign_up_announces_issues() -> None:
    assert announced(render_subscribe(SITE)) == OF_ISSUES + OF_EVERY_PAGE


def test_f18_podcast_announces_rss_first() -> None:
    page = render_subscribe(replace(SITE, feeds=(replace(MAIN, podcast=Podcast()),), newsletters=()))
    assert announced(page) == ["/feeds/main.rss", "/feeds/main.atom", "/feeds/main.json"]


def test_front_shows_few_feeds() -> None:
    feeds = tuple(Feed(name=f"feed{number}", title=f"Feed {number}") for number in range(9))
    page = render_front(replace(SITE, feeds=feeds), [])
    assert len(parse(page).xpath("//section[@class='box']//li")) == 5
    assert len(announced(page)) == 9 * 3 + 3


# Feeds that no setting asks for.


@pytest.mark.parametrize(
    ("kind", "name", "title"),
    [
        (Kind.SECTION, "Été & sport", "La Gazette – Été & sport"),
        (Kind.LANGUAGE, "nl", "La Gazette – Nederlands"),
        (Kind.TAG, "C++", "La Gazette – C++"),
        (Kind.AUTHOR, "Ann", "La Gazette – Ann"),
    ],
)
def test_topics_feed_has_its_name(kind: Kind, name: str, title: str) -> None:
    assert topic_feed(kind, name).title == title


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Kind.SECTION, "town"), (Kind.LANGUAGE, "en"), (Kind.TAG, "traffic"), (Kind.AUTHOR, "nora peeters")],
)
def test_topics_feed_chooses_its_articles(kind: Kind, name: str) -> None:
    assert topic_feed(kind, name).choice.fits(make_article())
    assert not topic_feed(kind, "another").choice.fits(make_article())


def test_language_of_a_feed_is_its_own() -> None:
    feeds = (topic_feed(Kind.LANGUAGE, "nl"), topic_feed(Kind.TAG, "vélo"), feed_of_issues(PAPER, DAILY))
    assert [feed.language for feed in feeds] == ["nl", "fr", "nl"]


def test_sections_together_have_one_address() -> None:
    town, sport = (Topic(kind=Kind.SECTION, slug=name.lower(), name=name) for name in ("Ville", "Sport"))
    assert feed_of_sections(PAPER, [town, sport]) == feed_of_sections(PAPER, [sport, town])
    assert feed_of_sections(PAPER, [town, sport]).name == "sections/sport+ville"


# The list.


def test_main_feed_opens_in_common_readers() -> None:
    assert feed_list().xpath("//a[contains(@class, 'button')]/@href") == [
        f"https://feedly.com/i/subscription/feed%2F{ENCODED}",
        f"https://www.inoreader.com/?add_feed={ENCODED}",
        f"https://www.newsblur.com/?url={ENCODED}",
        f"https://theoldreader.com/feeds/subscribe?url={ENCODED}",
        f"https://feedbin.com/?subscribe={ENCODED}",
        "feed:https://gazette.example/feeds/main.atom",
    ]


def test_readers_learn_no_address_of_ours() -> None:
    links = feed_list().xpath("//a[starts-with(@href, 'https:')]")
    assert {link.get("rel") for link in links} == {"noreferrer"}


def test_readers_are_not_offered_this_machine() -> None:
    page = feed_list(url="http://127.0.0.1:8000")
    assert page.xpath("//a[contains(@class, 'button')]/@href") == ["feed:http://127.0.0.1:8000/feeds/main.atom"]
    assert "Seul cet ordinateur" in page.text_content()


def test_main_feeds_address_can_be_copied() -> None:
    (field,) = feed_list().xpath("//input")
    assert (field.get("value"), field.get("readonly")) == ("https://gazette.example/feeds/main.atom", "readonly")


def test_list_says_what_a_feed_is() -> None:
    assert feed_list().xpath("string(//main//p)").startswith("Un flux est une adresse")


def test_each_feed_has_its_formats_and_address() -> None:
    (line,) = feed_list(topic_feed(Kind.TAG, "Vélo")).xpath("//li[strong='Vélo']")
    assert line.xpath("a/@href") == ["/feeds/tags/velo.atom", "/feeds/tags/velo.rss", "/feeds/tags/velo.json"]
    assert line.xpath("string(code)") == "https://gazette.example/feeds/tags/velo.atom"


def test_groups_have_headings() -> None:
    kinds = (Kind.SECTION, Kind.LANGUAGE, Kind.TAG, Kind.AUTHOR)
    page = feed_list(feed_of_issues(PAPER, DAILY), *(topic_feed(kind, "nl") for kind in kinds))
    headings = ["La Gazette", "Autres flux", "Numéros des lettres", "Rubriques", "Langues", "Mots-clés", "Auteurs"]
    assert page.xpath("//h2/text()") == headings


def test_topics_are_sorted_by_name() -> None:
    page = feed_list(*(topic_feed(Kind.TAG, name) for name in ("vélo", "École", "eau")))
    assert page.xpath("//li/strong/text()") == ["Le sport", "eau", "École", "vélo"]


def test_language_is_named_in_itself() -> None:
    (name,) = feed_list(topic_feed(Kind.LANGUAGE, "nl")).xpath("//li/strong[@lang]")
    assert (name.text, name.get("lang")) == ("Nederlands", "nl")


@pytest.mark.parametrize(("count", "folded"), [(20, 0), (21, 21)])
def test_long_groups_are_folded(count: int, folded: int) -> None:
    page = feed_list(*(topic_feed(Kind.TAG, f"tag {number}") for number in range(count)))
    assert len(page.xpath("//details//li")) == folded


@pytest.mark.parametrize(
    ("names", "example"),
    [(("Ville",), []), (("Ville", "Sport"), ["https://gazette.example/feeds/sections/sport+ville.atom"])],
)
def test_sections_together_are_explained(names: tuple[str, ...], example: list[str]) -> None:
    page = feed_list(*(topic_feed(Kind.SECTION, name) for name in names))
    assert [code.text_content() for code in page.xpath("//code[contains(., '+')]")] == example


def test_homes_own_template_keeps_its_names(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "feeds.html").write_text(
        "{% for title, formats in feeds %}{{ title }}{{ formats }}{% endfor %}"
    )
    site = replace(SITE, templates=Templates(tmp_path, share.find_folder("templates")), feeds=(MAIN,))
    assert b"/feeds/main.rss" in render_feed_list(site, group_feeds(site.feeds))


def test_papers_without_feeds_have_a_list() -> None:
    page = feed_list(topic_feed(Kind.SECTION, "Sport"), feeds=())
    assert page.xpath("//h2/text()") == ["Rubriques"]
