"""Issues: one dated mailing of a newsletter, and the moments at which one is due."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """An issue's state: `held` waits for an approval or a mend."""

    OPEN = "open"
    PAUSED = "paused"
    HELD = "held"
    SENT = "sent"
    CANCELLED = "cancelled"


UNFINISHED = (Status.OPEN, Status.PAUSED, Status.HELD)


class SlotOutcome(StrEnum):
    """What became of a slot."""

    ISSUE = "issue"
    EMPTY = "empty"
    MERGED = "merged"


_ID = re.compile(r"(?P<newsletter>[a-z][a-z0-9_]*)/(?P<slot>\d{4}-\d\d-\d\d(?:T\d{4}|-manual-\d+))")
_SLOT = "%Y-%m-%dT%H%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A moment at which a newsletter is due: `name` is the nominal local wall time, `due_at` the instant."""

    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A frozen mailing; `revision` counts its texts: the first is 1, each recomposing makes another.

    `recomposed_at` is the moment of the last one.
    """

    key: int
    newsletter: str
    slot: str
    status: Status
    reason: str
    title: str
    subject: str
    due_at: datetime
    frozen_at: datetime
    expires_at: datetime
    eligible: int
    revision: int = 1
    recomposed_at: datetime | None = None

    @property
    def id(self) -> str:
        """How people and addresses name it: `daily/2026-11-23T0700`."""
        return f"{self.newsletter}/{self.slot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """An issue as rendered for one language, choice of sections and format.

    `html` and `text` hold slots (`domain.slots`) where the recipient's own links go; `html` is empty for format text.
    `is_empty` says that this choice leaves no article: those who made it are skipped.
    """

    language: str
    sections: tuple[str, ...]
    format: str
    subject: str
    html: str
    text: str
    is_empty: bool = False


def slot_name(wall: datetime) -> str:
    """A slot's name from its nominal local wall time (any zone is left out)."""
    return wall.strftime(_SLOT)


def parse_id(text: str) -> tuple[str, str] | None:
    """(newsletter, slot) from an issue's id, or None where it is none."""
    found = _ID.fullmatch(text)
    return (found["newsletter"], found["slot"]) if found else None
