"""What holds for every page: languages, landmarks, feeds announced, nothing that the security headers forbid."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import lxml.html
import pytest

from publisher import share
from publisher.domain.article import Article, Image
from publisher.domain.feed import Feed
from publisher.domain.issue import Issue, Status
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.domain.subscriber import Subscriber
from publisher.domain.topic import Kind, Topic, to_slug
from publisher.markup import render_markdown
from publisher.pages import (
    Site,
    feed_of_issues,
    feed_of_topic,
    group_feeds,
    render_article,
    render_confirm,
    render_feed_list,
    render_front,
    render_issue,
    render_mail,
    render_mailbox,
    render_message,
    render_preferences,
    render_stylesheet,
    render_subscribe,
    render_unsubscribe,
)
from publisher.templating import Templates

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = Site(
    publication=Publication(title="La Gazette", url="https://gazette.example", tagline="Le bourg", language="fr"),
    feeds=(Feed(name="main", title="La Gazette"), Feed(name="town", title="La ville")),
    newsletters=(
        Newsletter(name="daily", title="Le matin", schedule="@daily", timezone="Europe/Brussels", language="fr"),
        Newsletter(name="weekly", title="La semaine", schedule="@weekly", timezone="Europe/Brussels", language="fr"),
    ),
    templates=Templates(None, share.find_folder("templates")),
)
ARTICLE = Article(
    key=1,
    id="tag:1",
    path="a.md",
    slug="a",
    year=2026,
    month=11,
    title="A & B",
    language="en",
    html=render_markdown("Words[^1] and ![x](https://x.example/a.png).\n\n## Part\n\n#### Deep\n\n[^1]: A note."),
    summary="Words.",
    standfirst="Above.",
    section="Town",
    tags=("works",),
    authors=("Ann",),
    correction="Not forty.",
    lead_image="/images/1/a.png",
    images=(Image(path="a.png", address="/images/1/a.png", media_type="image/png", width=800, height=450),),
    published_at=NOON,
    released_at=NOON,
    updated_at=NOON,
    first_seen_at=NOON,
)
ISSUE = Issue(
    key=1,
    newsletter="daily",
    slot="2026-11-23T0700",
    status=Status.SENT,
    reason="",
    title="Le matin",
    subject="Le matin — A & B",
    due_at=NOON,
    frozen_at=NOON,
    expires_at=NOON,
    eligible=1,
)
ALICE = Subscriber(key=1, email="alice@example.org", created_at=NOON)

TOPICS = (
    ("sections", ("Town", "Sport")),
    ("languages", ("fr", "nl")),
    ("tags", tuple(f"works {number}" for number in range(25))),
    ("authors", ("Ann",)),
)
AUTOMATIC = [feed_of_issues(SITE.publication, newsletter) for newsletter in SITE.newsletters] + [
    feed_of_topic(SITE.publication, Topic(kind=Kind(folder), slug=to_slug(name), name=name))
    for folder, names in TOPICS
    for name in names
]


@dataclass(frozen=True)
class Message:
    key: str = "1.a"
    subject: str = "Le matin"
    to: str = "alice@example.org"
    received_at: datetime = NOON
    headers: tuple[tuple[str, str], ...] = (("To", "alice@example.org"),)
    html: str = "<p>a</p>"
    text: str = "a"
    source: bytes = b"To: alice@example.org\r\n\r\na"


PUBLIC: dict[str, Callable[[], bytes]] = {
    "front": lambda: render_front(SITE, [ARTICLE, ARTICLE]),
    "empty front": lambda: render_front(SITE, []),
    "article": lambda: render_article(SITE, ARTICLE),
    "issue": lambda: render_issue(SITE, ISSUE, articles=[ARTICLE, ARTICLE]),
    "feeds": lambda: render_feed_list(SITE, group_feeds([*SITE.feeds, *AUTOMATIC])),
    "subscribe": lambda: render_subscribe(SITE, problem="Non.", email="x", chosen=("weekly",)),
}
PRIVATE: dict[str, Callable[[], bytes]] = {
    "message": lambda: render_message(SITE, title="Regardez", text="Un message vous attend."),
    "confirm": lambda: render_confirm(SITE, action="/confirm/t", newsletters=("Le matin",)),
    "unsubscribe": lambda: render_unsubscribe(SITE, action="/unsubscribe/t", newsletter="Le matin", is_done=False),
    "unsubscribed": lambda: render_unsubscribe(SITE, action="/unsubscribe/t", newsletter="Le matin", is_done=True),
    "preferences": lambda: render_preferences(
        SITE, action="/preferences/t", subscriber=ALICE, subscriptions=(), sections=("Town",)
    ),
    "mailbox": lambda: render_mailbox(SITE, [Message()]),
    "empty mailbox": lambda: render_mailbox(SITE, []),
    "mail": lambda: render_mail(SITE, Message(), frame="/mailbox/1.a/html"),
}
FEEDS = [f"/feeds/{name}.{ending}" for name in ("main", "town") for ending in ("atom", "rss", "json")]


@pytest.fixture(params=[*PUBLIC, *PRIVATE])
def source(request: pytest.FixtureRequest) -> str:
    return (PUBLIC | PRIVATE)[request.param]().decode()


@pytest.fixture
def page(source: str) -> Any:
    return lxml.html.document_fromstring(source)


def test_page_says_its_language(source: str, page: Any) -> None:
    assert source.startswith("<!DOCTYPE html>")
    assert (page.get("lang"), page.get("dir")) == ("fr", "ltr")


def test_page_has_one_h1_and_no_gap(page: Any) -> None:
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_page_has_landmarks(page: Any) -> None:
    assert [len(page.xpath(f"//body/{name}")) for name in ("header", "main", "footer")] == [1, 1, 1]
    assert page.body[0].get("href") == "#main"
    assert page.get_element_by_id("main").tag == "main"


def test_every_id_is_there_once(page: Any) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_f18_page_announces_every_feed(page: Any) -> None:
    links = page.xpath("//link[@rel='alternate']")
    assert [link.get("href") for link in links if link.get("href") in FEEDS] == FEEDS
    assert {link.get("type") for link in links} == {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    }
    assert all(link.get("title") for link in links)


def test_s07_page_obeys_the_content_policy(page: Any) -> None:
    assert page.xpath("//script|//style|//@style|//@*[starts-with(name(), 'on')]|//object|//embed") == []
    assert page.xpath("//link[@rel='stylesheet']/@href") == ["/style.css"]
    assert all(form.get("action").startswith("/") for form in page.iter("form"))


def test_page_fits_a_phone(page: Any) -> None:
    assert page.xpath("string(//meta[@name='viewport']/@content)") == "width=device-width, initial-scale=1"


def test_every_field_has_a_label(page: Any) -> None:
    fields = page.xpath("//input[not(@type='hidden')]|//select")
    labels = page.xpath("//label/@for")
    assert sorted(field.get("id") for field in fields) == sorted(labels)


def test_every_picture_has_an_alternative(page: Any) -> None:
    assert page.xpath("//img[not(@alt)]") == []


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_names_its_own_address(name: str) -> None:
    page = lxml.html.document_fromstring(PUBLIC[name]().decode())
    (canonical,) = page.xpath("//link[@rel='canonical']/@href")
    assert canonical.startswith("https://gazette.example/")
    assert page.xpath("//meta[@property='og:url']/@content") == [canonical]


@pytest.mark.parametrize("name", PRIVATE)
def test_private_page_is_not_indexed(name: str) -> None:
    page = lxml.html.document_fromstring(PRIVATE[name]().decode())
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//link[@rel='canonical']") == []


@pytest.mark.parametrize("name", [*PUBLIC, *PRIVATE])
def test_two_renderings_are_equal(name: str) -> None:
    assert (PUBLIC | PRIVATE)[name]() == (PUBLIC | PRIVATE)[name]()


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def palettes() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", render_stylesheet(SITE).decode(), re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("ink", ["ink", "soft", "muted", "accent", "link", "bad"])
def test_contrast_is_enough(scheme: int, ground: str, ink: str) -> None:
    colours = palettes()[scheme]
    low, high = sorted((luminance(colours[ink]), luminance(colours[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_stylesheet_is_small() -> None:
    assert len(render_stylesheet(SITE)) < 9_000


def test_stylesheet_loads_nothing() -> None:
    assert not re.search(rb"url\(|@import|@font-face", render_stylesheet(SITE))
