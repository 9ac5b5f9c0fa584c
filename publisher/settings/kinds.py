"""The kinds of values that settings have: durations, sizes, names, addresses; each mistake says what it must be."""

import re
import shlex
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from publisher.errors import LedgerError
from publisher.store import resolve_url
from publisher.timetable import check_schedule, check_zone

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({"sections", "tags"})
_RESERVED_FOR_FEEDS = _RESERVED | {"languages", "authors", "issues"}
_OLD_FEED = re.compile(r"/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-]/?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")
_LONGEST_DOMAIN = 253
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", str(value).strip())
    if not found:
        raise ValueError("it must be a duration such as 30s, 90m, 5h or 14d")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def _size(value: object) -> object:
    found = re.fullmatch(r"(\d+)\s*([KMG]?)B?", str(value).strip(), re.IGNORECASE)
    if not found:
        raise ValueError("it must be a size such as 500K or 2M")
    return int(found[1]) * _SIZES[found[2].upper()]


def _rate(value: object) -> object:
    if isinstance(value, float):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*/\s*([smhd])", str(value).strip())
    if not found or not float(found[1]):
        raise ValueError("it must be a number of messages in a time, such as 14/s, 500/m or 20000/d")
    return float(found[1]) / timedelta(**{_UNITS[found[2]]: 1}).total_seconds()


def _language(value: object) -> object:
    if not _LANGUAGE.fullmatch(str(value)):
        raise ValueError("it must be a language tag such as fr or nl-BE")
    return value


def _mailbox(value: object) -> object:
    _, address = parseaddr(str(value))
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError('it must be an address such as "La Gazette <gazette@example.org>"')
    return value


def check_domain(value: object) -> str:
    """A domain in small letters, or nothing. Raises ValueError."""
    domain = str(value).lower()
    if domain and (not _DOMAIN.fullmatch(domain) or len(domain) > _LONGEST_DOMAIN):
        raise ValueError("it must be a domain such as gazette.example.org (with other letters, in its xn-- form)")
    return domain


def check_selector(value: object) -> str:
    """A DKIM selector in small letters, or nothing. Raises ValueError."""
    selector = str(value).lower()
    if selector and not _SELECTOR.fullmatch(selector):
        raise ValueError("it must be a selector such as p202611: letters, digits and hyphens, without _domainkey")
    return selector


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or value in _RESERVED:
        raise ValueError(
            "it must be small letters, digits and _, begin with a letter, and be neither sections nor tags"
        )
    return value


def _feed_name(value: str) -> str:
    if not _NAME.fullmatch(value) or value in _RESERVED_FOR_FEEDS:
        taken = ", ".join(sorted(_RESERVED_FOR_FEEDS))
        raise ValueError(f"it must be small letters, digits and _, begin with a letter, and be none of {taken}")
    return value


def _feed_alias(value: str) -> str:
    if value.startswith("/") and not (value.startswith("//") or "/." in value) and _OLD_FEED.fullmatch(value):
        return value
    try:
        return _feed_name(value)
    except ValueError as problem:
        raise ValueError("it must be a feed's former name, or an address on this site such as /index.xml") from problem


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_fit = False
    if value and not (is_fit and value.isascii() and value.isprintable() and not {" ", "@"} & set(value)):
        raise ValueError("it must be a full address such as https://media.example.org/cover.jpg, without a password")
    return value


def _hub(value: str) -> str:
    try:
        return _web_address(value or "-")
    except ValueError as problem:
        raise ValueError("it must be a full address such as https://hub.example.org/, without a password") from problem


def _url(value: str) -> str:
    parts = urlsplit(value)
    has_more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or has_more:
        raise ValueError("it must be an address without a path, such as https://gazette.example.org")
    return value.rstrip("/")


def _hook(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    try:
        parts = urlsplit(url)
        is_fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
        is_fit = is_fit and (parts.port or 1) > 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        is_fit = False
    if url and not is_fit:
        raise ValueError("it must be an address such as https://hooks.example.org/…, without a name and password")
    return value


def _command(value: str) -> str:
    try:
        shlex.split(value)
    except ValueError as problem:
        raise ValueError(f"it must be a command as in a shell ({problem})") from problem
    return value


def _article_url(value: str) -> str:
    try:
        example = value.format(yyyy="2026", mm="11", slug="a-title")
    except (KeyError, IndexError, ValueError):
        example = ""
    if value and ("{slug}" not in value or urlsplit(example).scheme not in {"http", "https"}):
        raise ValueError("it must be an address such as https://site/{yyyy}/{mm}/{slug}/")
    return value


def _network(value: object) -> object:
    try:
        return ip_network(str(value))
    except ValueError as problem:
        raise ValueError("it must be an address or a network such as 10.0.0.5 or 10.0.0.0/24") from problem


def _database_url(value: str) -> str:
    try:
        resolve_url(value, home=Path())
    except LedgerError as problem:
        raise ValueError(str(problem)) from problem
    return value


def _expiry(value: timedelta) -> timedelta:
    if value > timedelta(days=5):
        raise ValueError("it must be at most 5d")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Rate = Annotated[float, BeforeValidator(_rate)]
Size = Annotated[int, BeforeValidator(_size)]
Zone = Annotated[str, AfterValidator(check_zone)]
Schedule = Annotated[str, AfterValidator(check_schedule)]
Language = Annotated[str, BeforeValidator(_language)]
Domain = Annotated[str, BeforeValidator(check_domain)]
Selector = Annotated[str, BeforeValidator(check_selector)]
Mailbox = Annotated[str, BeforeValidator(_mailbox)]
Url = Annotated[str, AfterValidator(_url)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
ArticleUrl = Annotated[str, AfterValidator(_article_url)]
Expiry = Annotated[Duration, AfterValidator(_expiry)]
HookUrl = Annotated[SecretStr, AfterValidator(_hook)]
Command = Annotated[str, AfterValidator(_command)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Name = Annotated[str, BeforeValidator(_name)]
FeedName = Annotated[str, BeforeValidator(_feed_name)]
FeedAlias = Annotated[str, AfterValidator(_feed_alias)]
HubUrl = Annotated[str, AfterValidator(_hub)]
ImageUrl = Annotated[str, AfterValidator(_web_address)]
