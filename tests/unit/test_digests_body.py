"""An article's body made fit for mail."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.digests.body import fit_body, fit_picture
from publisher.domain.article import Article, Image
from publisher.markup import render_markdown

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = "https://gazette.example"
WIDE = Image(path="a.png", address="/images/1/a.png", media_type="image/png", alt="A bridge", width=1104, height=600)
ARTICLE = Article(
    key=1,
    id="tag:1",
    path="a.md",
    slug="a",
    year=2026,
    month=11,
    title="A",
    language="en",
    html="",
    images=(WIDE,),
    published_at=NOON,
    released_at=NOON,
    updated_at=NOON,
    first_seen_at=NOON,
)


def fit(html: str) -> str:
    return fit_body(replace(ARTICLE, html=html), base=BASE, page=f"{BASE}/articles/2026/11/bridge")


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        (
            '<p><a href="/articles/2026/11/b">b</a></p>',
            '<p><a href="https://gazette.example/articles/2026/11/b">b</a></p>',
        ),
        ('<p><a href="mailto:a@b.example">b</a></p>', '<p><a href="mailto:a@b.example">b</a></p>'),
        (
            '<p><a href="#b">b</a></p><h2 id="b">B</h2>',
            '<p><a href="https://gazette.example/articles/2026/11/bridge#b">b</a></p><h2>B</h2>',
        ),
        ("<p>1 &lt; 2 &amp; é</p>", "<p>1 &lt; 2 &amp; é</p>"),
        ("<p>a\x00b\x0b</p>", "<p>ab</p>"),
        ("<p>xSLOTemailSLOTx</p>", "<p>x-SLOTemailSLOTx</p>"),
    ],
)
def test_body_works_from_an_inbox(html: str, fitted: str) -> None:
    assert fit(html) == fitted


def test_known_picture_has_size_and_words() -> None:
    assert fit('<p><img src="/images/1/a.png"></p>') == (
        '<p><img src="https://gazette.example/images/1/a.png" alt="A bridge" width="552" height="300"></p>'
    )


def test_copy_for_mail_stands_in_for_the_picture() -> None:
    article = replace(ARTICLE, images=(replace(WIDE, mail_address="/images/1/mail-1/a.jpg"),))
    html = '<p><img src="/images/1/a.png"><a href="/images/1/a.png">large</a></p>'
    assert fit_body(replace(article, html=html), base=BASE, page="https://gazette.example/articles/a") == (
        '<p><img src="https://gazette.example/images/1/mail-1/a.jpg" alt="A bridge" width="552" height="300">'
        '<a href="https://gazette.example/images/1/a.png">large</a></p>'
    )


def test_own_words_for_a_picture_win() -> None:
    assert 'alt="The bridge"' in fit('<p><img src="/images/1/a.png" alt="The bridge"></p>')


def test_strange_picture_becomes_a_link() -> None:
    html = '<p>See <img src="https://tracker.example/a.gif" alt="A map">!</p>'
    assert fit(html) == '<p>See <a href="https://tracker.example/a.gif">A map</a>!</p>'


def test_linked_strange_picture_keeps_its_link() -> None:
    html = '<p><a href="https://x.example/"><img src="https://x.example/a.gif" alt="A map"></a></p>'
    assert fit(html) == '<p><a href="https://x.example/">A map</a></p>'


def test_strange_decoration_disappears() -> None:
    assert fit('<p>a <img src="https://tracker.example/a.gif" alt="">b</p>') == "<p>a b</p>"


def test_notes_become_plain_numbers() -> None:
    html = fit(render_markdown("A word[^1].\n\n[^1]: A note.", prefix="a1-"))
    assert "<sup" in html
    assert "[1]</sup>" in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("width", "height", "size"), [(1104, 600, (552, 300)), (300, 200, (300, 200)), (5520, 1, (552, 1))]
)
def test_picture_fits_the_column(width: int, height: int, size: tuple[int, int]) -> None:
    picture = fit_picture(replace(WIDE, width=width, height=height), base=BASE)
    assert picture is not None
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize("size", [(None, None), (600, None), (0, 10)])
def test_picture_without_size_is_none(size: tuple[int | None, int | None]) -> None:
    assert fit_picture(replace(WIDE, width=size[0], height=size[1]), base=BASE) is None
