"""Issues are paused when an article that they hold is no longer for readers."""

from datetime import datetime

from publisher.app import App
from publisher.domain.article import Article
from publisher.domain.issue import Status as IssueStatus
from publisher.logs import get_logger
from publisher.store import Transaction

_log = get_logger()
EXPIRED = "its time is over"
_EXPIRED_UNTIL = "expired_until"


def pause_issues_with(tx: Transaction, article: Article, *, why: str) -> None:
    """Pause every issue that holds an article and is not ended; one that waits already gets a reason more."""
    reason = f"{article.title!r} is in it: {why}"
    for issue in tx.issues.list_unfinished_with(article.key):
        status = IssueStatus.PAUSED if issue.status is IssueStatus.OPEN else issue.status
        known = [issue.reason] if issue.reason else []
        reasons = known if reason in issue.reason else [*known, reason]
        tx.issues.set_status(issue.key, status, reason="; ".join(reasons))
        _log.warning("issue_paused", issue=issue.id, why=why)


def pause_expired(app: App, *, now: datetime) -> None:
    """Pause the issues that hold an article whose time has run out since the last call, once for each article.

    Whoever resumes such an issue is not contradicted at the next look.
    """
    with app.ledger.read() as tx:
        known = tx.facts.find(_EXPIRED_UNTIL)
        after = datetime.fromisoformat(known) if known else datetime.fromtimestamp(0, tz=now.tzinfo)
        expired = tx.articles.list_expired(after=after, until=now)
    if not expired:
        return
    with app.ledger.write() as tx:
        for article in expired:
            _log.info("article_expired", article=article.key, path=article.path)
            pause_issues_with(tx, article, why=EXPIRED)
        tx.facts.put(_EXPIRED_UNTIL, now.isoformat())
