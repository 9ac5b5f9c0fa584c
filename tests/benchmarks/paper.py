"""A paper with many readers, whose issues make messages of 20 KB."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from publisher.app import App
from publisher.clock import now
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.token import Purpose
from publisher.jobs import issuing
from publisher.store import tables
from tests.benchmarks import processes
from tests.benchmarks.figure import Options
from tests.benchmarks.progress import Progress, read_progress
from tests.homes import HomeFolder, look, make_home
from tests.postgres import Databases

SIZE = 20_000
_CHUNK = 10_000
_PATIENCE = 6 * 3600.0
_TEXT = (
    "# The bridge opens\n\n" + "After two years of work, the bridge opens on Monday, and everybody may cross it. " * 59
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """An issue with a row for each reader, and the seconds that its freeze took."""

    key: int
    seconds: float


class Paper:
    """One issue to everybody after another; each has an article of its own."""

    def __init__(self, home: HomeFolder, *, people: int) -> None:
        self.home, self.people, self._number = home, people, 0

    def freeze(self) -> Frozen:
        """Write an article, and freeze an issue of it."""
        self._number += 1
        text = _TEXT.replace("#", f"# {self._number}:", 1)
        self.home.write_seed(f"bridge-{self._number}.md", f"{text}\n\nFor the {self._number}th time.\n")
        with self.home.opened() as app:
            look(app, now())
            coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
            started = time.perf_counter()
            issue = issuing.freeze(app, coming, now=now())
            seconds = time.perf_counter() - started
        assert issue
        return Frozen(key=issue.key, seconds=seconds)

    def read_progress(self, issue: Frozen, *, left: int = 0) -> Progress:
        """How an issue was sent, to everybody but those who have left, of whom there are `left` at most."""
        with self.home.opened() as app:
            progress = read_progress(app, issue.key)
        assert self.people - left <= progress.totals[-1] <= self.people, f"{progress.totals[-1]} were sent"
        return progress

    def wait_until_sent(self, issue: Frozen, *, step: float = 0.2) -> None:
        """Wait for the workers that send an issue."""
        with self.home.opened() as app:

            def is_sent() -> bool:
                with app.ledger.read() as tx:
                    return tx.issues.get(issue.key).status is IssueStatus.SENT

            processes.wait_until(is_sent, patience=_PATIENCE, step=step)

    def make_tokens(self, count: int) -> list[str]:
        """Tokens by which so many confirmed readers leave, the last in the queue first."""
        subscription = tables.subscriptions
        confirmed = select(subscription.c.key).where(subscription.c.status == "confirmed")
        with self.home.opened() as app, app.ledger.engine.connect() as connection:
            keys = connection.scalars(confirmed.order_by(subscription.c.key.desc()).limit(count)).all()
            return [app.keys.sign(Purpose.UNSUBSCRIBE, key) for key in keys]


@contextmanager
def open_paper(options: Options, *, people: int, web_port: int = 0) -> Iterator[Paper]:
    """A paper in a folder of its own and, where the options name a server, in a database of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        more = ""
        if options.database:
            url = stack.enter_context(closing(Databases(options.database))).make()
            more = f'[database]\nurl = "{url}"\n'
        # Which relay is used, and over how many connections, comes from the environment of each command.
        home = make_home(folder / "home", relay_port=1, port=web_port, more=more)
        with home.opened() as app:
            add_readers(app, people)
        yield Paper(home, people=people)


def to_relay(port: int, *, connections: int) -> Mapping[str, str]:
    """The environment in which a command of the paper sends to that port."""
    return {"PUBLISHER_RELAYS__MAIN__PORT": str(port), "PUBLISHER_RELAYS__MAIN__CONNECTIONS": str(connections)}


def add_readers(app: App, people: int) -> None:
    """So many confirmed readers of the daily newsletter, in sets: one by one they would take longer than to mail."""
    for first in range(0, people, _CHUNK):
        _add_chunk(app, range(first, min(first + _CHUNK, people)))


def _add_chunk(app: App, numbers: range) -> None:
    moment = now()
    about = {"name": "", "language": "", "timezone": "", "format": "html", "created_at": moment}
    stands = {"newsletter": "daily", "status": "confirmed", "sections": "", "created_at": moment}
    consent = {"consent_at": moment, "consent_source": "a list of the benchmarks"}
    readers = [f"reader{number}@example.net" for number in numbers]
    rows = [
        about | {"email": email, "canonical": email, "suppression_digest": app.keys.suppression_digest(email)}
        for email in readers
    ]
    with app.ledger.engine.begin() as connection:
        wanted = insert(tables.subscribers).returning(tables.subscribers.c.key)
        keys = connection.scalars(wanted, rows).all()
        connection.execute(insert(tables.subscriptions), [stands | consent | {"subscriber_key": key} for key in keys])
