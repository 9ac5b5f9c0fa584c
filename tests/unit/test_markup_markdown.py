import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.markup import render_markdown


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# One", '<h1 id="one">One</h1>'),
        ("## Two {#second}", '<h2 id="second">Two</h2>'),
        ("Two {#a .b}\n===", '<h1 id="a">Two</h1>'),
        ("a ~~b~~ c", "<p>a <del>b</del> c</p>"),
        ("<https://x.org>", '<p><a href="https://x.org" rel="noopener">https://x.org</a></p>'),
        ("see https://x.org", '<p>see <a href="https://x.org" rel="noopener">https://x.org</a></p>'),
        ("- [x] done\n- [ ] open", "<ul>\n<li>☑ done</li>\n<li>☐ open</li>\n</ul>"),
        ("Word\n\n: Meaning", "<dl>\n<dt>Word</dt>\n<dd>\n<p>Meaning</p>\n</dd>\n</dl>"),
        ("```python\n1 < 2\n```", '<pre><code class="language-python">1 &lt; 2\n</code></pre>'),
        ("![A cat](cat.png)", '<p><img src="cat.png" alt="A cat"></p>'),
        ("a <em>b</em><script>c</script>", "<p>a <em>b</em></p>"),
        ("a {#kept} b", "<p>a {#kept} b</p>"),
        ("", ""),
    ],
)
def test_markdown_becomes_safe_html(source: str, html: str) -> None:
    assert render_markdown(source).strip() == html


def test_table_keeps_its_alignment() -> None:
    html = render_markdown("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert '<th align="left">a</th>' in html
    assert '<td align="right">2</td>' in html


def test_footnotes_carry_the_prefix() -> None:
    html = render_markdown("Fact.[^1]\n\n[^1]: Source.", prefix="a7-")
    for part in ('href="#a7-fn-1"', 'id="a7-fnref-1"', 'id="a7-fn-1"', 'href="#a7-fnref-1"'):
        assert part in html


def test_two_articles_share_no_footnote_id() -> None:
    source = "Fact.[^1]\n\n[^1]: Source."
    assert 'id="b-fn-1"' not in render_markdown(source, prefix="a-")


def test_prefix_leaves_code_alone() -> None:
    html = render_markdown('Fact.[^1] `<a href="#fn-1">`\n\n[^1]: Source.', prefix="a-")
    assert '<code>&lt;a href="#fn-1"&gt;</code>' in html


def test_lone_surrogate_becomes_a_replacement() -> None:
    assert render_markdown("a\ud800b") == "<p>a\ufffdb</p>\n"


def test_deep_quotes_lose_their_depth() -> None:
    html = render_markdown(">" * 20_000 + " deep")
    assert html.count("<blockquote>") <= 48
    assert "deep" in html


def test_one_long_line_is_rendered() -> None:
    assert len(render_markdown("word " * 50_000)) > 249_000


def test_many_headings_are_rendered() -> None:
    assert render_markdown("# h\n\n" * 20_000).count("<h1 id=") == 20_000


def test_wide_table_does_not_explode() -> None:
    source = "|a" * 2000 + "\n" + "|-" * 2000 + "\n" + "|b\n" * 2000
    assert len(render_markdown(source)) < 2 * len(source)


def test_long_table_stays_a_table() -> None:
    source = "|a|b\n|-|-\n" + "|c|d\n" * 5000
    assert render_markdown(source).count("<tr>") == 5001


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_rendered(source: str) -> None:
    html = render_markdown(source, prefix="x-")
    html.encode()
    assert "<script" not in html
