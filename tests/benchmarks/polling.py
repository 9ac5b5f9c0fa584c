"""Readers who poll `publisher run` while another process builds the feeds ten times a second.

Each build changes the newest article and publishes, so that every feed has other bytes. The readers are a process of
their own; each asks fifty times a second over a connection that stays, and an answer's time counts from when it was
due. Every 200 must be a whole document, those of its ETag, and bytes that one of the builds had made.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from publisher.domain.feed import Format
from tests.benchmarks import processes
from tests.benchmarks.clicks import pick
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.serve import Wrk, ask, make_paper, serving_ours
from tests.benchmarks.start import is_ready
from tests.polling import Poll, Rebuilding, list_problems

SECONDS, FEW_SECONDS, EVERY, BUILT_EVERY = 10.0, 2.0, 0.02, 0.1
MADE = "/feeds/languages/en.atom"
KINDS = {
    "304 or 200": ("/feeds/main.rss,tag", "/feeds/main.atom,tag,gzip", "/feeds/main.json,tag"),
    "200": ("/feeds/main.rss", "/feeds/main.json"),
    "200 in gzip": ("/feeds/main.atom,gzip",),
    "a feed that is made when asked for": (MADE, f"{MADE},gzip"),
}
_FILES = [f"/feeds/main.{form}" for form in Format]
_NONE = Aim(sense=Sense.MOST, bound=0, of_ratio=False)
_SHARES = {"the median": 0.5, "p99": 0.99}


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What readers got in a round, of each kind; how many builds a second there were, and what was wrong."""

    polls: dict[str, list[Poll]]
    rate: float
    problems: list[str]


def measure(options: Options) -> Iterator[Figure]:
    """How long answers take, how many were bad, and how many there can be meanwhile."""
    seconds = FEW_SECONDS if options.is_quick else SECONDS
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        port = processes.find_free_port()
        home = make_paper(Path(name), port=port)
        with home.opened() as app, serving_ours(home, port=port) as process:
            processes.wait_until(lambda: is_ready(port), process=process)
            rebuilding = Rebuilding(app, [*_FILES, MADE])
            (rounds,) = take_turns(options.rounds, lambda: _poll(rebuilding, port=port, seconds=seconds))
            yield from _list_figures(rounds)
            yield _measure_load(options, Wrk(Path(name), seconds=round(seconds / 2)), rebuilding, port=port)


def _poll(rebuilding: Rebuilding, *, port: int, seconds: float) -> Polled:
    wishes = [wish for kind in KINDS.values() for wish in kind]
    command = [sys.executable, "-m", "tests.benchmarks.clients.poller", str(port), str(EVERY), *wishes]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as poller:
        assert poller.stdout
        poller.stdout.readline()  # it has begun
        before, began = rebuilding.builds, time.monotonic()
        rebuilding.rebuild_until(lambda: time.monotonic() > began + seconds, every=BUILT_EVERY)
        took = time.monotonic() - began
        printed, _ = poller.communicate()
    polls = [[Poll(**poll) for poll in reader] for reader in json.loads(printed)]
    by_wish = dict(zip(wishes, polls, strict=True))
    return Polled(
        polls={what: [poll for wish in kind for poll in by_wish[wish]] for what, kind in KINDS.items()},
        rate=(rebuilding.builds - before) / took,
        problems=list_problems([poll for reader in polls for poll in reader], rebuilding.digests),
    )


def _list_figures(rounds: Sequence[Polled]) -> Iterator[Figure]:
    for what in KINDS:
        for name, share in _SHARES.items():
            taken = [[poll.seconds for poll in one.polls[what]] for one in rounds]
            yield Figure(
                what=f"feeds: polled while built: {what}, {name}",
                unit="ms",
                ours=tuple(1000 * pick(seconds, share) for seconds in taken),
            )
    counts = [sum(map(len, one.polls.values())) for one in rounds]
    yield Figure(what="feeds: answers looked at a round", unit="", ours=tuple(map(float, counts)))
    yield Figure(what="feeds: builds of them a second", unit="/s", ours=tuple(one.rate for one in rounds))
    shown = "\n".join(problem for one in rounds for problem in one.problems[:3])
    bad = tuple(float(len(one.problems)) for one in rounds)
    yield Figure(what="feeds: errors and torn bodies a round", unit="", ours=bad, aim=_NONE, beneath=shown)


def _measure_load(options: Options, wrk: Wrk, rebuilding: Rebuilding, *, port: int) -> Figure:
    """How many answers there can be meanwhile, beside the same with nothing to build; each must be a good one."""
    headers = {"Accept-Encoding": "gzip"}
    expected = len(ask(port, headers).body)

    def load() -> float:
        return wrk.load(port, headers, expected=expected)

    def load_while_building() -> float:
        with building(rebuilding):
            return load()

    ours, reference = take_turns(options.rounds, load_while_building, load)
    return Figure(
        what="feeds: 200 in gzip, as fast as they go, while built",
        unit="/s",
        ours=ours,
        reference=reference,
        beside="with nothing to build",
    )


@contextmanager
def building(rebuilding: Rebuilding) -> Iterator[None]:
    """Builds ten times a second until the block ends."""
    ended = threading.Event()
    thread = threading.Thread(target=lambda: rebuilding.rebuild_until(ended.is_set, every=BUILT_EVERY))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
