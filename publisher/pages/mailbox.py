"""The built-in mailbox as pages: what would have gone out, as a newcomer looks at it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from publisher.pages.site import Head, Site, render_page
from publisher.templating import translate

_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
_NEW_TAB = '<base target="_blank">'


class MailSummary(Protocol):
    """One line of the mailbox."""

    @property
    def key(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...


class Mail(Protocol):
    """One message of the mailbox, taken apart; `html` is empty where it has none."""

    @property
    def key(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def headers(self) -> Sequence[tuple[str, str]]: ...
    @property
    def html(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def source(self) -> bytes: ...


def render_mailbox(site: Site, messages: Sequence[MailSummary]) -> bytes:
    """Every message, in the order given."""
    title = translate(site.publication.language, "Mailbox")
    return render_page(site, "mailbox", head=Head(title=f"{title} – {site.publication.title}"), messages=messages)


def render_mail(site: Site, message: Mail, *, frame: str) -> bytes:
    """One message: its HTML in a frame that runs nothing (`render_frame`, served at `frame`), text, headers, source."""
    return render_page(
        site,
        "mail",
        head=Head(title=f"{message.subject} – {site.publication.title}"),
        message=message,
        to=", ".join(value for name, value in message.headers if name.lower() == "to"),
        frame=frame,
        source=message.source.decode("utf-8", "replace"),
    )


def render_frame(message: Mail) -> bytes:
    """The message's own HTML, its links opening outside the frame: a page of ours lets nobody frame it."""
    html = _HEAD.sub(lambda head: head[0] + _NEW_TAB, message.html, count=1)
    return (html if _NEW_TAB in html else _NEW_TAB + html).encode("utf-8", "replace")
