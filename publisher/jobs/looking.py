"""Looking: what is published and what was sent. Nothing changes."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from publisher.app import App
from publisher.domain.article import Article
from publisher.domain.delivery import BUILT_IN, Status
from publisher.domain.issue import Issue, parse_id
from publisher.errors import AmbiguousError, NotFoundError, UsageError
from publisher.store import Transaction

MAILBOX_WORD = "filed in the built-in mailbox, nobody received it"


def describe_article(article: Article, now: datetime) -> dict[str, Any]:
    """An article as `articles --json` lists it."""
    return {
        "id": article.id,
        "slug": article.slug,
        "title": article.title,
        "path": article.path,
        "section": article.section,
        "language": article.language,
        "published_at": iso(article.published_at),
        "released_at": iso(article.released_at),
        "updated_at": iso(article.updated_at),
        "status": article.status(now).value,
    }


def describe_whole_article(article: Article, now: datetime) -> dict[str, Any]:
    """An article as `show --json` prints it."""
    from publisher.markup import to_text  # its libraries take longer to load than the ledger to be asked

    return {
        **describe_article(article, now),
        "headline": article.headline,
        "summary": article.summary,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "html": article.html,
        "text": to_text(article.html),
        "images": [
            {"path": image.path, "address": image.address, "width": image.width, "height": image.height}
            for image in article.images
        ],
        "correction": article.correction,
        "enclosure": asdict(article.enclosure) if article.enclosure else None,
        "rights": article.rights,
        "notes": list(article.notes),
    }


def list_articles(app: App, *, now: datetime) -> list[dict[str, Any]]:
    """Every article, newest first, withdrawn and scheduled ones marked."""
    with app.ledger.read() as tx:
        return [describe_article(article, now) for article in tx.articles.list_all()]


def get_article(app: App, name: str) -> Article:
    """The article with that id, path or slug. Raises NotFoundError, or AmbiguousError with the candidates."""
    with app.ledger.read() as tx:
        found = tx.articles.list_named(name)
    if not found:
        raise NotFoundError(f"no article has the id, path or slug {name!r} (`publisher articles` lists them)")
    if len(found) > 1:
        raise AmbiguousError(name, [article.path or article.id for article in found])
    return found[0]


def list_mailings(app: App, article: Article) -> list[str]:
    """The ids of the issues that hold an article, oldest first."""
    with app.ledger.read() as tx:
        return tx.issues.list_mailings_of(article.key)


def get_issue(tx: Transaction, name: str) -> Issue:
    """The issue of that id. Raises UsageError for what is no id, NotFoundError for an issue that is not there."""
    parsed = parse_id(name)
    if not parsed:
        raise UsageError(f"{name!r} is no issue: it is named like daily/2026-11-23T0700")
    found = tx.issues.find(*parsed)
    if not found:
        raise NotFoundError(f"there is no issue {name} (`publisher issues list` lists them)")
    return found


def describe_issue(tx: Transaction, issue: Issue) -> dict[str, Any]:
    """An issue as `issues list --json` lists it."""
    counts = tx.deliveries.count_by_status(issue.key)
    return {
        "id": issue.id,
        "newsletter": issue.newsletter,
        "slot": issue.slot,
        "status": issue.status.value,
        "reason": issue.reason,
        "subject": issue.subject,
        "eligible": issue.eligible,
        "deliveries": {status.value: counts[status] for status in Status},
        "deferred": tx.deliveries.count_deferred(issue.key),
        "frozen_at": iso(issue.frozen_at),
        "revision": issue.revision,
    }


def list_issues(app: App, *, newsletter: str = "") -> list[dict[str, Any]]:
    """Every issue, newest first."""
    with app.ledger.read() as tx:
        return [describe_issue(tx, issue) for issue in tx.issues.list_all(newsletter=newsletter)]


def show_issue(app: App, name: str) -> dict[str, Any]:
    """An issue with its articles, which relay took how many, and the rows that are in doubt or failed."""
    with app.ledger.read() as tx:
        issue = get_issue(tx, name)
        relays = tx.deliveries.count_by_relay(issue.key)
        return {
            **describe_issue(tx, issue),
            "articles": [{"id": article.id, "title": article.title} for article in tx.issues.list_articles(issue.key)],
            "passed_over": tx.issues.count_passed_over(issue.key),
            "relays": relays,
            "texts": {str(number): count for number, count in tx.revisions.count_had(issue.key).items()},
            "note": MAILBOX_WORD if BUILT_IN in relays else "",
            "attention": [
                {
                    "email": row.email,
                    "status": row.status.value,
                    "at": iso(row.changed_at),
                    "code": row.code,
                    "reply": row.reply,
                    "message_id": row.message_id(app.keys),
                }
                for row in tx.deliveries.list_in(issue.key, [Status.DOUBTFUL, Status.FAILED])
            ],
        }


def iso(moment: datetime) -> str:
    """An instant as the listings print it: RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
