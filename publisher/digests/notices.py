"""Draws the mails that go to one address outside any issue."""

from collections.abc import Sequence
from typing import NamedTuple

from publisher.digests.fit import inline
from publisher.digests.words import LONGEST_SUBJECT, clean_line, tidy_text
from publisher.domain.notice import Kind
from publisher.domain.publication import Publication
from publisher.errors import TemplateError
from publisher.templating import Templates, translate


class NoticeText(NamedTuple):
    """A notice's subject, HTML and text, with slots where the recipient's own links go."""

    subject: str
    html: str
    text: str


def render_notice(
    kind: Kind, *, publication: Publication, newsletters: Sequence[str], language: str, templates: Templates
) -> NoticeText:
    """A notice about these newsletters (their titles); it says nothing that a stranger typed into a form."""
    if kind is not Kind.CONFIRMATION:
        raise TemplateError(f"email/{kind}.html: there is no template of that kind")
    subject = translate(language, "%(title)s: please confirm your subscription", title=publication.title)
    values = {"publication": publication, "newsletters": newsletters, "subject": clean_line(subject, LONGEST_SUBJECT)}
    return NoticeText(
        subject=str(values["subject"]),
        html=inline(templates.render(f"email/{kind}.html", language=language, **values)),
        text=tidy_text(templates.render(f"email/{kind}.txt", language=language, **values)),
    )
