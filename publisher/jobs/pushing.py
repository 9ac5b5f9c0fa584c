"""Pushing: what the hubs of the feeds are to be told stands in the ledger as soon as readers get it (WebSub).

What is due follows from two digests, of the bytes that readers get and of those that a hub was told of: so it can be
noted as often as one likes, by anybody. `jobs/hubs` tells the hubs.
"""

from collections.abc import Mapping
from datetime import datetime

from publisher.app import App
from publisher.domain import address
from publisher.domain.feed import Format
from publisher.domain.push import HubState, sum_up, write_links


def note_pushes(app: App, *, now: datetime) -> None:
    """Note for each hub the bytes that readers get now, and forget the hubs that no feed has any more.

    Call it when the bytes are on the disk and before the stamp says so: whoever dies in between is followed by one who
    publishes again. Where all of it is noted already, nothing is written.
    """
    pairs = _list_pairs(app)
    with app.ledger.read() as tx:
        known = {(push.hub, push.topic): push.digest for push in tx.pushes.list_all()}
    digests = {pair: served.digest for pair, path in pairs.items() if (served := app.shelf.find(path))}
    news = {pair: digest for pair, digest in digests.items() if known.get(pair) != digest}
    ended = known.keys() - pairs.keys()
    if not (news or ended):
        return
    with app.ledger.write() as tx:
        for pair in ended:
            tx.pushes.drop(*pair)
        for (hub, topic), digest in news.items():
            tx.pushes.note(hub, topic, digest=digest, now=now)


def list_links(app: App) -> dict[str, str]:
    """The Link header of each document that has hubs, by its public path: one to each hub, one to itself."""
    return {path: write_links(hubs, topic) for path, (topic, hubs) in _list_documents(app).items()}


def list_hubs(app: App) -> list[HubState]:
    """How it stands with each hub of the settings."""
    with app.ledger.read() as tx:
        pushes = tx.pushes.list_all()
    hubs = dict.fromkeys(hub for feed in app.feeds for hub in feed.hubs)
    return [sum_up(hub, pushes) for hub in hubs]


def is_fetchable(app: App) -> bool:
    """Whether a hub could fetch a feed: not from an address that is this machine's only, but for a hub of its own."""
    return not app.publication.is_loopback or app.settings.web.private_hubs


def _list_documents(app: App) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """(full address, hubs) of every document that has hubs, by its public path."""
    paths = {address.feed(feed.name, form): feed.hubs for feed in app.feeds for form in Format if feed.hubs}
    return {path: (address.absolute(app.publication.url, path), hubs) for path, hubs in paths.items()}


def _list_pairs(app: App) -> dict[tuple[str, str], str]:
    """The public path of each document, by hub and full address."""
    if not is_fetchable(app):
        return {}
    return {(hub, topic): path for path, (topic, hubs) in _list_documents(app).items() for hub in hubs}
