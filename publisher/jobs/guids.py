"""The ids that directories know podcasts by: made of a feed's first address, and noted so that no move changes them."""

from collections.abc import Sequence
from dataclasses import replace

from publisher.domain import address
from publisher.domain.feed import Feed, Format, Podcast
from publisher.feeds import make_guid
from publisher.store import Transaction

_FACT = "podcast_guid "


def keep_guids(tx: Transaction, feeds: Sequence[Feed], *, base: str) -> tuple[Feed, ...]:
    """The feeds, each podcast with its guid: that of the settings, the one that it has, or one made now and noted."""
    return tuple(replace(feed, podcast=_keep(tx, feed, feed.podcast, base=base)) for feed in feeds)


def _keep(tx: Transaction, feed: Feed, podcast: Podcast | None, *, base: str) -> Podcast | None:
    if podcast is None:
        return None
    name = _FACT + feed.first_name
    made = podcast.guid or make_guid(address.absolute(base, address.feed(feed.name, Format.RSS)))
    guid = tx.facts.find_or_put(name, made)
    if podcast.guid and guid != podcast.guid:
        tx.facts.put(name, podcast.guid)
    return replace(podcast, guid=podcast.guid or guid)
