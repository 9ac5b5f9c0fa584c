"""A newsletter's feed of issues."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from publisher.domain.article import Article
from publisher.domain.feed import Feed
from publisher.feeds import Document, build_all
from publisher.feeds.document import IssueEntry
from tests.factories import NOW, make_issue
from tests.feed_documents import atom, complain, json_feed, make_article, make_document, rss, texts

ISSUES = Feed(name="issues/daily", title="Le matin")
OLD = make_article(updated_at=NOW - timedelta(days=1))


def make_issues(*articles: Article, feed: Feed = ISSUES, language: str = "en", **issue: Any) -> Document:
    found = IssueEntry(issue=make_issue(**issue), language=language, articles=articles or (OLD,))
    return make_document(feed=feed, issues=(found,))


def content(document: Document) -> str:
    found: str = json_feed(document)["items"][0]["content_html"]
    return found


def test_issue_leads_to_its_page() -> None:
    document = make_issues(subject="The bridge & more")
    page = "https://gazette.example/issues/daily/2026-11-23T0700"
    assert (texts(rss(document), "item/title"), texts(rss(document), "item/link")) == (["The bridge & more"], [page])


def test_f08_issue_keeps_its_id_elsewhere() -> None:
    renamed = Feed(name="issues/morning", title="x", aliases=("issues/daily",))
    ids = [texts(atom(made), "a:entry/a:id") for made in (make_issues(), make_issues(feed=renamed, subject="Other"))]
    assert ids[0] == ids[1]
    assert UUID(ids[0][0]).version == 5


def test_issue_lists_what_was_mailed() -> None:
    found = etree.fromstring(content(make_issues(OLD, make_article(title="R&D", updated_at=NOW))))
    assert [link.text for link in found.iter("a")] == ["The bridge opens", "R&D"]
    assert {link.get("href") for link in found.iter("a")} == {"https://gazette.example/articles/2026/11/bridge"}
    assert texts(found, "li/p")[1::2] == ["A bridge for R&D, 3 < 4."] * 2


def test_issue_names_the_language_of_others() -> None:
    written = content(make_issues(OLD, make_article(language="nl")))
    assert (written.count("<li>"), written.count('<li lang="nl" dir="ltr">')) == (1, 1)


def test_issue_is_summed_up_by_titles() -> None:
    document = make_issues(OLD, make_article(title="The mayor"))
    assert json_feed(document)["items"][0]["summary"] == "The bridge opens · The mayor"


def test_f09_issue_is_dated_by_its_freeze() -> None:
    entry = json_feed(make_issues())["items"][0]
    assert entry["date_published"] == entry["date_modified"] == "2026-11-23T06:00:00Z"


def test_f09_recomposed_issue_moves_updated_alone() -> None:
    entry = json_feed(make_issues(make_article(updated_at=NOW + timedelta(hours=1)), revision=2))["items"][0]
    assert (entry["date_published"], entry["date_modified"]) == ("2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z")


def test_f18_issue_says_its_language() -> None:
    assert json_feed(make_issues(language="nl"))["items"][0]["language"] == "nl"


def test_feed_of_summaries_lists_no_articles() -> None:
    item = json_feed(make_issues(feed=Feed(name="issues/daily", title="x", is_full=False)))["items"][0]
    assert (item["content_text"], "content_html" in item) == ("The bridge opens", False)


@pytest.mark.parametrize("subject", ["", "The bridge"])
def test_f07_issues_are_valid_atom(subject: str) -> None:
    assert complain(make_issues(subject=subject, title="")) == []


def test_issues_are_told_in_every_format() -> None:
    assert all(b"The bridge opens" in data for data in build_all(make_issues()).values())
