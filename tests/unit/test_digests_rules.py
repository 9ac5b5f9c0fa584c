"""The rules for HTML mail (standards, section C) by their numbers, over one rich digest and a notice."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import css_inline
import lxml.html
import pytest

from publisher import share
from publisher.digests import Brief, Erratum, render_confirmation, render_correction, render_variant
from publisher.domain.article import Article, Image
from publisher.domain.issue import Variant
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.markup import render_markdown, to_plain
from publisher.templating import Templates

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GAZETTE = Publication(
    title="La Gazette & fils",
    url="https://gazette.example",
    tagline="Le bourg, tôt le matin",
    language="fr",
    timezone="Europe/Brussels",
    postal_address="La Gazette, 12 rue du Puits,\n1331 Rosières",
    privacy_url="https://gazette.example/privacy",
)
DAILY = Newsletter(name="daily", title="Le matin", schedule="0 7 * * *", timezone="Europe/Brussels", language="fr")
BODY = """First, [a link](/articles/2026/11/before) & *words*[^1].

## What changes

![A stall](/images/2/stall.png)

> Words of hers.
>
> — Odile

| Day | Stalls |
|---|---|
| Saturday | 34 |

### Smaller

- one
- two

`code` and <https://town.example/map>

[^1]: A note.
"""
STALL = Image(path="stall.png", address="/images/2/stall.png", media_type="image/png", width=800, height=400)
BRIDGE = Image(path="a.png", address="/images/1/a.png", media_type="image/png", alt="A bridge", width=1200, height=600)


def make_article(key: int, *, body: str = "Some words.", **changes: Any) -> Article:
    html = render_markdown(body, prefix=f"a{key}-")
    plain = Article(
        key=key,
        id=f"tag:gazette.example,2026:{key}",
        path=f"{key}.md",
        slug=f"article-{key}",
        year=2026,
        month=11,
        title=f"Title <{key}> & more",
        language="fr",
        html=html,
        summary=to_plain(html)[:200],
        section="Ville",
        published_at=NOON,
        released_at=NOON,
        updated_at=NOON,
        first_seen_at=NOON,
    )
    return replace(plain, **changes)


LEAD = make_article(
    1,
    body=BODY,
    language="en",
    standfirst="What stands above.",
    authors=("Ann", "Bob"),
    lead_image=BRIDGE.address,
    images=(BRIDGE, STALL),
    correction="Not forty stalls.",
)
BRIEF = Brief(
    publication=GAZETTE,
    newsletter=DAILY,
    slot="2026-11-23T0700",
    due_at=NOON - timedelta(hours=6),
    corrections=(make_article(4, correction="Not nine, but eight."),),
    articles=(LEAD, make_article(2, language="nl", correction="At seven."), make_article(3, section="")),
    templates=Templates(None, share.find_folder("templates")),
    passed_over=4,
    web_url="https://gazette.example/issues/daily/2026-11-23T0700",
)


@pytest.fixture(scope="module")
def variant() -> Variant:
    return render_variant(BRIEF, language="fr", sections=(), format="html")


@pytest.fixture(scope="module")
def confirmation() -> str:
    found = render_confirmation(
        publication=GAZETTE,
        newsletters=("Le matin",),
        language="fr",
        templates=BRIEF.templates,
    )
    return found.html


@pytest.fixture(scope="module")
def correction() -> str:
    erratum = Erratum(
        article=LEAD,
        newsletter=BRIEF.newsletter,
        mailed_at=BRIEF.due_at,
        publication=GAZETTE,
        templates=BRIEF.templates,
    )
    return render_correction(erratum, language="fr", format="html").html


@pytest.fixture(scope="module", params=["digest", "confirmation", "correction"])
def html(request: pytest.FixtureRequest, variant: Variant, confirmation: str, correction: str) -> str:
    return {"digest": variant.html, "confirmation": confirmation, "correction": correction}[request.param]


@pytest.fixture
def page(html: str) -> Any:
    return lxml.html.document_fromstring(html)


def declarations(element: Any) -> dict[str, str]:
    pairs = (line.partition(":") for line in element.get("style", "").split(";") if ":" in line)
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def inherited(element: Any, name: str) -> str:
    found = (declarations(one).get(name) for one in [element, *element.iterancestors()])
    return next(value for value in found if value)


def iter_worded(page: Any) -> Iterator[Any]:
    """Elements that hold visible words of their own."""
    for element in page.body.iter():
        words = (element.text or "") + "".join(child.tail or "" for child in element)
        if isinstance(element.tag, str) and words.strip(" \n\xa0·") and element.get("class") != "preheader":
            yield element


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def kept_styles(html: str) -> str:
    return "\n".join(lxml.html.document_fromstring(html).xpath("//style/text()"))


def dark_rules(html: str, within: str) -> str:
    styles = kept_styles(html)
    if within:
        return "\n".join(line.replace(within, "") for line in styles.splitlines() if line.startswith(within))
    return styles.partition("dark) {")[2].partition("\n}")[0]


def test_h01_head_is_complete(html: str, page: Any) -> None:
    assert html.startswith("<!DOCTYPE html>")
    assert [page.get(name) for name in ("lang", "xml:lang", "dir")] == ["fr", "fr", "ltr"]
    assert page.xpath("string(//title)").strip()
    metas = {meta.get("name") or "charset": meta.get("content") or meta.get("charset") for meta in page.iter("meta")}
    assert metas["charset"] == "utf-8"
    assert metas["viewport"].startswith("width=device-width")
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"


def test_h02_layout_tables_are_presentation(page: Any) -> None:
    layout = page.xpath("//table[not(ancestor::td[@class='body'])]")
    wanted = {"role": "presentation", "border": "0", "cellpadding": "0", "cellspacing": "0"}
    assert layout
    assert all(wanted.items() <= dict(table.attrib).items() for table in layout)


def test_h02_tables_of_facts_have_headings(variant: Variant) -> None:
    tables = lxml.html.document_fromstring(variant.html).xpath("//td[@class='body']//table")
    assert [table.get("role") for table in tables] == [None]
    assert all(table.xpath(".//th") for table in tables)


def test_h03_sheet_is_600_and_fluid(html: str, page: Any) -> None:
    (sheet,) = page.xpath("//table[@class='sheet']")
    assert declarations(sheet)["max-width"] == "600px"
    assert sheet.get("width") == "100%"
    assert re.search(r'<!--\[if mso\]><table role="presentation"[^>]* width="600"', html)


def test_h03_all_words_stand_in_tables(page: Any) -> None:
    assert all(element.xpath("ancestor-or-self::td") for element in iter_worded(page))


def test_h04_styles_stand_on_the_elements(html: str, page: Any) -> None:
    outside = re.sub(
        r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}|\[data-ogsc\][^{]*\{[^}]*\}|:root[^}]*\}", "", kept_styles(html)
    )
    assert outside.strip() == ""
    assert declarations(page.xpath("//h1")[0])["font-size"] == "46px"


def test_h04_nothing_that_mail_forbids(html: str, page: Any) -> None:
    assert not page.xpath("//script|//link|//form|//input|//button|//iframe|//svg|//@onclick|//@onload")
    assert not re.search(r"position\s*:|display\s*:\s*(grid|flex)|float\s*:|var\(|@import|url\(", html)


def test_h05_pictures_are_whole(variant: Variant) -> None:
    pictures = lxml.html.document_fromstring(variant.html).xpath("//img")
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.get("src").startswith("https://gazette.example/images/")
        assert 0 < int(picture.get("width")) <= 552
        assert int(picture.get("height")) > 0
        assert picture.get("alt") is not None


def test_h06_preheader_comes_first(page: Any) -> None:
    first = page.body[0]
    assert first.get("class") == "preheader"
    assert declarations(first)["display"] == "none"
    assert first.text_content().strip() not in {"", page.xpath("string(//title)")}


def test_h06_preheader_tells_the_other_titles(variant: Variant) -> None:
    first = lxml.html.document_fromstring(variant.html).body[0]
    assert first.text_content() == "Title <2> & more · Title <3> & more"


def test_h07_one_h1_and_no_gap(page: Any) -> None:
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_h07_links_say_where_they_lead(page: Any) -> None:
    vague = {"", "ici", "cliquez ici", "here", "click here", "link"}
    for link in page.iter("a"):
        words = link.text_content().strip() or link.xpath("string(.//img/@alt)")
        assert words.casefold() not in vague


def test_h07_repeated_words_are_told_apart(variant: Variant) -> None:
    links = lxml.html.document_fromstring(variant.html).xpath("//a[text()='Lire la suite']/@aria-label")
    assert links == ["Lire la suite\xa0: Title <2> & more", "Lire la suite\xa0: Title <3> & more"]


def test_h07_light_contrast_is_enough(page: Any) -> None:
    for element in iter_worded(page):
        assert contrast(inherited(element, "color"), inherited(element, "background-color")) >= 4.5, element.attrib


@pytest.mark.parametrize("within", ["", "[data-ogsc] "])
def test_h07_dark_contrast_is_enough(html: str, within: str) -> None:
    rules = dark_rules(html, within)
    assert ".sheet" in rules
    dark = css_inline.CSSInliner(extra_css=rules, load_remote_stylesheets=False).inline(html)
    for element in iter_worded(lxml.html.document_fromstring(dark)):
        colour, ground = inherited(element, "color"), inherited(element, "background-color")
        assert luminance(colour) > luminance(ground) or "button" in element.get("class", ""), element.attrib
        assert contrast(colour, ground) >= 4.5, element.attrib


def test_h08_text_has_every_link(variant: Variant) -> None:
    targets = set(lxml.html.document_fromstring(variant.html).xpath("//a/@href"))
    assert len(targets) > 8
    assert [target for target in targets if target not in variant.text] == []


def test_h08_text_has_every_heading(variant: Variant) -> None:
    headings = lxml.html.document_fromstring(variant.html).xpath("//h1|//h2|//h3|//h4")
    lines = variant.text.splitlines()
    assert len(headings) == 7
    assert [heading.text_content() for heading in headings if heading.text_content() not in lines] == []


def test_h09_only_the_preheader_is_hidden(html: str) -> None:
    light = html.partition("<body")[2]
    assert (
        len(re.findall(r"display:\s*none|visibility:|font-size:\s*[01]px|opacity:", light)) == 2
    )  # both on the preheader
    assert light.count("display: none") == 1


@pytest.mark.parametrize("words", ["12 rue du Puits, 1331 Rosières", "xSLOTemailSLOTx", "«\xa0Le matin\xa0»"])
def test_h10_footer_says_why_and_who(variant: Variant, words: str) -> None:
    (footer,) = lxml.html.document_fromstring(variant.html).xpath("//td[@class='footer']")
    assert words in footer.text_content()


def test_h10_footer_lets_go(variant: Variant) -> None:
    (footer,) = lxml.html.document_fromstring(variant.html).xpath("//td[@class='footer']")
    assert footer.xpath(".//a/@href")[:2] == ["xSLOTunsubscribe_urlSLOTx", "xSLOTpreferences_urlSLOTx"]


def test_h11_each_article_says_its_language(variant: Variant) -> None:
    titles = lxml.html.document_fromstring(variant.html).xpath("//h2[@class='title']")[:3]
    assert [title.xpath("string(ancestor::td[1]/@lang)") for title in titles] == ["en", "nl", "fr"]
    assert [title.xpath("string(ancestor::td[1]/@dir)") for title in titles] == ["ltr"] * 3


def test_h11_our_words_say_theirs(variant: Variant) -> None:
    page = lxml.html.document_fromstring(variant.html)
    assert {onward.get("lang") for onward in page.xpath("//p[@class='onward' and ancestor::td[@lang]]")} == {"fr"}


def test_m21_unsubscribe_stands_near_the_top(variant: Variant) -> None:
    body = variant.html.partition("<body")[2]
    assert body.index("xSLOTunsubscribe_urlSLOTx") < body.index("<h1")


def test_m05_parts_tell_the_same(variant: Variant) -> None:
    shown = lxml.html.document_fromstring(variant.html).xpath(
        "//p[not(@class='onward')]|//li|//h1|//h2|//td[@class='body']"
    )
    words = {word for element in shown for word in re.findall(r"\w+", element.text_content())}
    assert len(words) > 60
    assert words - set(re.findall(r"\w+", variant.text)) == set()
