"""Alerts: what somebody must hear who reads no log, once when it begins and once when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from publisher.domain.issue import Issue, Slot

PATIENCE: Final = timedelta(minutes=5)  # what mends itself sooner is told to nobody
DOUBTFUL_FOR: Final = timedelta(hours=1)
AGAIN_AFTER: Final = timedelta(hours=24)
NOTICES: Final = "notices"


class What(StrEnum):
    """The kinds of trouble."""

    SLOT = "slot"
    COMPOSING = "composing"
    ISSUE = "issue"
    DOUBTFUL = "doubtful"
    SENDING = "sending"
    RELAY = "relay"
    FEED = "feed"
    DISK = "disk"
    LEDGER = "ledger"
    TEST = "test"


class State(StrEnum):
    """What an alert says of its trouble."""

    BEGUN = "begun"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What waits for a person; `name` is that of its issue, slot, newsletter, relay or feed, where it has one."""

    what: What
    name: str
    text: str

    @property
    def key(self) -> str:
        """What makes it the same trouble at the next look."""
        return f"{self.what}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A trouble that somebody was told of at `at`."""

    trouble: Trouble
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What is to be told of a trouble."""

    trouble: Trouble
    state: State

    @property
    def text(self) -> str:
        """One line for a person."""
        return f"over: {self.trouble.text}" if self.state is State.OVER else self.trouble.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ill:
    """What a process has found not to work since `since`."""

    what: What
    name: str
    problem: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """How many rows of an issue, or of the notices, have been in doubt for long."""

    issue: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A paused or held issue, and how many wait for it."""

    issue: Issue
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that troubles are found in: slots that are due and not decided, by newsletter, and what else has stopped."""

    due: Sequence[tuple[str, Slot]] = ()
    stopped: Sequence[Stopped] = ()
    doubts: Sequence[Doubt] = ()
    ills: Sequence[Ill] = ()


def find_troubles(view: View, *, now: datetime) -> list[Trouble]:
    """What waits for a person at this moment."""
    failing = {ill.name for ill in view.ills if ill.what is What.COMPOSING}
    late = [pair for pair in view.due if now - pair[1].due_at >= PATIENCE and pair[0] not in failing]
    lasting = [ill for ill in view.ills if ill.what is What.DISK or now - ill.since >= PATIENCE]
    return [
        *(_describe_late(newsletter, slot) for newsletter, slot in late),
        *(_describe_stopped(one) for one in view.stopped),
        *(_describe_doubt(one) for one in view.doubts),
        *_merge(lasting),
    ]


def decide(troubles: Sequence[Trouble], told: Sequence[Told], *, now: datetime) -> list[Alert]:
    """Whom what begins, lasts for another day, or is over, is told to: each trouble once, as those told before show."""
    known = {one.trouble.key: one for one in told}
    lasting = {trouble.key for trouble in troubles}
    begun = [one for one in troubles if one.key not in known or now - known[one.key].at >= AGAIN_AFTER]
    over = [one.trouble for one in told if one.trouble.key not in lasting]
    return [
        *(Alert(trouble=one, state=State.OVER) for one in over),
        *(Alert(trouble=one, state=State.BEGUN) for one in begun),
    ]


def _describe_late(newsletter: str, slot: Slot) -> Trouble:
    name = f"{newsletter}/{slot.name}"
    text = f"{name} is due since {_clock(slot.due_at)} and has not been made: does a `publisher run` keep the schedule?"
    return Trouble(what=What.SLOT, name=name, text=text)


def _describe_stopped(one: Stopped) -> Trouble:
    name, status, reason = one.issue.id, one.issue.status, one.issue.reason
    said = f"{name} is {status}" + (f" ({reason})" if reason else "")
    text = f"{said}; {one.waiting} wait for it: publisher issues show {name}"
    return Trouble(what=What.ISSUE, name=name, text=text)


def _describe_doubt(one: Doubt) -> Trouble:
    text = f"{one.issue}: {one.rows} in doubt for an hour or more: publisher issues resolve {one.issue} …"
    return Trouble(what=What.DOUBTFUL, name=one.issue, text=text)


def _merge(ills: Sequence[Ill]) -> list[Trouble]:
    """One trouble for what several processes have found, since the first of them did."""
    first: dict[tuple[What, str], Ill] = {}
    for ill in sorted(ills, key=lambda one: one.since):
        first.setdefault((ill.what, ill.name), ill)
    return [Trouble(what=ill.what, name=ill.name, text=_describe_ill(ill)) for ill in first.values()]


def _describe_ill(ill: Ill) -> str:
    since = _clock(ill.since)
    match ill.what:
        case What.RELAY:
            return f"relay {ill.name} can't be used since {since}: {ill.problem}"
        case What.COMPOSING:
            return f"{ill.name}: its issue can't be made since {since}: {ill.problem}"
        case What.FEED:
            return f"feed {ill.name} is held back since {since}, readers have the last good one: {ill.problem}"
        case What.SENDING:
            return f"no mail goes out since {since}: {ill.problem}"
        case What.LEDGER:
            return f"the ledger can't be used since {since}: {ill.problem}"
        case _:
            return ill.problem


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"
