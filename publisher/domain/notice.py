"""Notices: one mail to one address outside any issue."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about."""

    CONFIRMATION = "confirmation"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A rendered notice that waits to be written down; `dedupe_key` makes writing it twice harmless."""

    kind: Kind
    dedupe_key: str
    subscriber_key: int
    language: str
    subject: str
    html: str
    text: str
