"""An issue to a relay with a round trip of 50 ms: where only the number of round trips counts, and of connections."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import contenders, processes
from tests.benchmarks.contenders import OursSent, Sent
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.near import compare_cpu
from tests.benchmarks.paper import Paper, open_paper, to_relay
from tests.benchmarks.relays import far_relay

CONNECTIONS = (16, 64)
_OURS, _OURS_FEW, _THEIRS, _THEIRS_FEW = 150, 30, 40, 10  # messages a connection
_WORKERS = 300, 60  # rows a connection, for two workers and for one


def measure(options: Options) -> Iterator[Figure]:
    """Ours beside aiosmtplib with as many connections, and two workers beside one."""
    with tempfile.TemporaryDirectory() as name, far_relay(Path(name)) as port:
        for connections in CONNECTIONS:
            yield from _compare(options, port, connections=connections)
        yield _add_worker(options, port, folder=Path(name))


def _compare(options: Options, port: int, *, connections: int) -> Iterator[Figure]:
    people = connections * (_OURS_FEW if options.is_quick else _OURS)
    messages = connections * (_THEIRS_FEW if options.is_quick else _THEIRS)
    with open_paper(options, people=people) as paper:
        acts: list[Callable[[], Sent]] = [
            lambda: contenders.send_ours(paper, port, connections=connections),
            lambda: contenders.send_lanes(port, messages=messages, connections=connections, is_built=False),
        ]
        ours, theirs = take_turns(options.rounds, *acts)
    yield Figure(
        what=f"send: mails at 50 ms, {connections} connections, {options.kept}",
        unit="/s",
        ours=tuple(one.rate for one in ours),
        reference=tuple(one.rate for one in theirs),
        beside="aiosmtplib, ready bytes",
        aim=Aim(sense=Sense.LEAST, bound=3.5),
    )
    yield compare_cpu(
        f"send: processor a mail at 50 ms, {connections} connections", ours, theirs, beside="aiosmtplib, ready bytes"
    )
    yield Figure(
        what=f"send: mails that a commit records at 50 ms, {connections} connections",
        unit="",
        ours=tuple(one.rows_a_commit for one in ours if isinstance(one, OursSent)),
    )


def _add_worker(options: Options, port: int, *, folder: Path) -> Figure:
    connections = CONNECTIONS[0]
    with open_paper(options, people=connections * _WORKERS[options.is_quick]) as paper:
        two, one = take_turns(
            options.rounds,
            lambda: _work(paper, port, workers=2, folder=folder),
            lambda: _work(paper, port, workers=1, folder=folder),
        )
    return Figure(
        what=f"send: mails at 50 ms by two workers, {connections} connections each, {options.kept}",
        unit="/s",
        ours=two,
        reference=one,
        beside="one worker",
        aim=Aim(sense=Sense.LEAST, bound=1.8),
    )


def _work(paper: Paper, port: int, *, workers: int, folder: Path) -> float:
    """The rate at which so many `publisher worker` processes send one issue."""
    issue = paper.freeze()
    env = to_relay(port, connections=CONNECTIONS[0])
    # Idle workers close an issue some time after its last row, so the rate is the ledger's.
    with ExitStack() as stack:
        for number in range(workers):
            stack.enter_context(
                processes.staying(paper.home.command("worker"), log=folder / f"worker-{number}.log", env=env)
            )
        paper.wait_until_sent(issue)
    return paper.read_progress(issue).rate()
