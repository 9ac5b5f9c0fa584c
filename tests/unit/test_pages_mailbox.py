"""The built-in mailbox as pages."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

from publisher import share
from publisher.domain.publication import Publication
from publisher.pages import Site, render_frame, render_mail, render_mailbox
from publisher.templating import Templates

SITE = Site(
    publication=Publication(title="La Gazette", url="http://127.0.0.1:8000", timezone="Europe/Brussels"),
    feeds=(),
    newsletters=(),
    templates=Templates(None, share.find_folder("templates")),
)


@dataclass(frozen=True)
class Message:
    key: str = "1763891000000000.ab"
    subject: str = "Le matin <1>"
    to: str = "alice@example.org"
    received_at: datetime = datetime(2026, 11, 23, 6, tzinfo=UTC)
    headers: tuple[tuple[str, str], ...] = (("Subject", "Le matin <1>"), ("To", "alice@example.org"))
    html: str = '<html><head lang="fr"><title>x</title></head><body>a</body></html>'
    text: str = "Confirm: http://127.0.0.1:8000/confirm/a.b\n<script>"
    source: bytes = b"Subject: x\r\n\r\n\xff<script>"


def parse(page: bytes) -> Any:
    return lxml.html.document_fromstring(page.decode())


def mail(**changes: Any) -> Any:
    return parse(render_mail(SITE, replace(Message(), **changes), frame="/mailbox/1.a/html"))


def test_list_links_each_message() -> None:
    page = parse(render_mailbox(SITE, [Message(), replace(Message(), key="2.b", subject="")]))
    links = page.xpath("//ul[@class='mails']//a")
    assert [link.get("href") for link in links] == ["/mailbox/1763891000000000.ab", "/mailbox/2.b"]
    assert [link.text_content() for link in links] == ["Le matin <1>", "–"]


def test_list_says_who_and_when() -> None:
    page = parse(render_mailbox(SITE, [Message()]))
    words = page.xpath("string(//ul[@class='mails'])")
    assert "alice@example.org" in words
    assert "November 23, 2026" in words


def test_empty_list_says_so() -> None:
    assert "It is empty." in parse(render_mailbox(SITE, [])).xpath("string(//main)")


def test_html_part_is_sandboxed() -> None:
    (frame,) = mail().xpath("//iframe")
    assert frame.get("src") == "/mailbox/1.a/html"
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(frame.get("sandbox").split())


def test_message_without_html_has_no_frame() -> None:
    page = mail(html="")
    assert page.xpath("//iframe|//a[@href='#html']") == []


def test_links_in_the_text_can_be_followed() -> None:
    assert mail().xpath("//section[@id='text']//a/@href") == ["http://127.0.0.1:8000/confirm/a.b"]


def test_text_and_source_are_shown_as_they_are() -> None:
    page = mail()
    assert page.xpath("//script") == []
    assert "<script>" in page.xpath("string(//section[@id='text'])")
    assert "\ufffd<script>" in page.xpath("string(//section[@id='source'])")


def test_headers_are_listed_in_order() -> None:
    page = mail()
    assert page.xpath("//dt/text()") == ["Subject", "To"]
    assert page.xpath("//dd/text()") == ["Le matin <1>", "alice@example.org"]


@pytest.mark.parametrize("html", [Message.html, "<HEAD></HEAD>a", "<p>no head</p>", "<header>a</header>"])
def test_framed_links_open_outside(html: str) -> None:
    framed = render_frame(replace(Message(), html=html)).decode()
    assert parse(framed.encode()).xpath("//head/base/@target") == ["_blank"]
    assert framed.replace('<base target="_blank">', "") == html
