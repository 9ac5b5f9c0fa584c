"""An issue's text made anew from its articles as they stand now, for everybody who has not had it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.app import App
from publisher.digests import Brief, render_variant
from publisher.domain.article import Article
from publisher.domain.article import Status as ArticleStatus
from publisher.domain.issue import Issue, Slot, Status
from publisher.errors import PublisherError
from publisher.jobs import guarding
from publisher.jobs.issuing import build_brief, iter_variants
from publisher.jobs.linking import link_up
from publisher.jobs.looking import get_issue
from publisher.jobs.publishing import publish
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.store.revisions import Recomposed, Renewed

_log = get_logger()
_RENDERINGS = 5  # tries, when articles change between rendering and writing down
_WAITING = (Status.PAUSED, Status.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomposition:
    """What became of an issue: how many have which text, its articles now, and the titles of those left out."""

    issue: Issue
    renewed: Renewed
    articles: tuple[Article, ...]
    left_out: tuple[str, ...]


def recompose(app: App, name: str, *, now: datetime) -> Recomposition:
    """Render an issue anew; an open one is paused first. It stays paused. Raises PublisherError where none is left."""
    issue = _halt(app, name)
    for _ in range(_RENDERINGS):
        with app.ledger.read() as tx:
            articles = _list_articles(app, tx, issue, now=now)
            brief = _build_brief(app, tx, issue, articles=articles, now=now)
            choices = tx.revisions.list_choices(issue.key)
        text = Recomposed(
            subject=_find_subject(brief),
            articles=articles,
            variants=list(iter_variants(brief, choices)),
            corrections=brief.corrections,
        )
        if done := _write_down(app, issue, text, now=now):
            publish(app, now=now)
            _log.info("issue_recomposed", issue=name, articles=len(articles), earlier=done.renewed.had)
            return done
    raise PublisherError(f"{name}: its articles changed {_RENDERINGS} times meanwhile: try again")


def _halt(app: App, name: str) -> Issue:
    with app.ledger.write() as tx:
        guarding.check(app, tx)
        issue = get_issue(tx, name)
        tx.issues.set_status(issue.key, Status.PAUSED, reason="it is made anew", was=[Status.OPEN])
    if issue.status not in (Status.OPEN, *_WAITING):
        raise PublisherError(f"{name} is {issue.status} already: nobody waits for another text")
    return issue


def _list_articles(app: App, tx: Transaction, issue: Issue, *, now: datetime) -> tuple[Article, ...]:
    """The articles of an issue that readers may see, as they stand now, in its order."""
    keys = tx.revisions.list_article_keys(issue.key)
    current = {article.key: article for article in tx.articles.iter_keys(keys)}
    shown = [current[key] for key in keys if current[key].status(now) is ArticleStatus.PUBLISHED]
    if not shown:
        raise PublisherError(
            f"{issue.id}: none of its articles is published any more: `publisher issues cancel {issue.id}` mails the "
            "rest to nobody"
        )
    return tuple(link_up(app, tx, shown, now=now))


def _build_brief(app: App, tx: Transaction, issue: Issue, *, articles: tuple[Article, ...], now: datetime) -> Brief:
    passed_over = tx.articles.iter_keys(tx.revisions.list_article_keys(issue.key, is_passed_over=True))
    newsletter = app.get_newsletter(issue.newsletter)
    return build_brief(
        app,
        newsletter,
        slot=Slot(name=issue.slot, due_at=issue.due_at),
        articles=articles,
        passed_over=sum(article.status(now) is ArticleStatus.PUBLISHED for article in passed_over),
        corrections=_list_corrections(tx, issue, articles, now=now)[: newsletter.limit],
    )


def _list_corrections(
    tx: Transaction, issue: Issue, articles: Sequence[Article], *, now: datetime
) -> tuple[Article, ...]:
    """What an issue tells of other articles; its own have their correction with them."""
    untold = tx.corrections.list_untold(issue.newsletter, now=now, besides=issue.key)
    own = {article.key for article in articles}
    return tuple(article for article in untold if article.key not in own)


def _find_subject(brief: Brief) -> str:
    return render_variant(brief, language=brief.newsletter.language, sections=(), format="html").subject


def _write_down(app: App, issue: Issue, text: Recomposed, *, now: datetime) -> Recomposition | None:
    """Write the new text down; None where an article changed since it was rendered."""
    with app.ledger.write() as tx:
        if tx.issues.get(issue.key).status not in _WAITING:
            raise PublisherError(f"{issue.id} was resumed or ended meanwhile: it keeps its text")
        corrections = _list_corrections(tx, issue, text.articles, now=now)
        if _list_articles(app, tx, issue, now=now) != tuple(text.articles) or not set(text.corrections) <= set(
            corrections
        ):
            return None
        before = tx.issues.list_articles(issue.key)
        renewed = tx.revisions.add(issue.key, text, now=now)
        tx.issues.set_status(issue.key, Status.PAUSED, reason="made anew", was=[Status.PAUSED])
        kept = {article.key for article in text.articles}
        return Recomposition(
            issue=tx.issues.get(issue.key),
            renewed=renewed,
            articles=tuple(text.articles),
            left_out=tuple(article.title for article in before if article.key not in kept),
        )
