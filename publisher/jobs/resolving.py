"""Rows in doubt: an operator's decision, and what the relay's own log says of them."""

import gzip
import sys
import zlib
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from publisher import failpoint
from publisher.app import App
from publisher.domain.delivery import Doubt, Verdict, make_message_id
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import PublisherError, UsageError
from publisher.jobs.alerting import finish_issues
from publisher.jobs.looking import get_issue
from publisher.jobs.worker import recover
from publisher.mail.postfix_log import PostfixLog
from publisher.store import Transaction

NOTICES = "notices"
STANDARD_INPUT = Path("-")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """How many rows were in doubt, how many of them the log shows as taken, how many a verdict settled, who is left."""

    doubtful: int
    logged: int
    settled: int
    left: tuple[Doubt, ...]


def resolve(app: App, name: str, *, verdict: Verdict | None, logs: Sequence[Path] = (), now: datetime) -> Resolved:
    """Settle the rows in doubt of an issue, or of all notices (`NOTICES`).

    What a log shows as taken is sent; of the rest the verdict decides, and without one it stays in doubt.
    Raises UsageError for a log that is none, PublisherError for an issue that is mailed to nobody any more.
    """
    recover(app)
    with app.ledger.read() as tx:
        if verdict is Verdict.RESEND and name != NOTICES and get_issue(tx, name).status is IssueStatus.CANCELLED:
            raise PublisherError(f"{name} is cancelled, and mailed to nobody any more: say --assume-sent or --from-log")
        doubts = _list_doubtful(tx, name)
    names = {make_message_id(one.ref, domain=one.message_domain, keys=app.keys): one for one in doubts}
    taken = {names[found] for found in read_logs(logs, wanted=names)}
    rest = [one for one in doubts if one not in taken]
    with app.ledger.write() as tx:
        logged = _settle(tx, name, taken, verdict=Verdict.LOGGED, now=now)
        settled = _settle(tx, name, rest, verdict=verdict, now=now) if verdict else 0
        finish_issues(app, tx, now=now)
        left = tuple(_list_doubtful(tx, name))
        failpoint.reach("resolving")
    failpoint.reach("resolved")
    return Resolved(doubtful=len(doubts), logged=logged, settled=settled, left=left)


def _list_doubtful(tx: Transaction, name: str) -> list[Doubt]:
    return tx.notices.list_doubtful() if name == NOTICES else tx.deliveries.list_doubtful(get_issue(tx, name).key)


def _settle(tx: Transaction, name: str, doubts: Collection[Doubt], *, verdict: Verdict, now: datetime) -> int:
    keys = [one.ref.key for one in doubts]
    if name == NOTICES:
        return tx.notices.resolve_doubtful(verdict=verdict, now=now, keys=keys)
    issue = get_issue(tx, name)
    count = tx.deliveries.resolve_doubtful(issue.key, verdict=verdict, now=now, keys=keys)
    if count and verdict is Verdict.RESEND:
        tx.issues.set_status(issue.key, IssueStatus.OPEN, was=[IssueStatus.SENT])
    return count


def read_logs(paths: Sequence[Path], *, wanted: Collection[str]) -> set[str]:
    """Which of the wanted Message-IDs Postfix took, by its logs, the oldest first: plain, gzip, or `-`."""
    log = PostfixLog(wanted)
    for path in paths:
        named = log.named
        _read_log(log, path)
        if log.named == named:
            raise UsageError(
                f"{path}: this is no log of Postfix: no line in it has a queue id and message-id=<…>, as its cleanup "
                "writes for each message"
            )
    return log.taken


def _read_log(log: PostfixLog, path: Path) -> None:
    try:
        with nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as raw:
            log.read(_unpacked(cast("IO[bytes]", raw)))
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise UsageError(f"{path}: its gzip is damaged or cut off: {problem}") from problem
    except OSError as problem:
        raise UsageError(f"{path}: it can't be read: {problem.strerror}") from problem


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    is_packed = raw.peek(2)[:2] == _GZIP  # type: ignore[attr-defined]
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if is_packed else raw
