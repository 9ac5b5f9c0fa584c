"""Issues by an operator's hand: composed, tested, delivered while one watches, cancelled."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import uvloop

from publisher.app import App
from publisher.digests import render_variant
from publisher.domain import address
from publisher.domain.delivery import Status
from publisher.domain.issue import UNFINISHED, Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.errors import PublisherError
from publisher.jobs import guarding
from publisher.jobs.feeding import has_page
from publisher.jobs.issuing import Coming, freeze
from publisher.jobs.looking import get_issue
from publisher.jobs.previewing import build_message
from publisher.jobs.publishing import find_published_until, publish
from publisher.jobs.sending import deliver, make_signer, open_relays
from publisher.jobs.worker import recover
from publisher.mail import Pace, open_connection

_LOOK_EVERY = 0.5  # seconds between looks at an issue that is being sent
_MOVING = (Status.CLAIMED, Status.SENDING)
_STOPPING = (signal.SIGTERM, signal.SIGINT)
_TEST_MARK = "[test] "
_PIECE = 20_000  # rows that are cancelled in one transaction


def compose(app: App, coming: Coming, *, now: datetime) -> Issue | str:
    """Freeze what is unmailed for everybody confirmed; or say why there is nothing to do."""
    if not coming.chosen.articles:
        return "nothing to send: no article is waiting"
    if not count_recipients(app, coming.newsletter.name):
        return "nothing to send: nobody has confirmed a subscription yet"
    issue = freeze(app, coming, now=now)
    if issue is None:
        return "nothing to send: another process has just sent these articles"
    publish(app, now=now)
    return issue


def count_recipients(app: App, newsletter: str) -> int:
    """How many have confirmed."""
    with app.ledger.read() as tx:
        return tx.subscribers.count_by_status(newsletter)[SubscriptionStatus.CONFIRMED]


def deliver_issues(
    app: App, issues: Sequence[Issue], *, on_progress: Callable[[int, int], None], pace: Pace | None = None
) -> str:
    """Send until nothing more is due, other processes' rows included; gives what kept it from that, or nothing.

    SIGTERM and SIGINT let the messages on the wire end, and leave the rest in the queue.
    """
    return uvloop.run(_deliver(app, issues, on_progress=on_progress, pace=pace))


async def _deliver(
    app: App, issues: Sequence[Issue], *, on_progress: Callable[[int, int], None], pace: Pace | None
) -> str:
    total = sum(issue.eligible for issue in issues)

    async def report() -> bool:
        counts = await asyncio.to_thread(_count, app, issues)
        left = sum(counts[status] for status in (Status.QUEUED, *_MOVING))
        on_progress(total - left, total)
        return any(counts[status] for status in _MOVING)

    async def watch() -> None:
        while True:
            started = time.monotonic()
            await report()
            # Counting a million rows takes a while: it gets a fiftieth of the time at most.
            await asyncio.sleep(max(_LOOK_EVERY, 50 * (time.monotonic() - started)))

    with _stopped_by_signals() as stop:
        watching = asyncio.create_task(watch())
        try:
            done = await deliver(app, until_empty=True, pace=pace, stop=stop)
        finally:
            watching.cancel()
        while not stop.is_set() and await report():  # another process holds the rest
            await asyncio.sleep(_LOOK_EVERY)
            await asyncio.to_thread(recover, app)
    if stop.is_set():
        doubtful = f"{number} in doubt, " if (number := done.counts[Status.DOUBTFUL]) else ""
        return f"stopped: {doubtful}what is left waits in the queue"
    if done.problem:
        return f"the relay can't be used now: {done.problem}"
    obstacle = await asyncio.to_thread(guarding.look, app)  # it has come up meanwhile
    return obstacle.text if obstacle else ""


@contextmanager
def _stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in _STOPPING:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in _STOPPING:
            loop.remove_signal_handler(number)


def _count(app: App, issues: Sequence[Issue]) -> dict[Status, int]:
    with app.ledger.read() as tx:
        counts = [tx.deliveries.count_by_status(issue.key) for issue in issues]
    return {status: sum(one[status] for one in counts) for status in Status}


def send_test(app: App, coming: Coming, *, email: str, now: datetime) -> str:
    """Mail the coming issue to one address, marked as a test; gives the relay's reply. Nothing is marked."""
    if not coming.chosen.articles:
        raise PublisherError(f"{coming.newsletter.name}: nothing to test: no article is waiting")
    variant = render_variant(coming.brief, language=coming.newsletter.language, sections=(), format="html")
    message = build_message(app, coming, variant=variant, email=email, subject_mark=_TEST_MARK)
    if signer := make_signer(app):
        message = signer.sign(message, now=now)
    return asyncio.run(_send_one(app, message, email=email))


async def _send_one(app: App, message: bytes, *, email: str) -> str:
    async with open_relays(app) as sending:
        connection = await open_connection(sending.relays[0], hello=sending.sender.message_domain)
        try:
            answer = await connection.send(sending.sender.address, email, message=message)
        finally:
            await connection.close()
    if not answer.is_accepted:
        raise PublisherError(f"the relay did not take it: {answer.reply.code or answer.end} {answer.reply.text}")
    return f"{answer.reply.code} {answer.reply.text}"


def cancel_issue(app: App, name: str, *, now: datetime) -> int:
    """Cancel an issue for everybody whose message has not begun; gives how many.

    From the first transaction on nobody can be sent to; the rows follow in pieces, so that readers can leave meanwhile.
    One that was killed among them is done again.
    """
    with app.ledger.write() as tx:
        issue = get_issue(tx, name)
        is_ours = tx.issues.set_status(issue.key, IssueStatus.CANCELLED, reason="by the operator", was=UNFINISHED)
        total = count = tx.deliveries.cancel(issue.key, now=now, limit=_PIECE)
        if not is_ours and not (count and issue.status is IssueStatus.CANCELLED):
            raise PublisherError(f"{name} is {issue.status} already")
        is_linked = has_page(tx, tx.issues.get(issue.key))
        if not is_linked:
            tx.corrections.give_back(issue.key)
    while count == _PIECE:
        with app.ledger.write() as tx:
            count = tx.deliveries.cancel(issue.key, now=now, limit=_PIECE)
        total += count
    if not is_linked:
        app.shelf.remove(address.issue(issue.newsletter, issue.slot))
        if find_published_until(app):  # else the feeds are another machine's to write
            publish(app, now=now)
    return total
