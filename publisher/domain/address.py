"""Public addresses: where readers find things. All are root-relative until `absolute` joins them to the base."""

from functools import lru_cache
from urllib.parse import quote, urljoin

from publisher.domain.article import Article
from publisher.domain.feed import Format

FRONT = "/"
FEED_LIST = "/feeds"
FEEDS_OPML = "/feeds.opml"
STYLESHEET = "/style.css"
SUBSCRIBE = "/subscribe"
MAILBOX = "/mailbox"

FEED_STYLESHEET = "/feed.css"

_SLASHES_OF_AN_ORIGIN = 2
_PLAIN = "/+"


@lru_cache(maxsize=8)  # every letter asks for it
def root(base: str) -> str:
    """The scheme and host of a full address: a root-relative path behind it is full too."""
    return urljoin(base, "/").removesuffix("/")


def absolute(base: str, path: str) -> str:
    """The full address of a root-relative path; an address that is full already stays as it is."""
    if not path.startswith("/"):
        return path
    origin = base.rstrip("/")
    is_plain = origin.count("/") == _SLASHES_OF_AN_ORIGIN and not path.startswith("//") and "/." not in path
    return origin + path if is_plain else urljoin(f"{origin}/", path)


def article(found: Article) -> str:
    """Where an article lives."""
    return article_path(found.year, found.month, found.slug)


def article_path(year: int, month: int, slug: str) -> str:
    """Where the article of that year, month and slug lives."""
    return f"/articles/{year:04}/{month:02}/{quote(slug)}"


def feed(name: str, form: Format) -> str:
    """Where a feed is served; the name of one of several sections keeps its plus signs."""
    return f"/feeds/{quote(name, safe=_PLAIN)}.{form.value}"


def feed_part(name: str, part: str, form: Format) -> str:
    """Where a part of a feed's archive is served."""
    return f"/feeds/{quote(name, safe=_PLAIN)}/{part}.{form.value}"


def issue(newsletter: str, slot: str) -> str:
    """Where an issue's web view lives."""
    return f"/issues/{newsletter}/{slot}"


def image(digest: str, name: str) -> str:
    """Where a picture with that content is published."""
    return f"/images/{digest}/{quote(name)}"


def mail_image(digest: str, name: str, *, recipe: int) -> str:
    """Where the copy for mail of a picture with that content is published, made by that recipe."""
    return f"/images/{digest}/mail-{recipe}/{quote(name)}"


def confirm(token: str) -> str:
    """Where a pending subscriber confirms."""
    return f"/confirm/{token}"


def preferences(token: str) -> str:
    """Where a subscriber changes what she gets."""
    return f"/preferences/{token}"


def unsubscribe(token: str) -> str:
    """Where a subscriber leaves; a POST here is RFC 8058's one click."""
    return f"/unsubscribe/{token}"


def mail(key: str) -> str:
    """Where one message of the built-in mailbox is shown."""
    return f"{MAILBOX}/{quote(key)}"


def reader_address(found: Article, *, base: str, article_url: str = "") -> str:
    """The full address that feeds and mails give for an article: the paper's own site's where it has one."""
    if found.canonical_url:
        return found.canonical_url
    return absolute(base, page_path(found.year, found.month, found.slug, article_url=article_url))


def page_path(year: int, month: int, slug: str, *, article_url: str = "") -> str:
    """Where readers find the article of that year, month and slug: root-relative, but on the paper's own site full."""
    if not article_url:
        return article_path(year, month, slug)
    return article_url.format(yyyy=f"{year:04}", mm=f"{month:02}", slug=quote(slug))
