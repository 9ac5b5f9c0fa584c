import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.markup import clean_html, render_markdown, to_text

BLOCKS = [
    "# Heading",
    "A paragraph with a [link](https://x.org/a?b=1&c=2).",
    "> Quoted\n>\n> twice",
    "- one\n- two\n  - nested\n\n- three",
    "3. three\n4. four",
    "| a | b |\n|---|---|\n| 1 | [2](https://x.org/cell) |",
    "```\ncode\n\n\n\nmore\n```",
    "![picture](https://x.org/p.png)",
    "[![linked](https://x.org/q.png)](https://x.org/big)",
    "Term\n\n: Meaning",
    "<div><div>deep<br><br><br><br>down</div></div>",
    "***",
    "<https://x.org/auto>",
]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("One\n\nTwo", "One\n\nTwo"),
        ("# Title\n\nBody", "Title\n\nBody"),
        ("soft\nbreak", "soft break"),
        ("hard\\\nbreak", "hard\nbreak"),
        ("[here](https://x.org/a)", "here <https://x.org/a>"),
        ("<https://x.org>", "https://x.org"),
        ("www.x.org", "http://www.x.org"),
        ("a@x.org", "a@x.org"),
        ("[us](mailto:a@x.org)", "us <mailto:a@x.org>"),
        ("[home](/)", "home </>"),
        ("![A cat](/cat.png)", "[A cat]"),
        ("![](/cat.png)", ""),
        ("[![Cat](/cat.png)](https://x.org)", "[Cat] <https://x.org>"),
        ("- a\n- b", "- a\n- b"),
        ("- a\n\n- b", "- a\n\n- b"),
        ("- a\n  - b\n- c", "- a\n  - b\n- c"),
        ("9. a\n10. b", "9. a\n10. b"),
        ("1. a\n\n   b", "1. a\n\n   b"),
        ("- [x] a", "- ☑ a"),
        ("> a\n>\n> b", "> a\n>\n> b"),
        ("> - a\n> - b", "> - a\n> - b"),
        ("```\n  a\nb\n```", "  a\nb"),
        ("a\n\n***\n\nb", "a\n\n* * *\n\nb"),
        ("Word\n\n: Meaning", "Word\n  Meaning"),
        ("~~old~~ new `x`", "~~old~~ new `x`"),
        ("<q>a</q>", "“a”"),
        ("", ""),
    ],
)
def test_body_reads_well_as_text(source: str, text: str) -> None:
    assert to_text(render_markdown(source)) == text


def test_table_lines_up() -> None:
    html = render_markdown("| Town | People |\n|---|---|\n| Ath | 30,000 |\n| Braine | 9 |")
    assert to_text(html) == "Town   | People\n-------+-------\nAth    | 30,000\nBraine | 9"


def test_long_cell_widens_no_other_row() -> None:
    html = render_markdown("| a | b |\n|---|---|\n| " + "x" * 99 + " | c |")
    assert max(map(len, to_text(html).split("\n")[:2])) < 40


def test_footnote_is_numbered() -> None:
    html = render_markdown("Fact.[^n]\n\n[^n]: Source.", prefix="a-")
    assert to_text(html) == "Fact.[1]\n\n1. Source."


def test_no_break_spaces_stay() -> None:
    assert to_text("<p>«&nbsp;oui&nbsp;»</p>") == "«\u00a0oui\u00a0»"


def test_loose_text_between_blocks_stays() -> None:
    assert to_text("a<p>b</p>c") == "a\n\nb\n\nc"


@pytest.mark.parametrize("tag", ["blockquote", "ul", "b", "table"])
def test_deep_nesting_is_survived(tag: str) -> None:
    assert to_text(clean_html(f"<{tag}>" * 3000 + "x")).endswith("x")


def test_unclean_depth_is_survived() -> None:
    assert to_text("<blockquote>" * 3000 + "x").endswith("> x")


@given(st.lists(st.sampled_from(BLOCKS), max_size=6))
def test_every_link_is_told(blocks: list[str]) -> None:
    html = render_markdown("\n\n".join(blocks))
    text = to_text(html)
    assert all(unescape(href) in text for href in re.findall(r' href="([^"]*)"', html))


@given(st.lists(st.sampled_from(BLOCKS) | st.text(max_size=20), max_size=6))
def test_blank_lines_stand_alone(blocks: list[str]) -> None:
    text = to_text(render_markdown("\n\n".join(blocks)))
    assert "\n\n\n" not in text
    assert text == text.strip("\n")
