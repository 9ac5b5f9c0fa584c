"""A worker of the queue: its lease and its lock, the rows that it moves, and what becomes of those of the dead."""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

from publisher import failpoint
from publisher.app import App
from publisher.clock import now
from publisher.domain import address, slots
from publisher.domain.bounce import build_return_path
from publisher.domain.delivery import Claim, Kind, Letter, Outcome, Ref, Rendering, make_message_id
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.issue import parse_id
from publisher.domain.token import Keys, Purpose
from publisher.jobs import guarding
from publisher.jobs.alerting import finish_issues
from publisher.logs import get_logger

_log = get_logger()
LEASE = timedelta(seconds=failpoint.wait(60))
_RECOVER_EVERY = failpoint.wait(15.0)  # seconds between looks for dead workers while there is nothing to do

# Taken out of the enumeration once, for every letter needs them.
_EMAIL = slots.Name.EMAIL.value
_PREFERENCES_URL, _UNSUBSCRIBE_URL = slots.Name.PREFERENCES_URL.value, slots.Name.UNSUBSCRIBE_URL.value
_CONFIRM_URL = slots.Name.CONFIRM_URL.value


def make_letter(claim: Claim, *, keys: Keys, url: str, bounce_domain: str = "") -> Letter:
    """A claim with the links that are its recipient's own, and its Message-ID, the same at every attempt (M02).

    With a `bounce_domain` its return path is its own too (M13).
    """
    ref, root = claim.ref, address.root(url)
    values = {
        _EMAIL: claim.email,
        _PREFERENCES_URL: root + address.preferences(keys.sign(Purpose.PREFERENCES, claim.subscriber_key)),
    }
    unsubscribe = ""
    if claim.subscription_key:
        unsubscribe = root + address.unsubscribe(keys.sign(Purpose.UNSUBSCRIBE, claim.subscription_key))
        values[_UNSUBSCRIBE_URL] = unsubscribe
    elif ref.kind is Kind.NOTICE:
        asked_at = int(claim.first_due_at.timestamp())
        values[_CONFIRM_URL] = root + address.confirm(keys.sign(Purpose.CONFIRM, claim.subscriber_key, asked_at))
    return Letter(
        ref=ref,
        rendering=claim.rendering,
        email=claim.email,
        message_id=make_message_id(ref, domain=claim.message_domain, keys=keys),
        values=values,
        attempts=claim.attempts,
        unsubscribe_url=unsubscribe,
        sender=build_return_path(ref, keys=keys, domain=bounce_domain) if bounce_domain else "",
        in_reply_to=_name_answered(claim, keys=keys),
    )


def _name_answered(claim: Claim, *, keys: Keys) -> str:
    if claim.answers is None:
        return ""
    ref, domain = claim.answers
    return make_message_id(ref, domain=domain, keys=keys)


