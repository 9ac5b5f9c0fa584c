"""The publication: who speaks, in which languages, at which address."""

from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What every feed, page and mail says of the paper; `url` has no slash at its end."""

    title: str
    url: str
    tagline: str = ""
    language: str = "en"
    languages: tuple[str, ...] = ()
    timezone: str = "UTC"
    postal_address: str = ""
    contact: str = ""
    privacy_url: str = ""
    rights: str = ""
    id_authority: str = "localhost"
    article_url: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether the public address is this machine only."""
        return is_loopback(self.url)


def is_loopback(url: str) -> bool:
    """Whether a web address names this machine only."""
    return (urlsplit(url).hostname or "") in LOOPBACK_HOSTS
