"""The pages that show articles."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

from publisher import share
from publisher.domain.article import Article, Image
from publisher.domain.issue import Issue, Status
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.pages import Site, render_article, render_front, render_issue
from publisher.templating import Templates

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAILY = Newsletter(name="daily", title="Le matin", schedule="@daily", timezone="Europe/Brussels", language="fr")
SITE = Site(
    publication=Publication(
        title="La Gazette", url="https://gazette.example", language="fr", timezone="Europe/Brussels"
    ),
    feeds=(),
    newsletters=(DAILY,),
    templates=Templates(None, share.find_folder("templates")),
)
BRIDGE = Image(path="a.png", address="/images/1/a.png", media_type="image/png", alt="A bridge", width=800, height=450)
ISSUE = Issue(
    key=1,
    newsletter="daily",
    slot="2026-11-24T0030",
    status=Status.SENT,
    reason="",
    title="Le matin",
    subject="Le matin — Title 1",
    due_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
    frozen_at=NOON,
    expires_at=NOON,
    eligible=1,
)


def make_article(key: int = 1, **changes: Any) -> Article:
    plain = Article(
        key=key,
        id=f"tag:{key}",
        path=f"{key}.md",
        slug=f"article-{key}",
        year=2026,
        month=11,
        title=f"Title {key}",
        language="fr",
        html=f"<p>Body {key}.</p>",
        summary=f"Summary {key}.",
        published_at=NOON,
        released_at=NOON,
        updated_at=NOON,
        first_seen_at=NOON,
    )
    return replace(plain, **changes)


def parse(page: bytes) -> Any:
    return lxml.html.document_fromstring(page.decode())


def article_page(**changes: Any) -> Any:
    return parse(render_article(SITE, make_article(**changes)))


def test_front_shows_articles_as_given() -> None:
    page = parse(render_front(SITE, [make_article(2), make_article(1)]))
    assert page.xpath("//article/h2/a/text()") == ["Title 2", "Title 1"]
    assert page.xpath("//article/h2/a/@href") == ["/articles/2026/11/article-2", "/articles/2026/11/article-1"]


def test_front_shows_summaries_only() -> None:
    text = parse(render_front(SITE, [make_article()])).text_content()
    assert "Summary 1." in text
    assert "Body 1." not in text


def test_front_has_the_sign_up_form() -> None:
    page = parse(render_front(SITE, []))
    assert page.xpath("//form[@action='/subscribe']//input/@name") == ["email", "newsletters", "website"]


def test_front_without_newsletters_has_no_form() -> None:
    page = parse(render_front(replace(SITE, newsletters=()), []))
    assert page.xpath("//form") == []
    assert page.xpath("//a[@href='/subscribe']") == []


def test_article_shows_all_its_parts() -> None:
    page = article_page(
        standfirst="Above.", authors=("Ann", "Bob"), section="Town", tags=("works",), correction="Not forty."
    )
    text = page.xpath("string(//main)")
    assert all(words in text for words in ("Title 1", "Above.", "Ann, Bob", "Town", "works", "Not forty.", "Body 1."))


def test_article_is_an_h_entry() -> None:
    page = article_page(authors=("Ann",))
    (entry,) = page.find_class("h-entry")
    assert entry.tag == "article"
    assert entry.find_class("p-name")[0].text_content() == "Title 1"
    assert entry.find_class("dt-published")[0].get("datetime") == "2026-11-23T12:00:00Z"
    assert entry.find_class("e-content")[0].text_content().strip() == "Body 1."


def test_article_says_its_own_language() -> None:
    page = article_page(language="nl")
    assert (page.get("lang"), page.xpath("//article/@lang")) == ("fr", ["nl"])


def test_article_from_the_right_says_so() -> None:
    assert article_page(language="ar").xpath("//article/@dir") == ["rtl"]


def test_markup_in_titles_is_escaped() -> None:
    page = article_page(title="<script>1</script>", summary='"><script>2</script>', authors=("<script>3",))
    assert page.xpath("//script") == []
    assert page.xpath("string(//h1[@class='p-name'])") == "<script>1</script>"


def test_own_address_is_canonical() -> None:
    assert article_page().xpath("//link[@rel='canonical']/@href") == [
        "https://gazette.example/articles/2026/11/article-1"
    ]


def test_declared_address_is_canonical() -> None:
    page = article_page(canonical_url="https://first.example/a")
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://first.example/a"]


def test_own_sites_addresses_are_linked() -> None:
    publication = replace(SITE.publication, article_url="https://site.example/{yyyy}/{slug}")
    page = parse(render_front(replace(SITE, publication=publication), [make_article()]))
    assert page.xpath("//article/h2/a/@href") == ["https://site.example/2026/article-1"]


def test_lead_picture_stands_above() -> None:
    page = article_page(lead_image=BRIDGE.address, images=(BRIDGE,))
    (picture,) = page.xpath("//article//img")
    assert dict(picture.attrib) == {
        "class": "u-photo",
        "src": "/images/1/a.png",
        "alt": "A bridge",
        "width": "800",
        "height": "450",
    }
    assert page.xpath("//meta[@property='og:image']/@content") == ["https://gazette.example/images/1/a.png"]


def test_remote_lead_picture_has_no_size() -> None:
    page = article_page(lead_image="https://x.example/a.png")
    (picture,) = page.xpath("//article//img")
    assert (picture.get("src"), picture.get("width")) == ("https://x.example/a.png", None)


def test_picture_in_the_body_is_not_repeated() -> None:
    page = article_page(lead_image=BRIDGE.address, images=(BRIDGE,), html='<p><img src="/images/1/a.png" alt=""></p>')
    assert len(page.xpath("//article//img")) == 1


@pytest.mark.parametrize("title", ["lone \ud800 half", "{{7*7}}", "{% x %}"])
def test_odd_titles_make_a_page(title: str) -> None:
    assert article_page(title=title).xpath("//h1[@class='p-name']")[0].text_content() == title.replace("\ud800", "?")


def test_issue_shows_lead_and_summaries() -> None:
    page = parse(render_issue(SITE, ISSUE, articles=[make_article(1), make_article(2)]))
    text = page.xpath("string(//main)")
    assert [words in text for words in ("Body 1.", "Body 2.", "Summary 2.")] == [True, False, True]
    assert page.xpath("//h1/text()") == ["Le matin"]


def test_issue_has_the_newsletters_date() -> None:
    page = parse(render_issue(SITE, ISSUE, articles=[make_article()]))
    assert page.xpath("//h1/following::time[1]/text()") == ["mardi 24 novembre 2026"]


def test_issue_of_a_lost_newsletter_is_shown() -> None:
    page = parse(render_issue(replace(SITE, newsletters=()), ISSUE, articles=[make_article()]))
    assert page.xpath("//h1/text()") == ["Le matin"]


def test_issue_has_no_mail_footer() -> None:
    source = render_issue(SITE, ISSUE, articles=[make_article()]).decode()
    assert "SLOT" not in source
    assert "désabonner" not in source
