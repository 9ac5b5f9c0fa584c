"""One home on the ground, its relay and its workers: what a fault plays on."""

import logging
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import structlog
from sqlalchemy import text

from publisher.app import App
from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import PublisherError
from publisher.jobs import issuing
from publisher.jobs.holding import list_held
from publisher.store import tables
from publisher.store.dialect import take_desk
from tests.commands import Ran, call
from tests.folders import public_files
from tests.homes import HomeFolder, look
from tests.torture.acts import Rule
from tests.torture.ground import HASTE, SQLITE, Ground
from tests.torture.nest import Process
from tests.torture.relay import Offer, TortureRelay
from tests.torture.verdict import Evidence, Verdict, judge

_LOOK_EVERY = 0.05
_HELD = ("workers", "leases")
_ARTICLE = "# The bridge opens again, part {number}\n\n{text}\n"
_SENTENCE = "The mayor cut the ribbon at noon, and everybody crossed from one bank to the other and back again. "


class TortureError(Exception):
    """A fault could not be played to its end: what was waited for did not come."""


@dataclass(slots=True)
class Stage:
    """A home with an issue and workers; `doubted` counts how often each person was named as in doubt."""

    ground: Ground
    kind: str
    home: HomeFolder
    url: str
    app: App
    relay: TortureRelay
    people: tuple[str, ...]
    dice: random.Random
    connections: int
    issue: Issue
    doubted: Counter[str]
    processes: list[Process]
    numbers: Iterator[int]
    sentences: int
    mark: int = 0

    # Issues.

    def freeze(self) -> Issue:
        """A new issue with one article of its own, for everybody."""
        self.write_article()
        look(self.app, now())
        coming = issuing.prepare_manual(self.app, self.app.get_newsletter("daily"), now=now())
        made = issuing.freeze(self.app, coming, now=now())
        assert made
        self.take_issue(made)
        return made

    def write_article(self) -> None:
        """Put an article into the folder."""
        number = next(self.numbers)
        self.home.write_seed(f"bridge-{number}.md", _ARTICLE.format(number=number, text=_SENTENCE * self.sentences))

    def take_issue(self, issue: Issue) -> None:
        """Judge this issue from now on."""
        self.issue, self.mark = issue, len(self.relay.taken)
        self.doubted.clear()
        self.relay.lied_to.clear()

    def find_issues(self) -> list[Issue]:
        """The newsletter's issues, oldest first."""
        with self.app.ledger.read() as tx:
            return tx.issues.list_all()[::-1]

    # Processes.

    def start(
        self,
        *arguments: str,
        seat: int = 0,
        failpoint: str = "",
        home: HomeFolder | None = None,
        haste: float = HASTE,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a command, a worker where none is named; its mail goes in by that seat."""
        place = home or self.home
        number = next(self.numbers)
        told = {"PUBLISHER_RELAYS__MAIN__PORT": str(self.relay.ports[seat]), **(environment or {})}
        if failpoint:
            told["FAILPOINT"] = failpoint
        process = self.ground.nest(haste).hatch(
            ["--home", str(place.path), "--debug", *(arguments or ("worker",))],
            log=place.path / f"log-{number}.txt",
            environment=told,
        )
        self.processes.append(process)
        return process

    def start_workers(self, number: int, *, failpoint: str = "", haste: float = HASTE) -> list[Process]:
        """So many workers, each on a seat of its own."""
        return [self.start(seat=seat, failpoint=failpoint, haste=haste) for seat in range(number)]

    def end(self, process: Process, *, seconds: float = 40) -> int:
        """End a process by SIGTERM; gives its exit code."""
        process.send(signal.SIGTERM)
        code = process.wait(seconds)
        if code is None:
            process.kill()
            raise TortureError(f"a process did not end by SIGTERM: {read_log(process)}")
        return code

    def end_when(self, process: Process, is_so: Callable[[], object]) -> None:
        """End a process as soon as something is so."""
        wait_for(is_so, seconds=30, what="what was waited for")
        self.end(process)

    def end_all(self) -> None:
        """End every process in good order."""
        running = [process for process in self.processes if process.is_running]
        for process in running:
            process.send(signal.SIGCONT)
            process.send(signal.SIGTERM)
        for process in running:
            self.end(process)

    def call(self, *arguments: str) -> Ran:
        """Run a command to its end, inside this process."""
        try:
            return call(self.home, *arguments)
        finally:
            hush()

    # The ledger.

    def count(self) -> dict[Status, int]:
        """The issue's ten states."""
        with self.app.ledger.read() as tx:
            return tx.deliveries.count_by_status(self.issue.key)

    def statuses(self) -> dict[str, Status]:
        """Where each person's delivery stands."""
        with self.app.ledger.read() as tx:
            return {row.email: row.status for row in tx.deliveries.list_in(self.issue.key, list(Status))}

    def find_status(self, email: str) -> Status | None:
        """Where one person's delivery stands."""
        with self.app.ledger.read() as tx:
            subscriber = tx.subscribers.find(email)
            rows = tx.deliveries.list_for(subscriber.key) if subscriber else []
        return next((row.status for row in rows if row.issue == self.issue.id), None)

    def issue_status(self) -> IssueStatus:
        """Where the issue stands."""
        with self.app.ledger.read() as tx:
            return tx.issues.get(self.issue.key).status

    def age(self, by: timedelta, *, is_clock: bool = False) -> None:
        """Let time pass for the ledger: all that it has noted was noted so much earlier. Less than nothing: later.

        Leases and workers stay as they are: those who live have renewed them. With `is_clock` they move too, as if
        every clock had been set.
        """
        seconds = by.total_seconds()
        with self.app.ledger.engine.begin() as connection:
            take_desk(connection)
            for table in tables.METADATA.sorted_tables:
                moments = [one.name for one in table.c if isinstance(one.type, tables.UTCDateTime)]
                if not moments or (table.name in _HELD and not is_clock):
                    continue
                changes = ", ".join(f"{name} = {_shift(name, self.kind)}" for name in moments)
                connection.execute(text(f"UPDATE {table.name} SET {changes}"), {"by": _amount(seconds, self.kind)})

    def find_doubtful(self) -> set[str]:
        """Who is in doubt now."""
        return {email for email, status in self.statuses().items() if status is Status.DOUBTFUL}

    def note_doubt(self) -> set[str]:
        """Who is in doubt now; each of them may get it once more, for somebody is about to decide so."""
        found = self.find_doubtful()
        self.doubted.update(found)
        return found

    def find_wait(self) -> timedelta | None:
        """How long until a queued row of the issue is due; None when none is queued."""
        with self.app.ledger.read() as tx:
            due_at = tx.letters.find_next_due()
        return due_at - now() if due_at else None

    # Feeds.

    def find_stale_feeds(self) -> list[str]:
        """The feeds that are not what a rebuild makes of the ledger, and those that are held back."""
        before = public_files(self.home)
        self.call("rebuild")
        after = public_files(self.home)
        stale = (path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        held = [one.name for one in list_held(self.app)]
        return [*held, *sorted(path for path in stale if path.startswith("feeds"))]

    # To the end.

    def wait_until_still(self, *, seconds: float = 60) -> None:
        """Wait until no row is claimed or being sent, and none is due: the workers have nothing left to do."""
        deadline = time.monotonic() + seconds
        while not self._is_still():
            if time.monotonic() > deadline:
                logs = " | ".join(filter(None, (read_log(one) for one in self.processes[-4:])))
                raise TortureError(f"rows are left: {_show(self.count())}; {logs}"[:1500])
            pause(_LOOK_EVERY)

    def _is_still(self) -> bool:
        try:
            wait = self.find_wait()
            with self.app.ledger.read() as tx:
                counts = [tx.deliveries.count_by_status(self.issue.key), tx.notices.count_by_status()]
        except PublisherError:
            return False  # the database is away, or locked, for a while
        if any(one[Status.CLAIMED] or one[Status.SENDING] for one in counts):
            return False
        return wait is None or wait > timedelta(seconds=1)

    def finish(self, *, workers: int = 1, is_aging: bool = True, seconds: float = 60) -> None:
        """Let fresh workers do all that can be done, time passing for what waits; then end everybody."""
        self.start_workers(workers)
        for _ in range(60):
            self.wait_until_still(seconds=seconds)
            if not is_aging or not self._pass_time():
                break
        self.end_all()

    def _pass_time(self) -> bool:
        """Go on to the next attempt; False where none is waited for."""
        wait, is_open = self.find_wait(), self.issue_status() is IssueStatus.OPEN
        if not is_open or wait is None or not self.count()[Status.QUEUED]:
            return False
        self.age(max(wait, timedelta(0)) + timedelta(seconds=1))
        return True

    def send_and_finish(self, *rules: Rule, workers: int = 2, is_aging: bool = True) -> None:
        """The plainest play: a relay with these faults, some workers, and all of it to the end."""
        self.relay.behave(*rules)
        self.finish(workers=workers, is_aging=is_aging)

    def resolve(self, *, is_resent: bool) -> None:
        """Decide about whom is in doubt, as an operator does, and send what that brings."""
        if not self.note_doubt():
            return
        ran = self.call("issues", "resolve", self.issue.id, "--resend" if is_resent else "--assume-sent")
        if ran.code:
            raise TortureError(f"resolve: {ran.out}{ran.err}")
        if is_resent:
            self.finish()

    def judge(self, *, excused: Mapping[str, Collection[Status]] | None = None) -> Verdict:
        """What became of everybody."""
        with self.app.ledger.read() as tx:
            issue, balance = tx.issues.get(self.issue.key), tx.deliveries.count_by_status(self.issue.key)
        taken = [(one.recipient, one.message_id) for one in self.relay.taken[self.mark :]]
        return judge(
            Evidence(
                people=self.people,
                statuses=self.statuses(),
                eligible=issue.eligible,
                balance=balance,
                taken=taken,
                lied_to=self.relay.lied_to,
                doubted=self.doubted,
                excused=excused or {},
            )
        )


def _shift(name: str, kind: str) -> str:
    if kind == SQLITE:
        return f"strftime('%Y-%m-%d %H:%M:%f', {name}, :by) || '000'"
    return f"{name} - make_interval(secs => :by)"


def _amount(seconds: float, kind: str) -> str | float:
    return f"{-seconds:+.3f} seconds" if kind == SQLITE else seconds


def _show(counts: Mapping[Status, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in counts.items() if number)


def read_log(process: Process) -> str:
    """The last words of a process."""
    return process.log.read_text(encoding="utf-8", errors="replace")[-400:].strip() if process.log.exists() else ""


def hush() -> None:
    """Log nothing in this process: what is expected here is what others would want to hear of."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def pause(seconds: float) -> None:
    """Let the others work for a moment."""
    threading.Event().wait(seconds)


def wait_for(is_so: Callable[[], object], *, seconds: float, what: str) -> None:
    """Wait until a condition holds. Raises TortureError when that takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TortureError(f"{what} did not come")
        pause(_LOOK_EVERY / 5)


@contextmanager
def open_stage(
    ground: Ground,
    kind: str,
    *,
    people: int,
    dice: random.Random,
    connections: int = 4,
    offer: Offer | None = None,
    more: str = "",
    is_frozen: bool = True,
    sentences: int = 60,
    data: Path | None = None,
) -> Iterator[Stage]:
    """A stage with a frozen issue, for as long as the block lasts; nothing of it outlives the block.

    `data` is where a ledger that is a file is to lie, if not in the home.
    """
    with TortureRelay(offer=offer) as relay:
        home, url = ground.make_home(kind, people=people, port=relay.ports[0], connections=connections, more=more)
        if data:
            shutil.copytree(home.path / "data", data, dirs_exist_ok=True)
            shutil.rmtree(home.path / "data")
            (home.path / "data").symlink_to(data)
        with home.opened() as app:
            stage = Stage(
                ground=ground,
                kind=kind,
                home=home,
                url=url,
                app=app,
                relay=relay,
                people=ground.people(kind, people),
                dice=dice,
                connections=connections,
                issue=_NO_ISSUE,
                doubted=Counter(),
                processes=[],
                numbers=count(1),
                sentences=sentences,
            )
            try:
                if is_frozen:
                    stage.freeze()
                yield stage
            finally:
                for process in stage.processes:
                    process.kill()
                for process in stage.processes:
                    process.wait(10)
        ground.drop(url)


_BEGINNING = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
_NO_ISSUE = Issue(
    key=0,
    newsletter="",
    slot="",
    status=IssueStatus.OPEN,
    reason="",
    title="",
    subject="",
    due_at=_BEGINNING,
    frozen_at=_BEGINNING,
    expires_at=_BEGINNING,
    eligible=0,
)
