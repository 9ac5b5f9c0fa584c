import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.markup import render_markdown, shorten, to_plain


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("<p>O<b>n</b>e</p>", "One"),
        ("<p>a<br>b</p>", "a b"),
        ('<p><a href="https://x.org">here</a>.</p>', "here."),
        ('<p>a <img src="x" alt="cat"> b</p>', "a b"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ("<p>«&nbsp;oui&nbsp;»</p>", "«\u00a0oui\u00a0»"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "a b"),
        ("", ""),
    ],
)
def test_html_becomes_one_line(html: str, plain: str) -> None:
    assert to_plain(html) == plain


def test_footnotes_are_left_out() -> None:
    html = render_markdown("Fact[^1] and more.\n\n[^1]: Source.", prefix="a-")
    assert to_plain(html) == "Fact and more."


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("one two", 7, "one two"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one, two three", 6, "one…"),
        ("one two. Three", 12, "one two…"),
        ("abcdefgh", 5, "abcd…"),
        ("abc def", 1, "…"),
    ],
)
def test_text_is_cut_after_a_word(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@given(st.text(), st.integers(1, 50))
def test_short_text_keeps_to_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert text.startswith(short.removesuffix("…"))


@given(st.text())
def test_plain_text_has_one_line(source: str) -> None:
    assert "\n" not in to_plain(render_markdown(source))
