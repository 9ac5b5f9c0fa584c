"""The smallest page, a message, and the stylesheets."""

from publisher.pages.site import Head, Site, render_page
from publisher.templating import translate


def render_message(site: Site, *, title: str, text: str, language: str = "") -> bytes:
    """A page that says one thing: look into your inbox, there is no such page, come back later."""
    head = Head(title=f"{title} – {site.publication.title}")
    return render_page(site, "message", head=head, language=language, title=title, text=text)


def render_stylesheet(site: Site) -> bytes:
    """The one stylesheet of all pages, the home's own before the built-in one."""
    return site.templates.source("web/style.css").encode()


def render_feed_stylesheet(site: Site) -> bytes:
    """The stylesheet of feeds, with a sentence on what they are for whoever opens one in a browser.

    XML has no place for such sentences, and a stylesheet is no template: they stand below, as values that it can show.
    """
    language = site.publication.language
    explanation = translate(
        language,
        "This is a feed: it brings new articles to a feed reader as soon as they are published. "
        "Copy the address of this page into yours.",
    )
    archived = translate(
        language,
        "This is a part of a feed’s archive. New articles come to the feed itself: copy its address, which stands "
        "below, into your feed reader.",
    )
    style = site.templates.source("feed/style.css")
    return f"{style}:root {{ --explanation: {_quote(explanation)}; --archived: {_quote(archived)}; }}\n".encode()


def _quote(text: str) -> str:
    """A text as a string of CSS, in letters that no charset changes (CSS Syntax 3, section 4.3.7)."""
    plain = (one if one.isascii() and one.isprintable() and one not in '"\\' else f"\\{ord(one):x} " for one in text)
    return f'"{"".join(plain)}"'
