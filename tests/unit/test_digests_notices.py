"""Notices: the confirmation's mail."""

import lxml.html
import pytest

from publisher import share
from publisher.digests import NoticeText, render_notice
from publisher.domain import notice, slots
from publisher.domain.publication import Publication
from publisher.errors import TemplateError
from publisher.templating import Templates

GAZETTE = Publication(title="La Gazette", url="https://gazette.example", postal_address="12 rue du Puits")


def render(kind: notice.Kind = notice.Kind.CONFIRMATION, *, language: str = "fr") -> NoticeText:
    templates = Templates(None, share.find_folder("templates"))
    newsletters = ("Le matin", "La semaine")
    return render_notice(kind, publication=GAZETTE, newsletters=newsletters, language=language, templates=templates)


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


def test_other_kinds_are_refused() -> None:
    with pytest.raises(TemplateError, match=r"email/correction\.html"):
        render(notice.Kind.CORRECTION)
