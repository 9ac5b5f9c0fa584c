"""S01, S02, S05: whatever a seed holds, readers get safe HTML of it, as typed and in bounded work."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from publisher.domain.article import Content
from publisher.errors import SeedError
from publisher.ingest import Reading, Rules, read_seed
from publisher.markup import clean_html, drop_heading_ids, render_markdown, to_text

RULES = Rules(timezone="UTC", language="en")
TYPED = ("{{7*7}}", "{% if 7 %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{ config }}", "{{''.join(a)}}")


def read(text: str, *, path: str = "town/a.md") -> Content:
    found = read_seed(path, text.encode("utf-8", "surrogatepass"), RULES, asset=lambda _: None)
    assert isinstance(found, Reading)
    return found.content


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example></sCrIpT>",
        "<style>*{display:none}</style>",
        "<svg/onload=alert(1)>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=https://evil.example></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<form action=https://evil.example><input name=a><button>b</button></form>",
        "<img src=x onerror=alert(1)>",
        "<p style='background:url(javascript:alert(1))' onclick=alert(1)>a</p>",
        "<a href=x onmouseover=alert(1) ping=//evil.example>a</a>",
        "<base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=//evil.example>",
        "<object data=x></object><embed src=x><applet></applet>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<template><script>alert(1)</script></template>",
        "<details ontoggle=alert(1) open><summary>a</summary></details>",
        "<h2 id='a\" onclick=alert(1)'>a</h2>",
        '<figure class="pullquote x" onclick=alert(1)>a</figure>',
    ],
)
def test_s01_nothing_runs(written: str) -> None:
    root = lxml_html.fragment_fromstring(render_markdown(f"a\n\n{written}\n\nb"), create_parent="div")
    tags = {element.tag for element in root.iter()}
    names = {name for element in root.iter() for name in element.attrib}
    assert tags.isdisjoint(
        {
            "script",
            "style",
            "svg",
            "math",
            "iframe",
            "form",
            "input",
            "button",
            "object",
            "embed",
            "base",
            "meta",
            "link",
        }
    )
    assert names <= {"class", "href", "id", "open", "rel", "src", "title"}


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "java\rscript:alert(1)",
        "\x01javascript:alert(1)",
        " \x0b javascript:alert(1)",
        "\u00a0javascript:alert(1)",
        "java&#x09;script:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "javascript://example.org/%0aalert(1)",
        "vbscript:x",
        "data:text/html;base64,PHNjcmlwdD4=",
        "blob:https://example.org/x",
        "file:///etc/passwd",
        "view-source:javascript:x",
        "seed:town/bridge",
        "cid:part",
    ],
)
@pytest.mark.parametrize("form", ['<a href="{}">a</a>', "[a](<{}>)", '<img src="{}" alt="">'])
def test_s01_no_other_scheme_stays(target: str, form: str) -> None:
    html = render_markdown(form.format(target))
    assert all(_scheme(value) in {"", "http", "https"} for value in re.findall(r'(?:href|src)="([^"]*)"', html))


def _scheme(value: str) -> str:
    """The scheme as the URL standard reads it: blanks and controls before it go, tabs and line ends within as well."""
    stripped = re.sub(r"[\t\r\n]", "", lxml_html.fromstring(f'<a href="{value}">x</a>').get("href", "")).lstrip(
        "".join(map(chr, range(33)))
    )
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", stripped)
    return found[1].lower() if found else ""


@pytest.mark.parametrize("target", ["https://a.example/", "//a.example/x", "/x", "mailto:a@b.example", "\\\\a.example"])
def test_s01_every_link_has_noopener(target: str) -> None:
    html = clean_html(f'<a href="{target}" rel="opener" target="_blank">a</a>')
    assert 'rel="noopener"' in html
    assert "_blank" not in html


@pytest.mark.parametrize("typed", TYPED)
def test_s02_title_stays_as_typed(typed: str) -> None:
    assert read(f"---\ntitle: 'On {typed.replace(chr(39), chr(39) * 2)}'\n---\nText.").title == f"On {typed}"


@pytest.mark.parametrize("typed", TYPED)
def test_s02_clipping_stays_as_typed(typed: str) -> None:
    found = read(f"# On templates\n\nWhoever writes {typed} sees what he wrote.\n")
    assert f"writes {typed} sees" in to_text(found.html)


@pytest.mark.parametrize("typed", ["{{7*7}}", "${7*7}", "#{7*7}", "{% %}", "{{}}"])
def test_s02_sum_is_never_done(typed: str) -> None:
    found = read(f"---\ntitle: x\n---\nWhoever writes {typed} sees what he wrote.\n")
    assert to_text(found.html) == f"Whoever writes {typed} sees what he wrote."


BOMBS = {
    "a long line": "word ",
    "headings": "# h\n\n",
    "headings of names": "# a {#a}\n\n",
    "brackets": "[",
    "images": "![",
    "links": "[a](b",
    "quotations": ">",
    "quotations of alerts": "> [!NOTE]\n> ",
    "emphasis": "*a **b ",
    "stars": "**",
    "underlines": "_a__b",
    "code": "`a``b",
    "formulas": "$a_1",
    "big formulas": "$$a_1 ",
    "entities": "&#x0;",
    "comments": "<!-- ",
    "tags": "<p a=",
    "open links": "<a href=''>x",
    "footnotes": "[^1]",
    "notes of footnotes": "[^1]: a\n\n",
    "definitions": "a\n: b\n",
    "tables": "|a|b\n|-|-\n",
    "hugo": "{{< a ",
    "hugo escapes": "{{</*",
    "liquid": "{% raw %}",
    "zola": "{% a() %}{% end %}",
    "braces": "{",
    "attributes": "{: .a",
    "contents": "* a\n{:toc",
    "admonitions": ":::note\n",
    "components": "<A b={",
    "imports": "import {\n",
    "pictures": "{{< figure src='",
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("ending", ["md", "mdx"])
def test_s05_work_grows_with_the_text(name: str, ending: str) -> None:
    """Four times the text must not take more than about eight times the work, as far as a loaded machine can tell."""
    small = _measure(BOMBS[name], size=4_000, ending=ending)
    attempts = (_measure(BOMBS[name], size=16_000, ending=ending) for _ in range(3))
    assert any(large < 8 * small + 0.1 for large in attempts)


def _measure(bomb: str, *, size: int, ending: str) -> float:
    text = "---\ntitle: x\n---\n" + bomb * (size // len(bomb))
    started = time.process_time()
    with suppress(SeedError):
        read(text, path=f"a.{ending}")
    return time.process_time() - started


def test_s05_megabyte_in_one_line() -> None:
    assert len(read("---\ntitle: x\n---\n" + "word " * 200_000).html) > 999_000


def test_s05_thirty_thousand_headings_have_ids() -> None:
    html = render_markdown("# h\n" * 30_000)
    assert html.count("<h1 id=") == 30_000
    assert 'id="h-29999"' in html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("## What's *new*, Zoë?", '<h2 id="whats-new-zoë">What\'s <em>new</em>, Zoë?</h2>'),
        ("## A & B_c-d", '<h2 id="a--b_c-d">A &amp; B_c-d</h2>'),
        ("## Own {#my-id}", '<h2 id="my-id">Own</h2>'),
        ("## Main", '<h2 id="main-1">Main</h2>'),
        ("## !", "<h2>!</h2>"),
        ("$a_1 * b_1$ and *c*", "<p>$a_1 * b_1$ and <em>c</em></p>"),
        ("$$\na_1 < b_1\n$$", "<p>$$\na_1 &lt; b_1\n$$</p>"),
        ("It costs $5 or *$6*", "<p>It costs $5 or <em>$6</em></p>"),
        (":tada: :+1:", "<p>:tada: :+1:</p>"),
        ("<details open><summary>a</summary>b</details>", '<details open=""><summary>a</summary>b</details>'),
        (
            '<figure class="pullquote"><blockquote><p>a</p></blockquote><figcaption>b</figcaption></figure>',
            '<figure class="pullquote"><blockquote><p>a</p></blockquote><figcaption>b</figcaption></figure>',
        ),
    ],
)
def test_markdown_is_rendered_as_elsewhere(source: str, html: str) -> None:
    assert render_markdown(source).strip() == html


def test_link_to_a_video_is_one_link() -> None:
    html = read("---\ntitle: x\n---\nSee {{< youtube abc >}}.").html
    assert html.count("<a ") == 1
    assert to_text(html) == "See https://www.youtube.com/watch?v=abc."


def test_alert_is_a_box_with_a_title() -> None:
    html = render_markdown("> [!WARNING]\n> Mind the gap.")
    assert html.startswith('<div class="markdown-alert">\n<p class="markdown-alert-title">Warning</p>\n<p>Mind')


@given(st.lists(st.sampled_from(["# a", "# A", "# a-1", "# b {#a}", "## a 1"]), max_size=12))
def test_heading_ids_are_unique(headings: list[str]) -> None:
    html = render_markdown("\n\n".join(headings))
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids)) == len(headings)
    assert " id=" not in drop_heading_ids(html)


@pytest.mark.parametrize(
    "mark",
    ["<!-- more -->", "<!--more-->", "<!-- excerpt -->", "<!-- truncate -->", "<!-- PELICAN_END_SUMMARY -->"],
)
def test_marks_end_the_summary(mark: str) -> None:
    found = read(f"---\ntitle: x\n---\nOne.\n\nTwo.\n\n{mark}\n\nThree.\n")
    assert found.summary == "One. Two."
    assert "Three." in found.html


def test_mdx_truncation_ends_the_summary() -> None:
    assert read("---\ntitle: x\n---\nOne.\n\nTwo.\n\n{/* truncate */}\n\nThree.\n", path="a.mdx").summary == "One. Two."
