import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.markup import absolute_links, clean_html, iter_images, render_markdown, rewrite_links, rewrite_sources

BASE = "https://gazette.example"


def test_links_and_pictures_are_rewritten() -> None:
    html = clean_html('<a href="a"><img src="b" alt="href=&quot;c&quot;"></a>')
    rewritten = rewrite_sources(rewrite_links(html, str.upper), str.upper)
    assert rewritten == '<a href="A" rel="noopener"><img src="B" alt="href=&quot;c&quot;"></a>'


def test_ampersands_are_given_plain() -> None:
    seen: list[str] = []
    html = clean_html('<a href="/?a=1&amp;b=2">x</a>')
    rewrite_links(html, lambda target: seen.append(target) or target)  # type: ignore[func-returns-value]
    assert seen == ["/?a=1&b=2"]


def test_new_address_is_escaped() -> None:
    assert rewrite_links('<a href="x">y</a>', lambda _: '/"><b>&') == '<a href="/&quot;&gt;&lt;b&gt;&amp;">y</a>'


def test_code_is_no_link() -> None:
    html = render_markdown('`<a href="/x">`')
    assert absolute_links(html, BASE) == html


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("/images/a.png", f"{BASE}/images/a.png"),
        ("https://x.org/a", "https://x.org/a"),
        ("mailto:a@x.org", "mailto:a@x.org"),
        ("#fn-1", "#fn-1"),
        ("//x.org/a", "https://x.org/a"),
        ("//[", "//["),
    ],
)
def test_root_relative_address_becomes_absolute(target: str, wanted: str) -> None:
    assert absolute_links(f'<a href="{target}">a</a>', BASE) == f'<a href="{wanted}">a</a>'


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("#fn-1", "https://site.example/2026/a#fn-1"),
        ("b", "https://site.example/2026/b"),
        ("/images/a.png", f"{BASE}/images/a.png"),
        ("https://x.org/a", "https://x.org/a"),
    ],
)
def test_page_completes_relative_addresses(target: str, wanted: str) -> None:
    html = absolute_links(f'<a href="{target}">a</a>', BASE, page="https://site.example/2026/a")
    assert html == f'<a href="{wanted}">a</a>'


def test_images_come_in_order() -> None:
    html = render_markdown("![one](a.png) ![two](/b.png?x=1&y=2)\n\n![three](a.png)")
    assert list(iter_images(html)) == ["a.png", "/b.png?x=1&y=2", "a.png"]


def test_text_without_images_has_none() -> None:
    assert list(iter_images('<p>src="a.png"</p>')) == []


@given(st.text())
def test_unchanged_addresses_keep_every_byte(source: str) -> None:
    html = render_markdown(f"[a](<x{source}>) {source} ![b]({source})")
    assert rewrite_links(html, lambda target: target) == html
