"""The pages where readers sign up, confirm, choose and leave."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

from publisher import share
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.domain.subscriber import Format, Status, Subscriber, Subscription
from publisher.pages import (
    Site,
    render_confirm,
    render_message,
    render_preferences,
    render_subscribe,
    render_unsubscribe,
)
from publisher.templating import Templates

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAILY = Newsletter(name="daily", title="Le matin", schedule="@daily", timezone="UTC", language="fr")
SITE = Site(
    publication=Publication(title="La Gazette", url="https://gazette.example", language="fr", languages=("fr", "nl")),
    feeds=(),
    newsletters=(DAILY, replace(DAILY, name="weekly", title="La semaine")),
    templates=Templates(None, share.find_folder("templates")),
)
ALICE = Subscriber(key=1, email="alice@example.org", language="nl", format=Format.TEXT, created_at=NOON)
TIE = Subscription(key=1, subscriber_key=1, newsletter="daily", status=Status.CONFIRMED, sections=("Sport",))


def parse(page: bytes) -> Any:
    return lxml.html.document_fromstring(page.decode())


def preferences(subscriber: Subscriber = ALICE, *ties: Subscription, **changes: Any) -> Any:
    return parse(
        render_preferences(SITE, action="/preferences/t", subscriber=subscriber, subscriptions=ties, **changes)
    )


def test_form_keeps_what_was_typed() -> None:
    page = parse(render_subscribe(SITE, problem="Non.", email='a"b@example.org', chosen=("weekly",)))
    assert page.xpath("//input[@name='email']/@value") == ['a"b@example.org']
    assert page.xpath("//input[@name='newsletters'][@checked]/@value") == ["weekly"]


def test_problem_is_told_to_everyone() -> None:
    page = parse(render_subscribe(SITE, problem="Non."))
    (problem,) = page.xpath("//*[@role='alert']")
    (field,) = page.xpath("//input[@name='email']")
    assert problem.text_content() == "Non."
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", problem.get("id"))


def test_l01_nothing_is_ticked_beforehand() -> None:
    page = parse(render_subscribe(SITE))
    assert page.xpath("//input[@checked]") == []


def test_single_newsletter_needs_no_tick() -> None:
    page = parse(render_subscribe(replace(SITE, newsletters=(DAILY,))))
    assert page.xpath("//input[@name='newsletters']/@value") == ["daily"]
    assert page.xpath("//input[@type='checkbox']") == []


def test_l05_trap_is_hidden_from_people() -> None:
    page = parse(render_subscribe(SITE))
    (trap,) = page.xpath("//input[@name='website']")
    assert (trap.get("tabindex"), trap.get("autocomplete")) == ("-1", "off")
    assert (trap.getparent().get("aria-hidden"), trap.getparent().get("class")) == ("true", "trap")


def test_address_field_helps_to_fill() -> None:
    (field,) = parse(render_subscribe(SITE)).xpath("//input[@name='email']")
    assert (field.get("type"), field.get("autocomplete")) == ("email", "email")


@pytest.mark.parametrize(
    "page",
    [
        render_confirm(SITE, action="/confirm/t", newsletters=("Le matin",)),
        render_unsubscribe(SITE, action="/confirm/t", newsletter="Le matin", is_done=False),
    ],
    ids=["confirm", "unsubscribe"],
)
def test_l02_only_a_post_acts(page: bytes) -> None:
    (form,) = parse(page).xpath("//form")
    assert (form.get("method"), form.get("action")) == ("post", "/confirm/t")
    assert form.xpath(".//button/@type") == ["submit"]
    assert "Le matin" in form.text_content()


def test_after_leaving_there_is_no_button() -> None:
    page = parse(render_unsubscribe(SITE, action="/unsubscribe/t", newsletter="Le matin", is_done=True))
    assert page.xpath("//button") == []
    assert "Le matin" in page.xpath("string(//main)")


@pytest.mark.parametrize(("language", "words"), [("", "Se désabonner"), ("nl", "Uitschrijven"), ("en", "Unsubscribe")])
def test_page_speaks_the_readers_language(language: str, words: str) -> None:
    page = parse(render_unsubscribe(SITE, action="/unsubscribe/t", newsletter="x", is_done=False, language=language))
    assert page.xpath("string(//button)") == words
    assert page.get("lang") == (language or "fr")


def test_preferences_show_what_stands() -> None:
    page = preferences(ALICE, TIE, sections=("Ville", "Sport"))
    assert page.xpath("//input[@name='newsletters'][@checked]/@value") == ["daily"]
    assert page.xpath("//input[@name='sections.daily'][@checked]/@value") == ["Sport"]
    assert page.xpath("//option[@selected]/@value") == ["nl"]
    assert page.xpath("//input[@name='format'][@checked]/@value") == ["text"]


def test_sections_are_for_what_she_gets() -> None:
    page = preferences(ALICE, TIE, sections=("Ville",))
    assert page.xpath("//input[starts-with(@name, 'sections.')]/@name") == ["sections.daily"]


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNSUBSCRIBED])
def test_only_confirmed_ones_are_ticked(status: Status) -> None:
    assert preferences(ALICE, replace(TIE, status=status)).xpath("//input[@type='checkbox'][@checked]") == []


def test_languages_are_those_configured() -> None:
    assert preferences().xpath("//option/@value") == ["fr", "nl"]


def test_saving_is_told() -> None:
    assert preferences(is_saved=True).xpath("//*[@role='status']/text()") == ["Bewaard."]


def test_message_says_one_thing() -> None:
    page = parse(render_message(SITE, title="410 <b>", text="Il n'y a plus rien ici."))
    assert page.xpath("//h1/text()") == ["410 <b>"]
    assert "Il n'y a plus rien ici." in page.xpath("string(//main)")
