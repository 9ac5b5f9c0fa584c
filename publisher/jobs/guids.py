"""The ids that directories know podcasts by: made of a feed's first address, and noted so that no move changes them."""

from collections.abc import Iterable
from dataclasses import replace

from publisher.domain import address
from publisher.domain.feed import Feed, Format
from publisher.domain.publication import is_loopback
from publisher.feeds import make_guid
from publisher.store import Transaction

_FACT = "podcast_guid "


def list_new_guids(tx: Transaction, feeds: Iterable[Feed], *, base: str) -> dict[str, str]:
    """The guids that are still to be noted, as facts: those of the settings, else made of a podcast's first address.

    None is made of an address that only this machine knows: every trial would have the same.
    """
    fresh: dict[str, str] = {}
    for feed in feeds:
        if feed.podcast is None:
            continue
        noted = tx.facts.find(_FACT + feed.first_name)
        made = noted or ("" if is_loopback(base) else _make(feed, base))
        if (guid := feed.podcast.guid or made) != (noted or ""):
            fresh[_FACT + feed.first_name] = guid
    return fresh


def with_guid(tx: Transaction, feed: Feed) -> Feed:
    """The feed, with its guid where it is a podcast that has one."""
    if feed.podcast is None:
        return feed
    noted = tx.facts.find(_FACT + feed.first_name) or ""
    return replace(feed, podcast=replace(feed.podcast, guid=feed.podcast.guid or noted))


def _make(feed: Feed, base: str) -> str:
    return make_guid(address.absolute(base, address.feed(feed.name, Format.RSS)))
