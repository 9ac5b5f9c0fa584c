"""A correction told by mail: who was sent the earlier text, and the notices that go to exactly those."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher import failpoint
from publisher.app import App
from publisher.digests import Erratum, NoticeText, render_correction
from publisher.domain.article import Article
from publisher.domain.correction import make_digest
from publisher.domain.notice import Kind
from publisher.domain.subscriber import Format
from publisher.errors import UsageError
from publisher.jobs import guarding
from publisher.jobs.looking import get_article
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.store.corrections import Readers
from publisher.store.notice_texts import SharedText

_log = get_logger()
_EXPIRES = timedelta(days=2)
_SPAN = 20_000
_DIGEST = 16

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How many would get a notice (`left`), have one (`told`), or will be sent the earlier text yet (`coming`).

    `sample` is the mail as the first of the newsletters has it, None where nobody gets one.
    """

    article: Article
    newsletters: tuple[str, ...]
    left: int
    told: int
    coming: int
    sample: NoticeText | None


def foresee(app: App, name: str) -> Outlook:
    """What a notice of an article's correction would do. Raises UsageError where its seed has no `correction:`."""
    article = get_corrected(app, name)
    with app.ledger.read() as tx:
        groups = list_groups(app, tx, article)
        notices = tx.correction_notices(make_topic(article))
        return Outlook(
            article=article,
            newsletters=tuple(group.newsletter for group in groups),
            left=notices.count_left(groups),
            told=notices.count(),
            coming=notices.count_coming(groups),
            sample=_draw(app, article, groups[0], language="", form=Format.HTML.value) if groups else None,
        )


def get_corrected(app: App, name: str) -> Article:
    """The article of that name, with a correction. Raises UsageError where it has none."""
    article = get_article(app, name)
    if not article.correction:
        raise UsageError(
            f'{article.path or article.id}: write what was wrong into its front matter, as in correction: "…", and '
            "run `publisher ingest`"
        )
    return article


def make_topic(article: Article) -> str:
    """What all notices of one correction have in common; another correction of the article is another topic."""
    return f"{Kind.CORRECTION}:{article.key}:{make_digest(article.correction)[:_DIGEST]}"


def list_groups(app: App, tx: Transaction, article: Article) -> list[Readers]:
    """The readers who were sent an earlier text, by newsletter; those of a newsletter that is no more get nothing."""
    names = {newsletter.name for newsletter in app.newsletters}
    return [group for group in tx.corrections.list_readers(article) if group.newsletter in names]


def notify(app: App, name: str, *, now: datetime, on_progress: Progress, step: int = _SPAN) -> int:
    """Queue a notice to everybody who was sent the earlier text and has none yet; gives how many.

    `step` is how many deliveries are gone through in one transaction.
    Killed anywhere, it is simply done again. Raises PublisherError while something keeps mail from going out.
    """
    article = get_corrected(app, name)
    with app.ledger.read() as tx:
        guarding.check(app, tx)
        groups = list_groups(app, tx, article)
        total = tx.correction_notices(make_topic(article)).count_left(groups)
    done = 0
    for group in groups:
        _write_texts(app, article, group)
        with app.ledger.read() as tx:
            first, last = tx.correction_notices(make_topic(article)).find_span(group)
        for start in range(first, last + 1, step):
            done += _queue(app, article, group, span=(start, start + step - 1), now=now)
            on_progress(done, total)
    _log.info("correction_queued", article=article.id, notices=done)
    return done


def _write_texts(app: App, article: Article, group: Readers) -> None:
    with app.ledger.read() as tx:
        choices = tx.correction_notices(make_topic(article)).list_choices(group)
    texts = [
        SharedText(
            newsletter=group.newsletter,
            language=language,
            format=form,
            **_draw(app, article, group, language=language, form=form)._asdict(),
        )
        for language, form in choices
    ]
    with app.ledger.write() as tx:
        tx.correction_notices(make_topic(article)).put_texts(texts)


def _draw(app: App, article: Article, group: Readers, *, language: str, form: str) -> NoticeText:
    newsletter = app.get_newsletter(group.newsletter)
    erratum = Erratum(
        article=article,
        newsletter=newsletter,
        mailed_at=group.due_at,
        publication=app.publication,
        templates=app.templates,
    )
    return render_correction(erratum, language=language or newsletter.language, format=form)


def _queue(app: App, article: Article, group: Readers, *, span: tuple[int, int], now: datetime) -> int:
    with app.ledger.write() as tx:
        guarding.check(app, tx)
        number = tx.correction_notices(make_topic(article)).add(
            group, span=span, message_domain=app.settings.mail_domain, expires_at=now + _EXPIRES, now=now
        )
        sequence = guarding.count_up(tx)
        failpoint.reach("noticing")
    failpoint.reach("noticed")
    guarding.remember(app, sequence)
    return number
