"""The decider: what an attempt's answer means for its row, and whom it blames (standards G)."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from publisher.domain.delivery import Kind, Letter, Outcome, Ref, Status
from publisher.mail.answer import Answer, End, Step

_DEFERRED = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 180))
_LOST = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 900, 1800))
_JITTER = 0.1
_NOBODY_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})  # there is no such mailbox (M19)
_RECIPIENT_CODES = _NOBODY_CODES | {"5.2.1", "5.2.2"}  # there is one, and it takes nothing now


class Blame(StrEnum):
    """Whom a final refusal speaks of; ODD says of neither, and stops nobody else."""

    RECIPIENT = "recipient"
    SENDER = "sender"
    ODD = "odd"


def find_blame(answer: Answer) -> Blame | None:
    """Whom the answer blames, or None where it is no final refusal."""
    if not answer.is_refused:
        return None
    if answer.step is Step.RCPT and answer.reply.enhanced in _RECIPIENT_CODES:
        return Blame.RECIPIENT
    if answer.step in (Step.CONNECT, Step.MAIL):
        return Blame.SENDER
    is_policy = answer.reply.enhanced.startswith("5.7.")
    return Blame.SENDER if is_policy and answer.step is Step.RCPT else Blame.ODD


def decide(answer: Answer, letter: Letter, *, relay: str, now: datetime) -> Outcome:
    """The state in which the attempt leaves its row; one that waits may do so beyond its expiry."""
    status = _decide_status(answer, letter)
    retry_at = now + _pause(answer, letter) if status is Status.QUEUED else None
    return Outcome(
        status=status,
        relay=relay,
        code=answer.reply.code,
        reply=answer.reply.text,
        retry_at=retry_at,
        counts=answer.end is not End.UNREACHED,
        is_hard_bounce=status is Status.FAILED and _is_hard(answer),
    )


def _is_hard(answer: Answer) -> bool:
    return find_blame(answer) is Blame.RECIPIENT and answer.reply.enhanced in _NOBODY_CODES


def _decide_status(answer: Answer, letter: Letter) -> Status:
    if answer.end is End.UNANSWERED:
        return Status.DOUBTFUL
    if answer.end is End.UNADDRESSABLE:
        return Status.FAILED
    if answer.is_accepted:
        return Status.SENT
    # A notice has no issue that could be paused until the relay is mended: it waits by itself.
    if letter.ref.kind is Kind.NOTICE and find_blame(answer) is Blame.SENDER:
        return Status.QUEUED
    return Status.FAILED if answer.is_refused else Status.QUEUED


def _pause(answer: Answer, letter: Letter) -> timedelta:
    steps = _LOST if answer.end in (End.UNSENT, End.UNREACHED) else _DEFERRED
    return steps[min(letter.attempts, len(steps) - 1)] * _spread(letter.ref, attempts=letter.attempts)


def _spread(ref: Ref, *, attempts: int) -> float:
    """A factor within ten per cent of 1 that is the row's own, so that those deferred together do not come together."""
    digest = hashlib.sha256(f"{ref.kind}:{ref.key}:{attempts}".encode()).digest()
    return 1 + _JITTER * (int.from_bytes(digest[:4]) / 0x7FFFFFFF - 1)
