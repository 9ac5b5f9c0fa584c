"""The smaller pages: a message, the list of feeds, and the stylesheet."""

from publisher.domain import address
from publisher.pages.site import Head, Site, list_feeds, render_page
from publisher.templating import translate


def render_message(site: Site, *, title: str, text: str, language: str = "") -> bytes:
    """A page that says one thing: look into your inbox, there is no such page, come back later."""
    head = Head(title=f"{title} – {site.publication.title}")
    return render_page(site, "message", head=head, language=language, title=title, text=text)


def render_feed_list(site: Site) -> bytes:
    """Every feed in every format, with a word on what a feed is."""
    publication = site.publication
    head = Head(
        title=f"{translate(publication.language, 'Feeds')} – {publication.title}",
        canonical=address.absolute(publication.url, address.FEED_LIST),
    )
    return render_page(site, "feeds", head=head, feeds=list_feeds(site))


def render_stylesheet(site: Site) -> bytes:
    """The one stylesheet, the home's own before the built-in one."""
    return site.templates.source("web/style.css").encode()
