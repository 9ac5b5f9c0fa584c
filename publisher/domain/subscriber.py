"""Subscribers, their subscriptions, and what is kept to show that they agreed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """A subscription's state."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class Format(StrEnum):
    """How a subscriber wants mail."""

    HTML = "html"
    TEXT = "text"


class Layout(StrEnum):
    """How lists of subscribers are written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class Event(StrEnum):
    """What the consent log records."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ADDED = "added"
    IMPORTED = "imported"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


class Reason(StrEnum):
    """Why an address is not mailed any more."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OPERATOR = "operator"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address and how it likes its mail; `language` and `timezone` are empty where nobody said."""

    key: int
    email: str
    name: str = ""
    language: str = ""
    timezone: str = ""
    format: Format = Format.HTML
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The tie of a subscriber to one newsletter; `sections` empty means all of them."""

    key: int
    subscriber_key: int
    newsletter: str
    status: Status
    sections: tuple[str, ...] = ()
    consent_at: datetime | None = None
    consent_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of the consent log: who agreed to what, when, from where, after which words."""

    newsletter: str
    event: Event
    at: datetime
    source: str
    ip: str = ""
    wording: str = ""


def canonical(email: str) -> str:
    """The form in which two spellings of one address are equal: nothing but case is folded, no +tag is cut."""
    return email.strip().casefold()
