"""Adopting: an operator answers for a ledger that was restored, so that it sends again."""

from dataclasses import dataclass

from publisher.app import App
from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.guard import Kind
from publisher.domain.issue import Status as IssueStatus
from publisher.jobs import guarding, issuing
from publisher.jobs.worker import recover
from publisher.logs import get_logger
from publisher.store.facts import COPIED_AT, SEQUENCE

_log = get_logger()
_LEAD = 1_000_000  # more than any other machine can have seen of the ledger that was lost
_WAITING = (Status.QUEUED, Status.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a restored ledger would send: `why` it does not, and a line for each thing that would go, or be decided."""

    why: str
    lines: tuple[str, ...]


def mark_restored(app: App) -> None:
    """Let a ledger that can't know that it was restored send nothing until it is adopted."""
    with app.ledger.write() as tx:
        tx.facts.put(COPIED_AT, f"{now():%Y-%m-%d %H:%M} UTC")


def find_prospect(app: App) -> Prospect | None:
    """What an adoption would let go; None where the ledger waits for none."""
    obstacle = guarding.look(app)
    if obstacle is None or obstacle.kind is not Kind.RESTORED:
        return None
    return Prospect(why=obstacle.text, lines=(*_list_issues(app), *_list_coming(app)))


def _list_issues(app: App) -> list[str]:
    with app.ledger.read() as tx:
        issues = tx.issues.list_by_status(IssueStatus.OPEN)
        found = {issue.id: tx.deliveries.count_by_status(issue.key) for issue in issues}
        found["notices"] = tx.notices.count_by_status()
    lines = []
    for name, counts in found.items():
        waiting = sum(counts[status] for status in _WAITING)
        unknown = counts[Status.SENDING] + counts[Status.DOUBTFUL]
        if waiting or unknown:
            lines.append(f"{name}: {waiting} would be mailed, {unknown} in doubt")
    return lines


def _list_coming(app: App) -> list[str]:
    moment = now()
    coming = [issuing.prepare_manual(app, newsletter, now=moment) for newsletter in app.newsletters]
    return [
        f"the next issue of {one.newsletter.name}: {len(one.chosen.articles)} articles that it has not seen mailed"
        for one in coming
        if one.chosen.articles
    ]


def adopt(app: App) -> tuple[int, int]:
    """Take the ledger for the one that counts from now on; gives the rows of dead workers (queued again, doubtful)."""
    with app.ledger.write() as tx:
        tx.facts.drop(COPIED_AT)
        sequence = max(tx.facts.count_up(SEQUENCE), guarding.find_remembered(app)) + _LEAD
        tx.facts.put(SEQUENCE, str(sequence))
    guarding.remember(app, sequence)
    _log.warning("ledger_adopted", sequence=sequence)
    return recover(app)
