"""The press stopped: an issue paused, and who has it already."""

import time
from dataclasses import dataclass
from datetime import datetime

from publisher.app import App
from publisher.domain.article import Status as ArticleStatus
from publisher.domain.delivery import Status
from publisher.domain.issue import UNFINISHED, Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import PublisherError
from publisher.jobs.looking import get_issue
from publisher.jobs.worker import recover
from publisher.store.deliveries import Delivery

_LOOK_EVERY = 0.1  # seconds between looks at what is on the wire
HOLDING = (Status.SENT, Status.DOUBTFUL, Status.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """An issue that sends no more, and how many of its rows are in each state."""

    issue: Issue
    counts: dict[Status, int]

    @property
    def on_the_wire(self) -> int:
        """How many had begun and have no answer yet."""
        return self.counts[Status.SENDING]

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return self.counts[Status.QUEUED] + self.counts[Status.CLAIMED]


def stop_issue(app: App, name: str, *, patience: float) -> Stopped:
    """Pause an issue, and wait `patience` seconds at most for the messages on the wire. Raises PublisherError."""
    with app.ledger.write() as tx:
        issue = get_issue(tx, name)
        if issue.status not in UNFINISHED:
            sent = tx.deliveries.count_by_status(issue.key)[Status.SENT]
            raise PublisherError(f"{name} is {issue.status} already: {sent} have it")
        tx.issues.set_status(issue.key, IssueStatus.PAUSED, reason="stopped by the operator", was=[IssueStatus.OPEN])
    until = time.monotonic() + patience
    recover(app)
    while (stopped := _look(app, issue)).on_the_wire and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)
        recover(app)
    return stopped


def _look(app: App, issue: Issue) -> Stopped:
    with app.ledger.read() as tx:
        return Stopped(issue=tx.issues.get(issue.key), counts=tx.deliveries.count_by_status(issue.key))


def list_holders(app: App, issue: Issue) -> list[Delivery]:
    """Who has an issue, or may have it, in order of the freeze."""
    with app.ledger.read() as tx:
        return tx.deliveries.list_in(issue.key, HOLDING)


def list_hidden(app: App, name: str, *, now: datetime) -> list[str]:
    """The titles of an issue's articles that readers may not see any more."""
    with app.ledger.read() as tx:
        held = tx.issues.list_articles(get_issue(tx, name).key)
        current = tx.articles.iter_keys([article.key for article in held])
        return [article.title for article in current if article.status(now) is not ArticleStatus.PUBLISHED]
