"""The pages that show articles: the front page, one article, one issue."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from publisher.domain import address
from publisher.domain.article import Article, Image
from publisher.domain.feed import Feed
from publisher.domain.issue import Issue
from publisher.domain.publication import Publication
from publisher.domain.topic import Kind, Topic, to_slug
from publisher.markup import shorten
from publisher.pages.automatic import feed_of_issues, feed_of_topic
from publisher.pages.site import Head, Site, list_feeds, render_page

_LONGEST_DESCRIPTION = 300
_FEEDS_ON_FRONT_PAGE = 5  # in sight: the others are announced all the same, and stand in the list of feeds
_NEW_KINDS = frozenset({"image/webp", "image/avif"})


def render_front(site: Site, articles: Sequence[Article]) -> bytes:
    """The front page: the articles in the order given, the first as the lead, and the sign-up form."""
    publication = site.publication
    head = Head(
        title=publication.title,
        description=publication.tagline,
        canonical=address.absolute(publication.url, address.FRONT),
        feeds=tuple(feed_of_issues(publication, newsletter) for newsletter in site.newsletters),
    )
    return render_page(
        site,
        "front",
        head=head,
        articles=articles,
        feeds=list_feeds(site)[:_FEEDS_ON_FRONT_PAGE],
        link=_linker(site),
        picture_of=find_picture,
        problem="",
        email="",
        chosen=(),
    )


def render_article(site: Site, article: Article) -> bytes:
    """One article in full."""
    publication = site.publication
    picture = find_shared_picture(article)
    head = Head(
        title=f"{article.title} – {publication.title}",
        description=shorten(article.summary, _LONGEST_DESCRIPTION),
        canonical=address.reader_address(article, base=publication.url, article_url=publication.article_url),
        kind="article",
        picture=address.absolute(publication.url, picture) if picture else "",
        feeds=_list_section_feeds(publication, article.section),
    )
    return render_page(site, "article", head=head, article=article, link=_linker(site), picture_of=find_picture)


def render_issue(
    site: Site, issue: Issue, *, articles: Sequence[Article], corrections: Sequence[Article] = ()
) -> bytes:
    """The web view of an issue: its articles as they were mailed, without any mail footer.

    `corrections` are articles of earlier issues whose correction it told.
    """
    publication = site.publication
    newsletter = next((one for one in site.newsletters if one.name == issue.newsletter), None)
    head = Head(
        title=f"{issue.subject} – {publication.title}",
        description=shorten(" · ".join(article.title for article in articles), _LONGEST_DESCRIPTION),
        canonical=address.absolute(publication.url, address.issue(issue.newsletter, issue.slot)),
        feeds=(feed_of_issues(publication, newsletter),) if newsletter else (),
    )
    return render_page(
        site,
        "issue",
        head=head,
        issue=issue,
        articles=articles,
        corrections=corrections,
        timezone=newsletter.timezone if newsletter else publication.timezone,
        link=_linker(site),
        picture_of=find_picture,
    )


def find_picture(article: Article) -> Image | None:
    """The picture that stands above an article, or None where it has none or its body shows it already."""
    wanted = article.lead_image
    if not wanted or wanted in article.html:
        return None
    found = next((image for image in article.images if image.address == wanted), None)
    return found or Image(path="", address=wanted, media_type="")


def find_shared_picture(article: Article) -> str:
    """The address of the picture that other sites show for an article; few of them know WebP and AVIF."""
    wanted = next((image for image in article.images if image.address == article.lead_image), None)
    return wanted.mail_address or wanted.address if wanted and wanted.media_type in _NEW_KINDS else article.lead_image


@lru_cache(maxsize=1024)  # every article's page asks for it
def _list_section_feeds(publication: Publication, section: str) -> tuple[Feed, ...]:
    """The feed of a section, where there is one."""
    slug = to_slug(section)
    return (feed_of_topic(publication, Topic(kind=Kind.SECTION, slug=slug, name=section.strip())),) if slug else ()


def _linker(site: Site) -> Callable[[Article], str]:
    publication = site.publication

    def link(article: Article) -> str:
        if not publication.article_url:
            return address.article(article)
        return address.reader_address(article, base=publication.url, article_url=publication.article_url)

    return link
