"""Pushes: what each hub is still to be told, when it is tried again, and which addresses a hub may have (WebSub)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

_FIRST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=1)
_DOUBLINGS: Final = 6  # of the first pause: then it is the longest
_SPREAD: Final = 0.1

# What `ipaddress` of some Pythons takes for public: it learned of these late, or never.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(text)
    for text in (
        "100.64.0.0/10",  # a provider's own, where Alibaba answers machines' questions about themselves
        "168.63.129.16/32",  # where Azure does
        "192.0.0.0/24",  # where Oracle does
        "192.88.99.0/24",  # gateways of 6to4
        "224.0.0.0/3",  # groups, and what is set aside
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocols, Teredo among them, which holds addresses of IPv4
        "2001:db8::/32",
        "2002::/16",  # 6to4, which holds them too
        "3fff::/20",  # examples
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches it


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What one hub was told of one document, `topic` (its full address), and what it is still to be told.

    `digest` is that of the bytes that readers get now, `told` of those that the hub was told of at `told_at`. Told in
    vain it was `attempts` times since these bytes came, for the last time because of `problem`; the hub has failed
    since `failing_since`.
    """

    hub: str
    topic: str
    digest: str
    told: str
    due_at: datetime
    attempts: int = 0
    problem: str = ""
    failing_since: datetime | None = None
    told_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the hub is still to be told."""
        return self.digest != self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class HubState:
    """How it stands with one hub: of how many documents it is still to be told, and what keeps it from that.

    Some of them could not be told since `failing_since`, for the last time because of `problem`.
    """

    hub: str
    waiting: int = 0
    failing_since: datetime | None = None
    problem: str = ""
    told_at: datetime | None = None


def sum_up(hub: str, pushes: Iterable[Push]) -> HubState:
    """How it stands with a hub, by its pushes among those of others."""
    own = [push for push in pushes if push.hub == hub]
    waiting = [push for push in own if push.is_waiting]
    failing = [(push.failing_since, push.problem) for push in waiting if push.failing_since]
    since, problem = min(failing, default=(None, ""))
    told_at = max((push.told_at for push in own if push.told_at), default=None)
    return HubState(hub=hub, waiting=len(waiting), failing_since=since, problem=problem, told_at=told_at)


def find_pause(push: Push) -> timedelta:
    """How long after one more attempt in vain to try again: a minute, two, four, up to an hour.

    Within a tenth, which is its own, so that what has failed together does not come together.
    """
    doubled = _FIRST * (1 << min(push.attempts, _DOUBLINGS))
    digest = hashlib.sha256(f"{push.hub} {push.topic} {push.attempts}".encode()).digest()
    return min(doubled, _LONGEST) * (1 - _SPREAD + 2 * _SPREAD * digest[0] / 255)


def name_host(hub: str) -> str:
    """A hub as logs name it: its host, and its port where it has one."""
    parts = urlsplit(hub)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def is_public(address: str) -> bool:
    """Whether an address of IPv4 or IPv6 lies in the public internet, so that no inner machine can be meant by it."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped:
        return _is_public_4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_4(IPv4Address(int(address) & 0xFFFFFFFF))
    is_known = address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
    return is_known and address.is_global


def write_links(hubs: Sequence[str], topic: str) -> str:
    """The value of a document's Link header: its hubs, and what it is known by there (WebSub, section 4)."""
    links = [*((hub, "hub") for hub in hubs), (topic, "self")]
    return ", ".join(f'<{_escape(url)}>; rel="{relation}"' for url, relation in links)


def _escape(url: str) -> str:
    return url.replace("<", "%3C").replace(">", "%3E")
