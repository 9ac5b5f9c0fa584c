"""What a process has done since it started, in plain numbers: those who do it note it here, `/metrics` shows it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from publisher.clock import now

LOST = "lost"
_CLOSING = 421
_CLASSES = tuple(f"{first}xx" for first in range(10))


@dataclass(slots=True)
class Work:
    """One kind of work: how often it was done and in how many seconds, how often it failed, when it last went well."""

    count: int = 0
    seconds: float = 0.0
    failures: int = 0
    done_at: datetime | None = None

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count what the block does; one that raises has failed."""
        started = perf_counter()
        try:
            yield
        except BaseException:
            self.failures += 1
            raise
        self.count += 1
        self.seconds += perf_counter() - started
        self.done_at = now()


@dataclass(slots=True)
class Hold:
    """What kind of obstacle keeps mail from going out, as it was last seen; nothing where none does."""

    kind: str = ""

    def note(self, kind: str) -> bool:
        """Take this for what is seen now; whether it is news."""
        is_news, self.kind = kind != self.kind, kind
        return is_news


@dataclass(frozen=True, slots=True)
class Ill:
    """Something that does not work: what is wrong, and since when."""

    problem: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of one process; each of them is written by one thread at a time, and read by any.

    `ills` has what does not work now, by kind (`domain.alert.What`) and name.
    """

    feed_builds: Work = field(default_factory=Work)
    folder_looks: Work = field(default_factory=Work)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    ills: dict[tuple[str, str], Ill] = field(default_factory=dict)
    hold: Hold = field(default_factory=Hold)

    def note_answer(self, relay: str, code: int) -> None:
        """A relay's answer to a message, by its class; code 0 says that there was none."""
        self.answers[relay, classify(code) if code else LOST] += 1
        if code and code != _CLOSING:  # whatever it says, it is up: another sender's word may be older
            self.ills.pop(("relay", relay), None)

    def note_request(self, route: str, status: int) -> None:
        """A request, by the kind of its route (one of few) and the class of its status."""
        self.requests[route, classify(status)] += 1

    def note_relay(self, name: str, problem: str, *, at: datetime) -> None:
        """A relay that can't be used since `at`; an empty `problem` says that it is up again."""
        self.note_ill("relay", name, problem=problem, at=at)

    def note_ill(self, what: str, name: str = "", *, problem: str, at: datetime) -> None:
        """Something that does not work since `at`; an empty `problem` says that it does again."""
        if problem:
            before = self.ills.get((what, name))
            self.ills[what, name] = Ill(problem, before.since if before else at)
        else:
            self.ills.pop((what, name), None)


def classify(code: int) -> str:
    """The class of an SMTP reply or an HTTP status: 2xx."""
    return _CLASSES[code // 100]
