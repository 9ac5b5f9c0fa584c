"""Mails a second through the whole product, beside smtp-source, into the same smtp-sink.

Ours is `publisher send` for a frozen issue, from the start of the process to its end: rows claimed, messages filled,
consent tested, `sending` synced to the disk before each content, outcomes recorded. The reference speaks the same
dialogue with the same number of connections and as much content, and keeps no ledger. Freezing is shown by itself.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.jobs import issuing
from tests.benchmarks import processes, tools
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.homes import HomeFolder, look, make_home, subscribe

PEOPLE, FEW, CONNECTIONS, SIZE = 50_000, 4_000, 16, 20_000
_TEXT = (
    "# The bridge opens\n\n" + "After two years of work, the bridge opens on Monday, and everybody may cross it. " * 75
)
_AT_ONCE = 5_000


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """Debian's smtp-sink; gives its port."""
    port = processes.find_free_port()
    command = [tools.find("smtp-sink", package="postfix"), "-u", "nobody", f"127.0.0.1:{port}", "1024"]
    with processes.serving(command, port=port, log=folder / "sink.log"):
        yield port


def make_pattern(folder: Path, *, port: int, people: int, database: str) -> HomeFolder:
    """A home with an article that makes a message of about SIZE, and so many readers."""
    more = f'[database]\nurl = "{database}"\n' if database else ""
    home = make_home(folder / "home", relay_port=port, connections=CONNECTIONS, more=more)
    home.write_seed("bridge.md", _TEXT)
    with home.opened() as app:
        look(app, now())
        for start in range(0, people, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, people))
            subscribe(app, [f"reader{number}@example.net" for number in numbers], now=now())
    return home


class Round:
    """One issue to everybody after another; each needs an article of its own."""

    def __init__(self, home: HomeFolder, people: int) -> None:
        self._home, self._people, self._number = home, people, 0
        self.freezes: list[float] = []

    def send(self) -> processes.Ran:
        """Freeze an issue and send it by the command line."""
        self._number += 1
        if self._number > 1:
            self._home.write_seed(
                f"bridge-{self._number}.md",
                f"{_TEXT}\n\nFor the {self._number}th time.\n".replace("#", f"# {self._number}:", 1),
            )
        with self._home.opened() as app:
            look(app, now())
            started = time.perf_counter()
            issue = issuing.freeze(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
            self.freezes.append(time.perf_counter() - started)
        assert issue
        ran = processes.run(self._home.command("send", "daily"))
        with self._home.opened() as app, app.ledger.read() as tx:
            assert tx.deliveries.count_by_status(issue.key)[Status.SENT] == self._people
        return ran


def measure(options: Options) -> Iterator[Figure]:
    """The whole product beside smtp-source."""
    source = tools.find("smtp-source", package="postfix")
    people = FEW if options.is_quick else PEOPLE
    with tempfile.TemporaryDirectory() as name, sink(Path(name)) as port:
        home = make_pattern(Path(name), port=port, people=people, database=options.database)
        command = [source, "-s", str(CONNECTIONS), "-l", str(SIZE), "-m", str(people)]
        command += ["-f", "gazette@example.org", "-t", "reader@example.net", f"127.0.0.1:{port}"]
        rounds = Round(home, people)
        ours, reference = take_turns(options.rounds, rounds.send, lambda: processes.run(command))
    kept = "PostgreSQL" if options.database.startswith("postgresql") else "SQLite"
    yield Figure(
        what=f"send: mails, {CONNECTIONS} connections, 20 KB, {kept}",
        unit="/s",
        ours=tuple(people / ran.seconds for ran in ours),
        reference=tuple(people / ran.seconds for ran in reference),
        beside="smtp-source",
        aim=Aim(sense=Sense.LEAST, bound=0.3),
    )
    yield Figure(what="send: peak memory", unit="MB", ours=tuple(ran.peak for ran in ours))
    yield Figure(what=f"send: freezing {people:,} deliveries", unit="s", ours=tuple(rounds.freezes))
