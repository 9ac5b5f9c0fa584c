"""The smallest page, a message, and the stylesheet."""

from publisher.pages.site import Head, Site, render_page


def render_message(site: Site, *, title: str, text: str, language: str = "") -> bytes:
    """A page that says one thing: look into your inbox, there is no such page, come back later."""
    head = Head(title=f"{title} – {site.publication.title}")
    return render_page(site, "message", head=head, language=language, title=title, text=text)


def render_stylesheet(site: Site) -> bytes:
    """The one stylesheet, the home's own before the built-in one."""
    return site.templates.source("web/style.css").encode()
