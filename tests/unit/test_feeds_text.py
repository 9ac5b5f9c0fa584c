import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle
from typing import Any

import feedparser
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from publisher.domain.article import Article, Enclosure, Image
from publisher.domain.feed import Feed, Format, Gone
from publisher.domain.publication import Publication
from publisher.feeds import Document, build, build_all
from publisher.feeds.document import IssueEntry
from tests.factories import make_issue

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)
ILLEGAL = "a\x00\x08\x0b\x0c\x1f\ud800\udfff\ufffe\uffffb"
ARTICLE = Article(
    key=1,
    id="tag:gazette.example,2026-11-23:a",
    path="a.md",
    slug="the-slug",
    year=2026,
    month=11,
    title="A",
    language="en",
    html="<p>a</p>",
    published_at=NOON,
    released_at=NOON,
    updated_at=NOON,
    first_seen_at=NOON,
)


def make_document(**changes: Any) -> Document:
    return Document(
        feed=Feed(name="main", title="All"),
        publication=Publication(title="Gazette", url="https://gazette.example"),
        articles=(replace(ARTICLE, **changes),),
        built_from=NOON,
        authority="gazette.example",
    )


def title_and_content(document: Document, form: Format) -> tuple[str, str]:
    data = build(document, form)
    if form is Format.JSON:
        item = json.loads(data)["items"][0]
        return item["title"], item["content_html"]
    paths = (
        ("item/title", "item/description") if form is Format.RSS else (f"{ATOM}entry/{ATOM}title", f".//{ATOM}content")
    )
    root = etree.fromstring(data)
    title, content = ((root[0] if form is Format.RSS else root).find(path) for path in paths)
    return "".join(title.itertext()), "".join(content.itertext())


@pytest.mark.parametrize("form", list(Format))
def test_f01_illegal_characters_are_stripped(form: Format) -> None:
    assert title_and_content(make_document(title=ILLEGAL, html=ILLEGAL), form) == ("ab", "ab")


@pytest.mark.parametrize("form", list(Format))
def test_f01_illegal_characters_never_raise(form: Format) -> None:
    words = (ILLEGAL, "\x00")
    document = make_document(authors=words, tags=words, summary=ILLEGAL, standfirst=ILLEGAL, correction=ILLEGAL)
    head = replace(
        document, feed=Feed(name="main", title=ILLEGAL), publication=Publication(title=ILLEGAL, url="https://x.org")
    )
    assert ILLEGAL[0] in build(head, form).decode()


def legal(text: str) -> str:
    """The text as XML 1.0's production Char lets it through, without what the note below it discourages."""
    spans = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x7E), (0xA0, 0xD7FF), (0xE000, 0xFDCF), (0xFDF0, 0xFFFD))
    beyond = [(plane, plane + 0xFFFD) for plane in range(0x10000, 0x110000, 0x10000)]
    return "".join(letter for letter in text if any(low <= ord(letter) <= high for low, high in (*spans, *beyond)))


@pytest.mark.parametrize("form", list(Format))
@given(title=ANY_TEXT, html=ANY_TEXT)
def test_f01_any_text_comes_through(form: Format, title: str, html: str) -> None:
    told = title_and_content(make_document(title=title, html=html), form)
    assert told == (legal(title).strip() or "the-slug", legal(html))


@given(title=ANY_TEXT, summary=ANY_TEXT)
def test_f01_parser_complains_of_no_text(title: str, summary: str) -> None:
    document = make_document(title=title, summary=summary)
    assert [feedparser.parse(build(document, form)).bozo for form in (Format.RSS, Format.ATOM)] == [0, 0]


def fill(word: Callable[[], str], *, is_full: bool) -> Document:
    """A document that has one of the words wherever an editor or a settings file may put one."""
    article = replace(
        ARTICLE,
        id=f"tag:x{word()}",
        title=word(),
        html=word(),
        summary=word(),
        standfirst=word(),
        correction=word(),
        section=word(),
        rights=word(),
        language=word(),
        canonical_url=word(),
        authors=(word(), word()),
        tags=(word(),),
        lead_image=word(),
        images=(Image(path="a.png", address=f"/images/{word()}", media_type=word(), alt=word()),),
        enclosure=Enclosure(url=word(), media_type=word(), transcript=word(), transcript_type=word()),
    )
    issue = make_issue(subject=word(), title=word())
    return Document(
        feed=Feed(name="main", title=word(), description=word(), language=word(), is_full=is_full),
        publication=Publication(title=word(), url="https://gazette.example", tagline=word(), rights=word()),
        articles=(article,),
        issues=(IssueEntry(issue=issue, language=word(), articles=(article,)),),
        gone=(Gone(id=word(), at=NOON),),
        built_from=NOON,
        authority="gazette.example",
    )


