"""A million deliveries (`--people`) into smtp-sink by one process: whether the last go out like the first.

Only when it is named: it takes as long as a million mails take. Each figure is measured once.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.figure import Aim, Figure, Options, Sense
from tests.benchmarks.near import CONNECTIONS, FLAT, MEMORY
from tests.benchmarks.paper import open_paper, to_relay
from tests.benchmarks.progress import find_steady
from tests.benchmarks.relays import sink
from tests.benchmarks.rows import show

PEOPLE, FEW = 1_000_000, 20_000
_PARTS = {"in the middle": (0.45, 0.55), "near the end": (0.85, 0.95)}
_NEAR_START = 0.05, 0.15
_FREEZE = Aim(sense=Sense.MOST, bound=5, of_ratio=False)
_STEADY = Aim(sense=Sense.LEAST, bound=0.9)


def measure(options: Options) -> Iterator[Figure]:
    """The freeze, the rate at three places, memory and processor."""
    people = options.people or (FEW if options.is_quick else PEOPLE)
    with tempfile.TemporaryDirectory() as name, sink(Path(name)) as port, open_paper(options, people=people) as paper:
        issue = paper.freeze()
        yield show(
            f"million: freezing {people:,} deliveries, {options.kept}",
            "s",
            issue.seconds,
            aim=_FREEZE if people == PEOPLE else None,
        )
        ran = processes.run(paper.home.command("send", "daily"), env=to_relay(port, connections=CONNECTIONS))
        progress = paper.read_progress(issue)
    first = progress.rate(*_NEAR_START)
    yield show(f"million: mails near the start, {options.kept}", "/s", first)
    for where, shares in _PARTS.items():
        rate = progress.rate(*shares)
        yield _beside(f"million: mails {where}", "/s", rate, first, beside="near the start", aim=_STEADY)
    steady = find_steady(ran.samples, progress)
    yield _beside(
        "million: memory in the last quarter", "MB", steady.late, steady.early, beside="in the first quarter", aim=FLAT
    )
    yield show("million: peak memory", "MB", ran.peak, aim=MEMORY)
    yield show("million: mails by the whole command", "/s", people / ran.seconds)
    yield show("million: processor a mail", "µs", ran.cpu / people * 1e6)
    yield show("million: mails that a commit records", "", progress.rows_a_commit)


def _beside(what: str, unit: str, value: float, reference: float, *, beside: str, aim: Aim) -> Figure:
    return Figure(what=what, unit=unit, ours=(value,), reference=(reference,), beside=beside, aim=aim)