class Worker:
    """The ledger as one outbox sees it: every row that it moves is under this worker's name and lease."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._host = socket.gethostname()
        self.name = f"{self._host}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lock: IO[str] | None = None
        self._recovered_at = 0.0
        self._has_claimed = False

    def start(self) -> None:
        """Take the lock that shows this machine that we live, enter the ledger, and free what the dead held."""
        path = _lock_path(self._app, self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            moment = now()
            with self._app.ledger.write() as tx:
                tx.facts.put_worker(self.name, host=self._host, now=moment, until=moment + LEASE)
            self._recover()
        except BaseException:
            self._lock.close()
            raise

    def _recover(self) -> None:
        self._recovered_at = time.monotonic()
        recover(self._app, besides=self.name)

    def stop(self) -> None:
        """Give back what is left, and leave; where the ledger can't be written, the free lock tells the next one."""
        moment, sequence = now(), 0
        try:
            with self._app.ledger.write() as tx:
                _, doubtful = tx.letters.recover(self.name, is_resent=self._is_resending, now=moment)
                tx.facts.drop_worker(self.name)
                finish_issues(self._app, tx, now=moment)
                if self._has_claimed:  # else an older ledger would come of age by starts and stops
                    sequence = guarding.count_up(tx)
            guarding.remember(self._app, sequence)
            if doubtful:  # the ledger could not be told what the relay said
                _log.warning("left_in_doubt", doubtful=doubtful)
            _lock_path(self._app, self.name).unlink(missing_ok=True)
        finally:
            if self._lock:
                self._lock.close()

    @property
    def _is_resending(self) -> bool:
        return self._app.settings.mail.doubtful == "resend"

    def claim(self, *, limit: int) -> list[Letter]:
        """Due rows under this worker's name and a fresh lease; with none left, finished issues are closed.

        While something keeps mail from going out, all of them stay in the queue.
        """
        claims = self._claim(limit)
        while claims == [] and self._expire():
            claims = self._claim(limit)
        if claims == []:
            self._rest()
        keys, url, domain = self._app.keys, self._app.publication.url, self._app.settings.mail.bounce_domain
        return [make_letter(claim, keys=keys, url=url, bounce_domain=domain) for claim in claims or ()]

    def _claim(self, limit: int) -> list[Claim] | None:
        """What could be claimed; None while something keeps mail from going out."""
        moment = self._app.steady.now()
        with self._app.ledger.move() as tx:
            if guarding.is_held_back(self._app, tx):
                return None
            claims = tx.letters.claim(self.name, limit=limit, now=moment)
            if not claims:
                return []
            # An idle worker's lease may be over, and somebody may have taken it for dead.
            tx.facts.put_worker(self.name, host=self._host, now=moment, until=moment + LEASE)
            sequence = guarding.count_up(tx)
        failpoint.reach("claimed")
        self._has_claimed = True
        guarding.remember(self._app, sequence)
        return claims

    def _expire(self) -> bool:
        """Mark some of what came too late; whether there was any."""
        with self._app.ledger.move() as tx:
            return tx.letters.expire(now=self._app.steady.now()) > 0

    def _rest(self) -> None:
        sequence = 0
        with self._app.ledger.write() as tx:
            closed = finish_issues(self._app, tx, now=now())
            if self._has_claimed:  # a copy that was made since the last claim is older than what was sent
                sequence = guarding.count_up(tx)
        if sequence:
            self._has_claimed = False
            guarding.remember(self._app, sequence)
        for one in closed:
            _log.info("issue_sent", issue=one.id, eligible=one.eligible)
        if time.monotonic() - self._recovered_at > _RECOVER_EVERY:
            self._recover()

    def turn(
        self,
        *,
        outcomes: Mapping[Ref, Outcome],
        begin: Sequence[Ref],
        refused: Mapping[Ref, Outcome],
        is_repeated: bool = False,
    ) -> frozenset[Ref]:
        """Record what became of rows, begin others, and begin and end the refused; all in one transaction."""
        moment = self._app.steady.now()
        with self._app.ledger.move() as tx:
            tx.letters.record(self.name, outcomes=outcomes, now=moment)
            begun = tx.letters.list_begun(self.name, refs=begin) if is_repeated else frozenset()
            wanted = [ref for ref in (*begin, *refused) if ref not in begun]
            begun |= tx.letters.begin(self.name, refs=wanted, now=moment)
            ended = {ref: outcome for ref, outcome in refused.items() if ref in begun}
            tx.letters.record(self.name, outcomes=ended, now=moment)
            if bounced := self._list_bounced(outcomes) | self._list_bounced(ended):
                tx.suppressions.add_refused(bounced, now=moment)
            failpoint.reach("turning")
        if begun:
            failpoint.reach("begun")
        if outcomes or ended:
            failpoint.reach("recorded")
        return begun

    def _list_bounced(self, outcomes: Mapping[Ref, Outcome]) -> dict[Ref, str]:
        """The deliveries whose refusal suppresses, with the relay's words.

        Not notices: no breaker watches over them, so that a relay with a wrong set-up would suppress people for good.
        """
        if self._app.settings.bounces.hard == "keep":
            return {}
        return {
            ref: f"{outcome.relay} said {outcome.code} {outcome.reply}"
            for ref, outcome in outcomes.items()
            if outcome.is_hard_bounce and ref.kind is Kind.DELIVERY
        }

    def give_back(self, refs: Sequence[Ref]) -> None:
        """Return claimed rows to the queue."""
        with self._app.ledger.move() as tx:
            tx.letters.give_back(self.name, refs=refs, now=now())
            failpoint.reach("returning")
        failpoint.reach("returned")

    def renew(self) -> int:
        """Renew the lease, and free what workers that died meanwhile held; gives how many are at work."""
        moment = self._app.steady.now()
        with self._app.ledger.move() as tx:
            tx.facts.put_worker(self.name, host=self._host, now=moment, until=moment + LEASE)
        self._recover()
        with self._app.ledger.read() as tx:
            return len(tx.facts.list_workers())

    def get_rendering(self, name: str) -> Rendering:
        """The text that many letters share, with the newsletter's title and the issue's address."""
        with self._app.ledger.read() as tx:
            rendering = tx.letters.get_rendering(name)
        if not rendering.list_name:
            return rendering
        titles = {newsletter.name: newsletter.title for newsletter in self._app.newsletters}
        parsed = parse_id(rendering.issue)
        return replace(
            rendering,
            list_title=titles.get(rendering.list_name, self._app.publication.title),
            web_url=address.absolute(self._app.publication.url, address.issue(*parsed)) if parsed else "",
        )

    def pause(self, *, issue: str, reason: str, refused: Sequence[Ref]) -> None:
        """Stop an issue whose relay refuses everybody; the rows it refused wait in the queue."""
        parsed = parse_id(issue)
        with self._app.ledger.write() as tx:
            found = tx.issues.find(*parsed) if parsed else None
            requeued = tx.letters.requeue_refused(refused, now=now())
            tx.suppressions.lift_refused([*refused, *requeued], now=now())
            if found:  # another lane may have found nothing left and closed it meanwhile
                was = [IssueStatus.OPEN, IssueStatus.SENT] if requeued else [IssueStatus.OPEN]
                tx.issues.set_status(found.key, IssueStatus.PAUSED, reason=reason, was=was)
            failpoint.reach("pausing")
        failpoint.reach("paused")
        _log.error("issue_paused", issue=issue, reason=reason)