@settings(max_examples=50, deadline=None)
@given(words=st.lists(ANY_TEXT, min_size=3, max_size=12), is_full=st.booleans())
def test_f01_no_text_breaks_a_feed_anywhere(words: list[str], is_full: bool) -> None:
    document = fill(cycle(words).__next__, is_full=is_full)
    built = build_all(document)
    assert [etree.fromstring(built[form]).tag.rpartition("}")[2] for form in (Format.RSS, Format.ATOM)] == [
        "rss",
        "feed",
    ]
    assert len(json.loads(built[Format.JSON])["items"]) == 2


def _is_mistaken(title: str) -> bool:
    """Whether feedparser takes a title for UTF-8 that was read as Latin-1, and "mends" it."""
    try:
        return title.encode("latin-1").decode() != title
    except UnicodeError:
        return False


@given(
    st.text(alphabet=st.characters(categories=("L", "N", "Zs")), min_size=1).filter(lambda one: not _is_mistaken(one))
)
def test_parser_reads_the_title_back(title: str) -> None:
    document = make_document(title=f"x{title}x")
    for form in (Format.RSS, Format.ATOM):
        assert feedparser.parse(build(document, form)).entries[0].title == f"x{title}x"


@pytest.mark.parametrize("form", list(Format))
def test_standfirst_and_correction_frame_the_body(form: Format) -> None:
    document = make_document(standfirst="Up & away", correction="It was <two>.")
    assert title_and_content(document, form)[1] == (
        '<p class="standfirst"><strong>Up &amp; away</strong></p>\n<p>a</p>\n'
        "<p><strong>Correction:</strong> <em>It was &lt;two&gt;.</em></p>"
    )


@pytest.mark.parametrize("form", list(Format))
def test_untitled_article_shows_its_slug(form: Format) -> None:
    assert title_and_content(make_document(title=" \x00 "), form)[0] == "the-slug"


@pytest.mark.parametrize("form", list(Format))
def test_f21_bytes_are_equal_at_any_time(form: Format) -> None:
    with time_machine.travel(NOON, tick=False):
        first = build(make_document(), form)
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        assert build(make_document(), form) == first


@pytest.mark.parametrize("form", list(Format))
def test_f21_bytes_are_equal_in_any_zone(form: Format) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert build(make_document(published_at=elsewhere, updated_at=elsewhere), form) == build(make_document(), form)


@pytest.mark.parametrize("form", list(Format))
def test_articles_stay_in_the_order_given(form: Format) -> None:
    articles = tuple(replace(ARTICLE, id=f"tag:x,2026:{number}") for number in (2, 0, 1))
    written = build(replace(make_document(), articles=articles), form).decode()
    assert written.index("tag:x,2026:2") < written.index("tag:x,2026:0") < written.index("tag:x,2026:1")


@pytest.mark.parametrize("form", list(Format))
def test_own_site_takes_the_links(form: Format) -> None:
    site = Publication(title="G", url="https://gazette.example", article_url="https://site.example/{yyyy}/{mm}/{slug}/")
    written = build(replace(make_document(), publication=site), form).decode()
    assert "https://site.example/2026/11/the-slug/" in written


def test_f21_threads_build_the_same_bytes() -> None:
    articles = tuple(replace(ARTICLE, id=f"tag:x,2026:{number}", title=f"R&D {number}") for number in range(20))
    document = replace(make_document(), articles=articles)
    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(lambda _: build_all(document), range(40)))
    assert all(found == built[0] for found in built)


@pytest.mark.parametrize("form", list(Format))
def test_feeds_that_share_an_article_agree(form: Format) -> None:
    other = replace(make_document(), feed=Feed(name="other", title="All"))
    first, second = (build(document, form).decode() for document in (make_document(), other))
    assert first.replace("/main.", "/other.").partition("the-slug")[2] == second.partition("the-slug")[2]
