import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from publisher.markup import clean_html, render_markdown

PIECES = [
    *("<p>", "</p>", "<a href='/x'>", "</a>", "<b>", "</b>", "<i>", "<table>", "<tr>", "<td>", "</table>", "<li>"),
    *("<ul>", "<div>", "</div>", "<svg>", "<math>", "<style>", "</style>", "<script>", "<!--", "-->", "<img src=x>"),
    *("<img alt='<b>' src='/a?b&c'>", "<form>", "<textarea>", "<title>", "&amp;", "&lt;", "&", "<", ">", '"', "text"),
]

HARMLESS = {"a", "b", "div", "i", "img", "li", "p", "table", "tbody", "td", "tr", "ul"}


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<style>p{}</style>",
        "<iframe src='https://x.org'></iframe>",
        "<iframe srcdoc='<p>x'></iframe>",
        "<svg><script>x</script></svg>",
        "<math><mi>x</mi></math>",
        "<object data='x'></object>",
        "<img src='data:image/png;base64,eA=='>",
        "<img src='javascript:x'>",
        "<img src='cid:x'>",
        "<img src='mailto:x@x.org'>",
        "<!-- remark -->",
    ],
)
def test_what_is_unsafe_goes_whole(html: str) -> None:
    assert clean_html(html) == ""


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ('<p onclick="x">a</p>', "<p>a</p>"),
        ('<p style="color:red">a</p>', "<p>a</p>"),
        ('<p id="menu">a</p>', "<p>a</p>"),
        ('<p class="promo">a</p>', "<p>a</p>"),
        ('<p class="promo standfirst">a</p>', '<p class="standfirst">a</p>'),
        ('<code class="language-c x">a</code>', '<code class="language-c">a</code>'),
        ('<form action="/x">a<input value="b"></form>', "a"),
        ('<td align="justify">', ""),
        ('<p lang="nl" dir="ltr">a</p>', '<p lang="nl" dir="ltr">a</p>'),
    ],
)
def test_what_is_harmless_stays(html: str, cleaned: str) -> None:
    assert clean_html(html) == cleaned


@pytest.mark.parametrize(
    "href",
    ["https://x.org/", "http://x.org/", "mailto:a@x.org", "tel:+3225550100", "/a", "a/b.html", "#fn-1", "//x.org/a"],
)
def test_good_link_stays_with_noopener(href: str) -> None:
    assert clean_html(f'<a href="{href}">a</a>') == f'<a href="{href}" rel="noopener">a</a>'


@pytest.mark.parametrize(
    "href",
    [
        "javascript:x",
        "JaVaScRiPt:x",
        " javascript:x",
        "java\nscript:x",
        "java&Tab;script:x",
        "vbscript:x",
        "data:text/html,x",
        "ftp://x.org",
        "file:///etc/passwd",
    ],
)
def test_bad_link_loses_its_target(href: str) -> None:
    assert clean_html(f'<a href="{href}">a</a>') == '<a rel="noopener">a</a>'


@pytest.mark.parametrize("src", ["https://x.org/i.png", "http://x.org/i.png", "/images/i.png", "i.png", "../i.png"])
def test_good_picture_stays(src: str) -> None:
    assert clean_html(f'<img src="{src}" alt="a">') == f'<img src="{src}" alt="a">'


def test_footnote_keeps_its_id() -> None:
    html = '<ol><li id="a7-fn-1">a</li><li id="admin">b</li></ol>'
    assert clean_html(html) == '<ol><li id="a7-fn-1">a</li><li>b</li></ol>'


def test_table_outlives_a_deep_page() -> None:
    html = clean_html("<div>" * 5000 + "<table><tbody><tr><td>a</td></tr></tbody></table>")
    assert html.count("<div>") <= 48
    assert "a" in html


def test_open_paragraphs_are_no_depth() -> None:
    assert clean_html("<p>a" * 500).count("<p>") == 500


def test_siblings_after_depth_stay() -> None:
    html = "<div>" * 200 + "</div>" * 200 + "<blockquote><p>a</p></blockquote>"
    assert clean_html(html).endswith("<blockquote><p>a</p></blockquote>")


@given(st.text())
def test_rendered_markdown_is_clean_already(source: str) -> None:
    html = render_markdown(source.replace("<", ""))
    assert clean_html(html) == html


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_cleaned_html_parses_without_strangers(pieces: list[str]) -> None:
    parsed = lxml_html.fragment_fromstring(clean_html("".join(pieces)), create_parent="div")
    assert {element.tag for element in parsed.iter()} <= HARMLESS
    assert {name for element in parsed.iter() for name in element.attrib} <= {"href", "rel", "src", "alt"}


@pytest.mark.parametrize(
    ("player", "link"),
    [
        ('<video src="a/film.mp4" controls>No film.</video>', '<a href="a/film.mp4">film.mp4</a>'),
        ('<audio title="The bells"><source src="bells.ogg"></audio>', '<a href="bells.ogg">The bells</a>'),
        (
            "<VIDEO src='film.mp4' poster='still.png'></VIDEO>",
            '<a href="film.mp4"><img src="still.png" alt="film.mp4"></a>',
        ),
        ('<video src="film.mp4" poster="https://x.org/a.png"></video>', '<a href="film.mp4">film.mp4</a>'),
        ('<video src="javascript:alert(1)"></video>', "<a>alert(1)</a>"),
        ("<video>Nothing</video>", "Nothing"),
        ('<video src="film.mp4">never closed', "never closed"),
    ],
)
def test_players_become_links(player: str, link: str) -> None:
    assert clean_html(player).replace(' rel="noopener"', "") == link
