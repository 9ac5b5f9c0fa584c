"""One variant of an issue: its subject, what it holds, how it stays small."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import share
from publisher.digests import Brief, render_variant
from publisher.digests.fit import BUDGET, layouts
from publisher.domain import slots
from publisher.domain.article import Article
from publisher.domain.issue import Variant
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.errors import TemplateError
from publisher.templating import Templates

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUILT_IN = share.find_folder("templates")
GAZETTE = Publication(title="La Gazette", url="https://gazette.example", language="fr")
DAILY = Newsletter(name="daily", title="Le matin", schedule="0 7 * * *", timezone="Europe/Brussels", language="fr")


def make_article(key: int = 1, **changes: Any) -> Article:
    plain = Article(
        key=key,
        id=f"tag:{key}",
        path=f"{key}.md",
        slug=f"article-{key}",
        year=2026,
        month=11,
        title=f"Title {key}",
        language="fr",
        html=f"<p>Body {key}.</p>",
        summary=f"Summary {key}.",
        section="Ville",
        published_at=NOON,
        released_at=NOON,
        updated_at=NOON,
        first_seen_at=NOON,
    )
    return replace(plain, **changes)


def make_brief(*articles: Article, **changes: Any) -> Brief:
    plain = Brief(
        publication=GAZETTE,
        newsletter=DAILY,
        slot="2026-11-23T0700",
        due_at=NOON,
        articles=articles or (make_article(1), make_article(2)),
        templates=Templates(None, BUILT_IN),
    )
    return replace(plain, **changes)


def render(brief: Brief, *, language: str = "fr", sections: tuple[str, ...] = (), form: str = "html") -> Variant:
    return render_variant(brief, language=language, sections=sections, format=form)


def titles(variant: Variant) -> list[str]:
    return lxml.html.document_fromstring(variant.html).xpath("//h2[@class='title']/a/text()")  # type: ignore[no-any-return]


def test_subject_names_newsletter_and_lead() -> None:
    assert render(make_brief()).subject == "Le matin — Title 1"


def test_long_subject_ends_at_a_word() -> None:
    subject = render(make_brief(make_article(title="A title of many words " * 9))).subject
    assert len(subject) <= 77
    assert subject.endswith("words…")


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("One\r\nBcc: evil@example.net", "Le matin — One Bcc: evil@example.net"),
        ("a\x00b\u2028c\x85d", "Le matin — a b c d"),
        ("safe\u202etxt.exe\u2066", "Le matin — safetxt.exe"),
        ("lone \ud800 half", "Le matin — lone half"),
        ("xSLOTemailSLOTx", "Le matin — x-SLOTemailSLOTx"),
        ("{{7*7}} {% x %}", "Le matin — {{7*7}} {% x %}"),
    ],
)
def test_m04_subject_is_one_clean_line(title: str, subject: str) -> None:
    assert render(make_brief(make_article(title=title))).subject == subject


def test_lead_is_full_and_others_are_summaries() -> None:
    variant = render(make_brief())
    for part in (variant.html, variant.text):
        assert [words in part for words in ("Body 1.", "Body 2.", "Summary 2.")] == [True, False, True]


def test_order_is_the_issues() -> None:
    assert titles(render(make_brief(make_article(3), make_article(1), make_article(2)))) == [
        "Title 3",
        "Title 1",
        "Title 2",
    ]


def test_sections_have_their_own_lead() -> None:
    brief = make_brief(make_article(1), make_article(2, section="Sport"))
    variant = render(brief, sections=("sport",))
    assert (variant.subject, titles(variant)) == ("Le matin — Title 2", ["Title 2"])
    assert variant.sections == ("sport",)


def test_empty_choice_says_so() -> None:
    variant = render(make_brief(), sections=("Arts",))
    assert (variant.is_empty, variant.html, variant.text) == (True, "", "")


def test_text_variant_has_no_html() -> None:
    variant = render(make_brief(), form="text")
    assert variant.html == ""
    assert "Body 1." in variant.text


def test_each_language_has_its_words_and_date() -> None:
    french, english = (render(make_brief(), language=language) for language in ("fr", "en"))
    assert "Se désabonner" in french.html
    assert "lundi 23 novembre 2026" in french.text
    assert "Unsubscribe" in english.html
    assert "Monday, November 23, 2026" in english.text


def test_language_of_the_variant_is_kept() -> None:
    assert render(make_brief(), language="de").language == "de"


@pytest.mark.parametrize("name", ["unsubscribe_url", "preferences_url", "email"])
def test_slots_survive_inlining(name: str) -> None:
    variant = render(make_brief())
    assert slots.mark(name) in variant.html
    assert slots.mark(name) in variant.text


def test_article_cannot_ask_for_its_reader() -> None:
    mark = slots.mark("email")
    plain = render(make_brief(make_article()))
    curious = make_article(
        title=mark, summary=mark, html=f'<p><a href="https://x.example/{mark}">{mark[:3]}<b>{mark[3:]}</b></a></p>'
    )
    variant = render(make_brief(curious))
    assert variant.html.count(mark) == plain.html.count(mark)
    assert variant.text.count(mark) == plain.text.count(mark)


def test_passed_over_articles_are_on_the_site() -> None:
    assert "3 autres articles sur le site" in render(make_brief(passed_over=3)).html


def test_issue_without_a_page_has_no_link_to_it() -> None:
    assert "Lire ce numéro" not in render(make_brief()).html
    assert "Lire ce numéro" in render(make_brief(web_url="https://gazette.example/issues/daily/x")).html


def test_markup_in_titles_is_shown_as_it_is() -> None:
    variant = render(make_brief(make_article(title="<script>alert(1)</script>")))
    assert lxml.html.document_fromstring(variant.html).xpath("//script") == []
    assert "<script>alert(1)</script>" in variant.text


def test_two_renderings_are_equal() -> None:
    assert render(make_brief()) == render(make_brief())


def test_own_sites_address_is_linked() -> None:
    publication = replace(GAZETTE, article_url="https://site.example/{yyyy}/{mm}/{slug}/")
    assert 'href="https://site.example/2026/11/article-1/"' in render(make_brief(publication=publication)).html


def test_m21_long_lead_becomes_a_summary() -> None:
    variant = render(make_brief(make_article(html="<p>words</p>" * 9000), make_article(2)))
    assert len(variant.html.encode()) <= BUDGET
    assert "Summary 1." in variant.html
    assert "Summary 1." in variant.text
    assert titles(variant) == ["Title 1", "Title 2"]


def test_m21_many_articles_become_fewer() -> None:
    articles = [make_article(key, summary="word " * 120) for key in range(1, 200)]
    variant = render(make_brief(*articles))
    left = 199 - len(titles(variant))
    assert len(variant.html.encode()) <= BUDGET
    assert len(titles(variant)) > 20
    assert f"{left} autres articles sur le site" in variant.html


def test_m21_text_variant_keeps_all() -> None:
    variant = render(make_brief(make_article(html="<p>words</p>" * 9000, summary="Short.")), form="text")
    assert variant.text.count("words") == 9000


@pytest.mark.parametrize("count", [1, 2, 30])
def test_layouts_end_with_one_summary(count: int) -> None:
    found = list(layouts(count))
    assert (found[0].shown, found[0].is_lead_full) == (count, True)
    assert (found[-1].shown, found[-1].is_lead_full) == (1, False)
    assert sorted(found, key=lambda one: (one.is_lead_full, one.shown), reverse=True) == found


def test_own_template_is_used(tmp_path: Path) -> None:
    own = tmp_path / "email" / "plain.html"
    own.parent.mkdir()
    own.write_text("<html><body><p>{{ lead.title }}</p></body></html>")
    brief = make_brief(newsletter=replace(DAILY, template="plain"), templates=Templates(tmp_path, BUILT_IN))
    variant = render(brief)
    assert "<p>Title 1</p>" in variant.html
    assert "Se désabonner" in variant.text


def test_broken_template_is_one_clear_error(tmp_path: Path) -> None:
    own = tmp_path / "email" / "digest.html"
    own.parent.mkdir()
    own.write_text("{{ titel }}")
    with pytest.raises(TemplateError, match=r"^email/digest\.html:1: 'titel' is undefined$"):
        render(make_brief(templates=Templates(tmp_path, BUILT_IN)))


WORDS = st.text(st.characters(), max_size=60)


@settings(deadline=None, max_examples=60)
@given(title=WORDS, summary=WORDS, section=WORDS, author=WORDS, correction=WORDS)
def test_any_words_make_a_whole_digest(title: str, summary: str, section: str, author: str, correction: str) -> None:
    article = make_article(title=title, summary=summary, section=section, authors=(author,), correction=correction)
    variant = render(make_brief(article, make_article(2)))
    page = lxml.html.document_fromstring(variant.html)
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//td[@class='footer']//a")) == 2
    assert (variant.html + variant.text).encode()
    assert len(variant.subject.splitlines()) == 1
    assert len(variant.subject) <= 77
