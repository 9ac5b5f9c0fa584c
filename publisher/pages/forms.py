"""The pages where readers sign up, confirm, choose and leave; each shows, and only its form's POST acts."""

from collections.abc import Sequence

from publisher.domain import address
from publisher.domain.subscriber import Status, Subscriber, Subscription
from publisher.pages.automatic import feed_of_issues
from publisher.pages.site import Head, Site, render_page
from publisher.templating import list_languages, translate


def render_subscribe(site: Site, *, problem: str = "", email: str = "", chosen: Sequence[str] = ()) -> bytes:
    """The sign-up form; `problem` says what was wrong with what came in, `chosen` holds newsletters' names."""
    publication = site.publication
    title = translate(publication.language, "Subscribe")
    head = Head(
        title=f"{title} – {publication.title}",
        canonical=address.absolute(publication.url, address.SUBSCRIBE),
        feeds=tuple(feed_of_issues(publication, newsletter) for newsletter in site.newsletters),
    )
    return render_page(site, "subscribe", head=head, problem=problem, email=email, chosen=chosen)


def render_confirm(site: Site, *, action: str, newsletters: Sequence[str], language: str = "") -> bytes:
    """The page behind a confirmation's link: the newsletters' titles and a button that posts to `action`."""
    head = _head(site, translate(language or site.publication.language, "Confirm your subscription"))
    return render_page(site, "confirm", head=head, language=language, action=action, titles=newsletters)


def render_unsubscribe(site: Site, *, action: str, newsletter: str, is_done: bool, language: str = "") -> bytes:
    """The page behind an unsubscribe link, before and after; `newsletter` is its title."""
    head = _head(site, translate(language or site.publication.language, "Unsubscribe"))
    return render_page(
        site, "unsubscribe", head=head, language=language, action=action, newsletter=newsletter, is_done=is_done
    )


def render_preferences(
    site: Site,
    *,
    action: str,
    subscriber: Subscriber,
    subscriptions: Sequence[Subscription],
    sections: Sequence[str] = (),
    problem: str = "",
    is_saved: bool = False,
) -> bytes:
    """What a subscriber gets and how, as a form with `newsletters`, `sections.{newsletter}`, `language` and `format`.

    `sections` are those that she may choose from; none of them ticked means all.
    """
    head = _head(site, translate(subscriber.language or site.publication.language, "Your preferences"))
    own = {tie.newsletter: tie for tie in subscriptions if tie.status is Status.CONFIRMED}
    return render_page(
        site,
        "preferences",
        head=head,
        language=subscriber.language,
        action=action,
        subscriber=subscriber,
        own=own,
        sections=sections,
        languages=site.publication.languages or list_languages(),
        problem=problem,
        is_saved=is_saved,
    )


def _head(site: Site, title: str) -> Head:
    return Head(title=f"{title} – {site.publication.title}")
