"""Notices: the mails of a confirmation and of a correction."""

from typing import Any

import lxml.html
import pytest

from publisher import share
from publisher.digests import Erratum, NoticeText, render_confirmation, render_correction
from publisher.domain import slots
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.templating import Templates
from tests.factories import NOW, make_article

GAZETTE = Publication(title="La Gazette", url="https://gazette.example", postal_address="12 rue du Puits")


def render(*, language: str = "fr") -> NoticeText:
    templates = Templates(None, share.find_folder("templates"))
    newsletters = ("Le matin", "La semaine")
    return render_confirmation(publication=GAZETTE, newsletters=newsletters, language=language, templates=templates)


def test_confirmation_has_its_link_in_both_parts() -> None:
    subject, html, text = render()
    mark = slots.mark("confirm_url")
    assert subject == "La Gazette\xa0: confirmez votre abonnement"
    assert set(lxml.html.document_fromstring(html).xpath("//a/@href")) == {"https://gazette.example/", mark}
    assert mark in text


def test_confirmation_names_the_newsletters() -> None:
    found = render()
    assert all(title in part for title in ("Le matin", "La semaine") for part in (found.html, found.text))


def test_l05_confirmation_holds_no_other_slot() -> None:
    found = render()
    names = set(slots.PATTERN.findall(found.subject + found.html + found.text))
    assert names == {"confirm_url"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Confirm my subscription"), ("nl", "Mijn abonnement bevestigen"), ("de", "Confirm my subscription")],
)
def test_confirmation_speaks_the_readers_language(language: str, words: str) -> None:
    found = render(language=language)
    assert words in found.html
    assert words in found.text


MORNING = Newsletter(name="daily", title="Le matin", schedule="@daily", timezone="Europe/Brussels", language="fr")


def render_note(*, language: str = "en", form: str = "html", **changes: Any) -> NoticeText:
    erratum = Erratum(
        article=make_article(correction="Not forty stalls, <fourteen>.", **changes),
        newsletter=MORNING,
        mailed_at=NOW,
        publication=GAZETTE,
        templates=Templates(None, share.find_folder("templates")),
    )
    return render_correction(erratum, language=language, format=form)


def test_correction_names_article_issue_and_mend() -> None:
    found = render_note()
    assert found.subject == "Correction: The bridge opens on Monday"
    assert "Not forty stalls, &lt;fourteen&gt;." in found.html
    for part in (found.html, found.text):
        assert "https://gazette.example/articles/2026/11/bridge-1" in part
        assert "“Le matin” of November 23, 2026 we sent you" in part


def test_l08_correction_lets_its_reader_leave() -> None:
    found = render_note()
    for part in (found.html, found.text):
        assert set(slots.PATTERN.findall(part)) == {"unsubscribe_url", "preferences_url", "email"}
        assert "12 rue du Puits" in part


def test_correction_for_readers_of_text_has_no_html() -> None:
    assert render_note(form="text").html == ""


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Lire l’article corrigé"), ("nl", "Lees het rechtgezette artikel")]
)
def test_correction_speaks_the_readers_language(language: str, words: str) -> None:
    assert words in render_note(language=language).html


def test_title_with_a_slot_asks_for_nothing() -> None:
    found = render_note(title=f"A {slots.mark('confirm_url')}")
    assert "confirm_url" not in slots.PATTERN.findall(found.subject + found.html + found.text)
