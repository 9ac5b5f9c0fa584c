"""Articles as a digest's templates see them."""

from dataclasses import dataclass
from datetime import datetime

from publisher.digests.body import Picture, fit_body, fit_picture
from publisher.digests.words import clean_line
from publisher.domain import address, slots
from publisher.domain.article import Article
from publisher.domain.publication import Publication
from publisher.markup import to_text

_LONGEST_TITLE = 300
_LONGEST_SUMMARY = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """One article in a digest; `html` and `text` are empty where only its summary is shown. Titles are one line."""

    title: str
    url: str
    language: str
    section: str
    authors: tuple[str, ...]
    published_at: datetime
    standfirst: str
    summary: str
    correction: str
    picture: Picture | None = None
    html: str = ""
    text: str = ""


def view_article(article: Article, publication: Publication, *, is_full: bool) -> ArticleView:
    """The article in full, or its summary alone; either way with its address on the site."""
    link = slots.defuse(address.reader_address(article, base=publication.url, article_url=publication.article_url))
    html = fit_body(article, base=publication.url, page=link) if is_full else ""
    return ArticleView(
        title=clean_line(article.title, _LONGEST_TITLE),
        url=link,
        language=article.language,
        section=clean_line(article.section, _LONGEST_TITLE),
        authors=tuple(clean_line(author, _LONGEST_TITLE) for author in article.authors),
        published_at=article.published_at,
        standfirst=clean_line(article.standfirst, _LONGEST_SUMMARY),
        summary=clean_line(article.summary, _LONGEST_SUMMARY),
        correction=clean_line(article.correction, _LONGEST_SUMMARY),
        picture=_lead_picture(article, base=publication.url),
        html=html,
        text=slots.defuse(to_text(html)) if html else "",
    )


def _lead_picture(article: Article, *, base: str) -> Picture | None:
    if not article.lead_image or article.lead_image in article.html:
        return None
    found = next((image for image in article.images if image.address == article.lead_image), None)
    return fit_picture(found, base=base) if found else None
