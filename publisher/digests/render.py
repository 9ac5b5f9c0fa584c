"""Draws an issue for one kind of reader: its subject, its HTML and its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.digests.choose import for_sections
from publisher.digests.fit import Layout, fit, whole
from publisher.digests.views import ArticleView, view_article
from publisher.digests.words import LONGEST_SUBJECT, clean_line, tidy_text
from publisher.domain.article import Article
from publisher.domain.issue import Variant
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.domain.subscriber import Format
from publisher.templating import Templates

_LONGEST_PREHEADER = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All that an issue's digests are drawn from, whoever reads them.

    `articles` are in the issue's order, the lead first; `passed_over` counts those that found no room;
    `web_url` is the full address of the issue's page, empty where there is none (a test);
    `corrections` are earlier articles of this newsletter, whose correction its readers have not been told.
    """

    publication: Publication
    newsletter: Newsletter
    slot: str
    due_at: datetime
    articles: tuple[Article, ...]
    templates: Templates
    passed_over: int = 0
    web_url: str = ""
    corrections: tuple[Article, ...] = ()


def render_variant(brief: Brief, *, language: str, sections: tuple[str, ...], format: str) -> Variant:  # noqa: A002
    """The digest for one language, choice of sections and format. Raises TemplateError."""
    articles = for_sections(brief.articles, sections)
    if not articles:
        subject = clean_line(brief.newsletter.title, LONGEST_SUBJECT)
        return Variant(
            language=language, sections=sections, format=format, subject=subject, html="", text="", is_empty=True
        )
    corrections = for_sections(brief.corrections, sections)
    drawing = _Drawing(brief=brief, language=language, articles=articles, corrections=corrections)
    layout, html = fit(len(articles), drawing.html) if format != Format.TEXT else (whole(len(articles)), "")
    return Variant(
        language=language,
        sections=sections,
        format=format,
        subject=drawing.subject,
        html=html,
        text=drawing.text(layout),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    brief: Brief
    language: str
    articles: Sequence[Article]
    corrections: Sequence[Article]

    @property
    def subject(self) -> str:
        return _subject(self.brief.newsletter.title, self.articles[0].title)

    def html(self, layout: Layout) -> str:
        return self._render("html", layout)

    def text(self, layout: Layout) -> str:
        return tidy_text(self._render("txt", layout))

    def _render(self, ending: str, layout: Layout) -> str:
        brief = self.brief
        own = f"email/{brief.newsletter.template}.{ending}"
        name = own if brief.templates.has(own) else f"email/digest.{ending}"
        return brief.templates.render(name, language=self.language, **self._values(layout))

    def _values(self, layout: Layout) -> dict[str, object]:
        brief = self.brief
        shown = self.articles[: layout.shown]
        lead = view_article(shown[0], brief.publication, is_full=layout.is_lead_full)
        others = [view_article(article, brief.publication, is_full=False) for article in shown[1:]]
        return {
            "publication": brief.publication,
            "newsletter": brief.newsletter,
            "slot_name": brief.slot,
            "due_at": brief.due_at,
            "subject": self.subject,
            "preheader": _preheader(lead, others),
            "lead": lead,
            "others": others,
            "more": brief.passed_over + len(self.articles) - len(shown),
            "web_url": brief.web_url,
            "corrections": [view_article(one, brief.publication, is_full=False) for one in self.corrections],
        }


def _subject(newsletter: str, lead: str) -> str:
    return clean_line(f"{newsletter} — {lead}", LONGEST_SUBJECT)


def _preheader(lead: ArticleView, others: Sequence[ArticleView]) -> str:
    return clean_line(" · ".join(view.title for view in others) or lead.summary, _LONGEST_PREHEADER)