def recover(app: App, *, besides: str = "") -> tuple[int, int]:
    """Free the rows of workers that are no more: (queued again, doubtful).

    On this machine a free lock file tells, elsewhere (or where there is no such file) the end of the lease.
    """
    moment, host = app.steady.now(), socket.gethostname()
    queued = doubtful = 0
    with app.ledger.read() as tx:
        others = [one for one in tx.facts.list_workers() if one[0] != besides]
        lapsed = tx.facts.list_lapsed(now=moment)
    for name, where, until in others:
        is_locked = _is_locked(app, name) if where == host else None
        if is_locked or (is_locked is None and name not in lapsed):
            continue
        with app.ledger.write() as tx:
            if not tx.facts.drop_worker(name, until=until):
                continue  # it has renewed its lease in this very moment, or somebody else has done our work
            counts = tx.letters.recover(name, is_resent=app.settings.mail.doubtful == "resend", now=moment)
            failpoint.reach("recovering")
        failpoint.reach("recovered")
        with suppress(OSError):
            _lock_path(app, name).unlink(missing_ok=True)
        queued, doubtful = queued + counts[0], doubtful + counts[1]
        _log.warning("worker_recovered", worker=name, queued=counts[0], doubtful=counts[1])
    return queued, doubtful


def _lock_path(app: App, worker: str) -> Path:
    return app.home.run / f"worker-{worker.replace(':', '-')}.lock"


def _is_locked(app: App, worker: str) -> bool | None:
    """Whether a worker of this machine holds its lock; None where its file can't be opened, which decides nothing."""
    try:
        with _lock_path(app, worker).open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False
