"""Draws the mails that go to one address outside any issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from publisher.digests.fit import inline
from publisher.digests.views import view_article
from publisher.digests.words import LONGEST_SUBJECT, clean_line, tidy_text
from publisher.domain.article import Article
from publisher.domain.newsletter import Newsletter
from publisher.domain.notice import Kind
from publisher.domain.publication import Publication
from publisher.domain.subscriber import Format
from publisher.templating import Templates, translate


class NoticeText(NamedTuple):
    """A notice's subject, HTML and text, with slots where the recipient's own links go; `html` may be empty."""

    subject: str
    html: str
    text: str


def render_confirmation(
    *, publication: Publication, newsletters: Sequence[str], language: str, templates: Templates
) -> NoticeText:
    """A confirmation for these newsletters (their titles); it says nothing that a stranger typed into a form."""
    subject = translate(language, "%(title)s: please confirm your subscription", title=publication.title)
    values = {"publication": publication, "newsletters": newsletters, "subject": clean_line(subject, LONGEST_SUBJECT)}
    return _draw(Kind.CONFIRMATION, values, language=language, templates=templates, is_html=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """An article as it stands now, the newsletter that mailed an earlier text of it, and that issue's moment."""

    article: Article
    newsletter: Newsletter
    mailed_at: datetime
    publication: Publication
    templates: Templates


def render_correction(erratum: Erratum, *, language: str, format: str) -> NoticeText:  # noqa: A002
    """A note to those who were mailed the earlier text, in their language and format. Raises TemplateError."""
    subject = translate(language, "Correction: %(title)s", title=erratum.article.title)
    values = {
        "publication": erratum.publication,
        "newsletter": erratum.newsletter,
        "mailed_at": erratum.mailed_at,
        "article": view_article(erratum.article, erratum.publication, is_full=False),
        "subject": clean_line(subject, LONGEST_SUBJECT),
    }
    is_html = format != Format.TEXT
    return _draw(Kind.CORRECTION, values, language=language, templates=erratum.templates, is_html=is_html)


def _draw(kind: Kind, values: dict[str, object], *, language: str, templates: Templates, is_html: bool) -> NoticeText:
    return NoticeText(
        subject=str(values["subject"]),
        html=inline(templates.render(f"email/{kind}.html", language=language, **values)) if is_html else "",
        text=tidy_text(templates.render(f"email/{kind}.txt", language=language, **values)),
    )
