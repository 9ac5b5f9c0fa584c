"""Feeds that moved or ended: where a former name leads (301), and which were offered once and are no more (410)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from publisher.domain import address
from publisher.domain.feed import Feed, Format
from publisher.domain.feed_path import parse_feed_path


def find_new_address(path: str, feeds: Sequence[Feed]) -> str | None:
    """Where the feed that a percent-encoded path named before is now, or the same part of its archive."""
    bare = path.rstrip("/")
    named = parse_feed_path(path)
    for feed in feeds:
        for alias in feed.aliases:
            if alias.startswith("/") and alias.rstrip("/") == bare:
                return address.feed(feed.name, _guess_form(bare))
            if named and named.name == alias:
                return replace(named, name=feed.name).path
    return None


def has_ended(path: str, *, present: Iterable[str], was_offered: Callable[[str], bool]) -> bool:
    """Whether a path is of a feed that readers were offered and that is not among the `present` names any more."""
    named = parse_feed_path(path)
    return named is not None and named.name not in present and was_offered(named.name)


def _guess_form(path: str) -> Format:
    """What readers expect of another program's address: `/atom.xml`, `/feed/atom`, `/feed.json`; else RSS."""
    name = path.rpartition("/")[2].lower()
    if "atom" in name:
        return Format.ATOM
    return Format.JSON if name.endswith("json") else Format.RSS
