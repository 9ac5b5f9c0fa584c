"""Subscribers and their notices: what the site's forms, the command line and imports have in common."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from publisher import failpoint
from publisher.app import App
from publisher.digests import render_confirmation
from publisher.domain.notice import Kind, Notice
from publisher.domain.subscriber import Subscriber
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.subscriptions import Request, request
from publisher.subscriptions.exchange import Imported, ImportRules, Rejected, import_rows, in_chunks

_log = get_logger()
_NOTICE_EXPIRES = timedelta(days=2)


def ask(app: App, wish: Request, *, now: datetime) -> bool:
    """Note somebody's wish and queue one confirmation mail; False when none goes out (why is nobody's to know)."""
    with app.ledger.write() as tx:
        is_asked = ask_within(app, tx, wish, now=now)
        failpoint.reach("noticing")
    failpoint.reach("noticed")
    return is_asked


def ask_within(app: App, tx: Transaction, wish: Request, *, now: datetime) -> bool:
    """Like `ask`, in a transaction that is open already."""
    subscriber = request(tx, wish, keys=app.keys, now=now)
    if subscriber is None:
        return False
    number = tx.subscribers.count_requests(subscriber.key)
    notice = write_confirmation(app, subscriber, newsletters=wish.newsletters, number=number)
    queued = tx.notices.add(notice, message_domain=app.settings.mail_domain, expires_at=now + _NOTICE_EXPIRES, now=now)
    _log.info("confirmation_queued", newsletters=" ".join(wish.newsletters))
    return queued


def write_confirmation(app: App, subscriber: Subscriber, *, newsletters: Iterable[str], number: int) -> Notice:
    """The mail that asks for a confirmation, for the `number`-th time."""
    titles = [app.get_newsletter(name).title for name in newsletters]
    language = subscriber.language or app.publication.language
    text = render_confirmation(
        publication=app.publication,
        newsletters=titles,
        language=language,
        templates=app.templates,
    )
    return Notice(
        kind=Kind.CONFIRMATION,
        dedupe_key=f"{Kind.CONFIRMATION}:{subscriber.key}:{number}",
        subscriber_key=subscriber.key,
        language=language,
        subject=text.subject,
        html=text.html,
        text=text.text,
    )


def take_in(
    app: App,
    rows: Iterable[tuple[int, dict[str, str]]],
    *,
    rules: ImportRules,
    now: datetime,
    on_progress: Callable[[int], None],
) -> tuple[int, int, list[Rejected]]:
    """Import rows, a chunk a transaction: (taken, confirmation mails queued, rejected)."""
    taken, asked, rejected = 0, 0, list[Rejected]()
    for chunk in in_chunks(rows):
        with app.ledger.write() as tx:
            done: Imported = import_rows(tx, chunk, rules=rules, keys=app.keys, now=now)
            asked += sum(ask_within(app, tx, wish, now=now) for wish in done.pending)
        taken += done.taken
        rejected += done.rejected
        on_progress(len(chunk))
    return taken, asked, rejected
