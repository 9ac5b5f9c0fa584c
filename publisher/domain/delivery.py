"""Deliveries: one issue to one subscriber, and the states it can be in (docs/architecture.md has the table)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from publisher.domain.token import Keys

NOTHING_CHOSEN = "none of the sections that she chose is in it"  # why a row was skipped
BUILT_IN = "built-in"  # the relay that files mail and delivers to nobody


class Status(StrEnum):
    """The ten states; they always sum to the issue's eligible."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DOUBTFUL = "doubtful"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """The two things that are mailed; notices are claimed first."""

    NOTICE = "notice"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Ref:
    """The name of one row that is mailed.

    `text` is what a claim was made for, as the ledger numbers it: no part of the name, but a message of another text
    is not begun. 0 where there is nothing to compare.
    """

    kind: Kind
    key: int
    text: int = field(default=0, compare=False)

    def __hash__(self) -> int:
        """A sender asks for it a dozen times a message: that of the key is enough to tell rows apart."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One claimed row with all that its message needs, except the rendered text that `rendering` names.

    `rendering` is the ledger's name for what many letters share (a variant, or one notice's own text);
    `values` fill the slots; `attempts` counts those before this one; `unsubscribe_url` is empty where there is nothing
    to leave; `in_reply_to` is the Message-ID of the earlier message that it answers, where it does;
    `sender` is the return path where it is this row's own, else the paper's address is.
    """

    ref: Ref
    rendering: str
    email: str
    message_id: str
    values: dict[str, str]
    attempts: int
    unsubscribe_url: str = ""
    sender: str = ""
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What many letters share. `html` may be empty; `list_name` is the newsletter's, empty for a mail of no newsletter.

    `kind` is the sort of bulk mail that it is, as those who receive much of it tell them apart.
    """

    name: str
    subject: str
    html: str
    text: str
    language: str
    issue: str = ""
    list_name: str = ""
    list_title: str = ""
    web_url: str = ""
    is_test: bool = False
    kind: str = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an attempt: the state to record, and why.

    `retry_at` is set exactly when `status` is queued; `code` is 0 where the relay said nothing;
    `counts` is False when the attempt never reached the relay (a failed connection costs none);
    `is_hard_bounce` says that the relay knows of no such mailbox, so that nobody need try again.
    """

    status: Status
    relay: str
    code: int = 0
    reply: str = ""
    retry_at: datetime | None = None
    counts: bool = True
    is_hard_bounce: bool = False


class Verdict(StrEnum):
    """What is decided about a doubtful row: mail it once more, take it for sent, or sent by the relay's own log."""

    RESEND = "resend"
    ASSUMED = "assumed"
    LOGGED = "logged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A row that nobody can know about, since when, and whom it is for ("" once she is erased)."""

    ref: Ref
    message_domain: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claimed row as the ledger knows it: who it is for and which rendering she gets, before any token is made.

    `answers` is the delivery whose message it answers, with the domain of that one's Message-ID.
    """

    ref: Ref
    rendering: str
    email: str
    subscriber_key: int
    subscription_key: int | None
    message_domain: str
    attempts: int
    first_due_at: datetime
    answers: tuple[Ref, str] | None = None


def make_message_id(ref: Ref, *, domain: str, keys: Keys) -> str:
    """The Message-ID of a row, the same at every attempt (M02)."""
    return f"<{ref.kind[0]}{ref.key}.{keys.message_mark(ref.kind, ref.key)}@{domain}>"
