"""Counting: how much the ledger holds of each thing, cheap enough to be asked every few seconds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from publisher.app import App
from publisher.domain import alert, article, delivery, issue, subscriber
from publisher.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a ledger holds at one moment, each thing by its state, subscriptions by newsletter first."""

    articles: Mapping[article.Status, int]
    seeds_in_review: int
    issues: Mapping[issue.Status, int]
    deliveries: Mapping[delivery.Status, int]
    notices: Mapping[delivery.Status, int]
    subscriptions: Mapping[str, Mapping[subscriber.Status, int]]
    alerts: Mapping[alert.What, int]


class Counting:
    """Counts a ledger again and again; it remembers the deliveries of sent issues, which move no more."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._sent: dict[int, dict[delivery.Status, int]] = {}

    def take(self, *, now: datetime) -> Holdings:
        """What the ledger holds now. Raises LedgerError where it can't be read."""
        with self._app.ledger.read() as tx:
            statuses = tx.issues.list_statuses()
            issues = Counter(statuses.values())
            return Holdings(
                articles=tx.articles.count_by_status(now),
                seeds_in_review=tx.seeds.count_in_review(),
                issues={status: issues[status] for status in issue.Status},
                deliveries=self._count_deliveries(tx, statuses),
                notices=tx.notices.count_by_status(),
                subscriptions={one.name: tx.subscribers.count_by_status(one.name) for one in self._app.newsletters},
                alerts=tx.alerts.count_told(),
            )

    def _count_deliveries(self, tx: Transaction, issues: Mapping[int, issue.Status]) -> dict[delivery.Status, int]:
        total = Counter(dict.fromkeys(delivery.Status, 0))
        for key, status in issues.items():
            counts = self._sent.get(key) if status is issue.Status.SENT else None
            counts = counts or tx.deliveries.count_by_status(key)
            total.update(counts)
            if status is issue.Status.SENT:
                self._sent[key] = counts
        return total
